namespace Sinter.Compiler.Kernels;

/// <summary>Waits until every thread of the piece has come here; what one has written, all then read. Reached by all
/// threads of a piece or by none.</summary>
public sealed class Barrier : Statement;

/// <summary>Statements for the threads for which all conditions hold.</summary>
/// <param name="conditions">All must hold.</param>
/// <param name="body">What they do.</param>
public sealed class If(IReadOnlyList<Condition> conditions, IReadOnlyList<Statement> body) : Statement
{
    /// <summary>All must hold.</summary>
    public IReadOnlyList<Condition> Conditions { get; } = conditions;

    /// <summary>What is done where they do.</summary>
    public IReadOnlyList<Statement> Body { get; } = body;
}

/// <summary>A counter with one value.</summary>
/// <param name="variable">The counter.</param>
/// <param name="value">Not negative.</param>
/// <param name="limits">Whether a value that reaches the counter's extent becomes the last one below it; otherwise none
/// does.</param>
public sealed class Let(LoopVariable variable, Index value, bool limits = false) : Statement
{
    /// <summary>The counter.</summary>
    public LoopVariable Variable { get; } = variable;

    /// <summary>Its value, unless the extent limits it.</summary>
    public Index Value { get; } = value;

    /// <summary>Whether the value is limited, and may need to be.</summary>
    public bool IsLimited => limits && (!Variable.Extent.IsStatic || Value.Max >= Variable.Extent.Value);
}

/// <summary>The value that another thread of the warp holds: the one whose number differs in the given bits. All
/// threads of the warp compute it at once.</summary>
/// <param name="value">The value of each thread.</param>
/// <param name="bits">Which bits of the number differ, below the size of a warp.</param>
public sealed class Exchange(Value value, int bits) : Value(value.Type, 1)
{
    /// <summary>Which bits of the thread's number differ.</summary>
    public int Bits { get; } = bits;

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands { get; } = [value];

    /// <inheritdoc/>
    protected override Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index) =>
        new Exchange(operands[0], Bits);
}
