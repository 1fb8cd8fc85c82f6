namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>How an operand's tile comes to shared memory, rounded, a stretch of the contracted axes ahead of its use:
/// fetched into registers first, stored after the products of the stretch before.</summary>
internal sealed class WarpOperand
{
    /// <summary>Words of a stretch in each row of the copy.</summary>
    public const int Words = 16;

    /// <summary>The distance of rows: eight of them, four words each, lie in different banks.</summary>
    public const int Stride = Words + 4;

    private readonly TiledProduct product;
    private readonly TileSide side;
    private readonly ProductPrecision precision;
    private readonly Registers held;
    private readonly int copies;

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
        held = new Registers(side.Name + "Next", DType.U32, side.Size * Words / Threads);
    }

    /// <summary>The tile in shared memory: [stretch % copies, free, word].</summary>
    public Buffer Copy { get; }

    /// <summary>Where a stretch of the copy begins.</summary>
    public Index Begin(Index step) => (step % copies) * (side.Size * Stride);

    /// <summary>What has to be declared before the first stretch.</summary>
    public Statement Declare() => new DeclareRegisters(held);

    /// <summary>Reads a stretch; behind the last contracted element it is zero.</summary>
    public Statement Fetch(Index step)
    {
        var part = new LoopVariable("part", held.Rows);
        var (offset, word) = At(part);
        LoopVariable free = side.Counter();
        var body = new List<Statement> { new Let(free, side.Whole(offset), limits: true) };
        int numbers = Rounded.InWord(precision);
        var values = new List<Value>();
        for (int i = 0; i < numbers; i++)
        {
            Index unlimited = (step * (Words * numbers)) + (word * numbers) + i;
            bool isWhole = product.Depth.IsStatic && product.Depth.Value % (Words * numbers) == 0;
            var k = new LoopVariable("k", product.Depth);
            body.Add(new Let(k, unlimited, limits: !isWhole));
            Value value = product.Element(side, free, k);
            values.Add(isWhole ? value : new Guard(
                [new Condition(unlimited, 0, Index.Of(product.Depth))], value, new Literal(DType.F32, 0)));
        }

        body.Add(new Keep(held, part, 0, new Rounded(precision, [.. values])));
        return new For(part, 0, held.Rows, 1, body, unrolls: true);
    }

    /// <summary>Stores what was fetched.</summary>
    public Statement Settle(Index step)
    {
        var part = new LoopVariable("part", held.Rows);
        var (offset, word) = At(part);
        Index place = Begin(step) + (offset * Stride) + word;
        return new For(part, 0, held.Rows, 1, [new Store(Copy, place, new Register(held, part, 0))], unrolls: true);
    }

    private int Threads => (int)product.Thread.Extent.Value;

    // Threads that read neighbouring elements are neighbours.
    private (Index Free, Index Word) At(LoopVariable part)
    {
        Index element = (Index)product.Thread + ((Index)part * Threads);
        return side.RunsAlong(product.Contracted)
            ? (element / Words, element % Words)
            : (element % side.Size, element / side.Size);
    }
}
