namespace Sinter.Reference;

/// <summary>Row-major index arithmetic on real extents.</summary>
internal static class Indices
{
    /// <summary>The number of elements of a shape.</summary>
    public static long Count(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long extent in shape)
        {
            count = checked(count * extent);
        }

        return count;
    }

    /// <summary>
    /// The index vector of each element, in row-major order. The same array is reused: copy it to keep it.
    /// </summary>
    public static IEnumerable<long[]> Each(long[] shape)
    {
        var index = new long[shape.Length];
        long count = Count(shape);
        for (long position = 0; position < count; position++)
        {
            yield return index;
            Advance(index, shape);
        }
    }

    /// <summary>The row-major position of an index vector.</summary>
    public static long Position(ReadOnlySpan<long> index, ReadOnlySpan<long> shape)
    {
        long position = 0;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            position = (position * shape[axis]) + index[axis];
        }

        return position;
    }

    /// <summary>Whether every coordinate lies within the shape.</summary>
    public static bool IsInside(ReadOnlySpan<long> index, ReadOnlySpan<long> shape)
    {
        for (int axis = 0; axis < shape.Length; axis++)
        {
            if (index[axis] < 0 || index[axis] >= shape[axis])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The position in <paramref name="shape"/> that belongs to each element of <paramref name="result"/>; -1 outside.
    /// </summary>
    /// <param name="result">The shape whose elements are visited.</param>
    /// <param name="shape">The shape that positions refer to.</param>
    /// <param name="map">
    /// Writes the index vector into its second argument, or returns false where there is none.
    /// </param>
    public static long[] Positions(long[] result, long[] shape, Func<long[], long[], bool> map)
    {
        var positions = new long[Count(result)];
        var source = new long[shape.Length];
        int at = 0;
        foreach (long[] index in Each(result))
        {
            bool inside = map(index, source) && IsInside(source, shape);
            positions[at++] = inside ? Position(source, shape) : -1;
        }

        return positions;
    }

    private static void Advance(long[] index, long[] shape)
    {
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            if (++index[axis] < shape[axis])
            {
                return;
            }

            index[axis] = 0;
        }
    }
}
