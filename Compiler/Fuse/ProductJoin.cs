using Sinter.Compiler.Kernels;

namespace Sinter.Compiler.Fuse;

/// <summary>Lets a node be computed from a product's sums while they are in registers.</summary>
internal static class ProductJoin
{
    /// <summary>Adds a node to a product's epilogue, where its loops are the product's.</summary>
    public static bool Try(ProductGroup group, LoopGroup unit)
    {
        Item item = unit.Items.Single();
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
