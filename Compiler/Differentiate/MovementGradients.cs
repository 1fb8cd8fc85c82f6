using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Differentiate;

/// <summary>Gradient rules of movement and indexing: each is the transpose of an index function.</summary>
internal static class MovementGradients
{
    /// <summary>The inverse permutation.</summary>
    public static Value Permute(GradientContext c)
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
    public static Value Broadcast(GradientContext c)
    {
        Shape from = c.A.Shape;
        Shape to = c.Node.Shape;
        int[] repeated = Enumerable.Range(0, from.Rank).Where(axis => from[axis] != to[axis]).ToArray();
        return c.G.Sum(repeated).Reshape(from);
    }

    /// <summary>Zeros where nothing was taken: in front, behind, and between the elements of a strided slice.</summary>
    public static Value Slice(GradientContext c)
    {
        var slice = c.Get<SliceAttributes>();
        Shape from = c.A.Shape;
        int rank = from.Rank;
        var low = new long[rank];
        var high = new long[rank];
        var interior = new long[rank];
        var backwards = new List<int>();
        for (int axis = 0; axis < rank; axis++)
        {
            // A whole axis may be symbolic, its extent is not asked for.
            if (slice.Shape[axis] == from[axis] && slice.Steps[axis] == 1)
            {
                continue;
            }

            long extent = from[axis].Value;
            long count = slice.Shape[axis].Value;
            long reach = Math.Max(count - 1, 0) * slice.Steps[axis];
            long first = count == 0 ? 0 : Math.Min(slice.Starts[axis], slice.Starts[axis] + reach);
            low[axis] = first;
            high[axis] = count == 0 ? extent : extent - first - Math.Abs(reach) - 1;
            interior[axis] = Math.Abs(slice.Steps[axis]) - 1;
            if (slice.Steps[axis] < 0)
            {
                backwards.Add(axis);
            }
        }

        return c.G.Flip(backwards).Pad(low, high, interior);
    }

    /// <summary>The elements where the operand's went; zero for those that negative padding cut off.</summary>
    public static Value Pad(GradientContext c)
    {
        var pad = c.Get<PadAttributes>();
        int rank = c.A.Rank;
        long[] cutLow = pad.Low.Select(amount => Math.Max(-amount, 0)).ToArray();
        long[] cutHigh = pad.High.Select(amount => Math.Max(-amount, 0)).ToArray();
        Value whole = c.G.Pad(cutLow, cutHigh, new long[rank]);
        long[] starts = pad.Low.Select(amount => Math.Max(amount, 0)).ToArray();
        long[] steps = pad.Interior.Select(amount => amount + 1).ToArray();
        return whole.Make(Op.Slice, new SliceAttributes(starts, c.A.Shape, steps));
    }

    /// <summary>The operand's own part.</summary>
    public static Value Concat(GradientContext c)
    {
        int axis = c.Get<AxisAttributes>().Axis;
        int rank = c.Node.Shape.Rank;
        var starts = new long[rank];
        starts[axis] = c.Node.Inputs.Take(c.Operand).Sum(before => before.Shape[axis].Value);
        long[] steps = Enumerable.Repeat(1L, rank).ToArray();
        return c.G.Make(Op.Slice, new SliceAttributes(starts, c.Input(c.Operand).Shape, steps));
    }

    /// <summary>Every element collects from the windows it is part of.</summary>
    public static Value Window(GradientContext c)
    {
        var window = c.Get<WindowAttributes>();
        var size = new EquatableArray<long>(c.A.Shape.Skip(c.A.Rank - window.Kernel.Count).Select(d => d.Value));
        return c.G.Make(Op.Fold, new FoldAttributes(window, size));
    }

    /// <summary>Rows chosen more than once collect from each choice.</summary>
    public static Value Gather(GradientContext c)
    {
        int axis = c.Get<AxisAttributes>().Axis;
        return c.G.Make(Op.ScatterAdd, new ScatterAttributes(axis, c.A.Shape[axis].Value), c.B);
    }
}
