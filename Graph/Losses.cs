namespace Sinter;

/// <summary>How the losses of single elements become the result.</summary>
public enum Reduction
{
    /// <summary>Their mean, a scalar; with class weights or ignored labels the weighted mean.</summary>
    Mean,
    /// <summary>Their sum, a scalar.</summary>
    Sum,
    /// <summary>They stay as they are.</summary>
    None,
    /// <summary>Their sum divided by the extent of the first axis, a scalar.</summary>
    BatchMean,
}

/// <summary>Loss functions with the names, formulas and defaults of torch.nn.functional, and the accuracy.</summary>
public static partial class Losses
{
    private const double SmallestSpread = 1e-12;

    /// <summary>mean((input - target)²).</summary>
    /// <param name="input">Any shape.</param>
    /// <param name="target">The same shape: a silent broadcast would average over pairs nobody meant.</param>
    /// <param name="reduction">How elements become the result.</param>
    /// <exception cref="GraphException">The shapes differ.</exception>
    public static Tensor<F32> MseLoss(Tensor<F32> input, Tensor<F32> target, Reduction reduction = Reduction.Mean) =>
        Reduce(Difference("mse_loss", input.Given(), target.Given()).Square(), reduction);

    /// <summary>mean(|input - target|).</summary>
    /// <inheritdoc cref="MseLoss"/>
    public static Tensor<F32> L1Loss(Tensor<F32> input, Tensor<F32> target, Reduction reduction = Reduction.Mean) =>
        Reduce(Difference("l1_loss", input.Given(), target.Given()).Abs(), reduction);

    /// <summary>Half the square of differences below delta, delta * (|d| - delta / 2) beyond (Huber 1964).</summary>
    /// <param name="input">Any shape.</param>
    /// <param name="target">The same shape.</param>
    /// <param name="delta">Where the square turns into a line; above 0.</param>
    /// <param name="reduction">How elements become the result.</param>
    /// <exception cref="GraphException">The shapes differ, or delta is not above 0.</exception>
    public static Tensor<F32> HuberLoss(
        Tensor<F32> input, Tensor<F32> target, double delta = 1, Reduction reduction = Reduction.Mean)
    {
        Require(delta > 0, "huber_loss", "delta is not above 0", input.Given(), target.Given());
        Tensor<F32> distance = Difference("huber_loss", input, target).Abs();
        Tensor<Bool> isNear = distance < delta;
        Tensor<F32> line = (distance - (0.5 * delta)) * delta;
        return Reduce(Tensor.Where(isNear, SquareWhere(isNear, distance) * 0.5, line), reduction);
    }

    /// <summary>d² / (2 beta) for differences below beta, |d| - beta / 2 beyond (Girshick 2015).</summary>
    /// <param name="input">Any shape.</param>
    /// <param name="target">The same shape.</param>
    /// <param name="beta">Where the square turns into a line; 0 makes it <see cref="L1Loss"/>.</param>
    /// <param name="reduction">How elements become the result.</param>
    /// <exception cref="GraphException">The shapes differ, or beta is negative.</exception>
    public static Tensor<F32> SmoothL1Loss(
        Tensor<F32> input, Tensor<F32> target, double beta = 1, Reduction reduction = Reduction.Mean)
    {
        Require(beta >= 0, "smooth_l1_loss", "beta is negative", input.Given(), target.Given());
        Tensor<F32> distance = Difference("smooth_l1_loss", input, target).Abs();
        if (beta == 0)
        {
            return Reduce(distance, reduction);
        }

        Tensor<Bool> isNear = distance < beta;
        Tensor<F32> square = SquareWhere(isNear, distance) * (0.5 / beta);
        return Reduce(Tensor.Where(isNear, square, distance - (0.5 * beta)), reduction);
    }

    // The inner choice keeps the branch that is not taken finite: an infinite square has the gradient 0 * infinity.
    private static Tensor<F32> SquareWhere(Tensor<Bool> isTaken, Tensor<F32> x) => Tensor.Where(isTaken, x, 0).Square();

    /// <summary>-(target * log(p) + (1 - target) * log(1 - p)), each logarithm at least -100; the gradient of p is
    /// (p - target) / max(p * (1 - p), 1e-12), which is 0 for predictions that are right and saturated.</summary>
    /// <param name="probabilities">In [0, 1], any shape.</param>
    /// <param name="target">In [0, 1], the same shape.</param>
    /// <param name="reduction">How elements become the result.</param>
    /// <exception cref="GraphException">The shapes differ.</exception>
    public static Tensor<F32> BinaryCrossEntropy(
        Tensor<F32> probabilities, Tensor<F32> target, Reduction reduction = Reduction.Mean)
    {
        RequireSameShape("binary_cross_entropy", probabilities.Given(), target.Given());
        // Where p(1 - p) is below PyTorch's bound, logarithms have no usable slope: no gradient flows through them, and
        // a line of the bounded slope, which adds nothing to the value, carries it.
        Tensor<F32> fixedValue = probabilities.Detach();
        Tensor<Bool> isSaturated = fixedValue * (1 - fixedValue) <= SmallestSpread;
        Tensor<F32> p = Tensor.Where(isSaturated, fixedValue, probabilities);
        Tensor<F32> log = p.Log().Maximum(Scalar(-100));
        Tensor<F32> logOfRest = (-p).Log1p().Maximum(Scalar(-100));
        Tensor<F32> slope = (fixedValue - target.Detach()) * (1 / SmallestSpread);
        Tensor<F32> line = Tensor.Where(isSaturated, slope * (probabilities - fixedValue), 0);
        return Reduce(line - ((target * log) + ((1 - target) * logOfRest)), reduction);
    }

    /// <summary><see cref="BinaryCrossEntropy"/> of sigmoid(logits), safe for large values.</summary>
    /// <param name="logits">Any shape.</param>
    /// <param name="target">In [0, 1], the same shape.</param>
    /// <param name="reduction">How elements become the result.</param>
    /// <param name="positiveWeight">A factor of the positive part, broadcast to the logits; 1 where null.</param>
    /// <exception cref="GraphException">The shapes differ.</exception>
    public static Tensor<F32> BinaryCrossEntropyWithLogits(
        Tensor<F32> logits, Tensor<F32> target, Reduction reduction = Reduction.Mean,
        Tensor<F32>? positiveWeight = null)
    {
        RequireSameShape("binary_cross_entropy_with_logits", logits.Given(), target.Given());
        Tensor<F32> missed = (-logits).Softplus();
        Tensor<F32> weighted = positiveWeight is null ? missed : ((((positiveWeight - 1) * target) + 1) * missed);
        return Reduce(((1 - target) * logits) + weighted, reduction);
    }

    /// <summary>Kullback and Leibler's divergence: target * (log(target) - input), 0 where the target is 0.</summary>
    /// <param name="input">Logarithms of probabilities, any shape.</param>
    /// <param name="target">Probabilities (or their logarithms), the same shape.</param>
    /// <param name="reduction">How elements become the result; <see cref="Reduction.BatchMean"/> is the mathematical
    /// one.</param>
    /// <param name="logTarget">Whether the target holds logarithms.</param>
    /// <exception cref="GraphException">The shapes differ.</exception>
    public static Tensor<F32> KlDiv(
        Tensor<F32> input, Tensor<F32> target, Reduction reduction = Reduction.Mean, bool logTarget = false)
    {
        RequireSameShape("kl_div", input.Given(), target.Given());
        if (logTarget)
        {
            return Reduce(target.Exp() * (target - input), reduction);
        }

        Tensor<F32> entropy = target * Tensor.Where(target > 0, target, 1).Log();
        return Reduce(entropy - (target * input), reduction);
    }

    /// <summary>The cosine of the angle between vectors along an axis: a · b / (max(|a|, ε) max(|b|, ε)).</summary>
    /// <param name="a">Vectors along <paramref name="axis"/>.</param>
    /// <param name="b">The same, broadcast.</param>
    /// <param name="axis">The axis of the vectors' components, which vanishes.</param>
    /// <param name="epsilon">The smallest length divided by.</param>
    public static Tensor<F32> CosineSimilarity(Tensor<F32> a, Tensor<F32> b, int axis = 1, double epsilon = 1e-8)
    {
        // max(|a|, ε) as the root of max(a·a, ε²): the root's slope stays finite for the vector 0.
        Tensor<F32> smallest = Scalar(epsilon * epsilon);
        Tensor<F32> lengthA = a.Given().Square().Sum(axis, keepDims: true).Maximum(smallest).Sqrt();
        Tensor<F32> lengthB = b.Given().Square().Sum(axis, keepDims: true).Maximum(smallest).Sqrt();
        return (a / lengthA * (b / lengthB)).Sum(axis);
    }

    private static Tensor<F32> Reduce(Tensor<F32> losses, Reduction reduction) => reduction switch
    {
        Reduction.Mean => losses.Mean(),
        Reduction.Sum => losses.Sum(),
        Reduction.BatchMean => losses.Rank == 0 ? losses : (losses.Sum() / Extent(losses, 0)),
        _ => losses,
    };

    // A symbolic extent is known only when the program runs.
    private static Tensor<F32> Extent(Tensor<F32> x, int axis) => Tensor<F32>.Full(1, x.Shape[axis]).Sum();

    private static Tensor<F32> Difference(string operation, Tensor<F32> input, Tensor<F32> target)
    {
        RequireSameShape(operation, input, target);
        return input - target;
    }

    private static void RequireSameShape(string operation, Tensor<F32> input, Tensor<F32> target)
    {
        string reason = $"input and target have the shapes {input.Shape} and {target.Shape}; losses do not broadcast";
        Require(input.Shape.Equals(target.Shape), operation, reason, input, target);
    }

    private static void Require(bool condition, string operation, string reason, Tensor<F32> input, Tensor<F32> target)
    {
        if (!condition)
        {
            throw Functional.Error(input, operation, reason, target);
        }
    }

    private static Tensor<F32> Scalar(double value) => Tensor<F32>.Scalar(value);
}
