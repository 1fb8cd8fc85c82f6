using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Kernels.Templates;

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
        Left = new TileSide("left", "row", shape.Rows, shape.RowsLoad, height);
        Right = new TileSide("right", "column", shape.Lanes, shape.LanesLoad, width);
        Depth = Flat.Extent(shape.Contracted);
        Thread = new LoopVariable("thread", threads);
        Dimension batches = Flat.Extent(shape.Batch);
        Piece = new LoopVariable("piece", batches * Left.Tiles * Right.Tiles);
        batch = new LoopVariable("batch", batches);
        batchCounters = Flat.Counters(batch, shape.Batch);
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
    public Load Element(TileSide side, Index free, Index contracted) => (Load)side.Load.Substitute(Lookup(
        batchCounters, Flat.Counters(free, side.Loops), Flat.Counters(contracted, shape.Contracted)));

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
        LoopVariable m = Left.Unlimited();
        LoopVariable n = Right.Unlimited();
        LoopVariable limitedM = Left.Counter();
        LoopVariable limitedN = Right.Counter();
        yield return new Let(m, Left.Whole(row));
        yield return new Let(n, Right.Whole(column));
        Func<LoopVariable, Index?> map = Lookup(
            batchCounters, Flat.Counters(limitedM, Left.Loops), Flat.Counters(limitedN, Right.Loops));
        var done = new Dictionary<Value, Value>();
        Value? Finished(Value value) => value == group.Sum ? sum : null;
        var stores = shape.Epilogue.Select(item => (Statement)new Store(
            item.Store!, item.Target.Substitute(map),
            item.Value.Map(index => index.Substitute(map), Finished, done)));
        Condition[] inside =
            [new Condition(m, 0, Index.Of(Left.Extent)), new Condition(n, 0, Index.Of(Right.Extent))];
        yield return new If(inside, [new Let(limitedM, m), new Let(limitedN, n), .. stores]);
    }

    /// <summary>The kernel. There are as many blocks as the largest values of symbols need; those that have nothing of
    /// this run's values do nothing.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="scratch">Memory of the block.</param>
    /// <param name="body">What a block does with its tile.</param>
    public Kernel Kernel(string name, IEnumerable<Statement> scratch, IReadOnlyList<Statement> body)
    {
        Condition[] used = new[] { Left, Right }.Where(side => !side.Extent.IsStatic)
            .Select(side => new Condition(side.Whole(0), 0, Index.Of(side.Extent))).ToArray();
        IReadOnlyList<Statement> all = used.Length == 0 ? body : [new If(used, body)];
        return new Kernel(
            name, group.Items.Select(item => item.Node).ToArray(), Piece, [.. scratch, .. Place(), .. all],
            (long)(2 * shape.Work), Thread);
    }

    private static Func<LoopVariable, Index?> Lookup(params Dictionary<LoopVariable, Index>[] maps) =>
        variable => maps.Select(map => map.TryGetValue(variable, out Index? index) ? index : null)
            .FirstOrDefault(index => index is not null);
}
