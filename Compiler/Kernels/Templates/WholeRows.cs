using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Templates;

/// <summary>
/// What follows a product once rows of its result are whole. All panels of a block of rows are computed, then the
/// stages that read these rows, which are in the second cache. Elements that nobody else reads are in scratch, a block
/// at a time, and never in memory.
/// </summary>
internal sealed class WholeRows
{
    // The part of the second cache that a block may take: operands pass by beside.
    private const int CacheShare = 4;

    // No tile is higher.
    private const long HighestTile = 16;

    private readonly ProductGroup group;
    private readonly KernelContext context;
    private readonly Stage product;
    private readonly Dictionary<Node, Buffer> kept = [];
    private readonly Dimension stride;
    private readonly long most;

    /// <summary>The rows of a product that has stages behind it.</summary>
    public WholeRows(ProductGroup group, KernelContext context)
    {
        this.group = group;
        this.context = context;
        product = group.WholeRows!.Stages[0];
        int lanes = context.Target.Lanes;
        Dimension row = product.Inner.Aggregate((Dimension)1, (n, loop) => n * loop.Extent);
        stride = row.IsStatic ? (row.Value + lanes - 1) / lanes * lanes : row;
        Node[] inside = [.. product.Items.Select(item => item.Node).Where(node => !context.IsLive(node) && IsRead(node))];
        long bytes = stride.Max * sizeof(float) * Math.Max(1, inside.Length);
        most = Math.Max(HighestTile, context.Target.SecondLevelCache / CacheShare / bytes);
        foreach (Node node in inside)
        {
            kept.Add(node, new Buffer("rows" + kept.Count, node.DType, stride * most));
        }

        Behind = new LoopGroup { Outer = group.WholeRows.Outer };
        Behind.Stages.AddRange(group.RowStages);
        Apart = context with { IsLive = node => context.IsLive(node) || kept.ContainsKey(node) };
    }

    /// <summary>The stages as loops of their own, for a kernel behind the product's.</summary>
    public LoopGroup Behind { get; }

    /// <summary>The world of two kernels: all that the second reads has memory.</summary>
    public KernelContext Apart { get; }

    /// <summary>The scratch of a block.</summary>
    public IEnumerable<Scratch> Scratch => kept.Values.Select(buffer => new Scratch(buffer));

    /// <summary>How far rows are from one another in scratch.</summary>
    public Dimension Stride => stride;

    /// <summary>The rows of a block: whole tiles.</summary>
    public long RowsOf(Tile tile) => most / tile.Rows * tile.Rows;

    /// <summary>Whether a shape has the rows whole, panels side by side and no operand in parts.</summary>
    public bool Fit(ProductShape shape) => shape.Lanes.Count == 1 && product.Inner.Contains(shape.LaneLoop)
        && shape.LanesScratch is not { IsPart: true } && shape.RowsScratch is not { IsPart: true }
        && !LoopSchedule.RunsAlongRows(LoopNest.Resolve(Behind, Apart), context.Target);

    /// <summary>Where an element of the epilogue goes, if scratch keeps it: its place in the row.</summary>
    public EpilogueItem? Place(Item item, Value value)
    {
        if (!kept.TryGetValue(item.Node, out Buffer? buffer))
        {
            return null;
        }

        var (shape, position) = Resolver.RowPart(item, product, item.Position);
        return new EpilogueItem(value, Evaluator.Linear(position, shape), buffer, IsKept: true);
    }

    /// <summary>The stages behind the product, for rows [first, last) of a block.</summary>
    public IReadOnlyList<Statement> Stages(ProductShape shape, Index first, Index last)
    {
        var row = new LoopVariable("whole", shape.Row.Extent);
        var outer = group.WholeRows!.Outer.ToDictionary(
            loop => loop, loop => shape.Origin(loop).Substitute(v => v == shape.Row ? (Index)row : null));
        Index Moved(Index index) => index.Substitute(loop => outer.TryGetValue(loop, out Index? to) ? to : null);
        var done = new Dictionary<Value, Value>();
        var one = new LoopGroup();
        Item MovedItem(Item item) => item with
        {
            Position = new(item.Position.Select(Moved)),
            Value = item.Value.Map(Moved, _ => null, done),
        };
        one.Stages.AddRange(group.WholeRows.Stages.Select(
            stage => new Stage(stage.Inner) { Items = [.. stage.Items.Select(MovedItem)] }));

        // The product's own stage is there only to say where its elements are.
        LoopNest nest = LoopNest.Resolve(one, context);
        var places = nest.Stages[0].Items.Where(item => kept.ContainsKey(item.Node))
            .ToDictionary(item => item.Store!, item => kept[item.Node]);
        Index start = ((Index)row - first) * stride;
        nest = nest.Behind(places.Keys, value => value is Load load && places.TryGetValue(load.Buffer, out Buffer? rows)
            ? new Load(rows, load.Index + start) : null);
        LoopEmitter emitter = LoopSchedule.AlongInner(nest, context);
        IReadOnlyList<Statement> body = emitter.Rows(nest);
        return [.. emitter.ScratchOf(nest), new For(row, first, last, 1, body)];
    }

    private bool IsRead(Node node) => group.RowStages.SelectMany(stage => stage.Items)
        .Any(item => Accesses.In(item.Value).Any(access => access.Node == node));
}
