using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Schedules;

/// <summary>Transformations of loop nests that every schedule uses.</summary>
public static class Loops
{
    private const long LongestGrain = 1L << 40;

    // Loops that are taken apart leave inner ones of at least so many iterations: a vector.
    private const long ShortestPart = 16;

    /// <summary>A loop that is written out; none where there is one iteration.</summary>
    public static IReadOnlyList<Statement> Unrolled(LoopVariable counter, long step, IReadOnlyList<Statement> body) =>
        counter.Extent == 1
            ? body : [new For(counter, 0, Index.Of(counter.Extent), step, body, unrolls: true)];

    /// <summary>The loops' counters where one counter has walked so far; the last loop steps fastest.</summary>
    public static Dictionary<LoopVariable, Index> Counters(Index flat, IReadOnlyList<LoopVariable> loops)
    {
        var map = new Dictionary<LoopVariable, Index>();
        for (int i = loops.Count - 1; i >= 0; i--)
        {
            map.Add(loops[i], i == 0 ? flat : flat % loops[i].Extent);
            flat /= loops[i].Extent;
        }

        return map;
    }

    /// <summary>
    /// Joins neighbouring loops that walk memory as one: in every index the outer step must be the reach of the inner
    /// loop. Returns the loops left and, for each that vanished, what replaces it.
    /// </summary>
    /// <param name="loops">The loops, outermost first.</param>
    /// <param name="indices">Every index of the nest.</param>
    public static (List<LoopVariable> Loops, Dictionary<LoopVariable, Index> Map) Coalesce(
        IReadOnlyList<LoopVariable> loops, IReadOnlyList<Index> indices)
    {
        var result = new List<LoopVariable>();
        var map = new Dictionary<LoopVariable, Index>();
        foreach (LoopVariable loop in loops)
        {
            LoopVariable? previous = result.LastOrDefault();
            if (previous is null || !indices.All(index => Joins(Apply(index, map), previous, loop)))
            {
                result.Add(loop);
                continue;
            }

            var joined = new LoopVariable("i", previous.Extent * loop.Extent);
            result[result.Count - 1] = joined;
            foreach (LoopVariable key in map.Keys.ToArray())
            {
                map[key] = map[key].Substitute(v => v == previous ? Index.Zero : null);
            }

            // Any index is c*(previous*extent + loop) + …, so the whole may ride on the inner counter.
            map[previous] = Index.Zero;
            map[loop] = joined;
        }

        return (result, map);
    }

    /// <summary>
    /// Takes loops apart of whose counters positions read only quotient and remainder, by one number: heads and their
    /// elements of a row of a transformer. Neighbours then lie at a constant distance, and nothing is divided.
    /// </summary>
    /// <param name="loops">The loops, outermost first.</param>
    /// <param name="indices">Every index of the nest.</param>
    public static (List<LoopVariable> Loops, Dictionary<LoopVariable, Index> Map) Split(
        IReadOnlyList<LoopVariable> loops, IReadOnlyList<Index> indices)
    {
        var result = new List<LoopVariable>();
        var map = new Dictionary<LoopVariable, Index>();
        foreach (LoopVariable loop in loops)
        {
            Atom[] nested = [.. indices.SelectMany(index => index.Terms).Select(term => term.Atom)
                .OfType<Atom>().Where(atom => atom is not VariableAtom and not DataAtom && Index.Of(atom).DependsOn(loop))];
            long? part = nested.Length > 0 && nested.All(atom => PartOf(atom, loop) == PartOf(nested[0], loop))
                ? PartOf(nested[0], loop) : null;
            if (part is not { } length || length < ShortestPart || loop.Extent.Value % length != 0)
            {
                result.Add(loop);
                continue;
            }

            var outer = new LoopVariable("i", loop.Extent.Value / length);
            var inner = new LoopVariable("i", length);
            result.AddRange([outer, inner]);
            map.Add(loop, ((Index)outer * length) + inner);
        }

        return (result, map);
    }

    // By what a plain counter is divided; null where it is divided otherwise.
    private static long? PartOf(Atom atom, LoopVariable loop) => atom switch
    {
        _ when !loop.Extent.IsStatic => null,
        QuotientAtom { Divisor: { IsStatic: true } divisor } quotient when quotient.Dividend.AsVariable == loop =>
            divisor.Value,
        RemainderAtom { Divisor: { IsStatic: true } divisor } remainder when remainder.Dividend.AsVariable == loop =>
            divisor.Value,
        _ => null,
    };

    /// <summary>An index with replaced counters; replacements of replacements are followed.</summary>
    public static Index Apply(Index index, Dictionary<LoopVariable, Index> map) =>
        map.Count == 0 ? index : index.Substitute(v => map.TryGetValue(v, out Index? to) ? to : null);

    /// <summary>The loops around a body, innermost last; the counter of a single iteration is 0 wherever it
    /// occurs.</summary>
    public static IReadOnlyList<Statement> Nest(IEnumerable<LoopVariable> loops, IReadOnlyList<Statement> body)
    {
        foreach (LoopVariable loop in loops.Reverse().Where(loop => loop.Extent != 1))
        {
            body = [new For(loop, 0, Index.Of(loop.Extent), 1, body)];
        }

        return body;
    }

    /// <summary>The strips that a loop of the given extent runs at all: behind a step that divides it nothing is
    /// left.</summary>
    public static IReadOnlyList<Strip> Needed(IReadOnlyList<Strip> strips, Dimension extent)
    {
        var needed = new List<Strip>();
        foreach (Strip strip in strips.Where(strip => strip.Once || extent.Max >= strip.Step))
        {
            needed.Add(strip);
            if (extent.IsMultipleOf(strip.Step))
            {
                break;
            }
        }

        return needed;
    }

    /// <summary>Cuts a loop into an even number of pieces of one size, so that two threads finish together; the last
    /// may be shorter. Where a symbol says how long the loop is, the run's value says where it is cut.</summary>
    /// <param name="extent">The iterations of the loop.</param>
    /// <param name="grain">Iterations of a piece, at most, but for the multiple.</param>
    /// <param name="multiple">What iterations of a piece stay a multiple of when they are made more even.</param>
    /// <param name="least">Iterations that are worth a piece; null for half of the grain.</param>
    public static Share Cut(Dimension extent, long grain, long multiple = 1, long? least = null)
    {
        // Where there is no work, any number of iterations is a piece: no sum below may overflow.
        grain = Math.Min(grain, LongestGrain);
        return Cut(extent, grain == 1 ? 1 : extent.IsStatic
            ? EvenGrain(extent.Value, grain, multiple) : EvenGrain(extent, grain, multiple, least ?? ((grain + 1) / 2)));
    }

    /// <summary>Cuts a loop into pieces of one size, the last one shorter.</summary>
    /// <param name="extent">The iterations of the loop.</param>
    /// <param name="grain">Iterations of a piece.</param>
    /// <param name="name">The name of the counter of pieces.</param>
    public static Share Cut(Dimension extent, Dimension grain, string name = "piece")
    {
        // The bound itself is one more than the largest counter.
        Dimension bound = extent.IsStatic ? extent.Value + 1 : extent * 2;
        return new Share(
            new LoopVariable("first", extent), new LoopVariable("last", bound),
            new LoopVariable(name, Dimension.Ceiling(extent, grain)), grain, extent);
    }

    private static long EvenGrain(long extent, long grain, long multiple)
    {
        if (extent == 0)
        {
            return grain;
        }

        long count = (extent + grain - 1) / grain;
        count += count > 1 ? count % 2 : 0;
        return Math.Min(extent, RoundedUp((extent + count - 1) / count, multiple));
    }

    // Pairs of pieces, as many as the grain asks for.
    private static Dimension EvenGrain(Dimension extent, long grain, long multiple, long least)
    {
        grain = RoundedUp(grain, multiple);
        least = Math.Min(grain, RoundedUp(least, multiple));
        if (extent.Max <= least || !Usual.IsCounted(extent))
        {
            return grain;
        }

        Dimension pairs = Dimension.Maximum(1, Dimension.Ceiling(extent, 2 * grain));
        Dimension even = Dimension.Ceiling(extent, pairs * (2 * multiple)) * multiple;
        return Dimension.Minimum(grain, Dimension.Maximum(least, even));
    }

    private static long RoundedUp(long value, long multiple) => (value + multiple - 1) / multiple * multiple;

    private static bool Joins(Index index, LoopVariable outer, LoopVariable inner) =>
        !index.HasNested(outer) && !index.HasNested(inner)
        && index.CoefficientOf(outer) == index.CoefficientOf(inner) * inner.Extent;
}
