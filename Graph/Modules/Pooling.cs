namespace Sinter.Modules;

/// <summary>The largest element of each window of the last two axes. As torch.nn.MaxPool2d.</summary>
/// <param name="kernelSize">Window extents.</param>
/// <param name="stride">Distance of neighbouring windows; the window's extents where null.</param>
/// <param name="padding">Elements of minus infinity on each side.</param>
/// <param name="dilation">Distance of neighbouring elements of a window; 1 where null.</param>
/// <param name="ceilMode">Whether a last window may hang over the end.</param>
public sealed class MaxPool2d(
    Size2d kernelSize, Size2d? stride = null, Size2d padding = default, Size2d? dilation = null, bool ceilMode = false) : Layer
{
    /// <inheritdoc/>
    protected override Tensor<F32> Forward(Tensor<F32> input) => input.MaxPool2d(kernelSize, stride, padding, dilation, ceilMode);
}

/// <summary>The mean of each window of the last two axes. As torch.nn.AvgPool2d.</summary>
/// <param name="kernelSize">Window extents.</param>
/// <param name="stride">Distance of neighbouring windows; the window's extents where null.</param>
/// <param name="padding">Zeros on each side.</param>
/// <param name="ceilMode">Whether a last window may hang over the end.</param>
/// <param name="countIncludePad">Whether the zeros of <paramref name="padding"/> count as elements of the mean.</param>
/// <param name="divisorOverride">What to divide each window's sum by, instead of a count.</param>
public sealed class AvgPool2d(
    Size2d kernelSize, Size2d? stride = null, Size2d padding = default, bool ceilMode = false, bool countIncludePad = true,
    int? divisorOverride = null) : Layer
{
    /// <inheritdoc/>
    protected override Tensor<F32> Forward(Tensor<F32> input) =>
        input.AvgPool2d(kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride);
}
