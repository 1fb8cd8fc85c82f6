using Sinter.Modules;

namespace Sinter.Conformance.Tests.Reference;

/// <summary>
/// Batch normalisation written out with tensors, as nn.BatchNorm1d and nn.BatchNorm2d: the biased variance normalises,
/// the unbiased one enters the running statistics.
/// </summary>
public sealed class BatchNormComposed : Layer
{
    private readonly ReferenceModel model;
    private readonly string prefix;
    private readonly long features;
    private readonly double epsilon;
    private readonly double? momentum;
    private readonly bool tracks;
    private readonly bool usesBatch;
    private readonly Tensor<F32>? weight;
    private readonly Tensor<F32>? bias;

    public BatchNormComposed(LayerSettings settings)
    {
        model = settings.Model;
        prefix = settings.Path.Length == 0 ? "" : settings.Path + ".";
        features = settings.Integer("num_features");
        epsilon = settings.Number("eps");
        momentum = settings.NumberOrNone("momentum");
        tracks = settings.Flag("track_running_stats");
        bool isTraining = model.Case.IsTraining && !model.Case.EvalModules.Contains(settings.Path);
        usesBatch = isTraining || !tracks;
        weight = settings.Flag("affine") ? Parameter("weight", Initializer.Ones, features) : null;
        bias = settings.Flag("affine") ? Parameter("bias", Initializer.Zeros, features) : null;
    }

    protected override Tensor<F32> Forward(Tensor<F32> input)
    {
        // input: (batch, features, …)
        int[] axes = Enumerable.Range(0, input.Rank).Where(axis => axis != 1).ToArray();
        Tensor<F32> mean = usesBatch ? input.Mean(axes) : Running("running_mean", 0);
        Tensor<F32> variance = usesBatch ? input.Variance(axes, correction: 0) : Running("running_var", 1);
        Tensor<I64>? counter = tracks ? model.Counter(prefix + "num_batches_tracked") : null;
        if (usesBatch && counter is not null)
        {
            Track(counter, mean, input.Variance(axes));
        }

        Tensor<F32> normal = (input - Spread(mean, input)) * Spread((variance + epsilon).Rsqrt(), input);
        return weight is null ? normal : (normal * Spread(weight, input)) + Spread(bias!, input);
    }

    private void Track(Tensor<I64> counter, Tensor<F32> mean, Tensor<F32> variance)
    {
        Tensor<I64> count = counter + 1;
        Tensor<F32> share = momentum is double fixedShare
            ? Tensor<F32>.Scalar(fixedShare)
            : count.Cast<F32>().Reciprocal();
        model.Update(counter, count);
        Follow(Running("running_mean", 0), mean, share);
        Follow(Running("running_var", 1), variance, share);
    }

    private void Follow(Tensor<F32> running, Tensor<F32> sample, Tensor<F32> share) =>
        model.Update(running, (running * (1 - share)) + (sample.Detach() * share));

    private Tensor<F32> Running(string name, double initial) => model.Buffer(prefix + name, [features], initial);

    private static Tensor<F32> Spread(Tensor<F32> perFeature, Tensor<F32> input) =>
        perFeature.Reshape([-1, .. Enumerable.Repeat((Dimension)1, input.Rank - 2)]);
}
