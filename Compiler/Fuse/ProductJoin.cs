using Sinter.Compiler.Values;

namespace Sinter.Compiler.Fuse;

/// <summary>Lets a node be computed from a product's sums while they are in registers.</summary>
internal static class ProductJoin
{
    /// <summary>Adds a node to a product's epilogue, where its loops are the product's.</summary>
    public static bool Try(ProductGroup group, LoopGroup unit)
    {
        // What is made of whole rows is not there yet.
        Item item = unit.Items.Single();
        var ofRows = new HashSet<Node>(group.RowStages.SelectMany(stage => stage.Items).Select(own => own.Node));
        if (Accesses.In(item.Value).Any(access => ofRows.Contains(access.Node)))
        {
            return false;
        }

        int outputs = group.Output.Count();
        if (item.Reduction is not null || unit.Outer.Count != outputs
            || Counters.Linked(group, item) is not { } map || map.Count != outputs || !Counters.AreDistinct(map))
        {
            return false;
        }

        Item moved = Counters.Rename(item, map);
        if (!Counters.ReadOwnElements(group, moved, _ => false, []) || !EpilogueRule.Fits(group, moved))
        {
            return false;
        }

        group.Epilogue.Add(moved);
        group.Reads.UnionWith(Counters.Foreign(group, moved));
        return true;
    }
}
