using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels;

/// <summary>Waits until every thread of the piece has come here; what one has written, all then read. Reached by all
/// threads of a piece or by none.</summary>
public sealed class Barrier : Statement;

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

/// <summary>Begins to copy neighbouring elements to memory that the threads of a piece share; both places are multiples
/// of as many. The thread goes on meanwhile.</summary>
/// <param name="target">Shared memory.</param>
/// <param name="to">The first element written.</param>
/// <param name="source">The memory read.</param>
/// <param name="from">The first element read.</param>
/// <param name="conditions">Where one does not hold, zeros are written.</param>
public sealed class CopyAhead(
    Buffer target, Index to, Buffer source, Index from, IReadOnlyList<Condition> conditions) : Statement
{
    /// <summary>How many elements of four bytes are copied.</summary>
    public const int Elements = 4;

    /// <summary>Shared memory.</summary>
    public Buffer Target { get; } = target;

    /// <summary>The first element written.</summary>
    public Index To { get; } = to;

    /// <summary>The memory read.</summary>
    public Buffer Source { get; } = source;

    /// <summary>The first element read.</summary>
    public Index From { get; } = from;

    /// <summary>All must hold; otherwise zeros are written.</summary>
    public IReadOnlyList<Condition> Conditions { get; } = conditions;

    /// <inheritdoc/>
    public override Buffer ReadBuffer => Source;

    /// <inheritdoc/>
    public override Buffer WrittenBuffer => Target;
}

/// <summary>The copies that the thread has begun since the last mark are one group.</summary>
public sealed class MarkCopies : Statement;

/// <summary>Waits for groups of copies that the thread has begun; other threads wait for theirs.</summary>
/// <param name="pending">How many groups, the last ones, are not waited for.</param>
public sealed class WaitForCopies(int pending) : Statement
{
    /// <summary>How many groups are not waited for.</summary>
    public int Pending { get; } = pending;
}
