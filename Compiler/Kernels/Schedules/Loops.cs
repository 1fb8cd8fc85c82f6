namespace Sinter.Compiler.Kernels.Schedules;

/// <summary>Transformations of loop nests that every schedule uses.</summary>
public static class Loops
{
    /// <summary>
    /// Joins neighbouring loops that walk memory as one: in every index the outer step must be the reach of the inner loop.
    /// Returns the loops left and, for each that vanished, what replaces it.
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

    /// <summary>An index with replaced counters; replacements of replacements are followed.</summary>
    public static Index Apply(Index index, Dictionary<LoopVariable, Index> map) =>
        map.Count == 0 ? index : index.Substitute(v => map.TryGetValue(v, out Index? to) ? to : null);

    /// <summary>The loops around a body, innermost last.</summary>
    public static IReadOnlyList<Statement> Nest(IEnumerable<LoopVariable> loops, IReadOnlyList<Statement> body)
    {
        foreach (LoopVariable loop in loops.Reverse())
        {
            body = [new For(loop, 0, Index.Of(loop.Extent), 1, body)];
        }

        return body;
    }

    /// <summary>The strips that a loop of the given extent runs at all: behind a step that divides it nothing is left.</summary>
    public static IReadOnlyList<Strip> Needed(IReadOnlyList<Strip> strips, Dimension extent)
    {
        var needed = new List<Strip>();
        foreach (Strip strip in strips)
        {
            needed.Add(strip);
            if (extent.IsStatic && extent.Value % strip.Step == 0)
            {
                break;
            }
        }

        return needed;
    }

    /// <summary>Cuts a loop into pieces of the given grain; of a symbolic extent, as many as its largest value needs.</summary>
    public static Share Cut(Dimension extent, long grain)
    {
        Dimension pieces = grain == 1 ? extent : (extent.Max + grain - 1) / grain;

        // The bound itself is one more than the largest counter.
        Dimension bound = extent.IsStatic ? extent.Value + 1 : extent * 2;
        return new Share(
            new LoopVariable("first", extent), new LoopVariable("last", bound), new LoopVariable("piece", pieces), grain, extent);
    }

    private static bool Joins(Index index, LoopVariable outer, LoopVariable inner) =>
        !index.HasNested(outer) && !index.HasNested(inner)
        && index.CoefficientOf(outer) == index.CoefficientOf(inner) * inner.Extent;
}
