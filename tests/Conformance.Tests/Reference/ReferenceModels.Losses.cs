namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    private const long Ignored = -100;

    // Keras keeps probabilities this far from 0 and 1.
    private const double KerasEpsilon = 1e-7;

    private static ReferenceRow[] LossFunctions() =>
        [.. Regression(), .. BinaryLosses(), .. Classification(), .. Distances()];

    private static ReferenceRow[] Regression() =>
    [
        Loss("loss_mse_mean", m => Losses.MseLoss(m.Input(0), m.Target)),
        Loss("loss_mse_sum", m => Losses.MseLoss(m.Input(0), m.Target, Reduction.Sum)),
        Loss("loss_l1", m => Losses.L1Loss(m.Input(0), m.Target)),
        Loss("loss_huber", m => Losses.HuberLoss(m.Input(0), m.Target)),
        Loss("loss_smooth_l1", m => Losses.SmoothL1Loss(m.Input(0), m.Target)),
        Loss("loss_gaussian_nll", m => GaussianNll(m.Input(0), m.Target, m.Input(1))),
    ];

    private static ReferenceRow[] BinaryLosses() =>
    [
        Loss("loss_bce", m => Losses.BinaryCrossEntropy(m.Input(0), m.Target)),
        Loss("loss_bce_sum_soft", m => Losses.BinaryCrossEntropy(m.Input(0), m.Target, Reduction.Sum)),
        Binary("loss_bce_clamp", (p, target) => Losses.BinaryCrossEntropy(p, target, Reduction.None)),
        Loss("loss_bce_logits", m => Losses.BinaryCrossEntropyWithLogits(m.Input(0), m.Target)),
        Loss("loss_bce_logits_pos_weight", m =>
            Losses.BinaryCrossEntropyWithLogits(m.Input(0), m.Target, positiveWeight: m.Input(1))),
        Loss("loss_hinge", m => (1 - (m.Target * m.Input(0))).Maximum(0).Mean()),
        Loss("loss_dice", m => SoftDice(m.Input(0).Sigmoid(), m.Target)),
    ];

    private static ReferenceRow[] Classification() =>
    [
        Loss("loss_ce", m => Losses.CrossEntropy(m.Input(0), m.Labels)),
        Loss("loss_ce_sum", m => Losses.CrossEntropy(m.Input(0), m.Labels, Reduction.Sum)),
        Case("loss_ce_none", m => m.Output(Losses.CrossEntropy(m.Input(0), m.Input<I64>("1"), Reduction.None))),
        Loss("loss_ce_label_smoothing", m => Losses.CrossEntropy(m.Input(0), m.Labels, labelSmoothing: 0.1)),
        Loss("loss_ce_ignore_index", m => Losses.CrossEntropy(m.Input(0), m.Labels, ignoreIndex: Ignored)),
        Loss("loss_ce_weight", m => Losses.CrossEntropy(m.Input(0), m.Labels, classWeights: m.Input(1))),
        Loss("loss_ce_weight_smooth_ignore", m => Losses.CrossEntropy(
            m.Input(0), m.Labels, ignoreIndex: Ignored, labelSmoothing: 0.1, classWeights: m.Input(1))),
        Loss("loss_ce_soft_targets", m => Losses.CrossEntropy(m.Input(0), m.Target)),
        Loss("loss_ce_soft_smoothing", m => Losses.CrossEntropy(m.Input(0), m.Target, labelSmoothing: 0.1)),
        Loss("loss_ce_spatial", m => Losses.CrossEntropy(m.Input(0), m.Labels)),
        Loss("loss_ce_large_logits", m => Losses.CrossEntropy(m.Input(0), m.Labels)),
        Loss("loss_nll", m => Losses.NllLoss(m.Input(0), m.Labels)),
        Loss("loss_nll_from_logits", m => Losses.NllLoss(m.Input(0).LogSoftmax(1), m.Labels)),
        Loss("loss_categorical_onehot", m => -(m.Target * m.Input(0).Log()).Sum(1).Mean()),
        Loss("loss_keras_sparse_cce", m => SparseCategorical(m.Input(0), m.Labels)),
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
        Loss("loss_kl_batchmean", m => Losses.KlDiv(m.Input(0), m.Target, Reduction.BatchMean)),
        Loss("loss_kl_mean_zero_target", m => Losses.KlDiv(m.Input(0), m.Target)),
        Loss("loss_kl_log_target", m => Losses.KlDiv(m.Input(0), m.Target, Reduction.Sum, logTarget: true)),
        Loss("loss_kl_gaussian", m => GaussianKl(m.Input(0), m.Input(1))),
        Loss("loss_cosine_embedding", m => CosineEmbedding(m.Input(0), m.Input(1), m.Labels, margin: 0)),
        Binary("loss_cosine_similarity", (a, b) => Losses.CosineSimilarity(a, b)),
        Loss("loss_triplet", m => Triplet(m.Input(0), m.Input(1), m.Input(2), margin: 1)),
        Loss("loss_distillation", m => Distillation(m.Input(0), m.Input(1), m.Labels, share: 0.7, temperature: 4)),
    ];

    // Outputs are the inputs.
    private static ReferenceRow Loss(string name, Func<ReferenceModel, Tensor<F32>> loss) => Case(name, m =>
    {
        m.Output([.. m.Case.Under("input").Select(input => m.Input(input))]);
        m.Loss = loss(m);
    });

    private static Tensor<F32> GaussianNll(Tensor<F32> mean, Tensor<F32> target, Tensor<F32> variance)
    {
        // The bound keeps values away from 0, but gradients flow as if it were not there.
        const double smallest = 1e-6;
        Tensor<F32> bounded = variance + (variance.Maximum(smallest) - variance).Detach();
        return ((bounded.Log() + ((target - mean).Square() / bounded)) * 0.5).Mean();
    }

    private static Tensor<F32> SoftDice(Tensor<F32> probabilities, Tensor<F32> target)
    {
        Tensor<F32> both = (probabilities * target).Sum();
        return 1 - (((both * 2) + 1) / (probabilities.Sum() + target.Sum() + 1));
    }

    private static Tensor<F32> SparseCategorical(Tensor<F32> probabilities, Tensor<I64> labels) =>
        Losses.NllLoss(probabilities.Clamp(KerasEpsilon, 1 - KerasEpsilon).Log(), labels);

    private static Tensor<F32> GaussianKl(Tensor<F32> mean, Tensor<F32> logVariance) =>
        (1 + logVariance - mean.Square() - logVariance.Exp()).Sum() * -0.5;

    // torch.nn.functional.cosine_embedding_loss adds its epsilon to the squared lengths.
    private static Tensor<F32> CosineEmbedding(Tensor<F32> a, Tensor<F32> b, Tensor<I64> target, double margin)
    {
        const double epsilon = 1e-12;
        Tensor<F32> lengths = (a.Square().Sum(1) + epsilon) * (b.Square().Sum(1) + epsilon);
        Tensor<F32> cosine = (a * b).Sum(1) * lengths.Rsqrt();
        Tensor<F32> apart = (cosine - margin).Maximum(0);
        return Tensor.Where(target.EqualTo(1), 1 - cosine, apart).Mean();
    }

    // torch.nn.functional.pairwise_distance adds its epsilon to each component.
    private static Tensor<F32> Triplet(Tensor<F32> anchor, Tensor<F32> positive, Tensor<F32> negative, double margin)
    {
        const double epsilon = 1e-6;
        Tensor<F32> near = (anchor - positive + epsilon).Norm(2, [-1]);
        Tensor<F32> far = (anchor - negative + epsilon).Norm(2, [-1]);
        return (near - far + margin).Maximum(0).Mean();
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
