using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Decompose;

/// <summary>
/// The windows of a pooling as movement, and the way back; used by its decomposition and by its gradient.
/// </summary>
internal static class PoolWindows
{
    /// <summary>Whether the windows cut the input into tiles: no overlap, no padding, nothing left over.</summary>
    public static bool Tiles(PoolAttributes pool, Shape input)
    {
        int spatial = pool.Window.Kernel.Count;
        int lead = input.Rank - spatial;
        for (int i = 0; i < spatial; i++)
        {
            Dimension kernel = pool.Window.Kernel[i];
            bool tiles = kernel == pool.Window.Stride[i] && (pool.Window.Dilation[i] == 1 || kernel == 1)
                && pool.Low[i] == 0 && pool.High[i] == 0 && Dimension.Divide(input[lead + i], kernel) is not null;
            if (!tiles)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The input (..., S) as (..., positions, kernel), where windows tile it.</summary>
    public static Expression Tile(Expression input, PoolAttributes pool) =>
        Split(input, pool).Permute(TileOrder(input.Rank, pool));

    /// <summary>
    /// The input (..., S) as (..., positions, 1 kernel axis after each): the same without reordering.
    /// </summary>
    public static Expression Split(Expression input, PoolAttributes pool)
    {
        int spatial = pool.Window.Kernel.Count;
        int lead = input.Rank - spatial;
        EquatableArray<Dimension> kernel = pool.Window.Kernel;
        var tiles = input.Shape.Skip(lead).SelectMany((d, i) => new[] { d / kernel[i], kernel[i] });
        return input.Reshape(input.Shape.Range(0, lead).Concat(new Shape(tiles)));
    }

    /// <summary>The opposite of <see cref="Tile"/>.</summary>
    public static Expression Untile(Expression windows, PoolAttributes pool, Shape input)
    {
        int[] order = TileOrder(input.Rank, pool);
        int[] inverse = Enumerable.Range(0, order.Length).OrderBy(axis => order[axis]).ToArray();
        return windows.Permute(inverse).Reshape(input);
    }

    /// <summary>The input (..., S), padded with minus infinity, as windows (..., positions, kernel).</summary>
    public static Expression Slide(Expression input, PoolAttributes pool)
    {
        int lead = input.Rank - pool.Window.Kernel.Count;
        Dimension[] low = [.. new Dimension[lead], .. pool.Low];
        Dimension[] high = [.. new Dimension[lead], .. pool.High];
        return input.Pad(low, high, new long[input.Rank], double.NegativeInfinity).Make(Op.Window, pool.Window);
    }

    /// <summary>The transpose of <see cref="Slide"/>: windows summed back, the padding dropped.</summary>
    public static Expression Unslide(Expression windows, PoolAttributes pool, Shape input)
    {
        int lead = input.Rank - pool.Window.Kernel.Count;
        var size = new EquatableArray<Dimension>(input.Skip(lead).Select((d, i) => d + pool.Low[i] + pool.High[i]));
        Expression padded = windows.Make(Op.Fold, new FoldAttributes(pool.Window, size));
        Dimension[] starts = [.. new Dimension[lead], .. pool.Low];
        long[] steps = Enumerable.Repeat(1L, input.Rank).ToArray();
        return padded.Shape.Equals(input) ? padded : padded.Make(Op.Slice, new SliceAttributes(starts, input, steps));
    }

    // (lead, P1, K1, P2, K2) to (lead, P1, P2, K1, K2).
    private static int[] TileOrder(int rank, PoolAttributes pool)
    {
        int spatial = pool.Window.Kernel.Count;
        int lead = rank - spatial;
        var positions = Enumerable.Range(0, spatial).Select(i => lead + (2 * i));
        var kernels = Enumerable.Range(0, spatial).Select(i => lead + (2 * i) + 1);
        return Enumerable.Range(0, lead).Concat(positions).Concat(kernels).ToArray();
    }
}
