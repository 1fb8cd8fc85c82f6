namespace Sinter;

public sealed partial class Tensor<T>
{
    /// <summary>All axes reversed; of a matrix, its transpose.</summary>
    public Tensor<T> Transposed => Permute(AxisList.All(Rank).Reverse().ToArray());

    /// <summary>The same elements in row-major order under another shape; one extent may be -1, which takes what is
    /// left.</summary>
    public Tensor<T> Reshape(params Dimension[] shape)
    {
        int open = Array.IndexOf(shape.Given(), (Dimension)(-1));
        if (open >= 0)
        {
            Dimension known = shape.Where((_, i) => i != open).Aggregate((Dimension)1, (product, d) => product * d);
            Dimension? rest = Dimension.Divide(Shape.ElementCount, known);
            shape = [.. shape];
            shape[open] = rest ?? throw Fail(Op.Reshape, $"cannot give {Shape} the shape [{string.Join(", ", shape)}]");
        }

        return Reshape(new Shape(shape));
    }

    /// <summary>The same elements in row-major order under another shape.</summary>
    public Tensor<T> Reshape(Shape shape) =>
        shape.Given().Equals(Shape) ? this : Make(Op.Reshape, new ShapeAttributes(shape));

    /// <summary>Joins the axes from <paramref name="start"/> to <paramref name="end"/> (inclusive, -1 is the last)
    /// into one.</summary>
    public Tensor<T> Flatten(int start = 0, int end = -1)
    {
        if (Rank == 0)
        {
            return Reshape(1);
        }

        int first = Axis(start, Op.Reshape);
        int last = Axis(end, Op.Reshape);
        if (last < first)
        {
            throw Fail(Op.Reshape, $"axis {end} comes before axis {start}");
        }

        Dimension joined = Shape.Range(first, last - first + 1).ElementCount;
        return Reshape(Shape.Range(0, first).Concat(new Shape(joined)).Concat(Shape.Range(last + 1, Rank - last - 1)));
    }

    /// <summary>Axes reordered: axis i of the result is axis order[i].</summary>
    public Tensor<T> Permute(params int[] order) =>
        Make(Op.Permute, new PermuteAttributes(order.Given().Select(axis => Axis(axis, Op.Permute)).ToArray()));

    /// <summary>Two axes exchanged.</summary>
    public Tensor<T> Transpose(int first, int second)
    {
        int[] order = AxisList.All(Rank);
        int a = Axis(first, Op.Permute);
        int b = Axis(second, Op.Permute);
        (order[a], order[b]) = (b, a);
        return Permute(order);
    }

    /// <summary>An axis of extent 1 inserted in front of axis <paramref name="axis"/> (-1 appends).</summary>
    public Tensor<T> Unsqueeze(int axis)
    {
        int at = axis < 0 ? axis + Rank + 1 : axis;
        if (at < 0 || at > Rank)
        {
            throw Fail(Op.Reshape, $"there is no place {axis} for a new axis");
        }

        return Reshape(Shape.Range(0, at).Concat(new Shape(1)).Concat(Shape.Range(at, Rank - at)));
    }

    /// <summary>An axis of extent 1 removed.</summary>
    public Tensor<T> Squeeze(int axis)
    {
        int at = Axis(axis, Op.Reshape);
        return Shape[at] == 1
            ? Reshape(Shape.Range(0, at).Concat(Shape.Range(at + 1, Rank - at - 1)))
            : throw Fail(Op.Reshape, $"axis {axis} has the extent {Shape[at]}, not 1");
    }

    /// <summary>Axes of extent 1 repeated, missing leading axes added.</summary>
    public Tensor<T> Expand(params Dimension[] shape) => Expand(new Shape(shape.Given()));

    /// <summary>Axes of extent 1 repeated, missing leading axes added.</summary>
    public Tensor<T> Expand(Shape shape)
    {
        GraphBuilder builder = Graph;
        Shape common = Broadcasting.Common(Shape, shape.Given())
            ?? Broadcasting.CommonShape(builder, Op.Broadcast, Node, Constants.Splat(DType.Bool, shape, 0));
        return common.Equals(shape)
            ? new Tensor<T>(Broadcasting.To(builder, Node, shape))
            : throw Fail(Op.Broadcast, $"cannot broadcast {Shape} to {shape}");
    }

    /// <summary>The whole tensor repeated along each axis, as NumPy's tile.</summary>
    public Tensor<T> Repeat(params int[] times) => Repeat(Dimension.Of(times.Given().Select(count => (long)count)));

    /// <summary>The whole tensor repeated along each axis, as NumPy's tile.</summary>
    public Tensor<T> Repeat(params Dimension[] times)
    {
        int lead = times.Given().Length - Rank;
        if (lead < 0 || times.Any(count => count.Min < 0))
        {
            throw Fail(Op.Broadcast, $"{times.Length} repeat counts for {Rank} axes");
        }

        Shape padded = new Shape(Enumerable.Repeat((Dimension)1, lead)).Concat(Shape);
        Shape split = new(padded.SelectMany(d => new[] { 1, d }));
        Shape wide = new(padded.SelectMany((d, i) => new[] { times[i], d }));
        return Reshape(split).Expand(wide).Reshape(new Shape(padded.Select((d, i) => d * times[i])));
    }

    /// <summary>Elements start, start + step, … below <paramref name="stop"/> of one axis.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="start">The first element taken. Numbers below 0 count from the end, and numbers beyond the end
    /// are the end; a symbolic size is taken as it is.</param>
    /// <param name="stop">Elements stay below this; the end where null. Counts as <paramref name="start"/>
    /// does.</param>
    /// <param name="step">The distance of elements taken, at least 1.</param>
    /// <exception cref="GraphException">Symbolic bounds are not certain to lie inside the axis.</exception>
    public Tensor<T> Slice(int axis, Dimension start, Dimension? stop = null, long step = 1)
    {
        int at = Axis(axis, Op.Slice);
        Dimension extent = Shape[at];
        if (step <= 0)
        {
            throw Fail(Op.Slice, $"step {step}; use Flip to reverse an axis");
        }

        Dimension from = Bound(start, extent);
        Dimension to = stop is { } end ? Dimension.Maximum(Bound(end, extent), from) : extent;
        return SliceAxis(at, from, Dimension.Ceiling(to - from, step), step);
    }

    // Numbers as Python takes them: from the end where negative, and never beyond it.
    private static Dimension Bound(Dimension position, Dimension extent)
    {
        if (!position.IsStatic)
        {
            return position;
        }

        return position.Value < 0
            ? Dimension.Maximum(extent + Math.Max(position.Value, -long.MaxValue / 4), 0)
            : Dimension.Minimum(extent, position);
    }

    /// <summary>One position of an axis, which vanishes; numbers below 0 count from the end.</summary>
    public Tensor<T> Select(int axis, Dimension index)
    {
        int at = Axis(axis, Op.Slice);
        bool fromEnd = index is { IsStatic: true, Value: < 0 };
        return SliceAxis(at, fromEnd ? Shape[at] + index : index, 1, 1).Squeeze(at);
    }

    /// <summary>Axes reversed.</summary>
    public Tensor<T> Flip(params int[] axes)
    {
        Tensor<T> result = this;
        foreach (int axis in axes.Given())
        {
            int at = Axis(axis, Op.Slice);
            result = result.SliceAxis(at, Shape[at] - 1, Shape[at], -1);
        }

        return result;
    }

    /// <summary>Elements shifted along an axis, those pushed out re-entering at the other end.</summary>
    public Tensor<T> Roll(long shift, int axis)
    {
        int at = Axis(axis, Op.Slice);
        Dimension extent = Shape[at];
        if (extent == 0 || (extent.Min == 0 && shift != 0))
        {
            return extent == 0 ? this : throw Fail(Op.Slice, $"cannot roll axis {at} of {extent}, which may be empty");
        }

        Dimension cut = -(Dimension)shift % extent;
        return cut == 0 ? this : Tensor.Concat(at, Slice(at, cut), Slice(at, 0, cut));
    }

    /// <summary>A constant added in front of and behind one axis; negative amounts cut.</summary>
    public Tensor<T> Pad(int axis, Dimension low, Dimension high, double value = 0)
    {
        var lows = new Dimension[Rank];
        var highs = new Dimension[Rank];
        int at = Axis(axis, Op.Pad);
        lows[at] = low;
        highs[at] = high;
        return Pad(lows, highs, value);
    }

    /// <summary>A constant added in front of and behind each axis; negative amounts cut.</summary>
    public Tensor<T> Pad(long[] low, long[] high, double value = 0) =>
        Pad(Dimension.Of(low.Given()), Dimension.Of(high.Given()), value);

    /// <summary>A constant added in front of and behind each axis; negative amounts cut.</summary>
    public Tensor<T> Pad(Dimension[] low, Dimension[] high, double value = 0) =>
        Make(Op.Pad, new PadAttributes(
            low.Given(), high.Given(), new long[Rank], Constants.Bits(default(T).Type, value)));

    /// <summary>Sliding windows over the last axes: (…, S) becomes (…, O, K).</summary>
    public Tensor<T> Window(long[] kernel, long[] stride, long[] dilation) =>
        Make(Op.Window, new WindowAttributes(kernel.Given(), stride.Given(), dilation.Given()));

    /// <summary>Slices along an axis chosen by data: the shape of the indices takes the place of the axis.</summary>
    /// <param name="axis">The axis chosen from.</param>
    /// <param name="indices">Positions; the run fails with a named error where one is out of range.</param>
    public Tensor<T> IndexSelect<TIndex>(int axis, Tensor<TIndex> indices)
        where TIndex : struct, IElement
    {
        int at = Axis(axis, Op.Gather);
        Tensor<TIndex> safe = indices.Given().CheckIndex(Shape[at], "row");
        return new(GraphBuilder.Of(Node, safe.Node).MakeOf(Op.Gather, new AxisAttributes(at), [Node, safe.Node]));
    }

    /// <summary>Zeros of the given extent along an axis, to which these slices are added at the given
    /// positions.</summary>
    public Tensor<T> ScatterAdd<TIndex>(int axis, Tensor<TIndex> indices, Dimension extent)
        where TIndex : struct, IElement
    {
        Tensor<TIndex> safe = indices.Given().CheckIndex(extent, "row");
        var attributes = new ScatterAttributes(Axis(axis, Op.ScatterAdd), extent);
        return new(GraphBuilder.Of(Node, safe.Node).MakeOf(Op.ScatterAdd, attributes, [Node, safe.Node]));
    }

    /// <summary>This tensor with other slices along an axis, where data says. As an update of state it costs what the
    /// slices cost: the others stay where they are.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="indices">Positions; the run fails with a named error where one is out of range. They differ from
    /// one another: of two slices at one position the later stays, and both have its gradient.</param>
    /// <param name="rows">The slices: the shape of the indices stands in the place of the axis.</param>
    /// <exception cref="GraphException">Shapes or types do not fit.</exception>
    public Tensor<T> UpdateRows<TIndex>(int axis, Tensor<TIndex> indices, Tensor<T> rows)
        where TIndex : struct, IElement
    {
        int at = Axis(axis, Op.UpdateRows);
        Tensor<TIndex> safe = indices.Given().CheckIndex(Shape[at], "row");
        GraphBuilder builder = GraphBuilder.Of([Node, rows.Given().Node, safe.Node]);
        return new(builder.MakeOf(Op.UpdateRows, new AxisAttributes(at), [Node, rows.Node, safe.Node]));
    }

    /// <summary>This tensor with a slice of its own rank in place of what lies along an axis from a position on, such
    /// as one more token of a cache. As an update of state it costs what the slice costs.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="position">Where the slice begins: one element. The run fails with a named error where the slice
    /// does not fit behind it.</param>
    /// <param name="slice">The other values; its extent along the axis is how many positions change.</param>
    /// <exception cref="GraphException">Shapes or types do not fit.</exception>
    public Tensor<T> UpdateSlice<TIndex>(int axis, Tensor<TIndex> position, Tensor<T> slice)
        where TIndex : struct, IElement =>
        UpdateRows(axis, Behind(position.Given(), slice.Given().Shape[slice.Axis(axis, Op.UpdateRows)]), slice);

    /// <summary>What lies along an axis from a position on that data says.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="position">Where the slice begins: one element. The run fails with a named error where it does not
    /// fit behind it.</param>
    /// <param name="length">The slice's extent.</param>
    public Tensor<T> SliceAt<TIndex>(int axis, Tensor<TIndex> position, Dimension length)
        where TIndex : struct, IElement => IndexSelect(axis, Behind(position.Given(), length));

    private static Tensor<TIndex> Behind<TIndex>(Tensor<TIndex> position, Dimension length)
        where TIndex : struct, IElement
    {
        Tensor<TIndex> first = position.Reshape(1);
        return length == 1 ? first : first.Expand(length) + Tensor<TIndex>.Iota(new Shape(length), 0);
    }

    private Tensor<T> SliceAxis(int axis, Dimension start, Dimension count, long step)
    {
        var starts = new Dimension[Rank];
        long[] steps = Enumerable.Repeat(1L, Rank).ToArray();
        starts[axis] = start;
        steps[axis] = step;
        return Make(Op.Slice, new SliceAttributes(starts, Shape.With(axis, count), steps));
    }

    private int Axis(int axis, Op op)
    {
        try
        {
            return Shape.Axis(axis);
        }
        catch (GraphException error)
        {
            throw Fail(op, error.Reason);
        }
    }

    private Tensor<T> Make(Op op, Attributes attributes) => new(Graph.MakeOf(op, attributes, [Node]));

    private GraphException Fail(Op op, string reason) => Graph.Error(reason, OpTable.Row(op).Name, Node);
}
