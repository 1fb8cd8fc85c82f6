using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Templates;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>
/// A product by matrices of warps, its operands rounded: while the warps multiply a stretch of the contracted axes, the
/// block reads the next one. Two copies in shared memory take turns, so that one barrier a stretch is enough: what is
/// written behind it, nobody reads any more.
/// </summary>
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
    private readonly WarpOperand left;
    private readonly WarpOperand right;
    private readonly Registers sums;
    private readonly LoopVariable lane = new("lane", WarpTile.Warp);
    private readonly LoopVariable warpRow;
    private readonly LoopVariable warpColumn;

    private WarpProduct(TiledProduct product, WarpTile tile, ProductPrecision precision)
    {
        this.product = product;
        this.tile = tile;
        this.precision = precision;
        int copies = IsOneStretch ? 1 : 2;
        left = new WarpOperand(product, product.Left, precision, copies);
        right = new WarpOperand(product, product.Right, precision, copies);
        sums = new Registers("sum", DType.F32, Down * Across, SumsOfThread, startsAtZero: true);
        warpRow = new LoopVariable("warpRow", tile.Height);
        warpColumn = new LoopVariable("warpColumn", tile.Width);
    }

    /// <summary>The kernel of a product.</summary>
    public static Kernel Build(
        ProductGroup group, ProductShape shape, WarpTile tile, ProductPrecision precision, string name)
    {
        var product = new TiledProduct(group, shape, tile.Height, tile.Width, tile.Threads);
        return new WarpProduct(product, tile, precision).Build(name);
    }

    private int Down => tile.WarpHeight / MatrixHeight;

    private int Across => tile.WarpWidth / MatrixWidth;

    private int Stretch => WarpOperand.Words * Rounded.InWord(precision);

    private bool IsOneStretch => product.Depth.IsStatic && product.Depth.Value <= Stretch;

    private Kernel Build(string name)
    {
        Index warp = (Index)product.Thread / WarpTile.Warp;
        var body = new List<Statement> { new Scratch(left.Copy), new Scratch(right.Copy) };
        body.AddRange(product.Place());
        body.Add(new Let(lane, (Index)product.Thread % WarpTile.Warp));
        body.Add(new Let(warpRow, (warp / tile.Across) * tile.WarpHeight));
        body.Add(new Let(warpColumn, (warp % tile.Across) * tile.WarpWidth));
        body.AddRange([new DeclareRegisters(sums), left.Declare(), right.Declare()]);
        body.AddRange([left.Fetch(0), right.Fetch(0), left.Settle(0), right.Settle(0)]);
        body.AddRange(IsOneStretch ? [new Barrier(), Multiply(0)] : [Stretches()]);
        body.Add(Epilogue());
        return product.Kernel(name, body);
    }

    private For Stretches()
    {
        Dimension depth = product.Depth;
        var step = new LoopVariable("step", (depth.Max + Stretch - 1) / Stretch);
        Index next = (Index)step + 1;
        Condition[] hasNext = [new Condition(next * Stretch, 0, Index.Of(depth))];
        Index end = (Index.Of(depth) + (Stretch - 1)) / Stretch;
        return new For(step, 0, end, 1,
        [
            new Barrier(),
            new If(hasNext, [left.Fetch(next), right.Fetch(next)]),
            Multiply(step),
            new If(hasNext, [left.Settle(next), right.Settle(next)]),
        ]);
    }

    private For Multiply(Index step)
    {
        var words = new LoopVariable("word", WarpOperand.Words);
        var leftWords = new Registers("left", DType.U32, Down, 4);
        var rightWords = new Registers("right", DType.U32, Across, 2);
        var down = new LoopVariable("down", Down);
        var across = new LoopVariable("across", Across);

        // The first half of a warp names rows of the first four words, the second half those of the others; for the
        // right operand it is quarters.
        Index row = (Index)warpRow + ((Index)down * MatrixHeight) + ((Index)lane % MatrixHeight);
        Index leftPlace = left.Begin(step) + (row * WarpOperand.Stride) + words + ((Index)lane / MatrixHeight * 4);
        Index column = (Index)warpColumn + ((Index)across * MatrixWidth) + ((Index)lane % MatrixWidth);
        Index rightPlace = right.Begin(step) + (column * WarpOperand.Stride) + words
            + ((Index)lane / MatrixWidth % 2 * 4);
        return Unrolled(words, MatrixWords,
        [
            new DeclareRegisters(leftWords),
            new DeclareRegisters(rightWords),
            Unrolled(down, 1, [new LoadSquares(leftWords, down, left.Copy, leftPlace)]),
            Unrolled(across, 1, [new LoadSquares(rightWords, across, right.Copy, rightPlace)]),
            ForSums((m, n) => [new MultiplyMatrices(
                precision, new(sums, Sum(m, n)), new(leftWords, m), new(rightWords, n))]),
        ]);
    }

    private For Epilogue() => ForSums((down, across) =>
    {
        var part = new LoopVariable("part", SumsOfThread);
        Index row = (Index)warpRow + ((Index)down * MatrixHeight) + ((Index)lane / 4) + ((Index)part / 2 * 8);
        Index column = (Index)warpColumn + ((Index)across * MatrixWidth) + ((Index)lane % 4 * 2) + ((Index)part % 2);
        var sum = new Register(sums, Sum(down, across), part);
        return [Unrolled(part, 1, [.. product.Epilogue(row, column, sum)])];
    });

    private Index Sum(LoopVariable down, LoopVariable across) => ((Index)down * Across) + across;

    private For ForSums(Func<LoopVariable, LoopVariable, IReadOnlyList<Statement>> body)
    {
        var down = new LoopVariable("down", Down);
        var across = new LoopVariable("across", Across);
        return Unrolled(down, 1, [Unrolled(across, 1, body(down, across))]);
    }

    private static For Unrolled(LoopVariable counter, long step, IReadOnlyList<Statement> body) =>
        new(counter, 0, Index.Of(counter.Extent), step, body, unrolls: true);
}
