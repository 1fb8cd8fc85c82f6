namespace Sinter.Reference;

/// <summary>
/// Operations that move elements: each is a map from indices of the result to indices of the operand.
/// </summary>
internal static class Movement
{
    public static IReadOnlyList<(Op Op, Evaluator Evaluate)> Rows { get; } =
    [
        (Op.Reshape, (node, operands, context) => operands[0].WithShape(context.Extents(node.Shape))),
        (Op.Permute, Permute),
        (Op.Broadcast, Broadcast),
        (Op.Slice, Slice),
        (Op.Pad, Pad),
        (Op.Concat, Concat),
        (Op.Window, Window),
    ];

    private static TensorValue Permute(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        var order = node.Get<PermuteAttributes>().Order;
        return Remap(node, operands[0], context, (index, source) =>
        {
            for (int axis = 0; axis < index.Length; axis++)
            {
                source[order[axis]] = index[axis];
            }

            return true;
        });
    }

    private static TensorValue Broadcast(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        // A symbol may happen to be 1 in this run: only axes whose extent is the constant 1 are repeated.
        Shape from = node.Inputs[0].Shape;
        return Remap(node, operands[0], context, (index, source) =>
        {
            for (int axis = 0; axis < index.Length; axis++)
            {
                source[axis] = from[axis] == 1 ? 0 : index[axis];
            }

            return true;
        });
    }

    private static TensorValue Slice(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        var slice = node.Get<SliceAttributes>();
        long[] starts = context.Extents(slice.Starts);
        return Remap(node, operands[0], context, (index, source) =>
        {
            for (int axis = 0; axis < index.Length; axis++)
            {
                source[axis] = starts[axis] + (index[axis] * slice.Steps[axis]);
            }

            return true;
        });
    }

    private static TensorValue Pad(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        // Element i of the operand lands at Low + i * (Interior + 1); a result index between two of those is padding.
        var pad = node.Get<PadAttributes>();
        long[] low = context.Extents(pad.Low);
        return Remap(node, operands[0], context, (index, source) =>
        {
            bool isElement = true;
            for (int axis = 0; axis < index.Length; axis++)
            {
                long distance = index[axis] - low[axis];
                long step = pad.Interior[axis] + 1;
                source[axis] = distance / step;
                isElement &= distance >= 0 && distance % step == 0;
            }

            return isElement;
        }, pad.ValueBits);
    }

    private static TensorValue Concat(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        int axis = node.Get<AxisAttributes>().Axis;
        long[] shape = context.Extents(node.Shape);

        // Row-major order takes, for each index in front of the axis, one run of elements from each operand in turn.
        long runs = Indices.Count(shape.AsSpan(0, axis));
        return node.DType.IsFloat()
            ? new TensorValue(node.DType, shape, Interleave(operands.Select(part => part.Floats).ToArray(), runs))
            : new TensorValue(node.DType, shape, Interleave(operands.Select(part => part.Integers).ToArray(), runs));
    }

    private static T[] Interleave<T>(T[][] parts, long runs)
    {
        var result = new List<T>();
        for (int run = 0; run < runs; run++)
        {
            foreach (T[] part in parts)
            {
                int length = (int)(part.Length / runs);
                result.AddRange(part.AsSpan(run * length, length));
            }
        }

        return result.ToArray();
    }

    private static TensorValue Window(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        var window = node.Get<WindowAttributes>();
        int spatial = window.Kernel.Count;
        int lead = operands[0].Shape.Length - spatial;
        return Remap(node, operands[0], context, (index, source) =>
        {
            WindowIndex(window, lead, index, source);
            return true;
        });
    }

    /// <summary>The element that a window index (lead…, position…, tap…) reads.</summary>
    public static void WindowIndex(WindowAttributes window, int lead, long[] index, long[] source)
    {
        int spatial = window.Kernel.Count;
        Array.Copy(index, source, lead);
        for (int i = 0; i < spatial; i++)
        {
            long position = index[lead + i];
            long tap = index[lead + spatial + i];
            source[lead + i] = (position * window.Stride[i]) + (tap * window.Dilation[i]);
        }
    }

    private static TensorValue Remap(
        Node node, TensorValue operand, RunContext context, Func<long[], long[], bool> map, long fill = 0)
    {
        long[] shape = context.Extents(node.Shape);
        return operand.Take(shape, Indices.Positions(shape, operand.Shape, map), fill);
    }
}
