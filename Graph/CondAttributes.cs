namespace Sinter;

/// <summary>
/// Settings of <see cref="Op.Cond"/>. Its operands are the predicate, one truth value, and then what the bodies read;
/// both bodies take all of it and give values of the same types.
/// </summary>
/// <param name="Then">What is done where the predicate holds.</param>
/// <param name="Otherwise">What is done where it does not.</param>
public sealed record CondAttributes(Body Then, Body Otherwise) : BodyAttributes
{
    /// <inheritdoc/>
    public override IEnumerable<(string, object)> Fields => [("then", Then), ("otherwise", Otherwise)];

    /// <inheritdoc/>
    public override IReadOnlyList<Body> Bodies => [Then, Otherwise];

    /// <inheritdoc/>
    public override int Results => Then.Graph.Outputs.Count;

    /// <inheritdoc/>
    public override TensorType Result(int index) => Then.Graph.Outputs[index].Node.Type;

    /// <inheritdoc/>
    public override BodyAttributes With(IReadOnlyList<Body> bodies) => new CondAttributes(bodies[0], bodies[1]);

    /// <summary>The shape rule: operands fit both bodies, and what these give is of one type.</summary>
    internal static TensorType Infer(IReadOnlyList<Node> operands, Attributes attributes)
    {
        var cond = (CondAttributes)attributes;
        if (operands[0].Type != new TensorType(DType.Bool, Shape.Scalar))
        {
            throw new GraphException($"the predicate is one truth value, bool[], not {operands[0].Type}");
        }

        foreach (Body body in cond.Bodies)
        {
            CheckOperands(operands, body.Graph);
        }

        IReadOnlyList<Output> then = cond.Then.Graph.Outputs;
        IReadOnlyList<Output> otherwise = cond.Otherwise.Graph.Outputs;
        if (then.Count != otherwise.Count || then.Count == 0)
        {
            throw new GraphException(FormattableString.Invariant(
                $"the branches give {then.Count} and {otherwise.Count} values"));
        }

        for (int i = 0; i < then.Count; i++)
        {
            if (then[i].Node.Type != otherwise[i].Node.Type)
            {
                throw new GraphException(FormattableString.Invariant(
                    $"value {i} is {then[i].Node.Type} where the predicate holds, {otherwise[i].Node.Type} otherwise"));
            }
        }

        return new TensorType(DType.Bool, Shape.Scalar);
    }

    private static void CheckOperands(IReadOnlyList<Node> operands, Graph body)
    {
        if (body.Inputs.Count != operands.Count - 1)
        {
            throw new GraphException(FormattableString.Invariant(
                $"{operands.Count - 1} operands behind the predicate, a branch has {body.Inputs.Count} inputs"));
        }

        for (int i = 0; i < body.Inputs.Count; i++)
        {
            if (operands[i + 1].Type != body.Inputs[i].Type)
            {
                throw new GraphException(FormattableString.Invariant(
                    $"operand {i + 1} is {operands[i + 1].Type}, a branch wants {body.Inputs[i].Type}"));
            }
        }
    }
}
