namespace Sinter;

/// <summary>Lists of axes: short, and made for each node, hence without queries.</summary>
internal static class AxisList
{
    /// <summary>All axes of a rank.</summary>
    public static int[] All(int rank)
    {
        var axes = new int[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            axes[axis] = axis;
        }

        return axes;
    }

    /// <summary>The axes of a rank that neither list holds, ascending.</summary>
    public static int[] Except(int rank, EquatableArray<int> first, EquatableArray<int> second)
    {
        var axes = new List<int>(rank);
        for (int axis = 0; axis < rank; axis++)
        {
            if (!Contains(first, axis) && !Contains(second, axis))
            {
                axes.Add(axis);
            }
        }

        return axes.ToArray();
    }

    /// <summary>Whether a list holds an axis.</summary>
    public static bool Contains(EquatableArray<int> axes, int axis)
    {
        for (int i = 0; i < axes.Count; i++)
        {
            if (axes[i] == axis)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether no axis is named twice in both lists together.</summary>
    public static bool AreDistinct(EquatableArray<int> first, EquatableArray<int> second = default)
    {
        int count = first.Count + second.Count;
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (At(i) == At(j))
                {
                    return false;
                }
            }
        }

        return true;

        int At(int i) => i < first.Count ? first[i] : second[i - first.Count];
    }
}
