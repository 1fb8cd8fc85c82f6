using Sinter.Compiler.Fuse;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Schedules;

/// <summary>
/// Reductions over leading axes, such as the sum of each column. Walking down one column at a time would touch a page
/// for each element; instead a strip of columns is summed in scratch while its rows are read from left to right.
/// </summary>
internal sealed class ColumnReduction
{
    // Columns of a strip: pages of each row, so that memory streams, and sums that stay in the first cache; fewer
    // where that would leave threads without work.
    private const int Widest = 4096;
    private const int Narrowest = 256;
    private const int Strips = 2;
    private const int Copies = 4;
    private const long LongColumn = 64;

    /// <summary>Whether a nest is one long reduction of many columns.</summary>
    public static bool Fits(LoopNest nest, int lanes) =>
        nest.Outer.Count > 0 && nest.Stages.Count == 1 && nest.Stages[0].Items.Count == 1
        && nest.Stages[0].Items[0] is { Reduction: Op.Sum or Op.Max or Op.Min, Store: not null }
        && nest.Outer[nest.Outer.Count - 1].Extent is var columns && columns.Max >= Copies * lanes
        && (nest.Outer.Count == 1 || columns.Max <= Widest)
        && nest.Stages[0].Inner.Aggregate(1L, (n, v) => n * v.Extent.Max) >= LongColumn;

    private readonly int lanes;
    private readonly KernelContext context;
    private readonly LoopNest nest;
    private readonly NestStage stage;
    private readonly NestItem item;
    private readonly Op reduction;
    private readonly LoopVariable column;
    private readonly bool isWhole;
    private readonly int step;
    private readonly long width;
    private readonly Share share;
    private readonly Index begin;
    private readonly Index end;
    private readonly Buffer sums;

    private ColumnReduction(LoopNest nest, int lanes, KernelContext context)
    {
        this.nest = nest;
        this.lanes = lanes;
        this.context = context;
        stage = nest.Stages[0];
        item = stage.Items[0];
        reduction = item.Reduction!.Value;

        // Strips of columns are shared out, or what is around them where there is something.
        column = nest.Outer[nest.Outer.Count - 1];
        isWhole = nest.Outer.Count > 1;
        step = Copies * lanes;
        long fair = ((column.Extent.Max / Strips) + step - 1) / step * step;
        width = isWhole ? Widest : Math.Min(Widest, Math.Max(Narrowest, fair));
        share = isWhole ? Loops.Cut(nest.Outer[0].Extent, 1) : Loops.Cut(column.Extent, width, step);
        begin = isWhole ? Index.Zero : share.First;
        end = isWhole ? Index.Of(column.Extent) : share.Last;
        sums = Scratch("sums");
    }

    /// <summary>The kernel.</summary>
    public static Kernel Build(LoopGroup group, LoopNest nest, int lanes, KernelContext context, string name)
    {
        var schedule = new ColumnReduction(nest, lanes, context);
        Node[] nodes = group.Items.Select(i => i.Node).ToArray();
        return schedule.Kernel(name, nodes);
    }

    private Kernel Kernel(string name, Node[] nodes)
    {
        context.Take(isWhole ? SchedulePath.ColumnsWhole : SchedulePath.ColumnStrips);
        bool isSum = reduction == Op.Sum && item.Local.Type.IsFloat();
        IReadOnlyList<Condition>? many = isSum ? LongSum.Exceeds(stage.Inner, 1, LongSum.MostTerms) : null;
        var (scratch, strip) = many is null ? Plain() : Blocked(many);
        if (isWhole)
        {
            strip = [new For(nest.Outer[0], share.First, share.Last, 1,
                Loops.Nest(nest.Outer.Skip(1).Take(nest.Outer.Count - 2), strip))];
        }

        long rows = nest.Outer.Aggregate(1L, (n, v) => n * v.Extent.Max);
        long operations = stage.Inner.Aggregate(rows, (n, v) => n * v.Extent.Max);
        return new Kernel(
            name, nodes, share.Piece, [.. scratch.Select(buffer => new Scratch(buffer)), share, .. strip], operations);
    }

    private (Buffer[] Scratch, IReadOnlyList<Statement> Body) Plain() => (
        [sums],
        [Clear(sums), .. Loops.Nest(stage.Inner, [Row()]), Result(at => new Load(sums, at, lanes))]);

    // Where a run says how many terms there are, few run through all blocks as if there were none.
    private (Buffer[] Scratch, IReadOnlyList<Statement> Body) Blocked(IReadOnlyList<Condition> many)
    {
        context.Take(SchedulePath.ColumnsBlocked);
        Buffer whole = Scratch("whole");
        Buffer lost = Scratch("lost");
        LoopVariable last = stage.Inner[stage.Inner.Count - 1];
        var at = new LoopVariable("at", width);
        var join = new For(at, 0, end - begin, lanes, LongSum.Add(whole, lost, sums, at, lanes));
        StripLoop result = Result(at => LongSum.Whole(new Load(whole, at, lanes), new Load(lost, at, lanes)));
        IReadOnlyList<Statement> Blocks(IEnumerable<Statement> before, IEnumerable<Statement> after) => LongSum.Blocks(
            stage.Inner, 1, LongSum.Terms, (from, to) => [new For(last, from, to, 1, [Row()])], before, after);
        IReadOnlyList<Statement> body = many.Count == 0
            ? [Clear(whole), Clear(lost), .. Blocks([Clear(sums)], [join]), result]
            :
            [
                Clear(sums), Common(many, Clear(whole), Clear(lost)),
                .. Blocks([], [Common(many, join, Clear(sums))]),
                Common(many, result),
                Common(LongSum.Opposite(many), Result(at => new Load(sums, at, lanes))),
            ];
        return ([sums, whole, lost], body);
    }

    private static If Common(IReadOnlyList<Condition> conditions, params Statement[] body) =>
        new(conditions, body, isCommon: true);

    private Buffer Scratch(string name) => new(name, item.Local.Type, width);

    private StripLoop Clear(Buffer buffer)
    {
        Literal neutral = Reductions.Neutral(reduction, item.Value.Type);
        return Over((at, offset, _) => new Store(buffer, Place(at, offset), new Splat(neutral, lanes)), 1);
    }

    // One row, added to the sums.
    private StripLoop Row() => Over((at, offset, _) => new Store(
        sums, Place(at, offset),
        LoopEmitter.Combine(reduction, new Load(sums, Place(at, offset), lanes), Element(at, offset))), Copies);

    private StripLoop Result(Func<Index, Value> value) => Over((at, offset, count) => new Store(
        item.Store!, Target(at) + offset, value(Place(at, offset)), count), 1);

    // A vector of columns of the row, where their sums lie, and where their results.
    private Value Element(LoopVariable at, int offset) => new Vectorizer(column, lanes).Vector(item.Value)
        .Substitute(v => v == column ? (Index)at + offset : null);

    private Index Place(LoopVariable at, int offset) => (Index)at + offset - begin;

    private Index Target(LoopVariable at) => item.Target.Substitute(v => v == column ? (Index)at : null);

    private StripLoop Over(Func<LoopVariable, int, Index?, Store> body, int copies)
    {
        var at = new LoopVariable("column", column.Extent);
        var strips = new List<Strip>();
        if (copies > 1)
        {
            strips.Add(new Strip(
                step, Enumerable.Range(0, copies).Select(c => (Statement)body(at, c * lanes, null)).ToArray()));
        }

        strips.Add(new Strip(lanes, [body(at, 0, null)]));
        strips.Add(new Strip(lanes, [body(at, 0, end - (Index)at)], Once: true));
        return new StripLoop(at, begin, end, Loops.Needed(strips, column.Extent));
    }
}
