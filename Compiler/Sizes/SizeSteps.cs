using Sinter.Compiler.Fuse;

namespace Sinter.Compiler.Sizes;

/// <summary>Sets the sizes that a run computes between the phases of its groups.</summary>
internal static class SizeSteps
{
    /// <summary>The steps of groups, and those that set sizes: each in front of the first phase that may name
    /// it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="groups">Its groups by phase.</param>
    /// <param name="buffers">The memory of its nodes.</param>
    /// <param name="sites">The checks of the program so far.</param>
    /// <param name="lower">From a group and its position to steps.</param>
    public static List<Step> Between(
        Graph graph, List<Group> groups, Buffers buffers, List<CheckSite> sites,
        Func<Group, int, IEnumerable<Step>> lower)
    {
        var steps = new List<Step>();
        var phases = new Phases(graph);
        var sizes = new Queue<Node>(phases.InOrder(graph.Sizes));
        void Set(int phase)
        {
            while (sizes.Count > 0 && phases[sizes.Peek()] < phase)
            {
                Node size = sizes.Dequeue();
                var (symbol, bound, what) = size.Get<SetSizeAttributes>();
                steps.Add(new SetSize(symbol, buffers.Of(size), sites.Count));
                sites.Add(new CheckSite($"{what}: {symbol} =", bound + 1, size.ModulePath, "", Shape.Scalar));
            }
        }

        for (int i = 0; i < groups.Count; i++)
        {
            Set(groups[i].Phase);
            steps.AddRange(lower(groups[i], i));
        }

        Set(int.MaxValue);
        return steps;
    }
}
