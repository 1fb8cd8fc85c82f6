using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Differentiate;

/// <summary>Gradient rules of movement and indexing: each is the transpose of an index function.</summary>
internal static class MovementGradients
{
    /// <summary>The inverse permutation.</summary>
    public static Expression Permute(GradientContext c)
    {
        var order = c.Get<PermuteAttributes>().Order;
        var inverse = new int[order.Count];
        for (int axis = 0; axis < order.Count; axis++)
        {
            inverse[order[axis]] = axis;
        }

        return c.G.Permute(inverse);
    }

    /// <summary>The sum over the axes that were repeated.</summary>
    public static Expression Broadcast(GradientContext c)
    {
        Shape from = c.A.Shape;
        Shape to = c.Node.Shape;
        int[] repeated = Enumerable.Range(0, from.Rank).Where(axis => from[axis] != to[axis]).ToArray();
        return c.G.Sum(repeated).Reshape(from);
    }

    /// <summary>Zeros where nothing was taken: in front, behind, and between the elements of a strided slice.</summary>
    public static Expression Slice(GradientContext c)
    {
        var slice = c.Get<SliceAttributes>();
        Shape from = c.A.Shape;
        int rank = from.Rank;
        var low = new Dimension[rank];
        var high = new Dimension[rank];
        var interior = new long[rank];
        var backwards = new List<int>();
        for (int axis = 0; axis < rank; axis++)
        {
            Dimension extent = from[axis];
            Dimension count = slice.Shape[axis];
            if (count == extent && slice.Steps[axis] == 1)
            {
                continue;
            }

            // From the first element taken to the last; nothing where there may be none.
            Dimension steps = Dimension.Maximum(count - 1, 0);
            long step = slice.Steps[axis];
            low[axis] = count == 0 ? 0 : step > 0 ? slice.Starts[axis] : slice.Starts[axis] + (steps * step);
            Dimension inside = Spread(count, Math.Abs(step) - 1);
            high[axis] = extent - low[axis] - inside;
            interior[axis] = Math.Abs(slice.Steps[axis]) - 1;
            if (slice.Steps[axis] < 0)
            {
                backwards.Add(axis);
            }
        }

        return c.G.Flip(backwards).Pad(low, high, interior);
    }

    // So many elements with others between neighbours.
    private static Dimension Spread(Dimension count, long between) =>
        between == 0 ? count : count + (Dimension.Maximum(count - 1, 0) * between);

    /// <summary>The elements where the operand's went; zero for those that negative padding cut off.</summary>
    public static Expression Pad(GradientContext c)
    {
        var pad = c.Get<PadAttributes>();
        int rank = c.A.Rank;
        bool isSymbolic = pad.Low.Concat(pad.High).Any(amount => !amount.IsStatic);
        if (isSymbolic && pad.Interior.All(amount => amount == 0))
        {
            // What was added is cut and what was cut is added, whichever of the two it was. That the extent is the
            // operand's is certain: the same sizes come and go.
            return c.G.Pad([.. pad.Low.Select(low => -low)], [.. pad.High.Select(high => -high)], new long[rank]);
        }

        Dimension[] cutLow = pad.Low.Select(amount => Dimension.Maximum(-amount, 0)).ToArray();
        Dimension[] cutHigh = pad.High.Select(amount => Dimension.Maximum(-amount, 0)).ToArray();
        Expression whole = c.G.Pad(cutLow, cutHigh, new long[rank]);
        Dimension[] starts = pad.Low.Select(amount => Dimension.Maximum(amount, 0)).ToArray();
        long[] steps = pad.Interior.Select(amount => amount + 1).ToArray();
        return whole.Make(Op.Slice, new SliceAttributes(starts, c.A.Shape, steps));
    }

    /// <summary>The operand's own part.</summary>
    public static Expression Concat(GradientContext c)
    {
        int axis = c.Get<AxisAttributes>().Axis;
        int rank = c.Node.Shape.Rank;
        var starts = new Dimension[rank];
        starts[axis] = c.Node.Inputs.Take(c.Operand)
            .Aggregate((Dimension)0, (sum, before) => sum + before.Shape[axis]);
        long[] steps = Enumerable.Repeat(1L, rank).ToArray();
        return c.G.Make(Op.Slice, new SliceAttributes(starts, c.Input(c.Operand).Shape, steps));
    }

    /// <summary>Every element collects from the windows it is part of.</summary>
    public static Expression Window(GradientContext c)
    {
        var window = c.Get<WindowAttributes>();
        var size = new EquatableArray<Dimension>(c.A.Shape.Skip(c.A.Rank - window.Kernel.Count));
        return c.G.Make(Op.Fold, new FoldAttributes(window, size));
    }

    /// <summary>Rows chosen more than once collect from each choice.</summary>
    public static Expression Gather(GradientContext c)
    {
        int axis = c.Get<AxisAttributes>().Axis;
        return c.G.Make(Op.ScatterAdd, new ScatterAttributes(axis, c.A.Shape[axis]), c.B);
    }
}
