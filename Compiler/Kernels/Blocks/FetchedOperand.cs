using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>An operand that comes through registers: read while the stretch before is multiplied, stored to shared
/// memory behind it.</summary>
internal abstract class FetchedOperand : IStagedOperand
{
    private readonly TiledProduct product;
    private readonly Registers held;
    private readonly int copies;
    private readonly int numbers;
    private readonly int size;

    /// <summary>An operand.</summary>
    /// <param name="product">The product.</param>
    /// <param name="side">Which operand.</param>
    /// <param name="word">The type of words.</param>
    /// <param name="numbers">Numbers of a word.</param>
    /// <param name="size">Words of a stretch in shared memory, with what is left free.</param>
    /// <param name="copies">How many stretches are in shared memory at a time.</param>
    protected FetchedOperand(TiledProduct product, TileSide side, DType word, int numbers, int size, int copies)
    {
        this.product = product;
        this.numbers = numbers;
        this.size = size;
        this.copies = copies;
        Side = side;
        Copy = new Buffer(side.Name, word, copies * size);
        held = new Registers(side.Name + "Next", word, side.Size * StagedProduct.Words / Threads);
    }

    /// <inheritdoc/>
    public Buffer Copy { get; }

    /// <summary>Which operand it is.</summary>
    protected TileSide Side { get; }

    /// <inheritdoc/>
    public IEnumerable<Statement> Declare() => [new DeclareRegisters(held)];

    /// <inheritdoc/>
    public IEnumerable<Statement> Fetch(Index step)
    {
        var part = new LoopVariable("part", held.Rows);
        var (offset, word) = At(part);
        LoopVariable free = Side.Counter();
        var body = new List<Statement> { new Let(free, Side.Whole(offset), limits: true) };
        var values = new List<Value>();
        for (int i = 0; i < numbers; i++)
        {
            Index unlimited = (step * (StagedProduct.Words * numbers)) + (word * numbers) + i;
            bool isInside = product.IsInside(unlimited, StagedProduct.Words * numbers);
            var k = new LoopVariable("k", product.Depth);
            body.Add(new Let(k, unlimited, limits: !isInside));
            Value value = product.Element(Side, free, k);
            values.Add(isInside ? value : new Guard(
                [new Condition(unlimited, 0, Index.Of(product.Depth))], value, new Literal(DType.F32, 0)));
        }

        body.Add(new SetRegister(held, part, 0, Word(values)));
        return Loops.Unrolled(part, 1, body);
    }

    /// <inheritdoc/>
    public IEnumerable<Statement> Settle(Index step)
    {
        var part = new LoopVariable("part", held.Rows);
        var (free, word) = At(part);
        return Loops.Unrolled(part, 1, [new Store(Copy, Begin(step) + Place(free, word), new Register(held, part, 0))]);
    }

    /// <summary>Where a stretch begins in the copy.</summary>
    protected Index Begin(Index step) => (step % copies) * size;

    /// <summary>Where a word lies in its stretch.</summary>
    protected abstract Index Place(Index free, Index word);

    /// <summary>The word of its numbers.</summary>
    protected abstract Value Word(IReadOnlyList<Value> values);

    private int Threads => (int)product.Thread.Extent.Value;

    // Threads that read neighbouring elements are neighbours.
    private (Index Free, Index Word) At(LoopVariable part)
    {
        Index element = (Index)product.Thread + ((Index)part * Threads);
        return Side.RunsAlong(product.Contracted)
            ? (element / StagedProduct.Words, element % StagedProduct.Words)
            : (element % Side.Size, element / Side.Size);
    }
}
