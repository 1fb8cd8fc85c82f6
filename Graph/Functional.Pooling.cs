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
        long[] high = ceilMode ? Overhang(x, window, padding.ToArray()) : padding.ToArray();
        var attributes = new PoolAttributes(window, padding.ToArray(), high);
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
        long[] high = ceilMode ? Overhang(x, window, low) : low;
        long[] lead = new long[x.Rank - 2];
        bool isPadded = low.Concat(high).Any(amount => amount != 0);
        Tensor<F32> padded = isPadded ? x.Pad([.. lead, .. low], [.. lead, .. high]) : x;
        Tensor<F32> windows = Windows(padded, window);
        Tensor<F32> sums = windows.Sum([-2, -1]);
        if (divisorOverride is int divisor)
        {
            return sums / divisor;
        }

        bool isUniform = high.SequenceEqual(low) && (countIncludePad || !isPadded);
        return isUniform
            ? sums / (kernelSize.Height * (double)kernelSize.Width)
            : sums / Counts(x, sums, window, low, countIncludePad);
    }

    private static Tensor<F32> Windows(Tensor<F32> x, WindowAttributes window) =>
        new(x.Graph.MakeOf(Op.Window, window, [x.Node]));

    // Extra padding behind, so that the last window starts inside the image or its front padding (PyTorch's ceil_mode).
    private static long[] Overhang(Tensor<F32> x, WindowAttributes window, long[] padding)
    {
        var high = new long[2];
        for (int axis = 0; axis < 2; axis++)
        {
            long size = x.Shape[x.Rank - 2 + axis].Value;
            long stride = window.Stride[axis];
            long span = ((window.Kernel[axis] - 1) * window.Dilation[axis]) + 1;
            long room = size + (2 * padding[axis]) - span;
            long rest = stride > 0 && room >= 0 ? room % stride : 0;
            bool startsInside = room - rest + stride < size + padding[axis];
            high[axis] = padding[axis] + (rest != 0 && startsInside ? stride - rest : 0);
        }

        return high;
    }

    // The number of elements behind each mean: a constant (positions, positions).
    private static Tensor<F32> Counts(
        Tensor<F32> x, Tensor<F32> sums, WindowAttributes window, long[] padding, bool countIncludePad)
    {
        double[][] counts = new double[2][];
        for (int axis = 0; axis < 2; axis++)
        {
            long size = x.Shape[x.Rank - 2 + axis].Value;
            long first = countIncludePad ? -padding[axis] : 0;
            long end = countIncludePad ? size + padding[axis] : size;
            if (sums.Shape[sums.Rank - 2 + axis].Value > int.MaxValue / 2)
            {
                throw Error(x, "avg_pool2d", $"too many positions: {sums.Shape}");
            }

            counts[axis] = new double[sums.Shape[sums.Rank - 2 + axis].Value];
            for (int i = 0; i < counts[axis].Length; i++)
            {
                long start = (i * window.Stride[axis]) - padding[axis];
                counts[axis][i] = Math.Min(start + window.Kernel[axis], end) - Math.Max(start, first);
            }
        }

        var product = counts[0].SelectMany(rows => counts[1].Select(columns => rows * columns)).ToArray();
        return Tensor<F32>.Of(product, counts[0].Length, counts[1].Length);
    }

    private static void CheckImage(Tensor<F32> x, string operation, Size2d kernel, Size2d padding, Size2d dilation)
    {
        if (x.Rank < 3)
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
