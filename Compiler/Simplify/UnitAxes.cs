namespace Sinter.Compiler.Simplify;

/// <summary>Reshapes that only add and remove axes of extent 1.</summary>
internal static class UnitAxes
{
    /// <summary>
    /// For each axis of the second shape the axis of the first that it is, -1 for a unit axis; null where the shapes
    /// differ in more than unit axes.
    /// </summary>
    public static int[]? Map(Shape from, Shape to)
    {
        int[] own = Enumerable.Range(0, from.Rank).Where(axis => from[axis] != 1).ToArray();
        var map = new int[to.Rank];
        int next = 0;
        for (int axis = 0; axis < to.Rank; axis++)
        {
            map[axis] = -1;
            if (to[axis] == 1)
            {
                continue;
            }

            if (next == own.Length || from[own[next]] != to[axis])
            {
                return null;
            }

            map[axis] = own[next];
            next++;
        }

        return next == own.Length ? map : null;
    }
}
