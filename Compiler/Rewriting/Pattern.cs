namespace Sinter.Compiler.Rewriting;

/// <summary>
/// The shape of an expression that a rule looks for, or builds. Operators make rules read like algebra:
/// <c>Rule(x * 1, x)</c>. Numbers stand for constants, seen through broadcasts and reshapes.
/// </summary>
public abstract class Pattern
{
    /// <summary>A constant with this value everywhere.</summary>
    public static implicit operator Pattern(double value) => new ConstantPattern("", c => c.Equals(value), value);

    /// <summary>a + b.</summary>
    public static Pattern operator +(Pattern left, Pattern right) => Of(Op.Add, left, right);

    /// <summary>a - b.</summary>
    public static Pattern operator -(Pattern left, Pattern right) => Of(Op.Subtract, left, right);

    /// <summary>a * b.</summary>
    public static Pattern operator *(Pattern left, Pattern right) => Of(Op.Multiply, left, right);

    /// <summary>a / b.</summary>
    public static Pattern operator /(Pattern left, Pattern right) => Of(Op.Divide, left, right);

    /// <summary>a &amp; b.</summary>
    public static Pattern operator &(Pattern left, Pattern right) => Of(Op.And, left, right);

    /// <summary>a | b.</summary>
    public static Pattern operator |(Pattern left, Pattern right) => Of(Op.Or, left, right);

    /// <summary>a ^ b, the exclusive or.</summary>
    public static Pattern operator ^(Pattern left, Pattern right) => Of(Op.Xor, left, right);

    /// <summary>-a.</summary>
    public static Pattern operator -(Pattern value) => Of(Op.Negate, value);

    /// <summary>The complement.</summary>
    public static Pattern operator ~(Pattern value) => Of(Op.Not, value);

    /// <summary>Any value; the same one wherever the variable stands.</summary>
    public static Pattern Any(string name) => new VariablePattern(name);

    /// <summary>
    /// Any constant with one value everywhere for which the condition holds (all, where there is none).
    /// </summary>
    public static Pattern Constant(string name, Func<double, bool>? condition = null) =>
        new ConstantPattern(name, condition ?? (_ => true), null);

    /// <summary>An operation on operands, whatever its settings.</summary>
    public static Pattern Of(Op op, params Pattern[] operands) => new OpPattern(op, operands);

    /// <summary>Whether a node has this shape; bindings are added to the match.</summary>
    internal abstract bool Matches(Node node, Match match);

    /// <summary>The node that this pattern describes; a number takes the given type.</summary>
    internal abstract Node Build(Match match, TensorType type);
}

/// <summary>Any value.</summary>
internal sealed class VariablePattern(string name) : Pattern
{
    internal override bool Matches(Node node, Match match) => match.Bind(this, node);

    internal override Node Build(Match match, TensorType type) => match[this];

    public override string ToString() => name;
}

/// <summary>A constant: a given number, or any for which a condition holds.</summary>
internal sealed class ConstantPattern(string name, Func<double, bool> condition, double? number) : Pattern
{
    public bool IsNumber => number is not null;

    internal override bool Matches(Node node, Match match) =>
        Constants.SplatValue(node) is { } value && condition(value) && match.Bind(this, node);

    internal override Node Build(Match match, TensorType type) =>
        number is { } value ? Constants.Splat(type.Type, type.Shape, value) : match[this];

    public override string ToString() => name;
}

/// <summary>An operation on operands.</summary>
internal sealed class OpPattern(Op op, Pattern[] operands) : Pattern
{
    // Operations whose operands may change places. Constants stand right in simplified graphs, but x and y may be
    // either way.
    private readonly bool commutes = OpTable.Row(op).Commutes;

    public Op Op => op;

    internal override bool Matches(Node node, Match match)
    {
        if (node.Op != op || node.Inputs.Count != operands.Length)
        {
            return false;
        }

        int bound = match.Count;
        for (int i = 0; i < operands.Length; i++)
        {
            if (!operands[i].Matches(node.Inputs[i], match))
            {
                match.Forget(bound);
                return commutes && MatchesSwapped(node, match, bound);
            }
        }

        return true;
    }

    internal override Node Build(Match match, TensorType type)
    {
        // Operands that are numbers take the type of one that is not: a comparison has other operands than its result.
        int first = Array.FindIndex(operands, operand => operand is not ConstantPattern { IsNumber: true });
        TensorType operandType = first < 0 ? type : operands[first].Build(match, type).Type;
        Node[] built = operands.Select(operand => operand.Build(match, operandType)).ToArray();
        return match.Builder.Make(op, NoAttributes.Instance, built);
    }

    public override string ToString() => $"{OpTable.Row(op).Name}({string.Join(", ", (object[])operands)})";

    private bool MatchesSwapped(Node node, Match match, int bound)
    {
        bool matches = operands[0].Matches(node.Inputs[1], match) && operands[1].Matches(node.Inputs[0], match);
        if (!matches)
        {
            match.Forget(bound);
        }

        return matches;
    }
}
