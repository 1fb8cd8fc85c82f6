namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    private static ReferenceRow[] Normalizations() =>
    [
        .. OneLayer(
            "norm_bn1d_train", "norm_bn1d_eval", "norm_bn1d_3d", "norm_bn2d_train", "norm_bn2d_eval",
            "norm_bn2d_noaffine", "norm_bn2d_cumulative", "norm_bn2d_no_tracking"),
        Case("norm_bn1d_biased_train", BiasedBatchNorm),
        Case("norm_bn1d_biased_eval", BiasedBatchNorm),
        Case("norm_bn2d_running_sequence", RunningSequence),
        Case("norm_layernorm", LayerNorm),
        Case("norm_layernorm_2dims", LayerNorm),
        Case("norm_layernorm_noaffine", LayerNorm),
        Case("norm_groupnorm", m => GroupNorm(m, Root(m).Integer("num_groups"))),
        Case("norm_groupnorm_one_group", m => GroupNorm(m, Root(m).Integer("num_groups"))),
        Case("norm_instancenorm2d", m => GroupNorm(m, Root(m).Integer("num_features"))),
        Case("norm_rmsnorm", m =>
        {
            Tensor<F32> x = m.Input(0);
            double epsilon = m.Case.Number(@"\+ ([0-9.e-]+)\)");
            m.Output(x * (x.Square().Mean(-1, keepDims: true) + epsilon).Rsqrt() * m.Parameter("weight"));
        }),
    ];

    private static ReferenceRow[] Regularization() =>
    [
        Case("layer_dropout_mask", m => m.Output(Dropped(m.Input("x"), m.Input("mask"), m.Case.Setting("p")))),
        Case("layer_dropout2d_mask", m =>
        {
            Tensor<F32> mask = m.Input("mask").Unsqueeze(-1).Unsqueeze(-1);
            m.Output(Dropped(m.Input("x"), mask, m.Case.Setting("p")));
        }),
        Case("layer_embedding", m => m.Output(m.Parameter("weight").IndexSelect(0, m.Input<I64>("0")))),
        Case("layer_embedding_padding_idx", m => m.Output(PaddedEmbedding(m, m.Input<I64>("0"), ""))),
        Case("layer_positional_encoding", m => m.Output(m.Input(0) * 0 + Sinusoids(
            m.Input(0).Shape, m.Case.Number(@"p / ([0-9.]+)\^")))),
    ];

    private static Tensor<F32> Normalized(Tensor<F32> x, int[] axes, double epsilon)
    {
        Tensor<F32> variance = x.Variance(axes, keepDims: true, correction: 0);
        return (x - x.Mean(axes, keepDims: true)) * (variance + epsilon).Rsqrt();
    }

    private static void LayerNorm(ReferenceModel m)
    {
        LayerSettings settings = Root(m);
        Tensor<F32> x = m.Input(0);
        int count = settings.Integers("normalized_shape").Length;
        Tensor<F32> normal = Normalized(x, [.. Enumerable.Range(x.Rank - count, count)], settings.Number("eps"));
        bool isAffine = settings.Flag("elementwise_affine");
        m.Output(isAffine ? (normal * m.Parameter("weight")) + m.Parameter("bias") : normal);
    }

    // x: (batch, channels, …). As many groups as channels make it instance normalisation.
    private static void GroupNorm(ReferenceModel m, int groups)
    {
        LayerSettings settings = Root(m);
        Tensor<F32> x = m.Input(0);
        Tensor<F32> grouped = x.Reshape(x.Shape[0], groups, -1);
        Tensor<F32> normal = Normalized(grouped, [2], settings.Number("eps")).Reshape(x.Shape);
        Dimension[] channels = [-1, .. Enumerable.Repeat((Dimension)1, x.Rank - 2)];
        bool isAffine = settings.Flag("affine");
        m.Output(isAffine
            ? (normal * m.Parameter("weight").Reshape(channels)) + m.Parameter("bias").Reshape(channels)
            : normal);
    }

    // The tutorials' own class: the running variance follows the biased one.
    private static void BiasedBatchNorm(ReferenceModel m)
    {
        double epsilon = m.Case.Constructor().Number(1, "eps", 1e-5);
        double momentum = m.Case.Constructor().Number(2, "momentum", 0.1);
        Tensor<F32> x = m.Input(0);
        long[] features = [x.Shape[1].Value];
        Tensor<F32> runningMean = m.Buffer("running_mean", features, 0);
        Tensor<F32> runningVariance = m.Buffer("running_var", features, 1);
        Tensor<F32> mean = runningMean;
        Tensor<F32> variance = runningVariance;
        if (m.Case.IsTraining)
        {
            mean = x.Mean(0);
            variance = x.Variance(0, correction: 0);
            m.Update(runningMean, runningMean.Lerp(mean.Detach(), momentum));
            m.Update(runningVariance, runningVariance.Lerp(variance.Detach(), momentum));
        }

        Tensor<F32> normal = (x - mean) / (variance + epsilon).Sqrt();
        m.Output((m.Parameter("weight") * normal) + m.Parameter("bias"));
    }

    // Training batches but the last, on which the running statistics are then used.
    private static void RunningSequence(ReferenceModel m)
    {
        PythonCall layer = m.Case.Call("BatchNorm2d");
        double epsilon = layer.Number(1, "eps", 1e-5);
        double momentum = layer.Number(2, "momentum", 0.1);
        Tensor<F32> all = m.Input("x");
        long last = all.Shape[0].Value - 1;
        Tensor<F32> batch = m.PerStep("input.x", 1).Squeeze(0);
        long[] features = [batch.Shape[1].Value];
        Tensor<F32> mean = m.Buffer("running_mean", features, 0);
        Tensor<F32> variance = m.Buffer("running_var", features, 1);
        m.Update(mean, mean.Lerp(batch.Mean([0, 2, 3]), momentum));
        m.Update(variance, variance.Lerp(batch.Variance([0, 2, 3]), momentum));
        m.Epochs = (int)last;
        Tensor<F32> centred = all.Select(0, last) - mean.Reshape(-1, 1, 1);
        m.FinalOutputs.Add("0", (centred * (variance + epsilon).Rsqrt().Reshape(-1, 1, 1)).Node);
    }

    // Rows of padding are given like others, but no gradient reaches the table from there.
    private static Tensor<F32> PaddedEmbedding(ReferenceModel m, Tensor<I64> indices, string path)
    {
        Tensor<F32> rows = m.Parameter(At(path, "weight")).IndexSelect(0, indices);
        Tensor<Bool> isPadding = indices.EqualTo(m.Settings(path).Integer("padding_idx")).Unsqueeze(-1);
        return Tensor.Where(isPadding, rows.Detach(), rows);
    }

    // Vaswani et al. 2017; shape: (1, positions, features)
    private static Tensor<F32> Sinusoids(Shape shape, double longest)
    {
        long positions = shape[1].Value;
        long features = shape[2].Value;
        var values = new double[positions * features];
        for (long i = 0; i < values.Length; i++)
        {
            long feature = i % features;
            double angle = i / features / Math.Pow(longest, (feature - (feature % 2)) / (double)features);
            values[i] = feature % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle);
        }

        return Tensor<F32>.Of(values, 1, positions, features);
    }
}
