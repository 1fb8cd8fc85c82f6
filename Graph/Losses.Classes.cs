namespace Sinter;

public static partial class Losses
{
    /// <summary>The negative logarithm of the probability that softmax(logits) gives to the labelled class.</summary>
    /// <param name="logits">(batch, classes, …); or (classes) with a scalar label.</param>
    /// <param name="labels">(batch, …) classes; the run fails with a named error where one is out of range.</param>
    /// <param name="reduction">How elements become the result.</param>
    /// <param name="ignoreIndex">A label whose elements count for nothing; PyTorch's default of -100 must be asked
    /// for.</param>
    /// <param name="labelSmoothing">The share of probability spread over all classes (Szegedy et al. 2015), in [0,
    /// 1].</param>
    /// <param name="classWeights">(classes) factors; <see cref="Reduction.Mean"/> divides by their sum over the
    /// labels.</param>
    /// <exception cref="GraphException">The shapes do not fit.</exception>
    public static Tensor<F32> CrossEntropy(
        Tensor<F32> logits, Tensor<I64> labels, Reduction reduction = Reduction.Mean, long? ignoreIndex = null,
        double labelSmoothing = 0, Tensor<F32>? classWeights = null)
    {
        RequireShare(labelSmoothing, logits.Given());
        var setting = new Classified("cross_entropy", logits, labels.Given(), ignoreIndex, classWeights);
        Tensor<F32> logarithms = logits.LogSoftmax(setting.Axis);
        Tensor<F32> hard = setting.Reduce(setting.NegativeLogLikelihood(logarithms), reduction);
        if (labelSmoothing == 0)
        {
            return hard;
        }

        // As in PyTorch, each class has its own weight in the smooth part, but the divisor is that of the labels.
        Tensor<F32> all = setting.Weights is null ? logarithms : (logarithms * setting.Weights);
        Tensor<F32> smooth = setting.Reduce(setting.Mask(-all.Sum(setting.Axis)), reduction);
        return (hard * (1 - labelSmoothing)) + (smooth * Share(labelSmoothing, setting.Classes));
    }

    /// <summary>The cross entropy of softmax(logits) to probabilities of all classes: -sum(p * log(softmax)).</summary>
    /// <param name="logits">(batch, classes, …), or (classes).</param>
    /// <param name="probabilities">The same shape.</param>
    /// <param name="reduction">How elements become the result; the mean is over everything but the classes.</param>
    /// <param name="labelSmoothing">The share of probability spread over all classes, in [0, 1].</param>
    /// <param name="classWeights">(classes) factors.</param>
    /// <exception cref="GraphException">The shapes differ.</exception>
    public static Tensor<F32> CrossEntropy(
        Tensor<F32> logits, Tensor<F32> probabilities, Reduction reduction = Reduction.Mean, double labelSmoothing = 0,
        Tensor<F32>? classWeights = null)
    {
        RequireShare(labelSmoothing, logits.Given());
        RequireSameShape("cross_entropy", logits, probabilities.Given());
        int axis = ClassAxis("cross_entropy", logits);
        Dimension classes = logits.Shape[axis];
        Tensor<F32> target = labelSmoothing == 0
            ? probabilities
            : (probabilities * (1 - labelSmoothing)) + Share(labelSmoothing, classes);
        Tensor<F32> products = logits.LogSoftmax(axis) * target;
        Tensor<F32> weighted = classWeights is null
            ? products
            : (products * AlongClasses(logits, classWeights, "cross_entropy"));
        return Reduce(-weighted.Sum(axis), reduction);
    }

    /// <summary>The negative logarithm of the labelled class's probability, from logarithms of probabilities.</summary>
    /// <param name="logProbabilities">(batch, classes, …); or (classes) with a scalar label.</param>
    /// <param name="labels">(batch, …) classes; the run fails with a named error where one is out of range.</param>
    /// <param name="reduction">How elements become the result.</param>
    /// <param name="ignoreIndex">A label whose elements count for nothing.</param>
    /// <param name="classWeights">(classes) factors; <see cref="Reduction.Mean"/> divides by their sum over the
    /// labels.</param>
    /// <exception cref="GraphException">The shapes do not fit.</exception>
    public static Tensor<F32> NllLoss(
        Tensor<F32> logProbabilities, Tensor<I64> labels, Reduction reduction = Reduction.Mean,
        long? ignoreIndex = null, Tensor<F32>? classWeights = null)
    {
        var setting = new Classified("nll_loss", logProbabilities.Given(), labels.Given(), ignoreIndex, classWeights);
        return setting.Reduce(setting.NegativeLogLikelihood(logProbabilities), reduction);
    }

    /// <summary>
    /// The number of elements whose largest logit is the labelled class; a scalar count, not a share.
    /// </summary>
    /// <param name="logits">(batch, classes, …); or (classes) with a scalar label.</param>
    /// <param name="labels">(batch, …) classes.</param>
    /// <exception cref="GraphException">The shapes do not fit.</exception>
    public static Tensor<F32> Accuracy(Tensor<F32> logits, Tensor<I64> labels)
    {
        int axis = RequireLabels("accuracy", logits.Given(), labels.Given());
        return logits.ArgMax(axis).EqualTo(labels).Cast<F32>().Sum();
    }

    // PyTorch's convention: axis 1, or the only axis of an unbatched vector.
    private static int ClassAxis(string operation, Tensor<F32> logits) => logits.Rank == 0
        ? throw Functional.Error(logits, operation, "wants logits (batch, classes, …), got a scalar")
        : Math.Min(1, logits.Rank - 1);

    private static int RequireLabels(string operation, Tensor<F32> logits, Tensor<I64> labels)
    {
        int axis = ClassAxis(operation, logits);
        var wanted = new Shape(logits.Shape.Where((_, i) => i != axis));
        if (!labels.Shape.Equals(wanted))
        {
            string reason = $"labels have the shape {labels.Shape}, logits {logits.Shape} want {wanted}";
            throw GraphBuilder.Of(logits.Node, labels.Node).Error(reason, operation, logits.Node, labels.Node);
        }

        return axis;
    }

    private static Tensor<F32> AlongClasses(Tensor<F32> logits, Tensor<F32> weights, string operation)
    {
        int axis = ClassAxis(operation, logits);
        if (weights.Rank != 1 || weights.Shape[0] != logits.Shape[axis])
        {
            string reason = $"class weights have the shape {weights.Shape}, not [{logits.Shape[axis]}]";
            throw Functional.Error(logits, operation, reason, weights);
        }

        return weights.Reshape(BesideClasses(logits, axis));
    }

    // 1 everywhere but along the classes.
    private static Shape BesideClasses(Tensor<F32> logits, int axis) =>
        new(logits.Shape.Select((d, i) => i == axis ? d : 1));

    // A number where it is known now.
    private static Tensor<F32> Share(double whole, Dimension parts) => parts.IsStatic
        ? Tensor<F32>.Scalar(whole / parts.Value) : Tensor<F32>.Scalar(whole) / Tensor<F32>.Size(parts);

    private static void RequireShare(double labelSmoothing, Tensor<F32> logits)
    {
        bool valid = labelSmoothing >= 0 && labelSmoothing <= 1;
        if (!valid)
        {
            throw Functional.Error(logits, "cross_entropy", "label smoothing is not in [0, 1]");
        }
    }

    // What the losses over labelled classes share: which class each element has, and what it weighs.
    private sealed class Classified
    {
        private readonly Tensor<Bool>? counted;
        private readonly Tensor<Bool> isLabelled;

        public Classified(
            string operation, Tensor<F32> logits, Tensor<I64> labels, long? ignoreIndex, Tensor<F32>? classWeights)
        {
            Axis = RequireLabels(operation, logits, labels);
            Classes = logits.Shape[Axis];
            Weights = classWeights is null ? null : AlongClasses(logits, classWeights, operation);
            if (ignoreIndex is long ignored)
            {
                counted = labels.NotEqualTo(Tensor<I64>.Scalar(ignored));
                labels = Tensor.Where(counted, labels, 0);
            }

            // A comparison with every class instead of a gather: it fuses with the softmax, and its gradient needs no
            // scatter.
            Tensor<I32> classes = labels.CheckIndex(Classes, "class").Cast<I32>().Unsqueeze(Axis);
            isLabelled = classes.EqualTo(Tensor<I32>.Iota(BesideClasses(logits, Axis), Axis));
        }

        public int Axis { get; }

        public Dimension Classes { get; }

        public Tensor<F32>? Weights { get; }

        public Tensor<F32> NegativeLogLikelihood(Tensor<F32> logarithms)
        {
            Tensor<F32> picked = -Pick(logarithms);
            return Mask(Weights is null ? picked : (picked * Pick(Weights)));
        }

        public Tensor<F32> Mask(Tensor<F32> losses) => counted is null ? losses : Tensor.Where(counted, losses, 0);

        public Tensor<F32> Reduce(Tensor<F32> losses, Reduction reduction)
        {
            bool isPlain = reduction != Reduction.Mean || (counted is null && Weights is null);
            if (isPlain)
            {
                return Losses.Reduce(losses, reduction);
            }

            Tensor<F32> weights = Weights is null ? counted!.Cast<F32>() : Mask(Pick(Weights));
            return losses.Sum() / weights.Sum();
        }

        private Tensor<F32> Pick(Tensor<F32> values) => Tensor.Where(isLabelled, values, 0).Sum(Axis);
    }
}
