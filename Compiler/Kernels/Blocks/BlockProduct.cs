using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Kernels.Templates;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>
/// A product by blocks of threads: for a stretch of the contracted axes at a time, both operands of the block's tile
/// are copied to shared memory; each thread keeps a part of the tile in registers, and computes the epilogue from them.
/// Convolutions and their gradients come here as products that read windows of an array.
/// </summary>
internal sealed class BlockProduct
{
    private readonly TiledProduct product;
    private readonly BlockTile tile;
    private readonly LoopVariable thread;
    private readonly Operand left;
    private readonly Operand right;
    private readonly Dimension depth;

    private BlockProduct(TiledProduct product, BlockTile tile)
    {
        this.product = product;
        this.tile = tile;
        thread = product.Thread;
        depth = product.Depth;
        left = new Operand(product.Left);
        right = new Operand(product.Right);
    }

    /// <summary>The kernel of a product: by matrices of warps where the target asks for them and they pay.</summary>
    public static Kernel Build(ProductGroup group, KernelContext context, string name)
    {
        ProductShape shape = ProductShape.Of(group, context);
        BlockFacts blocks = context.Target.Blocks!;
        bool rounds = context.Target.Products != ProductPrecision.Exact;
        if (rounds && WarpTile.Choose(shape, blocks) is { } warps)
        {
            return WarpProduct.Build(group, shape, warps, context.Target, name);
        }

        var tile = BlockTile.Choose(shape, blocks);
        var product = new TiledProduct(group, shape, tile.Height, tile.Width, tile.Threads);
        return new BlockProduct(product, tile).Build(name);
    }

    // An operand and the copy of a tile in shared memory: [contracted, free].
    private sealed class Operand(TileSide side)
    {
        public TileSide Side { get; } = side;

        // One element more, so that a column of the copy lies in different banks.
        public Buffer Copy { get; } = new(side.Name, side.Load.Type, BlockTile.Depth * (side.Size + 1));

        public Index Place(Index contracted, Index free) => (contracted * (Side.Size + 1)) + free;
    }

    private Kernel Build(string name)
    {
        var k = new LoopVariable("k", depth);
        var body = new List<Statement>();
        List<Part> parts = [.. Parts(left, body), .. Parts(right, body)];
        body.AddRange(Results().Select(at => new Declare(Sum(at.Row, at.Column), new Literal(DType.F32, 0))));

        // Nobody overwrites what others still read: not where one stretch is all.
        bool repeats = !depth.IsStatic || depth.Value > BlockTile.Depth;
        body.Add(new For(k, 0, Index.Of(depth), BlockTile.Depth,
            [.. Stage(parts, k), new Barrier(), Multiply(), .. repeats ? [new Barrier()] : Nothing]));
        body.AddRange(Results().SelectMany(at =>
            product.Epilogue(Row(at.Row), Column(at.Column), Sum(at.Row, at.Column))));
        return product.Kernel(name, [new Scratch(left.Copy), new Scratch(right.Copy)], body);
    }

    private static Statement[] Nothing => [];

    private IEnumerable<(int Row, int Column)> Results() =>
        from row in Enumerable.Range(0, tile.Rows)
        from column in Enumerable.Range(0, tile.Columns)
        select (row, column);

    private static Local Sum(int row, int column) => new($"sum{row}_{column}", DType.F32);

    // What each thread copies of an operand's tile at one go: an element, at a counter along the free axes.
    private sealed record Part(Operand Operand, Index Element, LoopVariable Free, Index FreeOffset, Index Contracted);

    // Threads that read neighbouring elements are neighbours.
    private List<Part> Parts(Operand operand, List<Statement> body)
    {
        TileSide side = operand.Side;
        bool alongDepth = side.RunsAlong(product.Contracted);
        var parts = new List<Part>();
        for (int first = 0; first < side.Size * BlockTile.Depth; first += tile.Threads)
        {
            Index element = (Index)thread + first;
            Index free = alongDepth ? element / BlockTile.Depth : element % side.Size;
            Index contracted = alongDepth ? element % BlockTile.Depth : element / side.Size;
            LoopVariable? counter = parts.Find(part => part.FreeOffset.Equals(free))?.Free;
            if (counter is null)
            {
                counter = side.Counter();
                body.Add(new Let(counter, side.Whole(free), limits: true));
            }

            parts.Add(new Part(operand, element, counter, free, contracted));
        }

        return parts;
    }

    // Copies the tiles of one stretch; behind the last contracted element the copies are zero.
    private IEnumerable<Statement> Stage(IEnumerable<Part> parts, LoopVariable k)
    {
        var counters = new Dictionary<Index, LoopVariable>();
        bool exact = depth.IsStatic && depth.Value % BlockTile.Depth == 0;
        foreach (var (operand, element, free, offset, contracted) in parts)
        {
            Index unlimited = (Index)k + contracted;
            if (!counters.TryGetValue(contracted, out LoopVariable? at))
            {
                at = new LoopVariable("k", depth);
                counters.Add(contracted, at);
                yield return new Let(at, unlimited, limits: !exact);
            }

            Value value = product.Element(operand.Side, free, at);
            Value copied = exact ? value : new Guard(
                [new Condition(unlimited, 0, Index.Of(depth))], value, new Literal(DType.F32, 0));
            var store = new Store(operand.Copy, operand.Place(contracted, offset), copied);
            long elements = operand.Side.Size * BlockTile.Depth;
            yield return element.Max < elements
                ? store : new If([new Condition(element, 0, elements)], [store]);
        }
    }

    private For Multiply()
    {
        var k = new LoopVariable("kk", BlockTile.Depth);
        var body = new List<Statement>();
        var rows = Enumerable.Range(0, tile.Rows)
            .Select(row => Keep("left" + row, new Load(left.Copy, left.Place(k, Row(row))))).ToArray();
        var columns = Enumerable.Range(0, tile.Columns)
            .Select(column => Keep("right" + column, new Load(right.Copy, right.Place(k, Column(column))))).ToArray();
        foreach (var (row, column) in Results())
        {
            Local sum = Sum(row, column);
            body.Add(new Assign(sum, new MultiplyAdd(rows[row], columns[column], sum)));
        }

        return new For(k, 0, BlockTile.Depth, 1, body);

        Local Keep(string name, Value value)
        {
            var local = new Local(name, DType.F32);
            body.Add(new Declare(local, value));
            return local;
        }
    }

    // A thread's rows and columns lie as far apart as there are threads along the side.
    private Index Row(int row) => ((Index)thread / Across) + (row * (tile.Height / tile.Rows));

    private Index Column(int column) => ((Index)thread % Across) + (column * Across);

    private int Across => tile.Width / tile.Columns;
}
