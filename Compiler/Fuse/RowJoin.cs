using Sinter.Compiler.Values;

namespace Sinter.Compiler.Fuse;

/// <summary>
/// Lets what reduces whole rows of a product's result, and what follows from that, run as soon as the rows are there:
/// they are in the cache then, and want no memory where nobody else reads them.
/// </summary>
internal static class RowJoin
{
    // Vectors that a row has at least: shorter ones are reduced side by side, a vector of rows at a time.
    private const int FewestVectors = 4;

    // Rows that have room in a quarter of the second cache: a tile of a product, or two.
    private const long FewestRows = 16;

    /// <summary>Adds a node to a product's rows, where it reads them and they are worth keeping.</summary>
    public static bool Try(ProductGroup group, LoopGroup unit, Target target)
    {
        // The best of a row is looked for one element at a time, or in a vector of rows.
        Item item = unit.Items.Single();
        LoopGroup? rows = item.Reduction is Op.ArgMax or Op.ArgMin ? null
            : group.WholeRows ?? Begin(group, unit, item, target);
        if (rows is null || !LoopJoin.Try(rows, unit))
        {
            return false;
        }

        group.WholeRows = rows;
        group.Reads.UnionWith(rows.Reads);
        return true;
    }

    // The first to join reduces all of one operand's free axes, those whose results lie side by side: sums of columns
    // would turn the product, or wait for all of it.
    private static LoopGroup? Begin(ProductGroup group, LoopGroup unit, Item item, Target target)
    {
        if (item.Reduction is null || Counters.Linked(group, item) is not { } map || !Counters.AreDistinct(map))
        {
            return null;
        }

        LoopVariable[] reduced = [.. unit.Stages[0].Inner.Select(loop => map.TryGetValue(loop, out var own) ? own : loop)];
        IReadOnlyList<LoopVariable>? row = new[] { group.Left, group.Right }.FirstOrDefault(
            side => side.Count == reduced.Length && side.All(reduced.Contains));
        if (row is null || row.Count == 0 || !row.Contains(group.Output.Last()) || !Pays(row, target)
            || !EpilogueRule.Lanes(group).Any(row.Contains))
        {
            return null;
        }

        var rows = new LoopGroup { Outer = [.. group.Output.Where(loop => !row.Contains(loop))] };
        rows.Stages.Add(new Stage([.. row]) { Items = group.Epilogue, IsProduct = true });
        return rows;
    }

    // Blocks of threads have a tile of a row each, and no cache between them that would hold whole rows.
    private static bool Pays(IReadOnlyList<LoopVariable> row, Target target)
    {
        double extent = row.Aggregate(1.0, (n, loop) => n * loop.Extent.Max);
        return target.Blocks is null && target.VectorBytes > 0 && extent >= FewestVectors * target.Lanes
            && extent * FewestRows * sizeof(float) <= target.SecondLevelCache / 4;
    }
}
