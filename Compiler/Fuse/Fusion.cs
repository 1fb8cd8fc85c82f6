using Sinter.Compiler.Kernels;

namespace Sinter.Compiler.Fuse;

/// <summary>
/// Groups stored nodes into kernels, in the order of the graph. A node joins an earlier group where it can run in the
/// same loops: every element it reads of that group's nodes must be finished, in the same row, when it is read.
/// </summary>
public static class Fusion
{
    // A row worth of work beyond which a group with few rows would leave threads idle.
    private const long LargeRow = 8192;
    private const long FewRows = 8;

    /// <summary>The groups of a graph, in execution order.</summary>
    public static List<Group> Run(Graph graph, HashSet<Node> stored, HashSet<Node> sites)
    {
        var units = new UnitBuilder(stored, sites);
        var groups = new List<Group>();
        var groupOf = new Dictionary<Node, int>();
        foreach (Node node in StateScalarsFirst(
            graph, graph.Nodes.Where(n => stored.Contains(n) && !Storage.IsGiven(n))))
        {
            // What a loop gives is there when the loop is done.
            if (node.Op == Op.Result)
            {
                groupOf.Add(node, groupOf[node.Inputs[0]]);
                continue;
            }

            Group unit = units.Build(node);
            int earliest = unit.Reads.Where(groupOf.ContainsKey).Select(read => groupOf[read]).DefaultIfEmpty(-1).Max();
            int home = unit is LoopGroup loop ? FindHome(loop, groups, earliest) : -1;
            if (home < 0)
            {
                home = groups.Count;
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
    private static int FindHome(LoopGroup unit, List<Group> groups, int earliest)
    {
        if (earliest >= 0 && TryJoin(groups[earliest], unit))
        {
            return earliest;
        }

        int last = Math.Max(earliest + 1, groups.Count - 4);
        for (int i = groups.Count - 1; i >= last; i--)
        {
            if (groups[i] is LoopGroup loop && loop.Reads.Overlaps(unit.Reads) && TryJoin(loop, unit))
            {
                return i;
            }
        }

        return -1;
    }

    // A kernel of any length would be none: compilers give up on long methods, and this pass looks through the group.
    private static bool TryJoin(Group group, LoopGroup unit)
    {
        int work = group.Work + unit.Work;
        bool joins = work <= Storage.MostFused && group switch
        {
            ProductGroup product => TryJoinProduct(product, unit),
            LoopGroup loop => TryJoinLoop(loop, unit),
            _ => false,
        };
        if (joins)
        {
            group.Work = work;
        }

        return joins;
    }

    private static bool TryJoinProduct(ProductGroup group, LoopGroup unit)
    {
        Item item = unit.Items.Single();
        var outputs = group.Output.ToList();
        if (item.Reduction is not null || unit.Outer.Count != outputs.Count)
        {
            return false;
        }

        var map = new Dictionary<LoopVariable, LoopVariable>();
        if (!Unify(group, item, map) || map.Count != outputs.Count || map.Values.Distinct().Count() != outputs.Count)
        {
            return false;
        }

        Item moved = Rename(item, map);
        if (!ReadsMatch(group, moved, _ => false) || !EpilogueRule.Fits(group, moved))
        {
            return false;
        }

        group.Epilogue.Add(moved);
        group.Reads.UnionWith(Foreign(group, moved));
        return true;
    }

    private static bool TryJoinLoop(LoopGroup group, LoopGroup unit)
    {
        Item item = unit.Items.Single();
        List<LoopVariable> reduced = unit.Stages[0].Inner;
        var map = new Dictionary<LoopVariable, LoopVariable>();
        bool linked = Unify(group, item, map);
        if (!linked && Accesses.In(item.Value).Any(access => group.Items.Any(i => i.Node == access.Node)))
        {
            return false;
        }

        if (!linked)
        {
            map.Clear();
            MatchByShape(group, unit, map);
        }

        if (map.Values.Distinct().Count() != map.Count)
        {
            return false;
        }

        // A single loop nest may still give some of its loops away to a row.
        List<LoopVariable> outer = group.Outer;
        if (group.IsFlat)
        {
            outer = group.Outer.Where(o => map.Any(pair => pair.Value == o && unit.Outer.Contains(pair.Key))).ToList();
            bool split = outer.Count != group.Outer.Count;
            if (split && (reduced.Count == 0 || group.Outer.Except(outer).Any(o => !map.ContainsValue(o))))
            {
                return false;
            }

            // Rows of the leading loops only: others would turn a walk along memory into one across it.
            if (!outer.SequenceEqual(group.Outer.Take(outer.Count)))
            {
                return false;
            }
        }

        bool rowsMatch = outer.All(o => map.Any(pair => pair.Value == o && unit.Outer.Contains(pair.Key)));
        var inner = unit.Outer.Concat(reduced)
            .Where(v => !map.TryGetValue(v, out LoopVariable? to) || !outer.Contains(to)).ToList();
        bool kept = reduced.All(inner.Contains) && (reduced.Count == 0 || inner.Count == reduced.Count);
        if (!rowsMatch || !kept || !WorthJoining(outer, inner, group))
        {
            return false;
        }

        return Place(group, item, map, outer, inner);
    }

    // Puts the item into the last stage where it may run beside it, else into a stage of its own.
    private static bool Place(
        LoopGroup group, Item item, Dictionary<LoopVariable, LoopVariable> map, List<LoopVariable> outer,
        List<LoopVariable> inner)
    {
        Stage last = group.Stages[group.Stages.Count - 1];
        List<LoopVariable> lastInner = group.IsFlat ? group.Outer.Except(outer).ToList() : last.Inner;
        var outerMap = map.Where(pair => outer.Contains(pair.Value)).ToDictionary(pair => pair.Key, pair => pair.Value);
        var together = new Dictionary<LoopVariable, LoopVariable>(outerMap);
        if (MatchInner(inner, lastInner, map, together))
        {
            Item moved = Rename(item, together);
            var running = new HashSet<Node>(last.Items.Select(i => i.Node));
            if (ReadsMatch(group, moved, node => !running.Contains(node)) && !ReadsUnfinished(last, moved))
            {
                Commit(group, outer, lastInner, last, moved);
                return true;
            }
        }

        Item alone = Rename(item, outerMap);
        bool finished = ReadsMatch(group, alone, _ => true, outer);
        if (!finished)
        {
            return false;
        }

        var stage = new Stage(inner);
        Commit(group, outer, lastInner, stage, alone);
        group.Stages.Add(stage);
        return true;
    }

    private static void Commit(
        LoopGroup group, List<LoopVariable> outer, List<LoopVariable> lastInner, Stage stage, Item item)
    {
        if (group.IsFlat)
        {
            group.Stages[0].Inner = lastInner;
        }

        group.Outer = outer;
        stage.Items.Add(item);
        group.Reads.UnionWith(Foreign(group, item));
    }

    private static bool WorthJoining(List<LoopVariable> outer, List<LoopVariable> inner, LoopGroup group)
    {
        long rows = outer.Aggregate(1L, (n, v) => n * v.Extent.Max);
        long row = inner.Concat(group.IsFlat ? group.Outer.Except(outer) : [])
            .Aggregate(1L, (n, v) => n * v.Extent.Max);
        return rows >= FewRows || row <= LargeRow;
    }

    private static bool MatchInner(
        List<LoopVariable> inner, List<LoopVariable> lastInner,
        Dictionary<LoopVariable, LoopVariable> linked, Dictionary<LoopVariable, LoopVariable> map)
    {
        if (inner.Count != lastInner.Count)
        {
            return false;
        }

        for (int i = 0; i < inner.Count; i++)
        {
            LoopVariable to = linked.TryGetValue(inner[i], out LoopVariable? target) ? target : lastInner[i];
            if (!lastInner.Contains(to) || to.Extent != inner[i].Extent || map.ContainsValue(to))
            {
                return false;
            }

            map[inner[i]] = to;
        }

        return true;
    }

    // Where the item reads a node of the group, its counters must run like those under which the group computes the
    // node.
    private static bool Unify(Group group, Item item, Dictionary<LoopVariable, LoopVariable> map)
    {
        bool any = false;
        foreach (Access access in Accesses.In(item.Value))
        {
            Item? producer = group.Items.FirstOrDefault(i => i.Node == access.Node);
            for (int i = 0; producer is not null && i < access.Position.Count; i++)
            {
                if (producer.Position[i].AsVariable is not { } to || access.Position[i].AsVariable is not { } from)
                {
                    continue;
                }

                any = true;
                if (from.Extent != to.Extent || (map.TryGetValue(from, out LoopVariable? known) && known != to))
                {
                    return false;
                }

                map[from] = to;
            }
        }

        return any;
    }

    private static void MatchByShape(LoopGroup group, LoopGroup unit, Dictionary<LoopVariable, LoopVariable> map)
    {
        for (int i = 0; i < Math.Min(group.Outer.Count, unit.Outer.Count); i++)
        {
            if (group.Outer[i].Extent != unit.Outer[i].Extent)
            {
                return;
            }

            map.Add(unit.Outer[i], group.Outer[i]);
        }
    }

    private static Item Rename(Item item, Dictionary<LoopVariable, LoopVariable> map)
    {
        Index? To(LoopVariable variable) => map.TryGetValue(variable, out LoopVariable? to) ? (Index)to! : null;
        return item with
        {
            Position = new(item.Position.Select(p => p.Substitute(To))),
            Value = item.Value.Substitute(To)
        };
    }

    /// <summary>
    /// Whether each read of the group's own nodes is of the element just computed, or, for nodes of finished stages,
    /// of any element of the same row.
    /// </summary>
    private static bool ReadsMatch(Group group, Item item, Func<Node, bool> isFinished, List<LoopVariable>? rows = null)
    {
        rows ??= group is LoopGroup loop ? loop.Outer : [];
        foreach (Access access in Accesses.In(item.Value))
        {
            Item? producer = group.Items.FirstOrDefault(i => i.Node == access.Node);
            if (producer is null || producer.Position == access.Position)
            {
                continue;
            }

            if (!isFinished(producer.Node) || producer.Reduction is not null)
            {
                return false;
            }

            for (int i = 0; i < access.Position.Count; i++)
            {
                bool isRow = rows.Any(row => producer.Position[i].DependsOn(row));
                if (isRow && !access.Position[i].Equals(producer.Position[i]))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool ReadsUnfinished(Stage stage, Item item) =>
        Accesses.In(item.Value).Any(access => stage.Items.Any(i => i.Node == access.Node && i.Reduction is not null));

    private static IEnumerable<Node> Foreign(Group group, Item item)
    {
        var own = new HashSet<Node>(group.Items.Select(i => i.Node)) { item.Node };
        return Accesses.In(item.Value).Select(access => access.Node).Where(node => !own.Contains(node));
    }
}
