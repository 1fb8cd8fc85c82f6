namespace Sinter;

public sealed partial class Tensor<T>
{
    // Each part is a node: more do not fit memory, and nobody means them.
    private const long MostParts = 1_000_000;

    /// <summary>a &gt; constant.</summary>
    public static Tensor<Bool> operator >(Tensor<T> left, double right) => left > Scalar(right);

    /// <summary>a &lt; constant.</summary>
    public static Tensor<Bool> operator <(Tensor<T> left, double right) => left < Scalar(right);

    /// <summary>a >= constant.</summary>
    public static Tensor<Bool> operator >=(Tensor<T> left, double right) => left >= Scalar(right);

    /// <summary>a &lt;= constant.</summary>
    public static Tensor<Bool> operator <=(Tensor<T> left, double right) => left <= Scalar(right);

    /// <summary>a == constant elementwise.</summary>
    public Tensor<Bool> EqualTo(double other) => EqualTo(Like(other));

    /// <summary>a != constant elementwise.</summary>
    public Tensor<Bool> NotEqualTo(double other) => NotEqualTo(Like(other));

    /// <summary>The larger of element and constant.</summary>
    public Tensor<T> Maximum(double other) => Maximum(Like(other));

    /// <summary>The smaller of element and constant.</summary>
    public Tensor<T> Minimum(double other) => Minimum(Like(other));

    /// <summary>Whether elements are not a number.</summary>
    public Tensor<Bool> IsNaN() => NotEqualTo(this);

    /// <summary>Tangent.</summary>
    public Tensor<T> Tan() => Sin() / Cos();

    /// <summary>Logarithm to base 2.</summary>
    public Tensor<T> Log2() => Log() * (1 / Math.Log(2));

    /// <summary>Logarithm to base 10.</summary>
    public Tensor<T> Log10() => Log() * (1 / Math.Log(10));

    /// <summary>this + weight * (end - this), broadcast.</summary>
    public Tensor<T> Lerp(Tensor<T> end, double weight) => this + ((end.Given() - this) * weight);

    /// <summary>A value wherever the mask is true, broadcast.</summary>
    public Tensor<T> MaskedFill(Tensor<Bool> mask, double value) => Tensor.Where(mask.Given(), Like(value), this);

    /// <summary>Root of <see cref="Variance(int[], bool, int)"/>; its gradient where all elements are equal is
    /// 0.</summary>
    public Tensor<T> Std(int[]? axes = null, bool keepDims = false, int correction = 1) =>
        SafeRoot(Variance(axes, keepDims, correction), variance => variance.Sqrt());

    /// <summary>Root of <see cref="Variance(int[], bool, int)"/> over one axis.</summary>
    public Tensor<T> Std(int axis, bool keepDims = false, int correction = 1) => Std([axis], keepDims, correction);

    /// <summary>Variance over one axis, divided by count - correction (1: unbiased, 0: biased).</summary>
    public Tensor<T> Variance(int axis, bool keepDims = false, int correction = 1) =>
        Variance([axis], keepDims, correction);

    /// <summary>Product over one axis.</summary>
    public Tensor<T> Product(int axis, bool keepDims = false) => Product([axis], keepDims);

    /// <summary>The p-norm over the given axes (all where none is given); its gradient at the vector 0 is 0.</summary>
    /// <param name="p">1, 2 or another exponent above 0, or positive infinity for the largest absolute value.</param>
    /// <param name="axes">The axes of the vectors' components.</param>
    /// <param name="keepDims">Whether the axes stay, with extent 1.</param>
    /// <exception cref="GraphException">p is not above 0.</exception>
    public Tensor<T> Norm(double p = 2, int[]? axes = null, bool keepDims = false)
    {
        bool valid = p > 0;
        if (!valid)
        {
            throw Fail(Op.Power, FormattableString.Invariant($"there is no {p}-norm"));
        }

        if (double.IsPositiveInfinity(p))
        {
            Tensor<T> largest = Abs().Max(axes, keepDims);
            return HasElements(axes) ? largest : largest.Maximum(0);
        }

        if (p == 1)
        {
            return Abs().Sum(axes, keepDims);
        }

        Tensor<T> sum = Powers(p).Sum(axes, keepDims);
        return SafeRoot(sum, positive => p == 2 ? positive.Sqrt() : positive.Pow(1 / p));
    }

    /// <summary>Consecutive parts of an axis, each of the given extent but the last, which may be shorter.</summary>
    /// <exception cref="GraphException">The extent is not positive, or the axis is symbolic.</exception>
    public Tensor<T>[] Split(long extent, int axis = 0)
    {
        Dimension whole = Shape[Axis(axis, Op.Slice)];
        if (extent <= 0)
        {
            throw Fail(Op.Slice, $"cannot split into parts of {extent}");
        }

        if (!whole.IsStatic)
        {
            string other = "tell the extents of the parts, or how many with Chunk";
            throw Fail(Op.Slice, $"parts of {extent} of the symbolic extent {whole} are of no known number; {other}");
        }

        long total = whole.Value;

        if (total / extent > MostParts)
        {
            throw Fail(Op.Slice, $"parts of {extent} are {total / extent}, more than {MostParts}");
        }

        var parts = new List<long>();
        for (long left = total; left > 0; left -= extent)
        {
            parts.Add(Math.Min(extent, left));
        }

        return Split(parts.Count == 0 ? [0L] : parts.ToArray(), axis);
    }

    /// <summary>Consecutive parts of an axis, of the given extents.</summary>
    /// <exception cref="GraphException">The extents do not sum to the axis's.</exception>
    public Tensor<T>[] Split(long[] extents, int axis = 0) => Split(Dimension.Of(extents.Given()), axis);

    /// <summary>Consecutive parts of an axis, of the given extents.</summary>
    /// <exception cref="GraphException">The extents do not sum to the axis's.</exception>
    public Tensor<T>[] Split(Dimension[] extents, int axis = 0)
    {
        int at = Axis(axis, Op.Slice);
        Dimension total = Shape[at];
        bool fits = extents.Given().All(extent => extent.Min >= 0 && extent.IsAtMost(total));
        if (!fits || extents.Aggregate((Dimension)0, (sum, extent) => sum + extent) != total)
        {
            throw Fail(Op.Slice, $"cannot split the extent {total} into [{string.Join(", ", extents)}]");
        }

        var parts = new Tensor<T>[extents.Length];
        Dimension start = 0;
        for (int i = 0; i < extents.Length; i++)
        {
            parts[i] = SliceAxis(at, start, extents[i], 1);
            start += extents[i];
        }

        return parts;
    }

    /// <summary>
    /// An axis in at most so many parts of equal extent, the last of which may be shorter, as torch.chunk. A symbolic
    /// axis gives just so many, of which the last may be empty.
    /// </summary>
    /// <exception cref="GraphException">The count is not positive.</exception>
    public Tensor<T>[] Chunk(int count, int axis = 0)
    {
        if (count is <= 0 or > (int)MostParts)
        {
            throw Fail(Op.Slice, $"cannot split into {count} parts");
        }

        if (Shape[Axis(axis, Op.Slice)] is { IsStatic: false } extent)
        {
            // Ends of parts, so that what is left over is never negative.
            Dimension part = Dimension.Ceiling(extent, count);
            Dimension End(int parts) => parts == count ? extent : Dimension.Minimum(part * parts, extent);
            return [.. Enumerable.Range(0, count).Select(i => Slice(axis, End(i), End(i + 1)))];
        }

        long total = Shape[Axis(axis, Op.Slice)].Value;
        return Split(Math.Max(1, (total / count) + (total % count == 0 ? 0 : 1)), axis);
    }

    /// <summary>The matrices of the last two axes with zeros above a diagonal.</summary>
    /// <param name="diagonal">0 is the main one; positive ones lie above it.</param>
    public Tensor<T> Tril(int diagonal = 0) => MaskedFill(IsAbove(diagonal), 0);

    /// <summary>The matrices of the last two axes with zeros below a diagonal.</summary>
    /// <param name="diagonal">0 is the main one; positive ones lie above it.</param>
    public Tensor<T> Triu(int diagonal = 0) => MaskedFill(~IsAbove(diagonal - 1), 0);

    /// <summary>1 at the position that each index chooses on a new last axis, 0 elsewhere.</summary>
    /// <param name="classes">The extent of the new axis; the run fails with a named error where an index is
    /// outside.</param>
    public Tensor<TTo> OneHot<TTo>(Dimension classes)
        where TTo : struct, IElement
    {
        Shape along = new(Enumerable.Repeat((Dimension)1, Rank).Concat([classes]));
        return CheckIndex(classes, "class").Unsqueeze(-1).EqualTo(Tensor<T>.Iota(along, Rank)).Cast<TTo>();
    }

    /// <summary>beta * this + alpha * (left · right), as torch.addmm.</summary>
    public Tensor<T> AddMm(Tensor<T> left, Tensor<T> right, double beta = 1, double alpha = 1)
    {
        Tensor<T> product = left.Given().MatMul(right.Given());
        return (beta == 1 ? this : this * beta) + (alpha == 1 ? product : product * alpha);
    }

    // A root has no slope at 0; where the operand is 0 the root is taken of 1 and thrown away.
    private static Tensor<T> SafeRoot(Tensor<T> x, Func<Tensor<T>, Tensor<T>> root)
    {
        Tensor<Bool> isZero = x.EqualTo(0);
        return root(x.MaskedFill(isZero, 1)).MaskedFill(isZero, 0);
    }

    // Below 1, a power has no finite slope at 0, where it is taken of 1 and thrown away.
    private Tensor<T> Powers(double p)
    {
        if (p >= 1)
        {
            return p == 2 ? Square() : Abs().Pow(p);
        }

        Tensor<Bool> isZero = EqualTo(0);
        return Abs().MaskedFill(isZero, 1).Pow(p).MaskedFill(isZero, 0);
    }

    // Whether there is something to reduce, whatever symbols are.
    private bool HasElements(int[]? axes) =>
        Axes(axes, Op.Max).All(axis => Shape[axis] is { IsStatic: true, Value: > 0 });

    private Tensor<Bool> IsAbove(int diagonal)
    {
        if (Rank < 2)
        {
            throw Fail(Op.Where, "wants matrices along the last two axes");
        }

        Shape matrix = Shape.Range(Rank - 2, 2);
        return Tensor<I32>.Iota(matrix, 1) - Tensor<I32>.Iota(matrix, 0) > diagonal;
    }
}

/// <summary>Questions about several truth values.</summary>
public static class Logic
{
    /// <summary>Whether any element along the given axes (all where none is given) is true.</summary>
    public static Tensor<Bool> Any(this Tensor<Bool> x, int[]? axes = null, bool keepDims = false) =>
        x.Given().Cast<I32>().Max(axes, keepDims) > 0;

    /// <summary>Whether any element along one axis is true.</summary>
    public static Tensor<Bool> Any(this Tensor<Bool> x, int axis, bool keepDims = false) =>
        x.Given().Any([axis], keepDims);

    /// <summary>Whether every element along the given axes (all where none is given) is true.</summary>
    public static Tensor<Bool> All(this Tensor<Bool> x, int[]? axes = null, bool keepDims = false) =>
        x.Given().Cast<I32>().Min(axes, keepDims) > 0;

    /// <summary>Whether every element along one axis is true.</summary>
    public static Tensor<Bool> All(this Tensor<Bool> x, int axis, bool keepDims = false) =>
        x.Given().All([axis], keepDims);
}
