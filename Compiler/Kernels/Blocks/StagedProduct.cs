using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>
/// A product whose operands come through shared memory: while the threads multiply a stretch of the contracted axes,
/// the block reads a later one. Copies in shared memory take turns, so that one barrier a stretch is enough: what is
/// written behind it, nobody reads any more.
/// </summary>
/// <param name="product">What is multiplied.</param>
/// <param name="stretch">Contracted elements of a stretch.</param>
/// <param name="copies">How many stretches are in shared memory at a time.</param>
/// <param name="left">One operand.</param>
/// <param name="right">The other.</param>
internal sealed class StagedProduct(
    TiledProduct product, int stretch, int copies, IStagedOperand left, IStagedOperand right)
{
    /// <summary>Words of a stretch of the contracted axes: one number each, or two of 16 bits.</summary>
    public const int Words = 16;

    // More copies would hide no more, and leave less memory for other blocks.
    private const int MostCopies = 4;

    /// <summary>How many stretches to have in shared memory at a time: of what is copied, as many as fit; what goes
    /// through registers is there one stretch ahead, not more.</summary>
    public static int Copies(TiledProduct product, int stretch, bool areCopied, int sharedBytes)
    {
        if (IsOneStretch(product, stretch))
        {
            return 1;
        }

        // A stretch of both operands takes at most so much.
        int bytes = (product.Left.Size + product.Right.Size) * (Words + 4) * sizeof(float);
        long stretches = (product.Depth.Max + stretch - 1) / stretch;
        long most = areCopied ? Math.Min(MostCopies, sharedBytes / bytes) : 2;
        return (int)Math.Max(2, Math.Min(most, stretches));
    }

    /// <summary>The kernel.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="begin">What a thread does before it reads anything.</param>
    /// <param name="multiply">Adds the products of a stretch to the sums.</param>
    /// <param name="end">What becomes of the sums.</param>
    public Kernel Build(
        string name, IEnumerable<Statement> begin, Func<Index, IReadOnlyList<Statement>> multiply,
        IEnumerable<Statement> end)
    {
        var body = new List<Statement>([.. begin, .. left.Declare(), .. right.Declare()]);
        body.Add(new Comment(Ahead == 1 ? "The first stretch of the contracted axes." : "The first stretches."));
        for (int first = 0; first < Ahead; first++)
        {
            body.AddRange([.. Guarded(first, [.. left.Fetch(first), .. right.Fetch(first)]), .. Mark()]);
        }

        body.AddRange([.. left.Settle(0), .. right.Settle(0)]);
        body.AddRange(IsOneStretch(product, stretch)
            ? [.. Wait(), new Barrier(), .. multiply(0)] : [Stretches(multiply)]);
        body.Add(new Comment("What becomes of the sums."));
        body.AddRange(end);
        return product.Kernel(name, [new Scratch(left.Copy), new Scratch(right.Copy)], body);
    }

    private static bool IsOneStretch(TiledProduct product, int stretch) =>
        product.Depth.IsStatic && product.Depth.Value <= stretch;

    private bool HasCopies => left is CopiedOperand || right is CopiedOperand;

    // How many stretches are begun before the one that is multiplied is needed.
    private int Ahead => Math.Max(copies - 1, 1);

    private For Stretches(Func<Index, IReadOnlyList<Statement>> multiply)
    {
        Dimension depth = product.Depth;
        var step = new LoopVariable("step", Dimension.Ceiling(depth, stretch));
        Index next = (Index)step + Ahead;
        Index end = (Index.Of(depth) + (stretch - 1)) / stretch;
        return new For(step, 0, end, 1,
        [
            .. Wait(),
            new Barrier(),
            .. Guarded(next, [.. left.Fetch(next), .. right.Fetch(next)]),
            .. Mark(),
            .. multiply(step),
            .. Guarded(next, [.. left.Settle(next), .. right.Settle(next)]),
        ]);
    }

    // A group for each stretch, empty behind the last one, so that their number tells which have arrived.
    private Statement[] Mark() => HasCopies ? [new MarkCopies()] : [];

    private Statement[] Wait() => HasCopies ? [new WaitForCopies(Ahead - 1)] : [];

    private IReadOnlyList<Statement> Guarded(Index step, IReadOnlyList<Statement> body)
    {
        var isThere = new Condition(step * stretch, 0, Index.Of(product.Depth));
        return body.Count == 0 ? body : If.Where([isThere], body);
    }
}
