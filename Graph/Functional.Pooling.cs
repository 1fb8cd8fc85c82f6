namespace Sinter;

public static partial class Functional
{
    /// <summary>The largest element of each window; the gradient goes to the first in row-major order.</summary>
    /// <param name="x">(…, height, width).</param>
    /// <param name="kernelSize">Window extents.</param>
    /// <param name="stride">Distance of neighbouring windows; the window's extents where null.</param>
    /// <param name="padding">Elements of minus infinity on each side, at most half of what the window spans.</param>
    /// <param name="dilation">Distance of neighbouring elements of a window; 1 where null.</param>
    /// <param name="ceilMode">Whether a last window may hang over the end, if it starts inside the image or its front
    /// padding.</param>
    /// <exception cref="GraphException">The window does not fit.</exception>
    public static Tensor<F32> MaxPool2d(
        this Tensor<F32> x, Size2d kernelSize, Size2d? stride = null, Size2d padding = default, Size2d? dilation = null,
        bool ceilMode = false)
    {
        Size2d spread = dilation ?? Size2d.One;
        Size2d step = stride ?? kernelSize;
        CheckImage(x, "max_pool2d", kernelSize, padding, spread);
        var window = new WindowAttributes(kernelSize.ToArray(), step.ToArray(), spread.ToArray());
        Dimension[] low = Dimension.Of(padding.ToArray());
        var attributes = new PoolAttributes(window, low, ceilMode ? Overhang(x, window, padding.ToArray()) : low);
        return new(x.Graph.MakeOf(Op.MaxPool, attributes, [x.Node]));
    }

    /// <summary>The mean of each window.</summary>
    /// <param name="x">(…, height, width).</param>
    /// <param name="kernelSize">Window extents.</param>
    /// <param name="stride">Distance of neighbouring windows; the window's extents where null.</param>
    /// <param name="padding">Zeros on each side, at most half of the window.</param>
    /// <param name="ceilMode">Whether a last window may hang over the end, if it starts inside the image or its front
    /// padding.</param>
    /// <param name="countIncludePad">Whether the zeros of <paramref name="padding"/> count as elements of the
    /// mean.</param>
    /// <param name="divisorOverride">What to divide each window's sum by, instead of a count.</param>
    /// <exception cref="GraphException">The window does not fit.</exception>
    public static Tensor<F32> AvgPool2d(
        this Tensor<F32> x, Size2d kernelSize, Size2d? stride = null, Size2d padding = default, bool ceilMode = false,
        bool countIncludePad = true, int? divisorOverride = null)
    {
        CheckImage(x, "avg_pool2d", kernelSize, padding, Size2d.One);
        if (divisorOverride == 0)
        {
            throw Error(x, "avg_pool2d", "the divisor is 0");
        }

        long[] low = padding.ToArray();
        var window = new WindowAttributes(kernelSize.ToArray(), (stride ?? kernelSize).ToArray(), Size2d.One.ToArray());
        Dimension[] before = Dimension.Of(low);
        Dimension[] high = ceilMode ? Overhang(x, window, low) : before;
        var lead = new Dimension[x.Rank - 2];
        bool isPadded = before.Concat(high).Any(amount => amount != 0);
        Tensor<F32> padded = isPadded ? x.Pad([.. lead, .. before], [.. lead, .. high]) : x;
        Tensor<F32> windows = Windows(padded, window);
        Tensor<F32> sums = windows.Sum([-2, -1]);
        if (divisorOverride is int divisor)
        {
            return sums / divisor;
        }

        bool isUniform = high.SequenceEqual(before) && (countIncludePad || !isPadded);
        return isUniform
            ? sums / (kernelSize.Height * (double)kernelSize.Width)
            : sums / Counts(x, sums, window, low, countIncludePad);
    }

    private static Tensor<F32> Windows(Tensor<F32> x, WindowAttributes window) =>
        new(x.Graph.MakeOf(Op.Window, window, [x.Node]));

    // Extra padding behind, so that the last window starts inside the image or its front padding (PyTorch's ceil_mode).
    private static Dimension[] Overhang(Tensor<F32> x, WindowAttributes window, long[] padding)
    {
        Dimension[] high = Dimension.Of(padding);
        for (int axis = 0; axis < 2; axis++)
        {
            Dimension size = x.Shape[x.Rank - 2 + axis];
            long stride = window.Stride[axis];
            Dimension span = ((window.Kernel[axis] - 1) * window.Dilation[axis]) + 1;
            Dimension room = size + (2 * padding[axis]) - span;
            if (stride <= 0 || room.Min < 0)
            {
                continue;
            }

            Dimension last = Dimension.Minimum(
                Dimension.Ceiling(room, stride), Dimension.Ceiling(size + padding[axis], stride) - 1);
            high[axis] = Dimension.Maximum(padding[axis], (last * stride) + span - size - padding[axis]);
        }

        return high;
    }

    // The number of elements behind each mean: (positions, positions), a constant where sizes are known now.
    private static Tensor<F32> Counts(
        Tensor<F32> x, Tensor<F32> sums, WindowAttributes window, long[] padding, bool countIncludePad)
    {
        int last = sums.Rank - 2;
        if (sums.Shape[last].IsStatic && sums.Shape[last + 1].IsStatic)
        {
            double[][] counts = [Numbers(0), Numbers(1)];
            var product = counts[0].SelectMany(rows => counts[1].Select(columns => rows * columns)).ToArray();
            return Tensor<F32>.Of(product, counts[0].Length, counts[1].Length);
        }

        return Values(0).Unsqueeze(1) * Values(1);

        (long First, Dimension End) Counted(int axis)
        {
            Dimension size = x.Shape[x.Rank - 2 + axis];
            return countIncludePad ? (-padding[axis], size + padding[axis]) : (0, size);
        }

        double[] Numbers(int axis)
        {
            var (first, end) = Counted(axis);
            if (sums.Shape[last + axis].Value > int.MaxValue / 2)
            {
                throw Error(x, "avg_pool2d", $"too many positions: {sums.Shape}");
            }

            var counts = new double[sums.Shape[last + axis].Value];
            for (int i = 0; i < counts.Length; i++)
            {
                long start = (i * window.Stride[axis]) - padding[axis];
                counts[i] = Math.Min(start + window.Kernel[axis].Value, end.Value) - Math.Max(start, first);
            }

            return counts;
        }

        Tensor<F32> Values(int axis)
        {
            var (first, end) = Counted(axis);
            var positions = new Shape(sums.Shape[last + axis]);
            Tensor<F32> start = (Tensor<F32>.Iota(positions, 0) * window.Stride[axis]) - padding[axis];
            Tensor<F32> stop = (start + window.Kernel[axis].Value).Minimum(Tensor<F32>.Size(end));
            return stop - start.Maximum(Tensor<F32>.Scalar(first));
        }
    }

    private static void CheckImage(Tensor<F32> x, string operation, Size2d kernel, Size2d padding, Size2d dilation)
    {
        if (x.Given().Rank < 3)
        {
            throw Error(x, operation, "wants input (batch, channels, height, width) or (channels, height, width)");
        }

        CheckPadding(kernel.Height, padding.Height, dilation.Height);
        CheckPadding(kernel.Width, padding.Width, dilation.Width);

        void CheckPadding(int extent, int amount, int spread)
        {
            long span = ((extent - 1L) * spread) + 1;
            if (amount < 0 || 2L * amount > span)
            {
                throw Error(x, operation, $"padding {amount} for windows that span {span}: at most half is allowed");
            }
        }
    }
}
