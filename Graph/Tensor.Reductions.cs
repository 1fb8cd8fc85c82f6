namespace Sinter;

public sealed partial class Tensor<T>
{
    /// <summary>Sum over the given axes (all where none is given).</summary>
    public Tensor<T> Sum(int[]? axes = null, bool keepDims = false) => Reduce(Op.Sum, axes, keepDims);

    /// <summary>Sum over one axis.</summary>
    public Tensor<T> Sum(int axis, bool keepDims = false) => Reduce(Op.Sum, [axis], keepDims);

    /// <summary>Product over the given axes (all where none is given).</summary>
    public Tensor<T> Product(int[]? axes = null, bool keepDims = false) => Reduce(Op.Product, axes, keepDims);

    /// <summary>Largest over the given axes; the gradient is shared evenly among equal ones, as torch.amax.</summary>
    public Tensor<T> Max(int[]? axes = null, bool keepDims = false) => Reduce(Op.Max, axes, keepDims);

    /// <summary>Largest over one axis.</summary>
    public Tensor<T> Max(int axis, bool keepDims = false) => Reduce(Op.Max, [axis], keepDims);

    /// <summary>Smallest over the given axes; the gradient is shared evenly among equal ones, as torch.amin.</summary>
    public Tensor<T> Min(int[]? axes = null, bool keepDims = false) => Reduce(Op.Min, axes, keepDims);

    /// <summary>Smallest over one axis.</summary>
    public Tensor<T> Min(int axis, bool keepDims = false) => Reduce(Op.Min, [axis], keepDims);

    /// <summary>Mean over the given axes (all where none is given).</summary>
    public Tensor<T> Mean(int[]? axes = null, bool keepDims = false)
    {
        int[] reduced = Axes(axes, Op.Sum);
        return Sum(reduced, keepDims) / Count(reduced);
    }

    /// <summary>Mean over one axis.</summary>
    public Tensor<T> Mean(int axis, bool keepDims = false) => Mean([axis], keepDims);

    /// <summary>Variance over the given axes, divided by max(count - correction, 0) (1: unbiased, 0: biased).</summary>
    public Tensor<T> Variance(int[]? axes = null, bool keepDims = false, int correction = 1)
    {
        int[] reduced = Axes(axes, Op.Sum);
        Tensor<T> squares = (this - Mean(reduced, keepDims: true)).Square().Sum(reduced, keepDims);
        return squares / Count(reduced, correction);
    }

    /// <summary>Position of the first largest element along an axis.</summary>
    public Tensor<I64> ArgMax(int axis, bool keepDims = false) => ArgReduce(Op.ArgMax, axis, keepDims);

    /// <summary>Position of the first smallest element along an axis.</summary>
    public Tensor<I64> ArgMin(int axis, bool keepDims = false) => ArgReduce(Op.ArgMin, axis, keepDims);

    /// <summary>log(sum(exp(x))) along an axis, safe for large values.</summary>
    public Tensor<T> LogSumExp(int axis, bool keepDims = false)
    {
        // An infinite maximum is not taken off: infinity less infinity would be no number.
        Tensor<T> max = Max(axis, keepDims: true).Detach();
        max = max.MaskedFill(max.Abs().EqualTo(double.PositiveInfinity), 0);
        Tensor<T> result = (this - max).Exp().Sum(axis, keepDims: true).Log() + max;
        return keepDims ? result : result.Squeeze(axis);
    }

    /// <summary>exp(x) / sum(exp(x)) along an axis, safe for large values.</summary>
    public Tensor<T> Softmax(int axis)
    {
        // One division a row; the product adds half a unit in the last place.
        Tensor<T> e = (this - Max(axis, keepDims: true).Detach()).Exp();
        return e * e.Sum(axis, keepDims: true).Reciprocal();
    }

    /// <summary>log(softmax(x)) along an axis, safe for large values.</summary>
    public Tensor<T> LogSoftmax(int axis)
    {
        Tensor<T> shifted = this - Max(axis, keepDims: true).Detach();
        return shifted - shifted.Exp().Sum(axis, keepDims: true).Log();
    }

    private Tensor<T> Reduce(Op op, int[]? axes, bool keepDims)
    {
        int[] reduced = Axes(axes, op);
        if (reduced.Length == 0)
        {
            return this;
        }

        Tensor<T> result = Make(op, new ReduceAttributes(reduced));
        return keepDims ? result.Reshape(Kept(reduced)) : result;
    }

    private Tensor<I64> ArgReduce(Op op, int axis, bool keepDims)
    {
        int[] reduced = Axes([axis], op);
        var position = new Tensor<I32>(Graph.MakeOf(op, new ReduceAttributes(reduced), [Node]));
        Tensor<I64> result = position.Cast<I64>();
        return keepDims ? result.Reshape(Kept(reduced)) : result;
    }

    private int[] Axes(int[]? axes, Op op) => axes is null
        ? AxisList.All(Rank)
        : axes.Length == 1 ? [Axis(axes[0], op)]
        : axes.Select(axis => Axis(axis, op)).Distinct().OrderBy(axis => axis).ToArray();

    private Shape Kept(int[] reduced)
    {
        var extents = new Dimension[Rank];
        for (int axis = 0; axis < extents.Length; axis++)
        {
            extents[axis] = Array.IndexOf(reduced, axis) >= 0 ? 1 : Shape[axis];
        }

        return Shape.Of(extents);
    }

    // The number of elements reduced, less a correction but never below 0.
    private Tensor<T> Count(int[] reduced, int correction = 0)
    {
        var extents = new Dimension[reduced.Length];
        for (int i = 0; i < extents.Length; i++)
        {
            extents[i] = Shape[reduced[i]];
        }

        return Size(Dimension.Maximum(Shape.Of(extents).ElementCount - correction, 0));
    }
}
