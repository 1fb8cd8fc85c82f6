namespace Sinter.Compiler.Values;

/// <summary>
/// A scalar or vector computed inside a kernel. Values form a graph compared by reference: a shared one is computed
/// once.
/// </summary>
public abstract class Value(DType type, int lanes)
{
    private HashSet<LoopVariable>? variables;
    private HashSet<string>? localNames;

    /// <summary>The element type.</summary>
    public DType Type { get; } = type;

    /// <summary>1 for a scalar, otherwise the vector's element count.</summary>
    public int Lanes { get; } = lanes;

    /// <summary>The values this one is computed from.</summary>
    public virtual IReadOnlyList<Value> Operands => [];

    /// <summary>The indices this value reads directly.</summary>
    public virtual IEnumerable<Index> Indices => [];

    /// <summary>The same computation on other operands, indices rewritten.</summary>
    protected abstract Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index);

    /// <summary>Whether the counter occurs anywhere below.</summary>
    public bool DependsOn(LoopVariable variable) => Variables.Contains(variable);

    /// <summary>Every counter below. Kept, because values share operands: a walk without memory can take exponential
    /// time.</summary>
    internal HashSet<LoopVariable> Variables => variables ??=
        [.. Indices.SelectMany(index => index.Variables), .. Operands.SelectMany(operand => operand.Variables)];

    /// <summary>The names of all locals below.</summary>
    internal HashSet<string> LocalNames => localNames ??= this is Local local
        ? [local.Name]
        : [.. Operands.SelectMany(operand => operand.LocalNames), .. Indices.SelectMany(DataLocals)];

    private static IEnumerable<string> DataLocals(Index index) =>
        index.Terms.Select(term => term.Atom).OfType<DataAtom>().SelectMany(data => data.Value.LocalNames);

    /// <summary>The value with counters replaced.</summary>
    public Value Substitute(Func<LoopVariable, Index?> map) => Map(index => index.Substitute(map), _ => null, []);

    /// <summary>The value with the given values replaced, sharing kept.</summary>
    public Value Replace(Func<Value, Value?> replacement) => Map(index => index, replacement, []);

    internal Value Map(Func<Index, Index> index, Func<Value, Value?> replacement, Dictionary<Value, Value> done)
    {
        if (done.TryGetValue(this, out Value? result))
        {
            return result;
        }

        result = replacement(this);
        if (result is null)
        {
            var operands = Operands.Select(operand => operand.Map(index, replacement, done)).ToArray();
            bool same = operands.SequenceEqual(Operands) && Indices.All(i => ReferenceEquals(index(i), i));
            result = same ? this : Rebuild(operands, index);
        }

        done.Add(this, result);
        return result;
    }
}

/// <summary>A constant; bits as in <see cref="ConstantAttributes.Bits"/>.</summary>
public sealed class Literal(DType type, long bits) : Value(type, 1)
{
    /// <summary>The value's bits.</summary>
    public long Bits { get; } = bits;

    /// <inheritdoc/>
    protected override Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index) => this;
}

/// <summary>An element of a node's value, not yet resolved to memory or a local. Gone after lowering.</summary>
public sealed class Access(Node node, EquatableArray<Index> position) : Value(node.DType, 1)
{
    /// <summary>The node whose element is read.</summary>
    public Node Node { get; } = node;

    /// <summary>One index for each axis.</summary>
    public EquatableArray<Index> Position { get; } = position;

    /// <inheritdoc/>
    public override IEnumerable<Index> Indices => Position;

    /// <inheritdoc/>
    protected override Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index) =>
        new Access(Node, new(Position.Select(index)));
}

/// <summary>Elements read from memory: lane l at index + (l / repeat) * stride.</summary>
public sealed class Load(
    Buffer buffer, Index index, int lanes = 1, long stride = 1, int repeat = 1, Index? count = null)
    : Value(buffer.Type, lanes)
{
    /// <summary>The memory read.</summary>
    public Buffer Buffer { get; } = buffer;

    /// <summary>The first lane's position in elements.</summary>
    public Index Index { get; } = index;

    /// <summary>The distance of neighbouring lanes in elements.</summary>
    public long Stride { get; } = stride;

    /// <summary>How many neighbouring lanes read the same element.</summary>
    public int Repeat { get; } = repeat;

    /// <summary>How many lanes are read (may be more than there are), the others are 0; null for all.</summary>
    public Index? Count { get; } = count;

    /// <inheritdoc/>
    public override IEnumerable<Index> Indices => Count is null ? [Index] : [Index, Count];

    /// <inheritdoc/>
    protected override Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index) =>
        new Load(Buffer, index(Index), Lanes, Stride, Repeat, Count is null ? null : index(Count));
}

/// <summary>A local variable of the kernel.</summary>
public sealed class Local(string name, DType type, int lanes = 1) : Value(type, lanes)
{
    /// <summary>The name in program text.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    protected override Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index) => this;
}

/// <summary>A position as a number; lanes count up by <paramref name="stride"/>, starting again after every
/// <paramref name="modulus"/> of them where that is not 0.</summary>
public sealed class IndexValue(
    Index index, DType type, int lanes = 1, long stride = 1, int modulus = 0) : Value(type, lanes)
{
    /// <summary>The first lane's value.</summary>
    public Index Index { get; } = index;

    /// <summary>The difference of neighbouring lanes.</summary>
    public long Stride { get; } = stride;

    /// <summary>The number of lanes after which counting starts again, or 0.</summary>
    public int Modulus { get; } = modulus;

    /// <inheritdoc/>
    public override IEnumerable<Index> Indices => [Index];

    /// <summary>What a lane adds to the index.</summary>
    public long Lane(int lane) => Stride * (Modulus == 0 ? lane : lane % Modulus);

    /// <inheritdoc/>
    protected override Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index) =>
        new IndexValue(index(Index), Type, Lanes, Stride, Modulus);
}

/// <summary>An elementwise operation of the graph, lane by lane. Casts are <see cref="Op.Cast"/> to this value's
/// type.</summary>
public sealed class Apply(Op op, DType type, params Value[] operands) : Value(type, operands.Max(o => o.Lanes))
{
    /// <summary>The operation.</summary>
    public Op Op { get; } = op;

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands => operands;

    /// <inheritdoc/>
    protected override Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index) =>
        new Apply(Op, Type, [.. operands]);
}

/// <summary>a * b + c, rounded once.</summary>
public sealed class MultiplyAdd(Value a, Value b, Value c) : Value(c.Type, c.Lanes)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands { get; } = [a, b, c];

    /// <inheritdoc/>
    protected override Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index) =>
        new MultiplyAdd(operands[0], operands[1], operands[2]);
}

/// <summary>A scalar in every lane.</summary>
public sealed class Splat(Value scalar, int lanes) : Value(scalar.Type, lanes)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands { get; } = [scalar];

    /// <inheritdoc/>
    protected override Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index) =>
        new Splat(operands[0], Lanes);
}

/// <summary>All lanes combined in a fixed order by Add, Multiply, Maximum or Minimum.</summary>
public sealed class Horizontal(Op op, Value vector) : Value(vector.Type, 1)
{
    /// <summary>The combining operation.</summary>
    public Op Op { get; } = op;

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands { get; } = [vector];

    /// <inheritdoc/>
    protected override Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index) =>
        new Horizontal(Op, operands[0]);
}

/// <summary>low ≤ index &lt; high, and index divisible by <paramref name="Step"/>.</summary>
/// <param name="Index">What is tested.</param>
/// <param name="Low">Smallest accepted.</param>
/// <param name="High">First not accepted.</param>
/// <param name="Step">Accepted values are multiples of it.</param>
public sealed record Condition(Index Index, Index Low, Index High, long Step = 1)
{
    /// <summary>Whether no counter's value is too small.</summary>
    public bool IsNeverLow => Low.Upper.IsAtMost(Index.Lower);

    /// <summary>Whether no counter's value is too large.</summary>
    public bool IsNeverHigh => (Index.Upper + 1).IsAtMost(High.Lower);

    /// <summary>Whether it holds whatever the counters are.</summary>
    public bool AlwaysHolds => IsNeverLow && IsNeverHigh && Step == 1;
}

/// <summary>A value where all conditions hold, another elsewhere; the value is not computed where they do
/// not.</summary>
public sealed class Guard(IReadOnlyList<Condition> conditions, Value value, Value otherwise)
    : Value(value.Type, Math.Max(value.Lanes, otherwise.Lanes))
{
    /// <summary>All must hold.</summary>
    public IReadOnlyList<Condition> Conditions { get; } = conditions;

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands { get; } = [value, otherwise];

    /// <inheritdoc/>
    public override IEnumerable<Index> Indices => Conditions.SelectMany(c => new[] { c.Index, c.Low, c.High });

    /// <inheritdoc/>
    protected override Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index) => new Guard(
        Conditions.Select(c => c with { Index = index(c.Index), Low = index(c.Low), High = index(c.High) }).ToArray(),
        operands[0], operands[1]);
}

/// <summary>A vector load whose lanes count only while low ≤ lane &lt; high; the others hold the fill and touch no
/// memory.</summary>
public sealed class GuardedLoad(
    Buffer buffer, Index index, Index low, Index high, long fill, int lanes) : Value(buffer.Type, lanes)
{
    /// <summary>The memory read.</summary>
    public Buffer Buffer { get; } = buffer;

    /// <summary>Lane 0's position in elements.</summary>
    public Index Index { get; } = index;

    /// <summary>The first lane read.</summary>
    public Index Low { get; } = low;

    /// <summary>The first lane not read any more.</summary>
    public Index High { get; } = high;

    /// <summary>The other lanes' value, as constant bits.</summary>
    public long Fill { get; } = fill;

    /// <inheritdoc/>
    public override IEnumerable<Index> Indices => [Index, Low, High];

    /// <inheritdoc/>
    protected override Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index) =>
        new GuardedLoad(Buffer, index(Index), index(Low), index(High), Fill, Lanes);
}

/// <summary>How a bad index is reported.</summary>
/// <param name="Site">Which check found it.</param>
/// <param name="Position">Where it stands among the indices.</param>
public sealed record IndexReport(int Site, Index Position);

/// <summary>An index from data, checked against [0, extent): a bad one is replaced by 0, and reported where that is
/// asked for.</summary>
/// <param name="index">The index.</param>
/// <param name="extent">Valid values are below it.</param>
/// <param name="report">How a bad one is reported; null where a check in front has done so.</param>
public sealed class CheckedIndex(Value index, Dimension extent, IndexReport? report = null) : Value(index.Type, 1)
{
    /// <summary>Valid values are below it.</summary>
    public Dimension Extent { get; } = extent;

    /// <summary>How a bad one is reported, or null.</summary>
    public IndexReport? Report { get; } = report;

    /// <inheritdoc/>
    public override IEnumerable<Index> Indices => Report is null ? [] : [Report.Position];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands { get; } = [index];

    /// <inheritdoc/>
    protected override Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index) => new CheckedIndex(
        operands[0], Extent, Report is null ? null : Report with { Position = index(Report.Position) });
}

/// <summary>One word of the counter-based generator; lanes are neighbouring elements.</summary>
public sealed class RandomWord(
    Value seed, Value step, long stream, Index element, int lanes = 1) : Value(DType.U32, lanes)
{
    /// <summary>The draw's stream.</summary>
    public long Stream { get; } = stream;

    /// <summary>The element drawn.</summary>
    public Index Element { get; } = element;

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Operands { get; } = [seed, step];

    /// <inheritdoc/>
    public override IEnumerable<Index> Indices => [Element];

    /// <inheritdoc/>
    protected override Value Rebuild(IReadOnlyList<Value> operands, Func<Index, Index> index) =>
        new RandomWord(operands[0], operands[1], Stream, index(Element), Lanes);
}
