using Sinter.Compiler.Values;

namespace Sinter.Compiler.Fuse;

/// <summary>Lets a node run in the loops of a group. All stages of the group share its rows; inside a row the node runs
/// beside the last stage, or in a stage of its own.</summary>
internal static class LoopJoin
{
    // A row worth of work beyond which a group with few rows would leave threads idle.
    private const long LargeRow = 8192;
    private const long FewRows = 8;

    /// <summary>Adds a node to a group, where its loops fit and sharing them pays.</summary>
    public static bool Try(LoopGroup group, LoopGroup unit)
    {
        Item item = unit.Items.Single();
        return Correspondence(group, unit, item) is { } map
            && Rows(group, unit, map) is { } rows
            && Inner(unit, rows, map) is { } inner
            && IsWorthIt(rows, inner, group)
            && Place(group, item, map, rows, inner);
    }

    // What the node reads says which counters run alike; where it reads nothing of the group, leading extents do.
    private static Dictionary<LoopVariable, LoopVariable>? Correspondence(LoopGroup group, LoopGroup unit, Item item)
    {
        Dictionary<LoopVariable, LoopVariable>? map = Counters.Linked(group, item);
        if (map is null && Accesses.In(item.Value).Any(access => group.Items.Any(i => i.Node == access.Node)))
        {
            return null;
        }

        map ??= Counters.Leading(unit.Outer, group.Outer);
        return Counters.AreDistinct(map) ? map : null;
    }

    // The loops around all stages. A single nest may still give its last loops away, for a reduction over them: rows of
    // others than the leading loops would turn a walk along memory into one across it.
    private static List<LoopVariable>? Rows(
        LoopGroup group, LoopGroup unit, Dictionary<LoopVariable, LoopVariable> map)
    {
        bool IsShared(LoopVariable row) => map.Any(pair => pair.Value == row && unit.Outer.Contains(pair.Key));
        List<LoopVariable> rows = group.Outer.TakeWhile(IsShared).ToList();
        List<LoopVariable> given = group.Outer.Skip(rows.Count).ToList();
        bool reduces = unit.Stages[0].Inner.Count > 0;
        bool canGive = group.IsFlat && reduces && !given.Any(IsShared) && given.All(map.ContainsValue);
        return given.Count == 0 || canGive ? rows : null;
    }

    // The node's loops inside a row: those it reduces, or all that are left.
    private static List<LoopVariable>? Inner(
        LoopGroup unit, List<LoopVariable> rows, Dictionary<LoopVariable, LoopVariable> map)
    {
        List<LoopVariable> reduced = unit.Stages[0].Inner;
        List<LoopVariable> inner = unit.Outer.Concat(reduced)
            .Where(v => !map.TryGetValue(v, out LoopVariable? to) || !rows.Contains(to)).ToList();
        return reduced.Count == 0 || inner.SequenceEqual(reduced) ? inner : null;
    }

    private static bool IsWorthIt(List<LoopVariable> rows, List<LoopVariable> inner, LoopGroup group)
    {
        long count = rows.Aggregate(1L, (n, v) => n * v.Extent.Max);
        long row = inner.Concat(group.IsFlat ? group.Outer.Except(rows) : [])
            .Aggregate(1L, (n, v) => n * v.Extent.Max);
        return count >= FewRows || row <= LargeRow;
    }

    // Puts the item into the last stage where it may run beside it, else into a stage of its own.
    private static bool Place(
        LoopGroup group, Item item, Dictionary<LoopVariable, LoopVariable> map, List<LoopVariable> rows,
        List<LoopVariable> inner)
    {
        Stage last = group.Stages[group.Stages.Count - 1];
        List<LoopVariable> lastInner = group.IsFlat ? group.Outer.Except(rows).ToList() : last.Inner;
        var shared = map.Where(pair => rows.Contains(pair.Value)).ToDictionary(pair => pair.Key, pair => pair.Value);
        if (!last.IsProduct && Beside(inner, lastInner, map, shared) is { } together)
        {
            Item moved = Counters.Rename(item, together);
            var running = new HashSet<Node>(last.Items.Select(i => i.Node));
            if (Counters.ReadOwnElements(group, moved, node => !running.Contains(node), group.Outer)
                && !ReadsUnfinished(last, moved))
            {
                Commit(group, rows, lastInner, last, moved);
                return true;
            }
        }

        Item alone = Counters.Rename(item, shared);
        if (!Counters.ReadOwnElements(group, alone, _ => true, rows))
        {
            return false;
        }

        var stage = new Stage(inner);
        Commit(group, rows, lastInner, stage, alone);
        group.Stages.Add(stage);
        return true;
    }

    private static void Commit(
        LoopGroup group, List<LoopVariable> rows, List<LoopVariable> lastInner, Stage stage, Item item)
    {
        if (group.IsFlat)
        {
            group.Stages[0].Inner = lastInner;
        }

        group.Outer = rows;
        stage.Items.Add(item);
        group.Reads.UnionWith(Counters.Foreign(group, item));
    }

    // All counters, those inside a row paired with the last stage's; null where these run otherwise.
    private static Dictionary<LoopVariable, LoopVariable>? Beside(
        List<LoopVariable> inner, List<LoopVariable> lastInner, Dictionary<LoopVariable, LoopVariable> linked,
        Dictionary<LoopVariable, LoopVariable> shared)
    {
        if (inner.Count != lastInner.Count)
        {
            return null;
        }

        var together = new Dictionary<LoopVariable, LoopVariable>(shared);
        for (int i = 0; i < inner.Count; i++)
        {
            LoopVariable to = linked.TryGetValue(inner[i], out LoopVariable? target) ? target : lastInner[i];
            if (!lastInner.Contains(to) || to.Extent != inner[i].Extent || together.ContainsValue(to))
            {
                return null;
            }

            together[inner[i]] = to;
        }

        return together;
    }

    private static bool ReadsUnfinished(Stage stage, Item item) =>
        Accesses.In(item.Value).Any(access => stage.Items.Any(i => i.Node == access.Node && i.Reduction is not null));
}
