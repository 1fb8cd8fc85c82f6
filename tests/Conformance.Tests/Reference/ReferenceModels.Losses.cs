namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    private static ReferenceRow[] LossFunctions() =>
        [.. Regression(), .. BinaryLosses(), .. Classification(), .. Distances()];

    private static ReferenceRow[] Regression() =>
    [
        Loss("loss_mse_mean", MeanSquare),
        Loss("loss_mse_sum", MeanSquare),
        Loss("loss_l1", "l1_loss", (m, call) => Losses.L1Loss(m.Input(0), m.Target, ReductionOf(call))),
        Loss("loss_huber", "huber_loss", (m, call) =>
            Losses.HuberLoss(m.Input(0), m.Target, call.Number(-1, "delta", 1), ReductionOf(call))),
        Loss("loss_smooth_l1", "smooth_l1_loss", (m, call) =>
            Losses.SmoothL1Loss(m.Input(0), m.Target, call.Number(-1, "beta", 1), ReductionOf(call))),
        Loss("loss_gaussian_nll", "gaussian_nll_loss", GaussianNll),
    ];

    private static ReferenceRow[] BinaryLosses() =>
    [
        Loss("loss_bce", BinaryCrossEntropy),
        Loss("loss_bce_sum_soft", BinaryCrossEntropy),
        Case("loss_bce_clamp", m => m.Output(Losses.BinaryCrossEntropy(
            m.Input(0), m.Input(1), ReductionOf(m.Case.Call("binary_cross_entropy"))))),
        Loss("loss_bce_logits", BinaryCrossEntropyWithLogits),
        Loss("loss_bce_logits_pos_weight", BinaryCrossEntropyWithLogits),
        Loss("loss_hinge", (m, x) => (m.Case.Number(@"clamp\(([0-9.]+) -") - (m.Target * x)).Maximum(0).Mean()),
        Loss("loss_dice", SoftDice),
    ];

    private static ReferenceRow[] Classification() =>
    [
        .. new[]
        {
            "loss_ce", "loss_ce_sum", "loss_ce_label_smoothing", "loss_ce_ignore_index", "loss_ce_weight",
            "loss_ce_weight_smooth_ignore", "loss_ce_spatial", "loss_ce_large_logits", "loss_ce_soft_targets",
            "loss_ce_soft_smoothing",
        }.Select(name => Loss(name, CrossEntropy)),
        Case("loss_ce_none", m => m.Output(
            CrossEntropy(m, m.Input(0), m.Input<I64>("1").Node, m.Case.Call("cross_entropy")))),
        Loss("loss_nll", "nll_loss", (m, call) => NegativeLogLikelihood(m, call, m.Input(0))),
        Loss("loss_nll_from_logits", "nll_loss", (m, call) => NegativeLogLikelihood(
            m, call, m.Input(0).LogSoftmax(m.Case.Call("log_softmax").Integer(1, "dim")))),
        Loss("loss_categorical_onehot", (m, x) =>
            -(m.Target * x.Log()).Sum((int)m.Case.Number(@"sum\((-?\d+)\)")).Mean()),
        Loss("loss_keras_sparse_cce", SparseCategorical),
        Case("metric_accuracy", m =>
        {
            Tensor<F32> logits = m.Input(0);
            Tensor<I64> labels = m.Input<I64>("1");
            Tensor<F32> correct = Losses.Accuracy(logits, labels);
            m.Output(logits.ArgMax(1).Node, correct.Cast<I64>().Node, (correct / labels.Shape[0].Value).Node);
        }),
    ];

    private static ReferenceRow[] Distances() =>
    [
        .. new[] { "loss_kl_batchmean", "loss_kl_mean_zero_target", "loss_kl_log_target" }
            .Select(name => Loss(name, "kl_div", (m, call) => Losses.KlDiv(
                m.Input(0), m.Target, ReductionOf(call), call.Flag(-1, "log_target", false)))),
        Loss("loss_kl_gaussian", (m, _) => GaussianKl(m, m.Input(0), m.Input(1))),
        Loss("loss_cosine_embedding", "cosine_embedding_loss", CosineEmbedding),
        Case("loss_cosine_similarity", m =>
        {
            PythonCall call = m.Case.Call("cosine_similarity");
            m.Output(Losses.CosineSimilarity(
                m.Input(0), m.Input(1), call.Integer(2, "dim", 1), call.Number(3, "eps", 1e-8)));
        }),
        Loss("loss_triplet", "triplet_margin_loss", Triplet),
        Loss("loss_distillation", (m, _) =>
        {
            const string pattern = @"^([0-9.e-]+) \* T\^2.*T = ([0-9.]+)";
            return Distillation(
                m.Input(0), m.Input(1), m.Labels, m.Case.Number(pattern), m.Case.Number(pattern, 2));
        }),
    ];

    // Outputs are the inputs.
    private static ReferenceRow Loss(string name, Func<ReferenceModel, Tensor<F32>, Tensor<F32>> loss) =>
        Case(name, m =>
        {
            m.Output(AllInputs(m));
            m.Loss = loss(m, m.Input(0));
        });

    // With what the function is called with.
    private static ReferenceRow Loss(
        string name, string function, Func<ReferenceModel, PythonCall, Tensor<F32>> loss) =>
        Loss(name, (m, _) => loss(m, m.Case.Call(function)));

    private static Reduction ReductionOf(PythonCall call) => call.Text(-1, "reduction", "mean") switch
    {
        "mean" => Reduction.Mean,
        "sum" => Reduction.Sum,
        "none" => Reduction.None,
        "batchmean" => Reduction.BatchMean,
        string other => throw new NotComparedException($"there is no reduction {other}"),
    };

    private static Tensor<F32> Reduced(PythonCall call, Tensor<F32> losses) => ReductionOf(call) switch
    {
        Reduction.Mean => losses.Mean(),
        Reduction.Sum => losses.Sum(),
        Reduction.None => losses,
        _ => throw new NotComparedException("the mean of batches is for divergences"),
    };

    // The weights that a loss names, among the outputs.
    private static Tensor<F32>? Weights(ReferenceModel m, PythonCall call, string name) =>
        call.Has(-1, name) ? m.Input(call.Text(-1, name).Split('.')[^1]) : null;

    // A target of numbers holds probabilities.
    private static Tensor<F32> CrossEntropy(ReferenceModel m, Tensor<F32> logits) => CrossEntropy(
        m, logits, m.Case.Tensors["target"].Type == DType.I64 ? m.Labels.Node : m.Target.Node,
        m.Case.Call("cross_entropy"));

    // Logits of sequences, a class for each element.
    private static Tensor<F32> SequenceCrossEntropy(ReferenceModel m, Tensor<F32> logits) =>
        CrossEntropy(m, logits.Flatten(0, 1), m.Labels.Flatten().Node, m.Case.Call("cross_entropy"));

    private static Tensor<F32> CrossEntropy(ReferenceModel m, Tensor<F32> logits, Node target, PythonCall call)
    {
        double smoothing = call.Number(-1, "label_smoothing", 0);
        Tensor<F32>? weights = Weights(m, call, "weight");
        return target.DType == DType.I64
            ? Losses.CrossEntropy(
                logits, new Tensor<I64>(target), ReductionOf(call), call.Integer(-1, "ignore_index", -100), smoothing,
                weights)
            : Losses.CrossEntropy(logits, new Tensor<F32>(target), ReductionOf(call), smoothing, weights);
    }

    private static Tensor<F32> NegativeLogLikelihood(ReferenceModel m, PythonCall call, Tensor<F32> logarithms) =>
        Losses.NllLoss(
            logarithms, m.Labels, ReductionOf(call), call.Integer(-1, "ignore_index", -100),
            Weights(m, call, "weight"));

    private static Tensor<F32> BinaryCrossEntropy(ReferenceModel m, Tensor<F32> probabilities) =>
        Losses.BinaryCrossEntropy(probabilities, m.Target, ReductionOf(m.Case.Call("binary_cross_entropy")));

    private static Tensor<F32> BinaryCrossEntropyWithLogits(ReferenceModel m, Tensor<F32> logits)
    {
        PythonCall call = m.Case.Call("binary_cross_entropy_with_logits");
        return Losses.BinaryCrossEntropyWithLogits(
            logits, m.Target, ReductionOf(call), Weights(m, call, "pos_weight"));
    }

    private static Tensor<F32> GaussianNll(ReferenceModel m, PythonCall call)
    {
        // The bound keeps values away from 0, but gradients flow as if it were not there.
        Tensor<F32> variance = m.Input(1);
        Tensor<F32> bounded = variance + (variance.Maximum(call.Number(-1, "eps", 1e-6)) - variance).Detach();
        Tensor<F32> losses = (bounded.Log() + ((m.Target - m.Input(0)).Square() / bounded)) * 0.5;
        return Reduced(call, call.Flag(-1, "full", false) ? losses + (0.5 * Math.Log(2 * Math.PI)) : losses);
    }

    private static Tensor<F32> SoftDice(ReferenceModel m, Tensor<F32> logits)
    {
        const string pattern = @"\+ ([0-9.e-]+)\) / \(sum p \+ sum t \+ ([0-9.e-]+)\)";
        Tensor<F32> probabilities = logits.Sigmoid();
        Tensor<F32> both = (probabilities * m.Target).Sum();
        return 1 - (((both * 2) + m.Case.Number(pattern))
            / (probabilities.Sum() + m.Target.Sum() + m.Case.Number(pattern, 2)));
    }

    // Keras keeps probabilities away from 0 and 1.
    private static Tensor<F32> SparseCategorical(ReferenceModel m, Tensor<F32> probabilities)
    {
        PythonCall bounds = m.Case.Call("clamp");
        return Losses.NllLoss(
            probabilities.Clamp(bounds.Number(1, "min"), bounds.Number(2, "max")).Log(), m.Labels,
            ReductionOf(m.Case.Call("nll_loss")));
    }

    private static Tensor<F32> GaussianKl(ReferenceModel m, Tensor<F32> mean, Tensor<F32> logVariance) =>
        (1 + logVariance - mean.Square() - logVariance.Exp()).Sum() * -m.Case.Number(@"- ?([0-9.]+) \* sum\(1 \+");

    // torch.nn.functional.cosine_embedding_loss adds its epsilon to the squared lengths.
    private static Tensor<F32> CosineEmbedding(ReferenceModel m, PythonCall call)
    {
        const double epsilon = 1e-12;
        Tensor<F32> a = m.Input(0);
        Tensor<F32> b = m.Input(1);
        Tensor<F32> lengths = (a.Square().Sum(1) + epsilon) * (b.Square().Sum(1) + epsilon);
        Tensor<F32> cosine = (a * b).Sum(1) * lengths.Rsqrt();
        Tensor<F32> apart = (cosine - call.Number(3, "margin", 0)).Maximum(0);
        return Reduced(call, Tensor.Where(m.Labels.EqualTo(1), 1 - cosine, apart));
    }

    // torch.nn.functional.pairwise_distance adds its epsilon to each component.
    private static Tensor<F32> Triplet(ReferenceModel m, PythonCall call)
    {
        double epsilon = call.Number(5, "eps", 1e-6);
        double power = call.Number(4, "p", 2);
        Tensor<F32> near = Distance(m.Input(0), m.Input(1));
        Tensor<F32> far = Distance(m.Input(0), m.Input(2));
        far = call.Flag(6, "swap", false) ? far.Minimum(Distance(m.Input(1), m.Input(2))) : far;
        return Reduced(call, (near - far + call.Number(3, "margin", 1)).Maximum(0));

        Tensor<F32> Distance(Tensor<F32> a, Tensor<F32> b) => (a - b + epsilon).Norm(power, [-1]);
    }

    private static Tensor<F32> Distillation(
        Tensor<F32> student, Tensor<F32> teacher, Tensor<I64> labels, double share, double temperature)
    {
        Tensor<F32> soft = Losses.KlDiv(
            (student / temperature).LogSoftmax(1), (teacher / temperature).Softmax(1), Reduction.BatchMean);
        Tensor<F32> hard = Losses.CrossEntropy(student, labels);
        return (soft * (share * temperature * temperature)) + (hard * (1 - share));
    }
}
