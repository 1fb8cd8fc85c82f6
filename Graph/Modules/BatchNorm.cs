namespace Sinter.Modules;

/// <summary>
/// Batch normalisation (Ioffe and Szegedy 2015) of (batch, features) or (batch, features, time). As
/// torch.nn.BatchNorm1d.
/// </summary>
/// <inheritdoc cref="BatchNorm(int, double, double?, bool, bool)"/>
public sealed class BatchNorm1d(
    int features, double epsilon = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true)
    : BatchNorm(features, epsilon, momentum, affine, trackRunningStats)
{
    /// <inheritdoc/>
    protected override bool Takes(int rank) => rank is 2 or 3;
}

/// <summary>Batch normalisation of images (batch, features, height, width). As torch.nn.BatchNorm2d.</summary>
/// <inheritdoc cref="BatchNorm(int, double, double?, bool, bool)"/>
public sealed class BatchNorm2d(
    int features, double epsilon = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true)
    : BatchNorm(features, epsilon, momentum, affine, trackRunningStats)
{
    /// <inheritdoc/>
    protected override bool Takes(int rank) => rank == 4;
}

/// <summary>
/// What batch normalisations share. While training each feature is normalised by its mean and biased variance in the
/// batch, and the running statistics follow the mean and the unbiased variance; in evaluation those normalise. State
/// has PyTorch's names: <c>weight</c>, <c>bias</c>, <c>running_mean</c>, <c>running_var</c>,
/// <c>num_batches_tracked</c>.
/// </summary>
public abstract class BatchNorm : Layer
{
    private readonly int features;
    private readonly double epsilon;
    private readonly double? momentum;

    /// <summary>Declares parameters and buffers.</summary>
    /// <param name="features">The extent of axis 1.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">The share of the batch in the running statistics; null for the mean of all batches.
    /// </param>
    /// <param name="affine">Whether the result is scaled and shifted by trained parameters.</param>
    /// <param name="trackRunningStats">Whether there are running statistics; without, the batch normalises in
    /// evaluation, too.</param>
    /// <exception cref="GraphException">There are no features, or a number is out of range.</exception>
    protected BatchNorm(int features, double epsilon, double? momentum, bool affine, bool trackRunningStats)
    {
        bool valid = features > 0 && epsilon >= 0 && momentum is null or (>= 0 and <= 1);
        if (!valid)
        {
            throw new GraphException(FormattableString.Invariant(
                $"batch normalisation of {features} features with epsilon {epsilon} and momentum {momentum}"));
        }

        this.features = features;
        this.epsilon = epsilon;
        this.momentum = momentum;
        if (affine)
        {
            Weight = Parameter("weight", Initializer.Ones, features);
            Bias = Parameter("bias", Initializer.Zeros, features);
        }

        if (trackRunningStats)
        {
            RunningMean = Buffer<F32>("running_mean", Initializer.Zeros, features);
            RunningVariance = Buffer<F32>("running_var", Initializer.Ones, features);
            BatchesTracked = Buffer<I64>("num_batches_tracked", Initializer.Zeros);
        }
    }

    /// <summary>(features), or null.</summary>
    public Tensor<F32>? Weight { get; }

    /// <summary>(features), or null.</summary>
    public Tensor<F32>? Bias { get; }

    /// <summary>(features), or null.</summary>
    public Tensor<F32>? RunningMean { get; }

    /// <summary>(features), or null.</summary>
    public Tensor<F32>? RunningVariance { get; }

    /// <summary>A scalar: how many batches the running statistics have seen; or null.</summary>
    public Tensor<I64>? BatchesTracked { get; }

    /// <summary>Whether inputs may have so many axes.</summary>
    protected abstract bool Takes(int rank);

    /// <inheritdoc/>
    protected override Tensor<F32> Forward(Tensor<F32> input)
    {
        if (!Takes(input.Rank) || input.Shape[1] != features)
        {
            throw Functional.Error(input, "batch_norm", $"wants {features} features along axis 1, got {input.Shape}");
        }

        if (input.Graph.IsImplicit)
        {
            throw Functional.Error(input, "batch_norm", "depends on no input: whether its graph trains is not known");
        }

        // input: (batch, features, …)
        int[] axes = [.. Enumerable.Range(0, input.Rank).Where(axis => axis != 1)];
        bool usesBatch = input.Graph.IsTraining || RunningMean is null;
        Tensor<F32> mean = usesBatch ? input.Mean(axes) : Latest(RunningMean!);
        Tensor<F32> variance = usesBatch ? input.Variance(axes, correction: 0) : Latest(RunningVariance!);
        if (usesBatch && RunningMean is not null)
        {
            Track(mean, variance, Count(input, axes));
        }

        Tensor<F32> scale = (variance + epsilon).Rsqrt();
        Tensor<F32> normal = (input - Spread(mean, input)) * Spread(scale, input);
        return Weight is null ? normal : (normal * Spread(Weight, input)) + Spread(Bias!, input);
    }

    private void Track(Tensor<F32> mean, Tensor<F32> variance, Tensor<F32> count)
    {
        Tensor<I64> batches = Latest(BatchesTracked!) + 1;
        Update(BatchesTracked!, batches);
        Tensor<F32> share = momentum is double given
            ? Tensor<F32>.Scalar(given)
            : batches.Cast<F32>().Reciprocal();
        Follow(RunningMean!, mean, share);
        Follow(RunningVariance!, variance * (count / (count - 1).Maximum(Tensor<F32>.Scalar(1))), share);
    }

    private void Follow(Tensor<F32> running, Tensor<F32> sample, Tensor<F32> share) =>
        Update(running, (Latest(running) * (1 - share)) + (sample * share));

    // Elements for each feature, as a value: a symbolic batch is known in the run only.
    private static Tensor<F32> Count(Tensor<F32> input, int[] axes)
    {
        Dimension count = axes.Aggregate((Dimension)1, (product, axis) => product * input.Shape[axis]);
        if (count.IsStatic && count.Value == 1)
        {
            throw Functional.Error(
                input, "batch_norm", "training wants more than one element for each feature, as PyTorch does");
        }

        return count.IsStatic
            ? Tensor<F32>.Scalar(count.Value)
            : Tensor<F32>.Full(1, [.. axes.Select(axis => input.Shape[axis])]).Sum();
    }

    private static Tensor<F32> Spread(Tensor<F32> perFeature, Tensor<F32> input) =>
        perFeature.Reshape([-1, .. Enumerable.Repeat((Dimension)1, input.Rank - 2)]);
}
