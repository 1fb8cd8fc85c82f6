using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Kernels.Templates;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>What all products by blocks of threads have in common: which tile a block has, the operands' elements, and
/// the epilogue of a sum.</summary>
internal sealed class TiledProduct
{
    private readonly ProductGroup group;
    private readonly ProductShape shape;
    private readonly LoopVariable batch;
    private readonly Dictionary<LoopVariable, Index> batchCounters;

    public TiledProduct(ProductGroup group, ProductShape shape, int height, int width, int threads)
    {
        this.group = group;
        this.shape = shape;
        Left = new TileSide("left", "row", shape.Rows, shape.RowsValue, height);
        Right = new TileSide("right", "column", shape.Lanes, shape.LanesValue, width);
        Depth = FlattenedLoops.Extent(shape.Contracted);
        Thread = new LoopVariable("thread", threads);
        Dimension batches = FlattenedLoops.Extent(shape.Batch);
        Piece = new LoopVariable("piece", batches * Left.Tiles * Right.Tiles);
        batch = new LoopVariable("batch", batches);
        batchCounters = Loops.Counters(batch, shape.Batch);
    }

    public TileSide Left { get; }

    public TileSide Right { get; }

    public IReadOnlyList<LoopVariable> Contracted => shape.Contracted;

    /// <summary>Elements contracted over.</summary>
    public Dimension Depth { get; }

    public LoopVariable Thread { get; }

    private LoopVariable Piece { get; }

    // Which tile of which product the block has.
    private IEnumerable<Statement> Place()
    {
        Index tiles = (Index)Piece / Right.Tiles;
        yield return new Let(Right.Tile, (Index)Piece % Right.Tiles);
        yield return new Let(Left.Tile, tiles % Left.Tiles);
        yield return new Let(batch, tiles / Left.Tiles);
    }

    /// <summary>An element of an operand.</summary>
    /// <param name="side">The operand.</param>
    /// <param name="free">The place along the free axes.</param>
    /// <param name="contracted">The place along the contracted axes.</param>
    public Value Element(TileSide side, Index free, Index contracted) => side.Element.Substitute(Lookup(
        batchCounters, Loops.Counters(free, side.Loops), Loops.Counters(contracted, shape.Contracted)));

    /// <summary>Whether a place along the contracted axes is never behind the last element, where stretches of a length
    /// begin in front of it.</summary>
    public bool IsInside(Index contracted, int stretch) =>
        Depth.IsStatic && (Depth.Value % stretch == 0 || contracted.Max < Depth.Value);

    /// <summary>The epilogue of one sum.</summary>
    /// <param name="row">The sum's row in the tile.</param>
    /// <param name="column">Its column in the tile.</param>
    /// <param name="sum">The sum.</param>
    public IEnumerable<Statement> Epilogue(Index row, Index column, Value sum)
    {
        LoopVariable limited = Right.Counter();
        var unlimited = new Let(Right.Unlimited(), Right.Whole(column));
        return Inside(row, unlimited, limited, limitedRow => Stores(limitedRow, limited, sum));
    }

    /// <summary>Whether columns come in fours that lie wholly inside or wholly outside.</summary>
    public bool HasVectorColumns => Dimension.Divide(Right.Extent, VectorAccess.Width) is not null;

    /// <summary>The epilogue of four neighbours.</summary>
    /// <param name="row">The sums' row in the tile.</param>
    /// <param name="column">The first one's column in the tile, a multiple of four.</param>
    /// <param name="sum">Each of the sums.</param>
    public IEnumerable<Statement> VectorEpilogue(Index row, Index column, Func<Index, Value> sum)
    {
        var four = new LoopVariable(Right.CounterName, Right.Tiles * Right.Size / VectorAccess.Width);
        var limited = new LoopVariable(Right.CounterName, Dimension.Divide(Right.Extent, VectorAccess.Width)!.Value);
        LoopVariable lane = VectorAccess.NewLane();
        return Inside(row, new Let(four, Right.Whole(column) / VectorAccess.Width), limited, limitedRow =>
        {
            Index element = VectorAccess.Element(limited, lane);
            return VectorAccess.Vectorize(lane, Stores(limitedRow, element, sum(lane)));
        });
    }

    // What is done for sums that are not over the edge.
    private IReadOnlyList<Statement> Inside(
        Index row, Let column, LoopVariable limitedColumn, Func<Index, IEnumerable<Statement>> body)
    {
        LoopVariable m = Left.Unlimited();
        LoopVariable limitedRow = Left.Counter();
        Condition[] inside =
        [
            new Condition(m, 0, Index.Of(Left.Extent)),
            new Condition(column.Variable, 0, Index.Of(limitedColumn.Extent)),
        ];
        return
        [
            new Let(m, Left.Whole(row)),
            column,
            .. If.Where(
                inside, [new Let(limitedRow, m), new Let(limitedColumn, column.Variable), .. body(limitedRow)]),
        ];
    }

    private IReadOnlyList<Statement> Stores(Index row, Index column, Value sum)
    {
        Func<LoopVariable, Index?> map = Lookup(
            batchCounters, Loops.Counters(row, Left.Loops), Loops.Counters(column, Right.Loops));
        var done = new Dictionary<Value, Value>();
        Value? Finished(Value value) => value == group.Sum ? sum : null;
        return [.. shape.Epilogue.Select(item => new Store(
            item.Store!, item.Target.Substitute(map),
            item.Value.Map(index => index.Substitute(map), Finished, done)))];
    }

    /// <summary>The kernel: as many blocks as this run's values of symbols need.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="scratch">Memory of the block.</param>
    /// <param name="body">What a block does with its tile.</param>
    public Kernel Kernel(string name, IEnumerable<Statement> scratch, IReadOnlyList<Statement> body)
    {
        return new Kernel(
            name, group.Items.Select(item => item.Node).ToArray(), Piece, [.. scratch, .. Place(), .. body],
            (long)(2 * shape.Work), Thread);
    }

    private static Func<LoopVariable, Index?> Lookup(params Dictionary<LoopVariable, Index>[] maps) =>
        variable => maps.Select(map => map.TryGetValue(variable, out Index? index) ? index : null)
            .FirstOrDefault(index => index is not null);
}
