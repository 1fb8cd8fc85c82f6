using Sinter.Compiler.Values;

namespace Sinter.Compiler.Fuse;

/// <summary>
/// Groups stored nodes into kernels, in the order of the graph. A node joins an earlier group where it can run in the
/// same loops: every element it reads of that group's nodes must be finished, in the same row, when it is read.
/// </summary>
public static class Fusion
{
    /// <summary>The groups of a graph, in execution order.</summary>
    public static List<Group> Run(Graph graph, HashSet<Node> stored, HashSet<Node> sites, Target target)
    {
        var units = new UnitBuilder(stored, sites);
        var phases = new Phases(graph);
        var groups = new List<Group>();
        var groupOf = new Dictionary<Node, int>();
        int phase = 0;
        int start = 0;
        foreach (Node node in phases.InOrder(StateScalarsFirst(
            graph, graph.Nodes.Where(n => stored.Contains(n) && !Storage.IsGiven(n)))))
        {
            if (phases[node] > phase)
            {
                phase = phases[node];
                start = groups.Count;
            }

            // What a loop or branch gives is there when it is done.
            if (node.Op == Op.Result)
            {
                groupOf.Add(node, groupOf[node.Inputs[0]]);
                continue;
            }

            Group unit = units.Build(node);
            int earliest = unit.Reads.Where(groupOf.ContainsKey).Select(read => groupOf[read]).DefaultIfEmpty(-1).Max();
            int home = unit is LoopGroup loop ? FindHome(loop, groups, earliest, start, target) : -1;
            if (home < 0)
            {
                home = groups.Count;
                unit.Phase = phase;
                groups.Add(unit);
            }

            groupOf.Add(node, home);
        }

        return groups;
    }

    // Scalars that depend on state alone (an optimizer's bias correction) come first: whatever uses them can then join
    // any group, the product of a weight gradient among them.
    private static IEnumerable<Node> StateScalarsFirst(Graph graph, IEnumerable<Node> nodes)
    {
        var early = new HashSet<Node>();
        foreach (Node node in graph.Nodes)
        {
            bool small = node.Shape.ElementCount == 1;
            if (small && node.Op != Op.Input && node.Inputs.All(early.Contains))
            {
                early.Add(node);
            }
        }

        Node[] all = nodes.ToArray();
        return all.Where(early.Contains).Concat(all.Where(node => !early.Contains(node)));
    }

    // The group of the latest operand is the only one that can pass values in registers; a later one can share loads.
    // What comes before the phase ran when sizes were not known.
    private static int FindHome(LoopGroup unit, List<Group> groups, int earliest, int start, Target target)
    {
        if (earliest >= start && TryJoin(groups[earliest], unit, target))
        {
            return earliest;
        }

        int last = Math.Max(Math.Max(earliest + 1, start), groups.Count - 4);
        for (int i = groups.Count - 1; i >= last; i--)
        {
            if (groups[i] is LoopGroup loop && loop.Reads.Overlaps(unit.Reads) && TryJoin(loop, unit, target))
            {
                return i;
            }
        }

        return -1;
    }

    // A kernel of any length would be none: compilers give up on long methods, and this pass looks through the group.
    private static bool TryJoin(Group group, LoopGroup unit, Target target)
    {
        int work = group.Work + unit.Work;
        bool joins = work <= Storage.MostFused && group switch
        {
            ProductGroup product => ProductJoin.Try(product, unit) || RowJoin.Try(product, unit, target),
            LoopGroup loop => LoopJoin.Try(loop, unit),
            _ => false,
        };
        if (joins)
        {
            group.Work = work;
        }

        return joins;
    }
}
