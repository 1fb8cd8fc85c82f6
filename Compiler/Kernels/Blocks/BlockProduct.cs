using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Kernels.Templates;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>
/// A product by blocks of threads: for a stretch of the contracted axes at a time, both operands of the block's tile are
/// copied to shared memory; each thread keeps a part of the tile in registers, and computes the epilogue from them.
/// Convolutions and their gradients come here as products that read windows of an array.
/// </summary>
internal sealed class BlockProduct
{
    private readonly ProductGroup group;
    private readonly ProductShape shape;
    private readonly BlockTile tile;
    private readonly LoopVariable thread;
    private readonly Operand left;
    private readonly Operand right;
    private readonly Dimension depth;

    private BlockProduct(ProductGroup group, ProductShape shape, BlockTile tile)
    {
        this.group = group;
        this.shape = shape;
        this.tile = tile;
        thread = new LoopVariable("thread", tile.Threads);
        depth = Flat.Extent(shape.Contracted);
        left = new Operand("left", "row", shape.Rows, shape.RowsLoad, tile.Height);
        right = new Operand("right", "column", shape.Lanes, shape.LanesLoad, tile.Width);
    }

    /// <summary>The kernel of a product.</summary>
    public static Kernel Build(ProductGroup group, KernelContext context, string name)
    {
        ProductShape shape = ProductShape.Of(group, context);
        return new BlockProduct(group, shape, BlockTile.Choose(shape, context.Target.Blocks!)).Build(name);
    }

    // An operand's free axes as one, the tiles along it, and the copy of a tile in shared memory: [contracted, free].
    private sealed class Operand(
        string name, string counter, IReadOnlyList<LoopVariable> loops, Load load, int size)
    {
        public IReadOnlyList<LoopVariable> Loops { get; } = loops;

        public Load Load { get; } = load;

        public int Size { get; } = size;

        public Dimension Extent { get; } = Flat.Extent(loops);

        public long Tiles => (Extent.Max + Size - 1) / Size;

        // One element more, so that a column of the copy lies in different banks.
        public Buffer Copy { get; } = new(name, load.Type, BlockTile.Depth * (size + 1));

        public LoopVariable Tile { get; } = new(counter + "Tile", (Flat.Extent(loops).Max + size - 1) / size);

        public Index Place(Index contracted, Index free) => (contracted * (Size + 1)) + free;

        // A counter along the axis; those over the end read the last element, whose results nobody stores.
        public LoopVariable Counter() => new(counter, Extent);

        // The same before it is limited.
        public LoopVariable Unlimited() => new(counter, Tiles * Size);
    }

    private Kernel Build(string name)
    {
        Dimension batches = Flat.Extent(shape.Batch);
        var piece = new LoopVariable("piece", batches * left.Tiles * right.Tiles);
        var batch = new LoopVariable("batch", batches);
        var k = new LoopVariable("k", depth);
        Index tiles = (Index)piece / right.Tiles;
        Dictionary<LoopVariable, Index> batchCounters = Flat.Counters(batch, shape.Batch);
        var body = new List<Statement>
        {
            new Scratch(left.Copy), new Scratch(right.Copy),
            new Let(right.Tile, (Index)piece % right.Tiles), new Let(left.Tile, tiles % left.Tiles),
            new Let(batch, tiles / left.Tiles),
        };
        List<Part> parts = [.. Parts(left, body), .. Parts(right, body)];
        body.AddRange(Results().Select(at => new Declare(Sum(at.Row, at.Column), new Literal(DType.F32, 0))));

        // Nobody overwrites what others still read: not where one stretch is all.
        bool repeats = !depth.IsStatic || depth.Value > BlockTile.Depth;
        body.Add(new For(k, 0, Index.Of(depth), BlockTile.Depth,
            [.. Stage(parts, k, batchCounters), new Barrier(), Multiply(), .. repeats ? [new Barrier()] : Nothing]));
        body.AddRange(Results().SelectMany(at => Epilogue(at.Row, at.Column, batchCounters)));
        var nodes = group.Items.Select(item => item.Node).ToArray();
        return new Kernel(name, nodes, piece, body, (long)(2 * shape.Work), thread);
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
        bool alongDepth = shape.Contracted.Count > 0
            && operand.Load.Index.CoefficientOf(shape.Contracted[shape.Contracted.Count - 1]) == 1
            && operand.Load.Index.CoefficientOf(operand.Loops[operand.Loops.Count - 1]) != 1;
        var parts = new List<Part>();
        for (int first = 0; first < operand.Size * BlockTile.Depth; first += tile.Threads)
        {
            Index element = (Index)thread + first;
            Index free = alongDepth ? element / BlockTile.Depth : element % operand.Size;
            Index contracted = alongDepth ? element % BlockTile.Depth : element / operand.Size;
            LoopVariable? counter = parts.Find(part => part.FreeOffset.Equals(free))?.Free;
            if (counter is null)
            {
                counter = operand.Counter();
                body.Add(new Let(counter, ((Index)operand.Tile * operand.Size) + free, limits: true));
            }

            parts.Add(new Part(operand, element, counter, free, contracted));
        }

        return parts;
    }

    // Copies the tiles of one stretch; behind the last contracted element the copies are zero.
    private IEnumerable<Statement> Stage(
        IEnumerable<Part> parts, LoopVariable k, Dictionary<LoopVariable, Index> batch)
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

            Value value = operand.Load.Substitute(
                Lookup(batch, Flat.Counters(free, operand.Loops), Flat.Counters(at, shape.Contracted)));
            Value copied = exact ? value : new Guard(
                [new Condition(unlimited, 0, Index.Of(depth))], value, new Literal(DType.F32, 0));
            var store = new Store(operand.Copy, operand.Place(contracted, offset), copied);
            long elements = operand.Size * BlockTile.Depth;
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

    private IEnumerable<Statement> Epilogue(int row, int column, Dictionary<LoopVariable, Index> batch)
    {
        LoopVariable m = left.Unlimited();
        LoopVariable n = right.Unlimited();
        LoopVariable limitedM = left.Counter();
        LoopVariable limitedN = right.Counter();
        yield return new Let(m, ((Index)left.Tile * left.Size) + Row(row));
        yield return new Let(n, ((Index)right.Tile * right.Size) + Column(column));
        Func<LoopVariable, Index?> map = Lookup(
            batch, Flat.Counters(limitedM, left.Loops), Flat.Counters(limitedN, right.Loops));
        var done = new Dictionary<Value, Value>();
        Value? Finished(Value value) => value == group.Sum ? Sum(row, column) : null;
        var stores = shape.Epilogue.Select(item => (Statement)new Store(
            item.Store!, item.Target.Substitute(map),
            item.Value.Map(index => index.Substitute(map), Finished, done)));
        Condition[] inside =
            [new Condition(m, 0, Index.Of(left.Extent)), new Condition(n, 0, Index.Of(right.Extent))];
        yield return new If(inside, [new Let(limitedM, m), new Let(limitedN, n), .. stores]);
    }

    private static Func<LoopVariable, Index?> Lookup(params Dictionary<LoopVariable, Index>[] maps) =>
        variable => maps.Select(map => map.TryGetValue(variable, out Index? index) ? index : null)
            .FirstOrDefault(index => index is not null);
}
