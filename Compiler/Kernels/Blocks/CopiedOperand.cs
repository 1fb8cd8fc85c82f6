using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>An operand copied as it is while the threads multiply, four neighbours at a time, where neighbours in
/// memory are neighbours in the tile too. For matrices of warps, numbers are rounded to TF32 when they are loaded from
/// shared memory; words were rounded before.</summary>
internal sealed class CopiedOperand : IWarpOperand, IRowOperand
{
    private readonly TiledProduct product;
    private readonly TileSide side;
    private readonly int copies;
    private readonly bool alongDepth;
    private readonly bool isLeft;
    private readonly bool areWords;

    // The distance of rows of the copy: the threads of a warp then load from different banks.
    private readonly int stride;
    private readonly LoopVariable place;

    private CopiedOperand(TiledProduct product, TileSide side, int copies)
    {
        this.product = product;
        this.side = side;
        this.copies = copies;
        alongDepth = side.RunsAlong(product.Contracted);
        isLeft = side == product.Left;
        areWords = side.Element.Type == DType.U32;
        stride = alongDepth ? StagedProduct.Words + 4 : side.Size + 8;
        place = new LoopVariable(side.Name + "Place", Rows * stride);
        Copy = new Buffer(side.Name, side.Element.Type, copies * Rows * stride);
    }

    /// <summary>The operand, where it can be copied so; otherwise null.</summary>
    public static CopiedOperand? For(TiledProduct product, TileSide side, int copies) =>
        IsFit(product, side) ? new(product, side, copies) : null;

    /// <summary>The operand with the elements of a contracted place side by side, where it can be copied so; otherwise
    /// null.</summary>
    public static CopiedOperand? InRows(TiledProduct product, TileSide side, int copies) =>
        side.RunsAlong(product.Contracted) ? null : For(product, side, copies);

    /// <summary>[stretch % copies, free, contracted], or the last two exchanged, as memory has it.</summary>
    public Buffer Copy { get; }

    public IEnumerable<Statement> Declare() => [];

    public IEnumerable<Statement> Fetch(Index step)
    {
        int threads = (int)product.Thread.Extent.Value;
        var part = new LoopVariable("part", side.Size * StagedProduct.Words / CopyAhead.Elements / threads);
        Index element = (Index)product.Thread + ((Index)part * threads);
        int fours = (alongDepth ? StagedProduct.Words : side.Size) / CopyAhead.Elements;
        Index row = element / fours;
        Index column = element % fours * CopyAhead.Elements;

        // What is limited is the number of the four, not of its first element, which must stay a multiple.
        Index unlimitedFree = side.Whole(alongDepth ? row : column);
        Index unlimitedK = (step * StagedProduct.Words) + (alongDepth ? column : row);
        bool isInside = product.IsInside(unlimitedK, StagedProduct.Words);
        var (freeLet, free) = Limited(side.CounterName, side.Extent, unlimitedFree, !alongDepth, limits: true);
        var (kLet, k) = Limited("k", product.Depth, unlimitedK, alongDepth, limits: !isInside);
        Condition[] conditions = isInside ? [] : [new Condition(unlimitedK, 0, Index.Of(product.Depth))];
        var from = (Load)product.Element(side, free, k);
        Index to = Begin(step) + (row * stride) + column;
        return Loops.Unrolled(part, 1, [
            freeLet, kLet, new CopyAhead(Copy, to, from.Buffer, from.Index, conditions)]);
    }

    public IEnumerable<Statement> Settle(Index step) => [];

    public Index Row(Index step, Index word) => Begin(step) + Place(0, word);

    public Let At(Index first, Index lane)
    {
        var (free, word) = AreSquares ? WarpOperand.OfSquare(isLeft, lane) : (lane / 4, lane % 4);
        return new Let(place, Place(first + free, word));
    }

    public IEnumerable<Statement> Load(RegisterRow part, Index step, Index offset, Index word)
    {
        if (AreSquares)
        {
            return [new LoadSquares(part.Registers, part.Row, Copy, Begin(step) + Place(offset, word) + place)];
        }

        // Of a matrix of 16 rows a thread has two in each of the first four columns and the others, else one.
        var register = new LoopVariable("part", part.Registers.Width);
        Index free = offset + (isLeft ? (Index)register % 2 * 8 : 0);
        Index k = word + (isLeft ? (Index)register / 2 * 4 : (Index)register * 4);
        var element = new Load(Copy, Begin(step) + Place(free, k) + place);
        Value value = areWords ? element : new Rounded(ProductPrecision.Tf32, element);
        return Loops.Unrolled(register, 1, [new SetRegister(part.Registers, part.Row, register, value)]);
    }

    // Words of a row are neighbours, which is how a warp loads squares of them.
    private bool AreSquares => areWords && alongDepth;

    private Index Place(Index free, Index k) => alongDepth ? (free * stride) + k : (k * stride) + free;

    private int Rows => alongDepth ? side.Size : StagedProduct.Words;

    private Index Begin(Index step) => (step % copies) * (Rows * stride);

    private static (Let Let, Index Value) Limited(string name, Dimension extent, Index value, bool isFour, bool limits)
    {
        int size = isFour ? CopyAhead.Elements : 1;
        var counter = new LoopVariable(name, Dimension.Divide(extent, size)!.Value);
        return (new Let(counter, value / size, limits), (Index)counter * size);
    }

    // Whether four neighbours of the tile are neighbours in memory, the first at a multiple of four.
    private static bool IsFit(TiledProduct product, TileSide side)
    {
        bool alongDepth = side.RunsAlong(product.Contracted);
        IReadOnlyList<LoopVariable> loops = alongDepth ? product.Contracted : side.Loops;
        LoopVariable last = loops[loops.Count - 1];
        if (side.Element is not Load { Index: var index })
        {
            return false;
        }

        long fours = side.Size * StagedProduct.Words / CopyAhead.Elements;
        return index.CoefficientOf(last) == 1 && !index.HasNested(last) && !index.HasData()
            && (index - last).IsMultipleOf(CopyAhead.Elements)
            && Dimension.Divide(last.Extent, CopyAhead.Elements) is not null
            && fours % product.Thread.Extent.Value == 0;
    }
}
