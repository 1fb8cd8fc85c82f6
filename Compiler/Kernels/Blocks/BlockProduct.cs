using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Kernels.Templates;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>
/// A product by blocks of threads: each thread keeps a part of the block's tile in registers, neighbouring rows and
/// columns of it where they can be read at once, and computes the epilogue from them. Convolutions and their gradients
/// come here as products that read windows of an array.
/// </summary>
internal sealed class BlockProduct
{
    private readonly TiledProduct product;
    private readonly BlockTile tile;
    private readonly StagedProduct staged;
    private readonly Part rows;
    private readonly Part columns;
    private readonly Registers sums;

    private BlockProduct(TiledProduct product, BlockTile tile, int sharedBytes)
    {
        this.product = product;
        this.tile = tile;
        bool areCopied = CopiedOperand.InRows(product, product.Left, 1) is not null
            && CopiedOperand.InRows(product, product.Right, 1) is not null;
        int copies = StagedProduct.Copies(product, StagedProduct.Words, areCopied, sharedBytes);
        IRowOperand Operand(TileSide side) =>
            CopiedOperand.InRows(product, side, copies) ?? (IRowOperand)new RowOperand(product, side, copies);
        int down = tile.Height / tile.Rows;
        int across = tile.Width / tile.Columns;
        rows = new Part(Operand(product.Left), "left", tile.Rows, down, Math.Min(tile.Rows, VectorAccess.Width));

        // Neighbouring columns are neighbours in memory: a thread takes them where it can write them at once.
        bool inFours = tile.Columns >= VectorAccess.Width && product.HasVectorColumns;
        columns = new Part(Operand(product.Right), "right", tile.Columns, across, inFours ? VectorAccess.Width : 1);
        staged = new StagedProduct(product, StagedProduct.Words, copies, rows.Operand, columns.Operand);
        sums = new Registers("sum", DType.F32, tile.Rows, tile.Columns, startsAtZero: true);
    }

    /// <summary>The kernels of a product: by matrices of warps where the target asks for them and they pay, behind
    /// those that pack its operands.</summary>
    public static IReadOnlyList<Kernel> Build(ProductGroup group, KernelContext context, string name)
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
        return [new BlockProduct(product, tile, blocks.SharedBytes).Build(name)];
    }

    private Kernel Build(string name)
    {
        int across = tile.Width / tile.Columns;
        Statement[] begin =
        [
            new Let(rows.Group, (Index)product.Thread / across),
            new Let(columns.Group, (Index)product.Thread % across),
            new DeclareRegisters(sums),
        ];
        return staged.Build(name, begin, Multiply, Epilogue());
    }

    private IReadOnlyList<Statement> Multiply(Index step)
    {
        var k = new LoopVariable("k", StagedProduct.Words);
        var down = new LoopVariable("down", tile.Rows);
        var across = new LoopVariable("across", tile.Columns);
        var sum = new Register(sums, down, across);
        var next = new SetRegister(sums, down, across, new MultiplyAdd(rows.Taken(down), columns.Taken(across), sum));
        return Loops.Unrolled(k, 1,
        [
            .. rows.Load(step, k),
            .. columns.Load(step, k),
            .. Loops.Unrolled(down, 1, Loops.Unrolled(across, 1, [next])),
        ]);
    }

    private IReadOnlyList<Statement> Epilogue()
    {
        var down = new LoopVariable("down", tile.Rows);
        var across = new LoopVariable("across", tile.Columns / columns.Width);
        Index column = columns.Place((Index)across * columns.Width);
        Index row = rows.Place(down);
        Value Sum(Index lane) => new Register(sums, down, ((Index)across * columns.Width) + lane);
        IEnumerable<Statement> one = columns.Width == 1
            ? product.Epilogue(row, column, Sum(0)) : product.VectorEpilogue(row, column, Sum);
        return Loops.Unrolled(down, 1, Loops.Unrolled(across, 1, [.. one]));
    }

    // The rows or the columns of a thread: groups of neighbours, as far apart as all threads' groups reach.
    private sealed class Part(IRowOperand operand, string name, int count, int threads, int width)
    {
        private readonly Registers taken = new(name, DType.F32, count / width, width);

        public IRowOperand Operand { get; } = operand;

        public int Width { get; } = width;

        public LoopVariable Group { get; } = new(name + "Group", threads);

        public Index Place(Index position) =>
            (((Index)Group + ((position / Width) * threads)) * Width) + (position % Width);

        public Value Taken(Index position) => new Register(taken, position / Width, position % Width);

        public IEnumerable<Statement> Load(Index step, Index k)
        {
            var part = new LoopVariable("part", taken.Rows);
            Index from = Operand.Row(step, k) + Place((Index)part * Width);
            Statement load = Width == 1
                ? new SetRegister(taken, part, 0, new Load(Operand.Copy, from))
                : new LoadVector(new(taken, part), Operand.Copy, from);
            return [new DeclareRegisters(taken), .. Loops.Unrolled(part, 1, [load])];
        }
    }
}
