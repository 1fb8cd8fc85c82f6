using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Sinter;

/// <summary>Shape rules of the operations that change shapes; the table refers to these by name. They throw the bare
/// reason.</summary>
internal static partial class ShapeRules
{
    public static TensorType Constant(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        var constant = (ConstantAttributes)attributes;
        bool fits = constant.IsSplat || constant.Type.Shape.ElementCount == constant.Bits.Count;
        Check(fits, $"{constant.Bits.Count} values for the shape {constant.Type.Shape}");
        return constant.Type;
    }

    public static TensorType Iota(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        var iota = (IotaAttributes)attributes;
        Shape shape = iota.Type.Shape;
        Check(iota.Axis >= 0 && iota.Axis < shape.Rank, $"axis {iota.Axis} is out of range for shape {shape}");
        Check(iota.Type.Type != DType.Bool, $"counts in numbers, not bool");
        return iota.Type;
    }

    public static TensorType Reshape(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        Shape shape = ((ShapeAttributes)attributes).Shape;
        Check(shape.ElementCount == inputs[0].Shape.ElementCount,
            $"cannot give {inputs[0].Shape.ElementCount} elements the shape {shape} of {shape.ElementCount}");
        return inputs[0].Type with { Shape = shape };
    }

    public static TensorType Permute(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        var order = ((PermuteAttributes)attributes).Order;
        Shape shape = inputs[0].Shape;
        var extents = new Dimension[shape.Rank];
        bool fits = order.Count == shape.Rank && AxisList.AreDistinct(order);
        for (int i = 0; fits && i < extents.Length; i++)
        {
            fits = order[i] >= 0 && order[i] < shape.Rank;
            extents[i] = fits ? shape[order[i]] : 0;
        }

        Check(fits, $"{order} does not name each of the {shape.Rank} axes once");
        return inputs[0].Type with { Shape = Shape.Of(extents) };
    }

    public static TensorType Broadcast(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        Shape to = ((ShapeAttributes)attributes).Shape;
        Shape from = inputs[0].Shape;
        bool fits = from.Rank == to.Rank;
        for (int i = 0; fits && i < to.Rank; i++)
        {
            fits = from[i] == to[i] || from[i] == 1;
        }

        Check(fits, $"cannot broadcast {from} to {to}");
        return inputs[0].Type with { Shape = to };
    }

    public static TensorType Slice(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        var slice = (SliceAttributes)attributes;
        Shape from = inputs[0].Shape;
        Check(slice.Shape.Rank == from.Rank && slice.Starts.Count == from.Rank && slice.Steps.Count == from.Rank,
            $"slices {slice.Shape.Rank} axes of {from.Rank}");
        for (int axis = 0; axis < from.Rank; axis++)
        {
            CheckSlice(axis, from[axis], slice.Starts[axis], slice.Shape[axis], slice.Steps[axis]);
        }

        return inputs[0].Type with { Shape = slice.Shape };
    }

    // Where there are elements, the outermost of them lie inside; where there may be none, sizes are checked as if the
    // one before the first did.
    private static void CheckSlice(int axis, Dimension extent, Dimension start, Dimension count, long step)
    {
        Check(step != 0, $"step 0 along axis {axis}");
        if (count == 0 || (count == extent && start == 0 && step == 1))
        {
            return;
        }

        Dimension last = start + ((count - 1) * step);
        Dimension low = step > 0 ? start : last;
        Dimension high = step > 0 ? last : start;
        bool inside = low.Min >= 0 && high.IsAtMost(extent - 1);
        Check(inside, $"elements {start} to {last} of axis {axis}, which has {extent}{Example(low, extent - 1 - high)}");
    }

    public static TensorType Pad(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        var pad = (PadAttributes)attributes;
        Shape from = inputs[0].Shape;
        Check(pad.Low.Count == from.Rank && pad.High.Count == from.Rank && pad.Interior.Count == from.Rank,
            $"pads {pad.Low.Count} axes of {from.Rank}");
        var shape = new Dimension[from.Rank];
        for (int axis = 0; axis < from.Rank; axis++)
        {
            if (pad.Low[axis] == 0 && pad.High[axis] == 0 && pad.Interior[axis] == 0)
            {
                shape[axis] = from[axis];
                continue;
            }

            Dimension extent = from[axis];
            Check(pad.Interior[axis] >= 0, $"negative interior padding along axis {axis}");
            Dimension inside = pad.Interior[axis] == 0
                ? extent : extent + (Dimension.Maximum(extent - 1, 0) * pad.Interior[axis]);
            Dimension size = pad.Low[axis] + pad.High[axis] + inside;
            Check(size.Min >= 0, $"padding of axis {axis} leaves {size} elements{Example(size)}");
            shape[axis] = size;
        }

        return inputs[0].Type with { Shape = new Shape(shape) };
    }

    public static TensorType Concat(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        int axis = ((AxisAttributes)attributes).Axis;
        Shape first = inputs[0].Shape;
        Check(axis >= 0 && axis < first.Rank, $"axis {axis} is out of range for shape {first}");
        Dimension total = 0;
        foreach (Node input in inputs)
        {
            Check(input.DType == inputs[0].DType,
                $"operands have the types {inputs[0].DType.Name()} and {input.DType.Name()}");
            bool fits = input.Shape.Rank == first.Rank && input.Shape.With(axis, 0).Equals(first.With(axis, 0));
            Check(fits, $"shapes {first} and {input.Shape} differ outside axis {axis}");
            total += input.Shape[axis];
        }

        return inputs[0].Type with { Shape = first.With(axis, total) };
    }

    public static TensorType Reduce(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        var axes = ((ReduceAttributes)attributes).Axes;
        Shape from = inputs[0].Shape;
        bool fits = AxisList.AreDistinct(axes);
        for (int i = 0; i < axes.Count; i++)
        {
            fits = fits && axes[i] >= 0 && axes[i] < from.Rank;
        }

        Check(fits, $"axes {axes} are not distinct axes of {from}");
        Check(inputs[0].DType != DType.Bool, $"wants numbers, got bool");
        int[] kept = AxisList.Except(from.Rank, axes, default);
        var extents = new Dimension[kept.Length];
        Copy(from, kept, extents, 0);
        return inputs[0].Type with { Shape = Shape.Of(extents) };
    }

    public static TensorType ArgReduce(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        var axes = ((ReduceAttributes)attributes).Axes;
        Check(axes.Count == 1, $"finds a position along one axis, not {axes}");
        TensorType type = Reduce(inputs, attributes);
        Check(inputs[0].Shape[axes[0]].Min > 0, $"axis {axes[0]} may be empty");
        return type with { Type = DType.I32 };
    }

    public static TensorType Contraction(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        var c = (ContractionAttributes)attributes;
        Shape left = inputs[0].Shape;
        Shape right = inputs[1].Shape;
        Check(inputs[0].DType == inputs[1].DType,
            $"operands have the types {inputs[0].DType.Name()} and {inputs[1].DType.Name()}");
        Check(inputs[0].DType.IsFloat() || inputs[0].DType.IsInteger(), $"wants numbers, got bool");
        CheckPairs("batch", left, c.LeftBatch, right, c.RightBatch);
        CheckPairs("contracted", left, c.LeftContracted, right, c.RightContracted);
        CheckDistinct(c.LeftBatch, c.LeftContracted);
        CheckDistinct(c.RightBatch, c.RightContracted);
        int[] leftFree = AxisList.Except(left.Rank, c.LeftBatch, c.LeftContracted);
        int[] rightFree = AxisList.Except(right.Rank, c.RightBatch, c.RightContracted);
        int batch = c.LeftBatch.Count;
        var extents = new Dimension[batch + leftFree.Length + rightFree.Length];
        Copy(left, c.LeftBatch, extents, 0);
        Copy(left, leftFree, extents, batch);
        Copy(right, rightFree, extents, batch + leftFree.Length);
        return new TensorType(inputs[0].DType, Shape.Of(extents));
    }

    public static TensorType Gather(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        int axis = ((AxisAttributes)attributes).Axis;
        Shape data = inputs[0].Shape;
        Check(axis >= 0 && axis < data.Rank, $"axis {axis} is out of range for shape {data}");
        Check(inputs[1].DType is DType.I32 or DType.I64, $"indices are {inputs[1].DType.Name()}, not i32 or i64");
        Shape shape = data.Range(0, axis).Concat(inputs[1].Shape).Concat(data.Range(axis + 1, data.Rank - axis - 1));
        return inputs[0].Type with { Shape = shape };
    }

    public static TensorType ScatterAdd(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        var scatter = (ScatterAttributes)attributes;
        Shape updates = inputs[0].Shape;
        Shape indices = inputs[1].Shape;
        Check(inputs[1].DType is DType.I32 or DType.I64, $"indices are {inputs[1].DType.Name()}, not i32 or i64");
        Check(scatter.Axis >= 0 && updates.Rank >= (long)scatter.Axis
            + indices.Rank, $"updates {updates} and indices {indices} do not fit axis {scatter.Axis}");
        Check(updates.Range(scatter.Axis, indices.Rank)
            .Equals(indices), $"updates {updates} do not hold indices {indices} at axis {scatter.Axis}");
        int behind = scatter.Axis + indices.Rank;
        Shape shape = updates.Range(0, scatter.Axis).Concat(new Shape(scatter.Extent))
            .Concat(updates.Range(behind, updates.Rank - behind));
        return inputs[0].Type with { Shape = shape };
    }

    public static TensorType UpdateRows(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        int axis = ((AxisAttributes)attributes).Axis;
        Shape target = inputs[0].Shape;
        Shape rows = inputs[1].Shape;
        Shape indices = inputs[2].Shape;
        Check(axis >= 0 && axis < target.Rank, $"axis {axis} is out of range for shape {target}");
        Check(inputs[1].DType == inputs[0].DType, $"puts {inputs[1].DType.Name()} into {inputs[0].DType.Name()}");
        Check(inputs[2].DType is DType.I32 or DType.I64, $"indices are {inputs[2].DType.Name()}, not i32 or i64");
        Shape wanted = target.Range(0, axis).Concat(indices).Concat(target.Range(axis + 1, target.Rank - axis - 1));
        Check(rows.Equals(wanted), $"indices {indices} of axis {axis} of {target} want slices {wanted}, got {rows}");
        return inputs[0].Type;
    }

    public static TensorType NonZero(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        Dimension size = ((NonZeroAttributes)attributes).Size;
        Check(inputs[0].DType == DType.Bool && inputs[0].Shape.Rank == 1, $"wants a vector of bool");
        Check(size.Min >= 0, $"{size} positions{Example(size)}");
        return new TensorType(DType.I64, new Shape(size));
    }

    public static TensorType SetSize(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        var (symbol, bound, _) = (SetSizeAttributes)attributes;
        Check(inputs[0].DType == DType.I64 && inputs[0].Shape.Rank == 0, $"wants a scalar of i64");
        Check(!bound.Symbols.Contains(symbol), $"the size {symbol} is bounded by itself");
        Check(bound.Min >= 0, $"the bound {bound} of {symbol}{Example(bound)}");
        Check(symbol.Min == 0 && bound.Max <= symbol.Max,
            $"the bound {bound} is beyond the range {symbol.Min}..{symbol.Max} of {symbol}, or that does not begin at 0");
        return inputs[0].Type;
    }

    private static void CheckPairs(
        string what, Shape left, EquatableArray<int> leftAxes, Shape right, EquatableArray<int> rightAxes)
    {
        Check(leftAxes.Count == rightAxes.Count, $"{leftAxes.Count} and {rightAxes.Count} {what} axes");
        for (int i = 0; i < leftAxes.Count; i++)
        {
            Check(leftAxes[i] >= 0 && leftAxes[i] < left.Rank && rightAxes[i] >= 0 && rightAxes[i] < right.Rank,
                $"{what} axes {leftAxes[i]} and {rightAxes[i]} of shapes {left} and {right}");
            Check(left[leftAxes[i]] == right[rightAxes[i]],
                $"{what} axes have the extents {left[leftAxes[i]]} and {right[rightAxes[i]]}");
        }
    }

    private static void CheckDistinct(EquatableArray<int> batch, EquatableArray<int> contracted)
    {
        bool distinct = AxisList.AreDistinct(batch, contracted);
        Check(distinct, $"batch axes {batch} and contracted axes {contracted} name an axis twice");
    }

    private static void Copy(Shape from, EquatableArray<int> axes, Dimension[] to, int start)
    {
        for (int i = 0; i < axes.Count; i++)
        {
            to[start + i] = from[axes[i]];
        }
    }

    private static void Check(bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] Reason reason)
    {
        if (!condition)
        {
            throw new GraphException(reason.ToString());
        }
    }

    // Rules run for each node and hardly ever fail: text is made only then.
    [InterpolatedStringHandler]
    private readonly struct Reason
    {
        private readonly StringBuilder? text;

        public Reason(int literalLength, int formattedCount, bool condition, out bool isWanted)
        {
            _ = literalLength + formattedCount;
            isWanted = !condition;
            text = condition ? null : new StringBuilder();
        }

        public void AppendLiteral(string value) => text!.Append(value);

        public void AppendFormatted(object? value) =>
            text!.Append(value is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : value);

        public override string ToString() => text?.ToString() ?? "";
    }
}
