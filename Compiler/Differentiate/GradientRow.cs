using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Differentiate;

/// <summary>Makes the gradient of one operand.</summary>
internal delegate Expression OperandGradient(GradientContext context);

/// <summary>What a gradient rule works with. Names are short because the table's lambdas read like formulas.</summary>
/// <param name="Node">The operation differentiated.</param>
/// <param name="G">The gradient of its result: the same type.</param>
/// <param name="Operand">Which operand's gradient is wanted.</param>
internal sealed record GradientContext(Node Node, Expression G, int Operand)
{
    /// <summary>The first operand.</summary>
    public Expression A => Input(0);

    /// <summary>The second operand.</summary>
    public Expression B => Input(1);

    /// <summary>The result, which rules prefer over the operands: the forward pass has it already.</summary>
    public Expression Y => G with { Node = Node };

    /// <summary>An operand.</summary>
    public Expression Input(int index) => G with { Node = Node.Inputs[index] };

    /// <summary>The settings of the operation.</summary>
    public T Get<T>()
        where T : Attributes => Node.Get<T>();
}

/// <summary>How gradients pass through one operation.</summary>
/// <param name="Op">The operation.</param>
/// <param name="Operands">
/// A rule for each operand, null where none flows; one rule serves all operands of a variadic operation.
/// </param>
/// <param name="Why">Why no gradient flows at all, where none does.</param>
internal sealed record GradientRow(Op Op, IReadOnlyList<OperandGradient?> Operands, string? Why)
{
    /// <summary>The rule for an operand, or null where its gradient is zero by definition.</summary>
    public OperandGradient? Rule(int operand) =>
        Operands.Count == 0 ? null : Operands[OpTable.Row(Op).Arity < 0 ? 0 : operand];
}
