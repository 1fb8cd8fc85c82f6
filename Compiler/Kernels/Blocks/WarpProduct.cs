using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Kernels.Templates;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>
/// A product by matrices of warps, its operands rounded: while the warps multiply a stretch of the contracted axes, the
/// block reads a later one. Copies in shared memory take turns, so that one barrier a stretch is enough: what is
/// written behind it, nobody reads any more.
/// </summary>
internal sealed class WarpProduct
{
    // A matrix of sums; words of the operands that go into it at once.
    private const int MatrixHeight = 16;
    private const int MatrixWidth = 8;
    private const int MatrixWords = 8;
    private const int SumsOfThread = 4;

    // More copies would hide no more, and leave less memory for other blocks.
    private const int MostCopies = 4;

    private readonly TiledProduct product;
    private readonly WarpTile tile;
    private readonly ProductPrecision precision;
    private readonly int copies;
    private readonly IWarpOperand left;
    private readonly IWarpOperand right;
    private readonly Registers sums;
    private readonly LoopVariable lane = new("lane", WarpTile.Warp);
    private readonly LoopVariable warpRow;
    private readonly LoopVariable warpColumn;

    private WarpProduct(TiledProduct product, WarpTile tile, ProductPrecision precision, int sharedBytes)
    {
        this.product = product;
        this.tile = tile;
        this.precision = precision;
        bool isTf32 = precision == ProductPrecision.Tf32;
        bool copied = isTf32 && CopiedOperand.For(product, product.Left, 1) is not null
            && CopiedOperand.For(product, product.Right, 1) is not null;

        // What goes through registers is there one stretch ahead, not more.
        copies = IsOneStretch ? 1 : copied ? Copies(sharedBytes) : 2;
        left = Operand(product.Left);
        right = Operand(product.Right);
        sums = new Registers("sum", DType.F32, Down * Across, SumsOfThread, startsAtZero: true);
        warpRow = new LoopVariable("warpRow", tile.Height);
        warpColumn = new LoopVariable("warpColumn", tile.Width);

        IWarpOperand Operand(TileSide side) => isTf32 && CopiedOperand.For(product, side, copies) is { } operand
            ? operand : new WarpOperand(product, side, precision, copies);
    }

    /// <summary>The kernel of a product.</summary>
    public static Kernel Build(
        ProductGroup group, ProductShape shape, WarpTile tile, Target target, string name)
    {
        var product = new TiledProduct(group, shape, tile.Height, tile.Width, tile.Threads);
        return new WarpProduct(product, tile, target.Products, target.Blocks!.SharedBytes).Build(name);
    }

    private int Down => tile.WarpHeight / MatrixHeight;

    private int Across => tile.WarpWidth / MatrixWidth;

    private int Stretch => WarpTile.Words * Rounded.InWord(precision);

    private bool IsOneStretch => product.Depth.IsStatic && product.Depth.Value <= Stretch;

    private bool HasCopies => left is CopiedOperand || right is CopiedOperand;

    // How many stretches are begun before the one that is multiplied is needed.
    private int Ahead => Math.Max(copies - 1, 1);

    // As many as fit, a stretch of both operands taking at most so much.
    private int Copies(int sharedBytes)
    {
        int bytes = (tile.Height + tile.Width) * (WarpTile.Words + 4) * 4;
        long stretches = (product.Depth.Max + Stretch - 1) / Stretch;
        return (int)Math.Max(2, Math.Min(Math.Min(MostCopies, stretches), sharedBytes / bytes));
    }

    private Kernel Build(string name)
    {
        Index warp = (Index)product.Thread / WarpTile.Warp;
        var body = new List<Statement> { new Let(lane, (Index)product.Thread % WarpTile.Warp) };
        body.Add(new Let(warpRow, (warp / tile.Across) * tile.WarpHeight));
        body.Add(new Let(warpColumn, (warp % tile.Across) * tile.WarpWidth));
        body.Add(new DeclareRegisters(sums));
        body.AddRange([.. left.Declare(warpRow, lane), .. right.Declare(warpColumn, lane)]);
        body.Add(new Comment(Ahead == 1 ? "The first stretch of the contracted axes." : "The first stretches."));
        for (int first = 0; first < Ahead; first++)
        {
            body.AddRange([.. Guarded(first, [.. left.Fetch(first), .. right.Fetch(first)]), .. Mark()]);
        }

        body.AddRange([.. left.Settle(0), .. right.Settle(0)]);
        body.AddRange(IsOneStretch ? [.. Wait(), new Barrier(), .. Multiply(0)] : [Stretches()]);
        body.Add(new Comment("What becomes of the sums."));
        body.AddRange(Epilogue());
        return product.Kernel(name, [new Scratch(left.Copy), new Scratch(right.Copy)], body);
    }

    private For Stretches()
    {
        Dimension depth = product.Depth;
        var step = new LoopVariable("step", (depth.Max + Stretch - 1) / Stretch);
        Index next = (Index)step + Ahead;
        Index end = (Index.Of(depth) + (Stretch - 1)) / Stretch;
        return new For(step, 0, end, 1,
        [
            .. Wait(),
            new Barrier(),
            .. Guarded(next, [.. left.Fetch(next), .. right.Fetch(next)]),
            .. Mark(),
            .. Multiply(step),
            .. Guarded(next, [.. left.Settle(next), .. right.Settle(next)]),
        ]);
    }

    // A group for each stretch, empty behind the last one, so that their number tells which have arrived.
    private Statement[] Mark() => HasCopies ? [new MarkCopies()] : [];

    private Statement[] Wait() => HasCopies ? [new WaitForCopies(Ahead - 1)] : [];

    private IReadOnlyList<Statement> Guarded(Index step, IReadOnlyList<Statement> body)
    {
        Index first = step * Stretch;
        bool always = product.Depth.IsStatic && first.Max < product.Depth.Value;
        return always || body.Count == 0
            ? body : [new If([new Condition(first, 0, Index.Of(product.Depth))], body)];
    }

    private IReadOnlyList<Statement> Multiply(Index step)
    {
        var word = new LoopVariable("word", WarpTile.Words);
        var leftPart = new Registers("left", DType.U32, Down, 4);
        var rightPart = new Registers("right", DType.U32, Across, 2);
        var down = new LoopVariable("down", Down);
        var across = new LoopVariable("across", Across);
        Index row = (Index)down * MatrixHeight;
        Index column = (Index)across * MatrixWidth;
        return Loops.Unrolled(word, MatrixWords,
        [
            new DeclareRegisters(leftPart),
            new DeclareRegisters(rightPart),
            .. Loops.Unrolled(down, 1, [.. left.Load(new(leftPart, down), step, row, word)]),
            .. Loops.Unrolled(across, 1, [.. right.Load(new(rightPart, across), step, column, word)]),
            .. ForSums((m, n) => [new MultiplyMatrices(
                precision, new(sums, Sum(m, n)), new(leftPart, m), new(rightPart, n))]),
        ]);
    }

    private IReadOnlyList<Statement> Epilogue() => ForSums((down, across) =>
    {
        var part = new LoopVariable("part", SumsOfThread);
        Index row = (Index)warpRow + ((Index)down * MatrixHeight) + ((Index)lane / 4) + ((Index)part / 2 * 8);
        Index column = (Index)warpColumn + ((Index)across * MatrixWidth) + ((Index)lane % 4 * 2) + ((Index)part % 2);
        var sum = new Register(sums, Sum(down, across), part);
        return Loops.Unrolled(part, 1, [.. product.Epilogue(row, column, sum)]);
    });

    private Index Sum(LoopVariable down, LoopVariable across) => ((Index)down * Across) + across;

    private IReadOnlyList<Statement> ForSums(Func<LoopVariable, LoopVariable, IReadOnlyList<Statement>> body)
    {
        var down = new LoopVariable("down", Down);
        var across = new LoopVariable("across", Across);
        return Loops.Unrolled(down, 1, Loops.Unrolled(across, 1, body(down, across)));
    }
}
