using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels;

/// <summary>A step of a kernel, and what passes ask of any.</summary>
public abstract class Statement
{
    /// <summary>The values that it computes itself.</summary>
    public virtual IEnumerable<Value> Values => [];

    /// <summary>Positions that may come from data.</summary>
    public virtual IEnumerable<Index> Positions => [];

    /// <summary>Memory that it reads besides what its values do.</summary>
    public virtual Buffer? ReadBuffer => null;

    /// <summary>Memory that it writes.</summary>
    public virtual Buffer? WrittenBuffer => null;

    /// <summary>The statements inside.</summary>
    public virtual IEnumerable<Statement> Nested => [];
}

/// <summary>A counted loop: begin, begin + step, … below end.</summary>
/// <param name="variable">The counter.</param>
/// <param name="begin">Its first value.</param>
/// <param name="end">The first value not taken.</param>
/// <param name="step">The increment.</param>
/// <param name="body">What is repeated.</param>
/// <param name="unrolls">Whether the compiler must write out every iteration: positions of registers are constants
/// then.</param>
public sealed class For(
    LoopVariable variable, Index begin, Index end, long step, IReadOnlyList<Statement> body, bool unrolls = false)
    : Statement
{
    /// <summary>The counter.</summary>
    public LoopVariable Variable { get; } = variable;

    /// <summary>Its first value.</summary>
    public Index Begin { get; } = begin;

    /// <summary>The first value not taken.</summary>
    public Index End { get; } = end;

    /// <summary>The increment.</summary>
    public long Step { get; } = step;

    /// <summary>What is repeated.</summary>
    public IReadOnlyList<Statement> Body { get; } = body;

    /// <summary>Whether every iteration is written out.</summary>
    public bool Unrolls { get; } = unrolls;

    /// <inheritdoc/>
    public override IEnumerable<Statement> Nested => Body;
}

/// <summary>Statements that are done where all conditions hold; of threads that share a piece, by those for which they
/// do.</summary>
/// <param name="conditions">All must hold.</param>
/// <param name="body">What is done then.</param>
/// <param name="isCommon">Whether it is no matter of single threads: addresses then are computed in front.</param>
public sealed class If(
    IReadOnlyList<Condition> conditions, IReadOnlyList<Statement> body, bool isCommon = false) : Statement
{
    /// <summary>All must hold.</summary>
    public IReadOnlyList<Condition> Conditions { get; } = conditions;

    /// <summary>What is done where they do.</summary>
    public IReadOnlyList<Statement> Body { get; } = body;

    /// <summary>Whether addresses are computed in front.</summary>
    public bool IsCommon { get; } = isCommon;

    /// <summary>The statements under the conditions; without any where those always hold.</summary>
    public static IReadOnlyList<Statement> Where(
        IReadOnlyList<Condition> conditions, IReadOnlyList<Statement> body) =>
        conditions.All(condition => condition.AlwaysHolds) ? body : [new If(conditions, body)];

    /// <inheritdoc/>
    public override IEnumerable<Statement> Nested => Body;
}

/// <summary>A new local with its first value.</summary>
/// <param name="local">The local.</param>
/// <param name="value">Its first value.</param>
public sealed class Declare(Local local, Value value) : Statement
{
    /// <summary>The local.</summary>
    public Local Local { get; } = local;

    /// <summary>Its first value.</summary>
    public Value Value { get; } = value;

    /// <inheritdoc/>
    public override IEnumerable<Value> Values => [Value];
}

/// <summary>Another value for a local.</summary>
/// <param name="local">The local.</param>
/// <param name="value">Its next value.</param>
public sealed class Assign(Local local, Value value) : Statement
{
    /// <summary>The local.</summary>
    public Local Local { get; } = local;

    /// <summary>Its next value.</summary>
    public Value Value { get; } = value;

    /// <inheritdoc/>
    public override IEnumerable<Value> Values => [Value];
}

/// <summary>A value written to memory.</summary>
/// <param name="buffer">The memory.</param>
/// <param name="index">The first lane's position in elements.</param>
/// <param name="value">What is written.</param>
/// <param name="count">How many lanes are written; null for all.</param>
/// <param name="stride">The distance of neighbouring lanes in elements.</param>
/// <param name="streams">Whether the element goes past the caches: nothing reads it soon. The address is a whole
/// vector's.</param>
public sealed class Store(
    Buffer buffer, Index index, Value value, Index? count = null, long stride = 1, bool streams = false)
    : Statement
{
    /// <summary>The memory.</summary>
    public Buffer Buffer { get; } = buffer;

    /// <summary>The first lane's position.</summary>
    public Index Index { get; } = index;

    /// <summary>What is written.</summary>
    public Value Value { get; } = value;

    /// <summary>How many lanes are written (at most the lanes there are; may be 0 or negative); null for all.</summary>
    public Index? Count { get; } = count;

    /// <summary>The distance of neighbouring lanes.</summary>
    public long Stride { get; } = stride;

    /// <summary>Whether the element goes past the caches.</summary>
    public bool Streams { get; } = streams;

    /// <inheritdoc/>
    public override IEnumerable<Value> Values => [Value];

    /// <inheritdoc/>
    public override IEnumerable<Index> Positions => [Index];

    /// <inheritdoc/>
    public override Buffer WrittenBuffer => Buffer;
}

/// <summary>Scratch memory of the running piece, valid until the kernel returns.</summary>
/// <param name="buffer">Its name, type and fixed size.</param>
/// <param name="perThread">Whether each thread of the piece has one of its own; otherwise they share it.</param>
public sealed class Scratch(Buffer buffer, bool perThread = false) : Statement
{
    /// <summary>Its name, type and fixed size.</summary>
    public Buffer Buffer { get; } = buffer;

    /// <summary>Whether each thread has one of its own.</summary>
    public bool PerThread { get; } = perThread;
}

/// <summary>Asks for memory that will be read soon; it may lie outside the buffer, where it has no effect.</summary>
/// <param name="buffer">The memory.</param>
/// <param name="index">An element of the cache line.</param>
public sealed class Prefetch(Buffer buffer, Index index) : Statement
{
    /// <summary>The memory.</summary>
    public Buffer Buffer { get; } = buffer;

    /// <summary>An element of the cache line.</summary>
    public Index Index { get; } = index;
}

/// <summary>A line that explains the next ones.</summary>
/// <param name="text">The explanation; made of our words only.</param>
public sealed class Comment(string text) : Statement
{
    /// <summary>The explanation.</summary>
    public string Text { get; } = text;
}

/// <summary>The share of a loop that one piece runs: grain iterations from piece * grain, the last piece
/// fewer.</summary>
/// <param name="first">Set to the first iteration.</param>
/// <param name="last">Set to the first iteration that is not the piece's.</param>
/// <param name="piece">The counter of pieces.</param>
/// <param name="grain">Iterations of a piece, at least 1; of symbols where the run's sizes say how many.</param>
/// <param name="extent">Iterations of the whole loop.</param>
public sealed class Share(
    LoopVariable first, LoopVariable last, LoopVariable piece, Dimension grain, Dimension extent) : Statement
{
    /// <summary>Set to the first iteration.</summary>
    public LoopVariable First { get; } = first;

    /// <summary>Set to the first iteration that is not the piece's.</summary>
    public LoopVariable Last { get; } = last;

    /// <summary>The counter of pieces.</summary>
    public LoopVariable Piece { get; } = piece;

    /// <summary>Iterations of a piece.</summary>
    public Dimension Grain { get; } = grain;

    /// <summary>Iterations of the whole loop.</summary>
    public Dimension Extent { get; } = extent;
}

/// <summary>One way to walk the rest of a range.</summary>
/// <param name="Step">Elements per iteration.</param>
/// <param name="Body">What an iteration does.</param>
/// <param name="Once">Run once for what is left, less than a step, instead of while a whole step is left.</param>
public sealed record Strip(long Step, IReadOnlyList<Statement> Body, bool Once = false);

/// <summary>A range walked in long steps first, then in shorter ones: vectors, then what is left.</summary>
/// <param name="variable">The counter, shared by all strips.</param>
/// <param name="begin">Its first value.</param>
/// <param name="end">The first value not taken.</param>
/// <param name="strips">From the longest step to the shortest.</param>
public sealed class StripLoop(LoopVariable variable, Index begin, Index end, IReadOnlyList<Strip> strips) : Statement
{
    /// <summary>The counter.</summary>
    public LoopVariable Variable { get; } = variable;

    /// <summary>Its first value.</summary>
    public Index Begin { get; } = begin;

    /// <summary>The first value not taken.</summary>
    public Index End { get; } = end;

    /// <summary>From the longest step to the shortest.</summary>
    public IReadOnlyList<Strip> Strips { get; } = strips;

    /// <inheritdoc/>
    public override IEnumerable<Statement> Nested => Strips.SelectMany(strip => strip.Body);
}

/// <summary>target[c * targetStride + r] = source[r * sourceStride + c] for r below rows and c below columns, both at
/// most 16.</summary>
/// <param name="source">The memory read.</param>
/// <param name="from">The first element read.</param>
/// <param name="sourceStride">The distance of rows read.</param>
/// <param name="target">The memory written.</param>
/// <param name="to">The first element written.</param>
/// <param name="targetStride">The distance of rows written.</param>
/// <param name="rows">Rows read; the rest up to <paramref name="width"/> is written as zero.</param>
/// <param name="columns">Columns read.</param>
/// <param name="width">Elements of each row written.</param>
public sealed class Transpose(
    Buffer source, Index from, Index sourceStride, Buffer target, Index to, long targetStride, Index rows,
    Index columns, int width)
    : Statement
{
    /// <summary>The memory read.</summary>
    public Buffer Source { get; } = source;

    /// <summary>The first element read.</summary>
    public Index From { get; } = from;

    /// <summary>The distance of rows read.</summary>
    public Index SourceStride { get; } = sourceStride;

    /// <summary>The memory written.</summary>
    public Buffer Target { get; } = target;

    /// <summary>The first element written.</summary>
    public Index To { get; } = to;

    /// <summary>The distance of rows written.</summary>
    public long TargetStride { get; } = targetStride;

    /// <summary>Rows read (limited to the width).</summary>
    public Index Rows { get; } = rows;

    /// <summary>Columns read (limited to 16).</summary>
    public Index Columns { get; } = columns;

    /// <summary>Elements of each row written, at most 16.</summary>
    public int Width { get; } = width;

    /// <inheritdoc/>
    public override Buffer ReadBuffer => Source;

    /// <inheritdoc/>
    public override Buffer WrittenBuffer => Target;
}
