using Sinter.Compiler.Kernels.Schedules;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>An operand that is rounded on its way to shared memory: fetched into registers first, stored after the
/// products of the stretch before.</summary>
internal sealed class WarpOperand : IWarpOperand
{
    // The distance of rows: eight of them, four words each, lie in different banks.
    private const int Stride = WarpTile.Words + 4;

    private readonly TiledProduct product;
    private readonly TileSide side;
    private readonly ProductPrecision precision;
    private readonly Registers held;
    private readonly int copies;
    private readonly LoopVariable place;

    /// <summary>An operand.</summary>
    /// <param name="product">The product.</param>
    /// <param name="side">Which operand.</param>
    /// <param name="precision">What it is rounded to.</param>
    /// <param name="copies">How many stretches are in shared memory at a time.</param>
    public WarpOperand(TiledProduct product, TileSide side, ProductPrecision precision, int copies)
    {
        this.product = product;
        this.side = side;
        this.precision = precision;
        this.copies = copies;
        Copy = new Buffer(side.Name, DType.U32, copies * side.Size * Stride);
        place = new LoopVariable(side.Name + "Place", side.Size * Stride);
        held = new Registers(side.Name + "Next", DType.U32, side.Size * WarpTile.Words / Threads);
    }

    /// <summary>[stretch % copies, free, word].</summary>
    public Buffer Copy { get; }

    // Groups of eight threads name the rows of a square: of four squares where a matrix is 16 rows high, else of two.
    public IEnumerable<Statement> Declare(Index first, Index lane)
    {
        bool isLeft = side == product.Left;
        Index row = first + (isLeft ? lane % 16 : lane % 8);
        Index word = (isLeft ? lane / 16 : lane / 8 % 2) * 4;
        return [new DeclareRegisters(held), new Let(place, (row * Stride) + word)];
    }

    public IEnumerable<Statement> Fetch(Index step)
    {
        var part = new LoopVariable("part", held.Rows);
        var (offset, word) = At(part);
        LoopVariable free = side.Counter();
        var body = new List<Statement> { new Let(free, side.Whole(offset), limits: true) };
        int numbers = Rounded.InWord(precision);
        var values = new List<Value>();
        for (int i = 0; i < numbers; i++)
        {
            Index unlimited = (step * (WarpTile.Words * numbers)) + (word * numbers) + i;
            bool isInside = product.IsInside(unlimited, WarpTile.Words * numbers);
            var k = new LoopVariable("k", product.Depth);
            body.Add(new Let(k, unlimited, limits: !isInside));
            Value value = product.Element(side, free, k);
            values.Add(isInside ? value : new Guard(
                [new Condition(unlimited, 0, Index.Of(product.Depth))], value, new Literal(DType.F32, 0)));
        }

        body.Add(new Keep(held, part, 0, new Rounded(precision, [.. values])));
        return Loops.Unrolled(part, 1, body);
    }

    public IEnumerable<Statement> Settle(Index step)
    {
        var part = new LoopVariable("part", held.Rows);
        var (offset, word) = At(part);
        Index at = Begin(step) + (offset * Stride) + word;
        return Loops.Unrolled(part, 1, [new Store(Copy, at, new Register(held, part, 0))]);
    }

    public IEnumerable<Statement> Load(RegisterRow part, Index step, Index offset, Index word) =>
        [new LoadSquares(part.Registers, part.Row, Copy, Begin(step) + (offset * Stride) + word + place)];

    private Index Begin(Index step) => (step % copies) * (side.Size * Stride);

    private int Threads => (int)product.Thread.Extent.Value;

    // Threads that read neighbouring elements are neighbours.
    private (Index Free, Index Word) At(LoopVariable part)
    {
        Index element = (Index)product.Thread + ((Index)part * Threads);
        return side.RunsAlong(product.Contracted)
            ? (element / WarpTile.Words, element % WarpTile.Words)
            : (element % side.Size, element / side.Size);
    }
}
