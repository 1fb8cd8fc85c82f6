using Sinter.Compiler.Values;

namespace Sinter.Compiler.Fuse;

/// <summary>How the loop counters of a node and of a group that it may join correspond.</summary>
internal static class Counters
{
    /// <summary>The counters of an item under which it reads nodes of a group, each with that under which the group
    /// computes the node; null where it reads none of them, or one counter would have to run like two.</summary>
    public static Dictionary<LoopVariable, LoopVariable>? Linked(Group group, Item item)
    {
        var map = new Dictionary<LoopVariable, LoopVariable>();
        foreach (Access access in Accesses.In(item.Value))
        {
            Item? producer = group.Items.FirstOrDefault(i => i.Node == access.Node);
            for (int i = 0; producer is not null && i < access.Position.Count; i++)
            {
                if (producer.Position[i].AsVariable is not { } to || access.Position[i].AsVariable is not { } from)
                {
                    continue;
                }

                if (from.Extent != to.Extent || (map.TryGetValue(from, out LoopVariable? known) && known != to))
                {
                    return null;
                }

                map[from] = to;
            }
        }

        return map.Count == 0 ? null : map;
    }

    /// <summary>Leading counters of equal extents.</summary>
    public static Dictionary<LoopVariable, LoopVariable> Leading(
        IEnumerable<LoopVariable> from, IEnumerable<LoopVariable> to) =>
        from.Zip(to, (a, b) => (From: a, To: b)).TakeWhile(pair => pair.From.Extent == pair.To.Extent)
            .ToDictionary(pair => pair.From, pair => pair.To);

    /// <summary>Whether no two counters become one.</summary>
    public static bool AreDistinct(Dictionary<LoopVariable, LoopVariable> map) =>
        map.Values.Distinct().Count() == map.Count;

    /// <summary>An item under other counters.</summary>
    public static Item Rename(Item item, Dictionary<LoopVariable, LoopVariable> map)
    {
        Index? To(LoopVariable variable) => map.TryGetValue(variable, out LoopVariable? to) ? (Index)to! : null;
        return item with
        {
            Position = new(item.Position.Select(p => p.Substitute(To))),
            Value = item.Value.Substitute(To)
        };
    }

    /// <summary>Whether each read of the group's own nodes is of the element just computed, or, for nodes that are
    /// finished, of any element of the same row.</summary>
    public static bool ReadOwnElements(
        Group group, Item item, Func<Node, bool> isFinished, IReadOnlyList<LoopVariable> rows)
    {
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

    /// <summary>The nodes that an item reads and its group does not compute.</summary>
    public static IEnumerable<Node> Foreign(Group group, Item item)
    {
        var own = new HashSet<Node>(group.Items.Select(i => i.Node)) { item.Node };
        return Accesses.In(item.Value).Select(access => access.Node).Where(node => !own.Contains(node));
    }
}
