namespace Sinter.Compiler.Kernels.Templates;

/// <summary>The block of results that is kept in registers while the contracted axes are summed.</summary>
/// <param name="Rows">Elements of the rows operand.</param>
/// <param name="Groups">Neighbouring iterations of the loop around the lanes, where one vector row is short.</param>
/// <param name="Vectors">Vectors of the lanes operand, of each group.</param>
internal sealed record Tile(int Rows, int Groups, int Vectors)
{
    /// <summary>Vectors read for each contracted element.</summary>
    public int Columns => Groups * Vectors;

    /// <summary>The tile with the smallest estimated time.</summary>
    public static Tile Choose(ProductShape shape, Target target, bool groups)
    {
        long vectors = (shape.Lane.Extent.Max + target.Lanes - 1) / target.Lanes;
        LoopVariable? around = shape.Lanes.Count > 1 ? shape.Lanes[shape.Lanes.Count - 2] : null;
        Tile best = new(1, 1, 1);
        double bestTime = double.PositiveInfinity;
        for (int rows = 1; rows <= Math.Min(shape.Row.Extent.Max, 16); rows++)
        {
            for (int columns = 1; columns <= Math.Min(vectors, 8); columns++)
            {
                foreach (int count in GroupCounts(groups ? around : null, columns, vectors))
                {
                    var tile = new Tile(rows, count, columns);
                    double time = tile.Time(shape, vectors, around, target);
                    if (time < bestTime)
                    {
                        (best, bestTime) = (tile, time);
                    }
                }
            }
        }

        return best;
    }

    // Several groups only where one group takes all vectors of a row, and only counts that leave no remainder.
    private static IEnumerable<int> GroupCounts(LoopVariable? around, int columns, long vectors)
    {
        for (int groups = 1; groups <= 8; groups++)
        {
            bool divides = around is not null && around.Extent.IsStatic && around.Extent.Value % groups == 0;
            if (groups == 1 || (divides && columns == vectors))
            {
                yield return groups;
            }
        }
    }

    private double Time(ProductShape shape, long vectors, LoopVariable? around, Target target)
    {
        if ((Rows * Columns) + Columns + 1 > target.VectorRegisters)
        {
            return double.PositiveInfinity;
        }

        long extent = shape.Row.Extent.Max;
        double whole = extent / Rows * Step(Rows);
        double rest = extent % Rows == 0 ? 0 : Step((int)(extent % Rows)) + 1;
        double columnTiles = Math.Ceiling(vectors / (double)Vectors) * (around is null ? 1 : around.Extent.Max / (double)Groups);
        return (whole + rest) * columnTiles;
    }

    // Cycles of one contracted element: the multiply-adds, unless loads or the latency of the chain take longer.
    private double Step(int rows)
    {
        double multiplies = rows * Columns;
        double loads = Columns + (rows / 2.0);
        return Math.Max(Math.Max(multiplies, loads), 4.5) + 0.5;
    }
}
