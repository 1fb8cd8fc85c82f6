using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Schedules;

/// <summary>
/// Sums of many terms. A running sum loses up to half a unit in its last place with every term, and stands still once
/// it is 2^24 times as large as what is added. So terms are summed in blocks, and the sum of each block is added
/// together with what that addition loses (two-sum: Knuth, The Art of Computer Programming, 4.2.2). The error is that
/// of one block, however many there are, and the order is fixed.
/// </summary>
internal static class LongSum
{
    /// <summary>Terms of a block: few enough to lose little, so many that joining blocks costs nothing.</summary>
    public const long Terms = 128;

    /// <summary>Terms that are summed without blocks.</summary>
    public const long MostTerms = 2 * Terms;

    private const double Countless = 1L << 60;

    /// <summary>The number of terms that loops add one after another, at the symbols' largest values.</summary>
    /// <param name="loops">The loops over what is summed.</param>
    /// <param name="width">Neighbours along the innermost loop that have running sums of their own.</param>
    public static double Count(IReadOnlyList<LoopVariable> loops, long width)
    {
        double terms = 1;
        for (int i = 0; i < loops.Count; i++)
        {
            terms *= Steps(loops, i, width);
        }

        return terms;
    }

    /// <summary>Whether loops add more terms one after another than <paramref name="most"/>: null where they never do,
    /// nothing where they always do, else what a run has to ask.</summary>
    /// <param name="loops">The loops over what is summed.</param>
    /// <param name="width">Neighbours along the innermost loop that have running sums of their own.</param>
    /// <param name="most">The most terms that one register may sum.</param>
    public static IReadOnlyList<Condition>? Exceeds(IReadOnlyList<LoopVariable> loops, long width, long most)
    {
        double largest = Count(loops, width);
        if (largest <= most)
        {
            return null;
        }

        // Numbers that leave 63 bits are never small.
        if (largest >= Countless || loops.All(loop => loop.Extent.IsStatic))
        {
            return [];
        }

        Dimension terms = Dimension.Ceiling(loops[loops.Count - 1].Extent, width);
        terms = loops.Take(loops.Count - 1).Aggregate(terms, (product, loop) => product * loop.Extent);
        var exceeds = new Condition(Index.Of(terms), most + 1, Index.Of(terms) + 1);
        return exceeds.AlwaysHolds ? [] : [exceeds];
    }

    /// <summary>Where there are not so many terms.</summary>
    /// <param name="exceeds">One of <see cref="Exceeds"/>.</param>
    public static IReadOnlyList<Condition> Opposite(IReadOnlyList<Condition> exceeds) =>
        [.. exceeds.Select(condition => condition with { Low = 0, High = condition.Low })];

    /// <summary>The loops around a sum, cut into blocks of about <paramref name="terms"/> terms.</summary>
    /// <param name="loops">The loops over what is summed, outermost first.</param>
    /// <param name="width">Neighbours along the innermost loop that have running sums of their own.</param>
    /// <param name="terms">Terms of a block.</param>
    /// <param name="innermost">The innermost loop over a range.</param>
    /// <param name="before">What starts a block.</param>
    /// <param name="after">What ends one.</param>
    /// <param name="front">What is done in front of the blocks, inside the outermost loop.</param>
    public static IReadOnlyList<Statement> Blocks(
        IReadOnlyList<LoopVariable> loops, long width, long terms,
        Func<Index, Index, IReadOnlyList<Statement>> innermost, IEnumerable<Statement> before,
        IEnumerable<Statement> after, IReadOnlyList<Statement>? front = null)
    {
        int at = loops.Count - 1;
        long inside = 1;
        while (at > 0 && inside * Steps(loops, at, width) <= terms)
        {
            inside *= Steps(loops, at, width);
            at--;
        }

        int last = loops.Count - 1;
        LoopVariable cut = loops[at];
        long step = Math.Max(1, terms / inside) * (at == last ? width : 1);
        var share = new Share(
            new LoopVariable("from", cut.Extent), new LoopVariable("to", cut.Extent * 2),
            new LoopVariable("block", Dimension.Ceiling(cut.Extent, step)), step, cut.Extent);
        IReadOnlyList<Statement> body = at == last
            ? innermost(share.First, share.Last)
            :
            [
                new For(cut, share.First, share.Last, 1, Loops.Nest(
                    loops.Skip(at + 1).Take(last - at - 1), innermost(0, Index.Of(loops[last].Extent)))),
            ];
        var block = new For(
            share.Piece, 0, (Index.Of(cut.Extent) + (step - 1)) / step, 1, [share, .. before, .. body, .. after]);
        return front is null ? Loops.Nest(loops.Take(at), [block])
            : Loops.Nest(loops.Take(1), [.. front, .. Loops.Nest(loops.Skip(1).Take(at - 1), [block])]);
    }

    /// <summary>Adds a block's sum; what is lost is collected beside.</summary>
    public static IEnumerable<Statement> Add(Local sum, Local lost, Local block)
    {
        var next = new Local(sum.Name + "Next", sum.Type, sum.Lanes);
        var part = new Local(sum.Name + "Part", sum.Type, sum.Lanes);
        yield return new Declare(next, Sum(sum, block));
        yield return new Declare(part, Difference(next, sum));
        yield return new Assign(lost, Sum(lost, Lost(sum, block, next, part)));
        yield return new Assign(sum, next);
    }

    /// <summary>As <see cref="Add(Local, Local, Local)"/>, of one vector of each buffer.</summary>
    public static IReadOnlyList<Statement> Add(Buffer sum, Buffer lost, Buffer block, Index at, int lanes)
    {
        var locals = new[] { ("sum", sum), ("loss", lost), ("term", block) }
            .Select(pair => new Declare(
                new Local(pair.Item1, pair.Item2.Type, lanes), new Load(pair.Item2, at, lanes))).ToArray();
        return
        [
            .. locals,
            .. Add(locals[0].Local, locals[1].Local, locals[2].Local),
            new Store(sum, at, locals[0].Local),
            new Store(lost, at, locals[1].Local),
        ];
    }

    /// <summary>What the sum <paramref name="next"/> of two numbers lacks; <paramref name="part"/> is what it has of
    /// the second.</summary>
    public static Value Lost(Value first, Value second, Value next, Value part) =>
        Sum(Difference(first, Difference(next, part)), Difference(second, part));

    /// <summary>The whole sum. Beside an infinite one no number was lost that counts.</summary>
    public static Value Whole(Value sum, Value lost) => new Apply(
        Op.Where, sum.Type, new Apply(Op.Equal, DType.Bool, lost, lost), Sum(sum, lost), sum);

    /// <summary>A sum, rounded once.</summary>
    public static Value Sum(Value left, Value right) => new Apply(Op.Add, left.Type, left, right);

    /// <summary>A difference, rounded once.</summary>
    public static Value Difference(Value left, Value right) => new Apply(Op.Subtract, left.Type, left, right);

    private static long Steps(IReadOnlyList<LoopVariable> loops, int i, long width)
    {
        long extent = loops[i].Extent.Max;
        return Math.Max(1, i == loops.Count - 1 ? (extent + width - 1) / width : extent);
    }
}
