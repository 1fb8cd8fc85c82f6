using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Kernels.Templates;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>A product by matrices of warps, its operands rounded.</summary>
internal sealed class WarpProduct
{
    // A matrix of sums; words of the operands that go into it at once.
    private const int MatrixHeight = 16;
    private const int MatrixWidth = 8;
    private const int MatrixWords = 8;
    private const int SumsOfThread = 4;

    private readonly TiledProduct product;
    private readonly WarpTile tile;
    private readonly ProductPrecision precision;
    private readonly IWarpOperand left;
    private readonly IWarpOperand right;
    private readonly StagedProduct staged;
    private readonly Registers sums;
    private readonly LoopVariable lane = new("lane", WarpTile.Warp);
    private readonly LoopVariable warpRow;
    private readonly LoopVariable warpColumn;

    private WarpProduct(TiledProduct product, WarpTile tile, Target target, bool areWords, bool areCopied)
    {
        this.product = product;
        this.tile = tile;
        precision = target.Products;
        int stretch = StagedProduct.Words * (areWords ? 1 : Rounded.InWord(precision));
        int copies = StagedProduct.Copies(product, stretch, areCopied, target.Blocks!.MostSharedBytes);
        left = Operand(product.Left);
        right = Operand(product.Right);
        staged = new StagedProduct(product, stretch, copies, left, right);
        sums = new Registers("sum", DType.F32, Down * Across, SumsOfThread, startsAtZero: true);
        warpRow = new LoopVariable("warpRow", tile.Height);
        warpColumn = new LoopVariable("warpColumn", tile.Width);

        IWarpOperand Operand(TileSide side) => areWords && CopiedOperand.For(product, side, copies) is { } operand
            ? operand : new WarpOperand(product, side, precision, copies);
    }

    /// <summary>The kernels of a product: those that pack its operands, and its own.</summary>
    public static IReadOnlyList<Kernel> Build(
        ProductGroup group, ProductShape shape, WarpTile tile, Target target, string name)
    {
        var packed = PackedWords.Of(shape, tile, target, name);
        shape = packed?.Shape ?? shape;
        bool areWords = packed is not null || target.Products == ProductPrecision.Tf32;
        TiledProduct Cut(WarpTile tile) => new(group, shape, tile.Height, tile.Width, tile.Threads);
        bool AreCopied(TiledProduct product) => areWords && CopiedOperand.For(product, product.Left, 1) is not null
            && CopiedOperand.For(product, product.Right, 1) is not null;
        TiledProduct product = Cut(tile);
        bool areCopied = AreCopied(product);
        if (areCopied && WarpTile.Choose(shape, target.Blocks!, areCopied) is { } larger && AreCopied(Cut(larger)))
        {
            tile = larger;
            product = Cut(tile);
        }

        return [.. packed?.Kernels ?? [], new WarpProduct(product, tile, target, areWords, areCopied).Build(name)];
    }

    private int Down => tile.WarpHeight / MatrixHeight;

    private int Across => tile.WarpWidth / MatrixWidth;

    private Kernel Build(string name)
    {
        Index warp = (Index)product.Thread / WarpTile.Warp;
        Statement[] begin =
        [
            new Let(lane, (Index)product.Thread % WarpTile.Warp),
            new Let(warpRow, (warp / tile.Across) * tile.WarpHeight),
            new Let(warpColumn, (warp % tile.Across) * tile.WarpWidth),
            new DeclareRegisters(sums),
            left.At(warpRow, lane),
            right.At(warpColumn, lane),
        ];
        return staged.Build(name, begin, Multiply, Epilogue());
    }

    private IReadOnlyList<Statement> Multiply(Index step)
    {
        var word = new LoopVariable("word", StagedProduct.Words);
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
