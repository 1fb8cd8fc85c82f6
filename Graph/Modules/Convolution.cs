namespace Sinter.Modules;

/// <summary>
/// Cross-correlation of (batch, in channels, height, width) with a trained kernel. As torch.nn.Conv2d.
/// </summary>
public sealed class Conv2d : Layer
{
    private readonly Size2d stride;
    private readonly Padding2d padding;
    private readonly Size2d dilation;
    private readonly int groups;

    /// <summary>Declares weight and bias. Sizes are one integer for both axes, or (height, width).</summary>
    /// <param name="inChannels">Channels of the input.</param>
    /// <param name="outChannels">Channels of the result.</param>
    /// <param name="kernelSize">Window extents.</param>
    /// <param name="stride">Distance of neighbouring windows; 1 where null.</param>
    /// <param name="padding">Zeros around the image, or <see cref="Padding2d.Same"/>.</param>
    /// <param name="dilation">Distance of neighbouring elements of a window; 1 where null.</param>
    /// <param name="groups">Channels are cut into this many independent groups.</param>
    /// <param name="bias">Whether something is added to each channel.</param>
    /// <param name="weightInitializer">The weight before training; PyTorch's uniform on ±1 / sqrt(fan in) where null.</param>
    /// <param name="biasInitializer">The bias before training; the same uniform distribution where null.</param>
    /// <exception cref="GraphException">A size is not positive, or the groups do not divide the channels.</exception>
    public Conv2d(
        int inChannels, int outChannels, Size2d kernelSize, Size2d? stride = null, Padding2d padding = default, Size2d? dilation = null,
        int groups = 1, bool bias = true, Initializer? weightInitializer = null, Initializer? biasInitializer = null)
    {
        if (inChannels <= 0 || outChannels <= 0 || kernelSize.Height <= 0 || kernelSize.Width <= 0)
        {
            throw new GraphException($"a convolution from {inChannels} to {outChannels} channels with the kernel {kernelSize}");
        }

        if (groups <= 0 || inChannels % groups != 0 || outChannels % groups != 0)
        {
            throw new GraphException($"{groups} groups do not divide {inChannels} channels in and {outChannels} out");
        }

        this.stride = stride ?? Size2d.One;
        this.padding = padding;
        this.dilation = dilation ?? Size2d.One;
        this.groups = groups;
        int channels = inChannels / groups;
        Initializer byDefault = Initializer.FanInUniform((long)channels * kernelSize.Height * kernelSize.Width);
        Weight = Parameter(
            "weight", weightInitializer ?? byDefault, outChannels, channels, kernelSize.Height, kernelSize.Width);
        Bias = bias ? Parameter("bias", biasInitializer ?? byDefault, outChannels) : null;
    }

    /// <summary>(out channels, in channels / groups, kernel height, kernel width).</summary>
    public Tensor<F32> Weight { get; }

    /// <summary>(out channels), or null.</summary>
    public Tensor<F32>? Bias { get; }

    /// <inheritdoc/>
    protected override Tensor<F32> Forward(Tensor<F32> input) =>
        input.Conv2d(Weight, Bias, stride, padding, dilation, groups);
}
