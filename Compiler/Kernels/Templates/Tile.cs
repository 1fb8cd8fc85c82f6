using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Templates;

/// <summary>The block of results that is kept in registers while the contracted axes are summed.</summary>
/// <param name="Rows">Neighbouring iterations of the innermost rows loop.</param>
/// <param name="RowGroups">Neighbouring iterations of the loop around it, where the innermost one is short.</param>
/// <param name="Vectors">Vectors along the lanes loop.</param>
/// <param name="LaneGroups">Neighbouring iterations of the loop around the lanes, where one run of lanes is
/// short.</param>
internal sealed record Tile(int Rows, int RowGroups, int Vectors, int LaneGroups)
{
    /// <summary>Broadcast elements for each contracted element.</summary>
    public int Height => Rows * RowGroups;

    /// <summary>Vectors read for each contracted element.</summary>
    public int Columns => Vectors * LaneGroups;

    /// <summary>The tile with the smallest estimated time.</summary>
    /// <param name="shape">The product.</param>
    /// <param name="target">The processor.</param>
    /// <param name="groupLanes">Whether a tile may span several runs of lanes (not where lanes are packed).</param>
    /// <param name="groupRows">Whether a tile may span several runs of rows (not where scratch has one).</param>
    public static Tile Choose(ProductShape shape, Target target, bool groupLanes, bool groupRows)
    {
        long vectors = (shape.Lane.Extent.Max + target.Lanes - 1) / target.Lanes;
        Tile[] tiles = [.. All(shape, vectors, groupLanes, groupRows)];
        double[] times = new double[tiles.Length];
        foreach (var (rows, lanes) in Sizes(shape))
        {
            long filled = (lanes + target.Lanes - 1) / target.Lanes;
            double[] own = [.. tiles.Select(tile => tile.Time(shape, rows, filled, target))];
            double best = own.Min();
            for (int i = 0; i < own.Length; i++)
            {
                times[i] += own[i] / best;
            }
        }

        return tiles[Array.IndexOf(times, times.Min())];
    }

    // The extents at which tiles are compared: of symbols, values far apart count alike, as none is known to be usual.
    private static IEnumerable<(long Rows, long Lanes)> Sizes(ProductShape shape)
    {
        Dimension rows = shape.Row.Extent;
        Dimension lanes = shape.Lane.Extent;
        foreach (long share in rows.IsStatic && lanes.IsStatic ? [1] : new long[] { 1, 3, 10 })
        {
            yield return (Math.Max(1, Usual.At(rows, share)), Math.Max(1, Usual.At(lanes, share)));
        }
    }

    private static IEnumerable<Tile> All(
        ProductShape shape, long vectors, bool groupLanes, bool groupRows)
    {
        yield return new Tile(1, 1, 1, 1);
        for (int rows = 1; rows <= Math.Min(shape.Row.Extent.Max, 16); rows++)
        {
            foreach (int rowGroups in Groups(groupRows ? shape.AroundRow : null, rows == shape.Row.Extent.Max))
            {
                for (int columns = 1; columns <= Math.Min(vectors, 8); columns++)
                {
                    foreach (int laneGroups in Groups(groupLanes ? shape.AroundLane : null, columns == vectors))
                    {
                        yield return new Tile(rows, rowGroups, columns, laneGroups);
                    }
                }
            }
        }
    }

    // Several groups only where one takes a whole inner loop, and only counts that leave no remainder.
    private static IEnumerable<int> Groups(LoopVariable? around, bool isWhole)
    {
        yield return 1;
        for (int groups = 2; groups <= 8 && isWhole && around is { Extent.IsStatic: true }; groups++)
        {
            if (around.Extent.Value % groups == 0)
            {
                yield return groups;
            }
        }
    }

    private double Time(ProductShape shape, long extent, long vectors, Target target)
    {
        if ((Height * Columns) + Columns + 1 > target.VectorRegisters)
        {
            return double.PositiveInfinity;
        }

        double whole = extent / Rows * Step(Rows);
        double rest = extent % Rows == 0 ? 0 : Step((int)(extent % Rows)) + 1;
        double rowTiles = (shape.AroundRow?.Extent.Max ?? 1) / (double)RowGroups;
        double columnTiles = Math.Ceiling(vectors / (double)Vectors) * (shape.AroundLane?.Extent.Max ?? 1) / LaneGroups;
        return (whole + rest) * rowTiles * columnTiles;
    }

    // Cycles of one contracted element: the multiply-adds, unless loads or the latency of the chain take longer.
    // Larger tiles read their operands less often.
    private double Step(int rows)
    {
        double multiplies = rows * RowGroups * Columns;
        double loads = Columns + (rows * RowGroups / 2.0);
        return Math.Max(Math.Max(multiplies, loads), 4.5) + 0.6;
    }
}
