using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Templates;

/// <summary>
/// An operand that a piece computes into scratch before it multiplies. What windows share is computed once: along an
/// axis of the source that several loops walk (a position and a tap of a convolution), scratch holds what they reach
/// together. Along the lanes each tap may have a copy of its own, so that neighbouring lanes are neighbours from row to
/// row, without the gaps that padding leaves.
/// </summary>
internal sealed class ScratchOperand
{
    // What whole vectors write behind the last element, and whole panels read.
    private const int Overhang = 128;

    // Taps that are written out.
    private const long MostTaps = 11;

    private readonly ProductOperand operand;
    private readonly ProductShape shape;
    private readonly HashSet<LoopVariable> inside;
    private readonly LoopVariable range;
    private readonly long length;
    private readonly List<Axis> axes;
    private readonly Buffer buffer;

    private ScratchOperand(
        ProductOperand operand, ProductShape shape, HashSet<LoopVariable> inside, LoopVariable range, long length,
        List<Axis> axes, string name)
    {
        this.operand = operand;
        this.shape = shape;
        this.inside = inside;
        this.range = range;
        this.length = length;
        this.axes = axes;
        buffer = new Buffer(name, DType.F32, Size(axes) + Overhang);
        Load = new Load(buffer, Position());
        RangeStride = Load.Index.CoefficientOf(range);
    }

    /// <summary>What the product reads, its loops counted from where the scratch begins.</summary>
    public Load Load { get; }

    /// <summary>The memory.</summary>
    public Buffer Buffer => buffer;

    /// <summary>Whether scratch is filled between blocks of a long sum.</summary>
    public bool IsOfBlocks { get; private init; }

    /// <summary>The loop of which scratch may hold a part.</summary>
    public LoopVariable Range => range;

    /// <summary>Iterations of that loop in scratch.</summary>
    public long Length => length;

    /// <summary>How far an iteration of it steps in scratch.</summary>
    public Dimension RangeStride { get; }

    /// <summary>Elements computed each time.</summary>
    public double Elements => Size(axes);

    /// <summary>Whether what is computed depends on a loop of the shape, joined ones included, so that it has to be
    /// around.</summary>
    public bool DependsOn(LoopVariable loop) => operand.Position.Any(position =>
        position.Substitute(own => inside.Contains(own) ? Index.Zero : shape.Origin(own)).DependsOn(loop));

    /// <summary>The operand whose free axes become lanes; null where its windows are no plain boxes.</summary>
    /// <param name="shape">The product, its loops not yet joined.</param>
    /// <param name="rows">Iterations of the loop around the lanes that scratch holds.</param>
    public static ScratchOperand? OfLanes(ProductShape shape, long rows)
    {
        ProductOperand operand = shape.LanesOperand;
        LoopVariable lane = shape.Lane;
        if (lane.Extent == 1)
        {
            return null;
        }

        LoopVariable? around = shape.JoinsLane ? shape.AroundLane : null;
        var inside = new HashSet<LoopVariable>(shape.Contracted) { lane };
        LoopVariable range = around ?? lane;
        inside.Add(range);
        if (Loops(operand, inside) is not { } loops)
        {
            return null;
        }

        rows = Math.Min(rows, range.Extent.Value);
        bool Expands(int axis) => loops[axis].Contains(lane)
            || (around is not null && loops[axis].Contains(around) && Coefficient(operand, axis, around) != 1);
        var order = new List<Axis>();
        foreach (LoopVariable loop in shape.Contracted)
        {
            int axis = loops.FindIndex(own => own.Contains(loop));
            bool joins = axis >= 0 && !Expands(axis)
                && (order.Any(a => a.Source == axis) || loops[axis].Contains(range));
            if (axis >= 0 && !joins)
            {
                order.Add(Expands(axis) ? Axis.Of(axis, loop) : Box(operand, axis, loops[axis], range, rows));
            }
        }

        foreach (LoopVariable loop in around is null ? [lane] : new[] { around, lane })
        {
            int axis = loops.FindIndex(own => own.Contains(loop));
            long extent = loop == range ? rows : loop.Extent.Value;
            order.Add(Expands(axis) ? Axis.Of(axis, loop, extent) : Box(operand, axis, loops[axis], range, rows));
        }

        return new ScratchOperand(operand, shape, inside, range, rows, order, "lanes");
    }

    /// <summary>The same, one copy for all taps: lanes then end with each row.</summary>
    /// <param name="shape">The product, its loops not yet joined.</param>
    public static ScratchOperand? OfImage(ProductShape shape)
    {
        ProductOperand operand = shape.LanesOperand;
        HashSet<LoopVariable> inside = Sharing(operand, [.. shape.Contracted, shape.Lane], shape.Lanes);
        if (Loops(operand, inside) is not { } loops)
        {
            return null;
        }

        long whole = shape.Lane.Extent.Value;
        List<Axis> order = Boxes(operand, loops, shape.Lane, whole);
        bool isLast = order.Count > 0 && order[order.Count - 1].Loops.Any(
            step => step.Loop == shape.Lane && step.Step == 1);
        return isLast ? new ScratchOperand(operand, shape, inside, shape.Lane, whole, order, "lanes") : null;
    }

    /// <summary>The operand whose free axes become rows; null where its windows are no plain boxes.</summary>
    /// <param name="shape">The product, its loops not yet joined.</param>
    /// <param name="rows">Iterations of the innermost rows loop that scratch holds, where no other loop walks its axis.
    /// </param>
    /// <param name="ofBlocks">Whether scratch is filled inside the first contracted loop, for each tile anew.</param>
    public static ScratchOperand? OfRows(ProductShape shape, long rows, bool ofBlocks = false)
    {
        ProductOperand operand = shape.RowsOperand;
        HashSet<LoopVariable> inside = Sharing(
            operand, [.. shape.Contracted.Skip(ofBlocks ? 1 : 0), shape.Row], shape.Rows);
        if (Loops(operand, inside) is not { } loops)
        {
            return null;
        }

        bool isAlone = loops.Any(own => own.SequenceEqual([shape.Row]));
        rows = isAlone ? Math.Min(rows, shape.Row.Extent.Max) : shape.Row.Extent.Max;
        List<Axis> order = Boxes(operand, loops, shape.Row, rows);
        return order.Count == 0 ? null : new ScratchOperand(operand, shape, inside, shape.Row, rows, order, "rows")
        {
            IsOfBlocks = ofBlocks,
        };
    }

    /// <summary>How many panels of lanes a part holds wherever it begins.</summary>
    /// <param name="lane">The loop along the lanes.</param>
    /// <param name="width">Lanes of a panel.</param>
    public long Panels(LoopVariable lane, long width) =>
        Math.Max(1, (range == lane ? length : ((length - 1) * lane.Extent.Value) + 1) / width);

    /// <summary>Iterations of the range that parts of so many lanes need.</summary>
    /// <param name="lane">The loop along the lanes.</param>
    /// <param name="lanes">Lanes of a part; parts begin at multiples of it.</param>
    public long Rows(LoopVariable lane, long lanes)
    {
        long row = range == lane ? 1 : lane.Extent.Value;
        return Math.Min(range.Extent.Value, lanes % row == 0 ? lanes / row : ((lanes - 2) / row) + 2);
    }

    /// <summary>Where the part that begins with a lane begins in the range.</summary>
    public Index Origin(LoopVariable lane, Index first) => range == lane ? first : first / lane.Extent;

    /// <summary>Whether scratch holds a part of the range only.</summary>
    public bool IsPart => length < range.Extent.Max;

    /// <summary>Whether rows of scratch are computed in vectors.</summary>
    public bool IsInVectors(KernelContext context)
    {
        LoopVariable last = axes[axes.Count - 1].Counter;
        Value value = Resolver.ToMemory(operand.At(SourcePosition(Index.Zero)), context, _ => null);
        Value one = value.Substitute(loop => loop == Tap ? Index.Zero : null);
        return IsInLanes(one, last)
            || (Interior.Of(one, last) is { } interior && IsInLanes(interior.Value, last));
    }

    /// <summary>Computes the operand.</summary>
    /// <param name="origin">Where the part of the range begins.</param>
    /// <param name="count">Iterations of it; null for as many as there are room for.</param>
    /// <param name="context">The processor, and memory.</param>
    public IReadOnlyList<Statement> Fill(Index origin, Index? count, KernelContext context)
    {
        Value value = Resolver.ToMemory(operand.At(SourcePosition(origin)), context, _ => null);
        if (count is null && IsPart)
        {
            // The last part may reach behind the source's last element.
            int axis = axes.First(own => own.Loops.Any(step => step.Loop == range)).Source;
            var inRange = new Condition(
                SourcePosition(origin)[axis], 0, Index.Of(operand.Source.Shape[axis]));
            value = inRange.AlwaysHolds ? value : new Guard([inRange], value, new Literal(DType.F32, 0));
        }

        Index target = axes.Aggregate(Index.Zero, (at, axis) => (at * axis.Counter.Extent) + axis.Counter);
        return Nest(0, value, target, count, context.Target.Lanes);
    }

    // In the order of memory, because whole vectors write over the end of a row.
    private IReadOnlyList<Statement> Nest(int axis, Value value, Index target, Index? count, int lanes)
    {
        LoopVariable counter = axes[axis].Counter;
        if (axis == axes.Count - 1)
        {
            return Innermost(value, target, counter, End(counter, count), lanes);
        }

        IReadOnlyList<Statement> Inside(Index at)
        {
            Index? Moved(LoopVariable loop) => loop == counter ? at : null;
            return Nest(axis + 1, value.Substitute(Moved), target.Substitute(Moved), count, lanes);
        }

        if (counter == Tap)
        {
            return [.. Enumerable.Range(0, (int)counter.Extent.Value).SelectMany(i => Inside(i))];
        }

        var own = new LoopVariable(counter.Name, counter.Extent);
        return counter.Extent == 1 ? Inside(0) : [new For(own, 0, End(counter, count), 1, Inside(own))];
    }

    // The taps that have copies of their own along the lanes, written out: then where a border ends is known.
    private LoopVariable? Tap
    {
        get
        {
            int source = axes[axes.Count - 1].Source;
            LoopVariable[] taps = axes.Take(axes.Count - 1).Where(axis => axis.Source == source)
                .Select(axis => axis.Counter).ToArray();
            return taps.Length == 1 && taps[0].Extent.Max <= MostTaps ? taps[0] : null;
        }
    }

    private Index End(LoopVariable counter, Index? count) =>
        count is not null && axes.Any(axis => axis.Counter == counter && axis.Loops.Any(step => step.Loop == range))
            ? count : Index.Of(counter.Extent);

    /// <summary>Whether a value runs in as many lanes as the elements that a product multiplies.</summary>
    public static bool IsInLanes(Value value, LoopVariable loop) =>
        Vectorizer.Fit(value, loop) is { Widest: <= sizeof(float) };

    // A row of scratch: its border an element at a time, what is inside in vectors.
    private IReadOnlyList<Statement> Innermost(Value value, Index target, LoopVariable last, Index end, int lanes)
    {
        Statement Elements(Index from, Index to)
        {
            var own = new LoopVariable("at", last.Extent);
            Index? Moved(LoopVariable loop) => loop == last ? (Index)own : null;
            return new For(own, from, to, 1, [new Store(buffer, target.Substitute(Moved), value.Substitute(Moved))]);
        }

        bool isLong = lanes > 1 && last.Extent.Max >= lanes / 2;
        if (isLong && IsInLanes(value, last))
        {
            return [Vectors(value, target, last, 0, end, lanes)];
        }

        var interior = Interior.Of(value, last);
        if (!isLong || interior is null || !IsInLanes(interior.Value, last))
        {
            return [Elements(0, end)];
        }

        List<Statement> row = [];
        if (interior.First > 0)
        {
            row.Add(Elements(0, interior.First));
        }

        row.Add(Vectors(interior.Value, target, last, interior.First, interior.Last, lanes));
        if (interior.Last < last.Extent.Value)
        {
            row.Add(Elements(interior.Last, Index.Of(last.Extent)));
        }

        return row;
    }

    // Whole vectors, also the last of a row: what lies behind it is computed next, and behind the last row there is
    // room.
    private StripLoop Vectors(Value value, Index target, LoopVariable counter, Index from, Index to, int lanes)
    {
        var own = new LoopVariable("at", counter.Extent);
        Index? Moved(LoopVariable loop) => loop == counter ? (Index)own : null;
        value = value.Substitute(Moved);
        target = target.Substitute(Moved);
        Strip Vector(Index? count) => new(
            lanes, [new Store(buffer, target, new Vectorizer(own, lanes, count: count).Vector(value))],
            Once: count is not null);
        Dimension length = (to - from).Constant is { } known ? known : counter.Extent;
        return new StripLoop(
            own, from, to, Schedules.Loops.Needed([Vector(null), Vector(to - own)], length));
    }

    // The source's position in terms of counters of scratch, and of the product's other loops.
    private Index[] SourcePosition(Index origin)
    {
        var result = new Index[operand.Position.Count];
        for (int i = 0; i < result.Length; i++)
        {
            Axis? box = axes.FirstOrDefault(axis => axis.Source == i && axis.Loops.Count > 1);
            Index? Counter(LoopVariable loop)
            {
                Axis? own = box is null ? axes.FirstOrDefault(axis => axis.Loops[0].Loop == loop) : null;
                Index first = loop == range ? origin : Index.Zero;
                return inside.Contains(loop) ? own is null ? first : first + own.Counter : shape.Origin(loop);
            }

            result[i] = operand.Position[i].Substitute(Counter) + (box is null ? Index.Zero : box.Counter);
        }

        return result;
    }

    // The position in scratch in terms of the product's loops.
    private Index Position() => axes.Aggregate(
        Index.Zero,
        (at, axis) => (at * axis.Counter.Extent)
            + axis.Loops.Aggregate(Index.Zero, (sum, step) => sum + ((Index)step.Loop * step.Step)));

    private static long Size(IEnumerable<Axis> axes) => axes.Aggregate(1L, (n, axis) => n * axis.Counter.Extent.Max);

    private static long Coefficient(ProductOperand operand, int axis, LoopVariable loop) =>
        operand.Position[axis].CoefficientOf(loop).Value;

    // Loops, and the free ones that walk an axis together with them.
    private static HashSet<LoopVariable> Sharing(
        ProductOperand operand, HashSet<LoopVariable> inside, IReadOnlyList<LoopVariable> free)
    {
        bool grows = true;
        while (grows)
        {
            grows = operand.Position.Where(position => inside.Any(position.DependsOn))
                .SelectMany(position => free.Where(position.DependsOn)).ToArray().Count(inside.Add) > 0;
        }

        return inside;
    }

    // Scratch in the order of the source.
    private static List<Axis> Boxes(
        ProductOperand operand, List<List<LoopVariable>> loops, LoopVariable range, long length) =>
        [
            .. Enumerable.Range(0, loops.Count).Where(axis => loops[axis].Count > 0)
                .Select(axis => Box(operand, axis, loops[axis], range, length)),
        ];

    // What loops reach together along an axis of the source.
    private static Axis Box(ProductOperand operand, int axis, List<LoopVariable> loops, LoopVariable range, long length)
    {
        long Extent(LoopVariable loop) => loop == range ? length : loop.Extent.Max;
        if (loops.Count == 1)
        {
            return Axis.Of(axis, loops[0], Extent(loops[0]));
        }

        var steps = loops.Select(loop => (loop, Coefficient(operand, axis, loop))).ToArray();
        long reach = steps.Sum(step => step.Item2 * (Extent(step.loop) - 1)) + 1;
        return new Axis(axis, new LoopVariable("at", reach), steps);
    }

    // The loops of scratch that walk each axis of the source; null where they do so in another way than by steps.
    private static List<List<LoopVariable>>? Loops(ProductOperand operand, HashSet<LoopVariable> inside)
    {
        var result = operand.Position.Select(position => inside.Where(position.DependsOn).ToList()).ToList();
        bool Steps(Index position, LoopVariable loop, bool isAlone) => loop.Extent.IsStatic
            && position.CoefficientOf(loop) is { IsStatic: true } step && (step.Value > 0 || isAlone);
        bool plain = operand.Position.Zip(
            result, (position, loops) => position.Terms.All(term => term.Atom is null or VariableAtom)
                && loops.All(loop => Steps(position, loop, loops.Count == 1))).All(isPlain => isPlain);
        bool once = inside.All(loop => loop.Extent == 1 || result.Count(loops => loops.Contains(loop)) == 1);
        return plain && once ? result : null;
    }

    /// <summary>An axis of scratch.</summary>
    /// <param name="Source">The source's axis that it walks.</param>
    /// <param name="Counter">Its counter.</param>
    /// <param name="Loops">The loops of the product that walk it, and how far they step.</param>
    private sealed record Axis(
        int Source, LoopVariable Counter, IReadOnlyList<(LoopVariable Loop, long Step)> Loops)
    {
        public static Axis Of(int source, LoopVariable loop, long? extent = null) =>
            new(source, new LoopVariable("at", extent ?? loop.Extent), [(loop, 1)]);
    }
}
