using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>An operand that is rounded on its way through registers to shared memory: [stretch % copies, free, word].
/// </summary>
internal sealed class WarpOperand : FetchedOperand, IWarpOperand
{
    // The distance of rows: eight of them, four words each, lie in different banks.
    private const int Stride = StagedProduct.Words + 4;

    private readonly ProductPrecision precision;
    private readonly bool isLeft;
    private readonly LoopVariable place;

    /// <summary>An operand.</summary>
    /// <param name="product">The product.</param>
    /// <param name="side">Which operand.</param>
    /// <param name="precision">What it is rounded to.</param>
    /// <param name="copies">How many stretches are in shared memory at a time.</param>
    public WarpOperand(TiledProduct product, TileSide side, ProductPrecision precision, int copies)
        : base(product, side, DType.U32, Rounded.InWord(precision), side.Size * Stride, copies)
    {
        this.precision = precision;
        isLeft = side == product.Left;
        place = new LoopVariable(side.Name + "Place", side.Size * Stride);
    }

    /// <summary>The row and word that a thread names when squares are loaded. Groups of eight threads name the rows of
    /// a square: of four squares where a matrix is 16 rows high, else of two.</summary>
    public static (Index Row, Index Word) OfSquare(bool isLeft, Index lane) =>
        isLeft ? (lane % 16, (lane / 16) * 4) : (lane % 8, (lane / 8 % 2) * 4);

    public Let At(Index first, Index lane)
    {
        var (row, word) = OfSquare(isLeft, lane);
        return new Let(place, Place(first + row, word));
    }

    public IEnumerable<Statement> Load(RegisterRow part, Index step, Index offset, Index word) =>
        [new LoadSquares(part.Registers, part.Row, Copy, Begin(step) + Place(offset, word) + place)];

    protected override Index Place(Index free, Index word) => (free * Stride) + word;

    protected override Value Word(IReadOnlyList<Value> values) => new Rounded(precision, [.. values]);
}
