namespace Sinter.Optimizers;

/// <summary>Steps divided by the root of the mean squared gradient (Hinton 2012), as torch.optim.RMSprop.</summary>
public sealed class RmsProp : Optimizer
{
    private readonly double alpha;
    private readonly double epsilon;
    private readonly double? weightDecay;
    private readonly double? momentum;
    private readonly bool centered;
    private Tensor<F32>? rate;
    private Tensor<F32>? decay;
    private Tensor<F32>? kept;
    private Share? share;

    /// <summary>Sets the constants.</summary>
    /// <param name="learningRate">The factor of each step.</param>
    /// <param name="alpha">The share of the mean square that a step keeps.</param>
    /// <param name="epsilon">Added to the root.</param>
    /// <param name="weightDecay">The factor of the parameter that is added to its gradient; null for none, which cannot
    /// be set later.</param>
    /// <param name="momentum">The share of the velocity that a step keeps; null for no velocity, which cannot be set
    /// later.</param>
    /// <param name="centered">Whether the variance is taken instead of the mean square.</param>
    /// <param name="name">Tells its state from that of another optimizer of the same kind and parameters.</param>
    /// <exception cref="GraphException">A constant is negative.</exception>
    public RmsProp(
        double learningRate = 1e-2, double alpha = 0.99, double epsilon = 1e-8,
        double? weightDecay = null, double? momentum = null, bool centered = false, string? name = null)
        : base(learningRate, name)
    {
        Require(alpha >= 0, nameof(alpha), alpha);
        Require(epsilon >= 0, nameof(epsilon), epsilon);
        Require(weightDecay is null or >= 0, nameof(weightDecay), weightDecay);
        Require(momentum is null or >= 0, nameof(momentum), momentum);
        this.alpha = alpha;
        this.epsilon = epsilon;
        this.weightDecay = weightDecay;
        this.momentum = momentum;
        this.centered = centered;
    }

    /// <inheritdoc/>
    public override string Name => "rmsprop";

    /// <inheritdoc/>
    protected override void Begin(StepBuilder step)
    {
        rate = Rate(step).Cast<F32>();
        decay = Decay(step, weightDecay)?.Cast<F32>();
        kept = Setting(step, "momentum", momentum)?.Cast<F32>();
        share = new Share(Setting(step, "alpha", alpha));
    }

    /// <inheritdoc/>
    protected override Tensor<F32> Apply(StepBuilder step, Parameter parameter, Tensor<F32> value, Tensor<F32> gradient)
    {
        Tensor<F32> decayed = Decayed(gradient, value, decay);
        Tensor<F32> square = share!.Average(step, StateOf("mean_square", parameter), decayed.Square());
        if (centered)
        {
            // Rounding may leave less than nothing, which has no root.
            square = (square - share.Average(step, StateOf("mean", parameter), decayed).Square()).Maximum(0);
        }

        Tensor<F32> direction = decayed / (square.Sqrt() + epsilon);
        if (kept is not null)
        {
            Parameter state = StateOf("momentum", parameter);
            direction = (step.Read(state) * kept) + direction;
            step.Write(state, direction);
        }

        return value - (direction * rate!);
    }
}

/// <summary>
/// Steps divided by the root of the sum of all squared gradients (Duchi et al. 2011), as torch.optim.Adagrad.
/// </summary>
public sealed class Adagrad : Optimizer
{
    private readonly double? rateDecay;
    private readonly double? weightDecay;
    private readonly double initialSum;
    private readonly double epsilon;
    private Tensor<F32>? rate;
    private Tensor<F32>? decay;

    /// <summary>Sets the constants.</summary>
    /// <param name="learningRate">The factor of each step.</param>
    /// <param name="learningRateDecay">Step t has the rate learningRate / (1 + (t - 1) * decay); null for none, which
    /// cannot be set later.</param>
    /// <param name="weightDecay">The factor of the parameter that is added to its gradient; null for none, which cannot
    /// be set later.</param>
    /// <param name="initialSum">The sum of squares before the first step.</param>
    /// <param name="epsilon">Added to the root.</param>
    /// <param name="name">Tells its state from that of another optimizer of the same kind and parameters.</param>
    /// <exception cref="GraphException">A constant is negative.</exception>
    public Adagrad(
        double learningRate = 1e-2, double? learningRateDecay = null, double? weightDecay = null,
        double initialSum = 0, double epsilon = 1e-10, string? name = null)
        : base(learningRate, name)
    {
        Require(learningRateDecay is null or >= 0, nameof(learningRateDecay), learningRateDecay);
        Require(weightDecay is null or >= 0, nameof(weightDecay), weightDecay);
        Require(initialSum >= 0, nameof(initialSum), initialSum);
        Require(epsilon >= 0, nameof(epsilon), epsilon);
        rateDecay = learningRateDecay;
        this.weightDecay = weightDecay;
        this.initialSum = initialSum;
        this.epsilon = epsilon;
    }

    /// <inheritdoc/>
    public override string Name => "adagrad";

    /// <inheritdoc/>
    protected override void Begin(StepBuilder step)
    {
        Tensor<F64> given = Rate(step);
        if (Setting(step, "learning_rate_decay", rateDecay) is { } slower)
        {
            given /= ((Count(step) - 1) * slower) + 1;
        }

        rate = given.Cast<F32>();
        decay = Decay(step, weightDecay)?.Cast<F32>();
    }

    /// <inheritdoc/>
    protected override Tensor<F32> Apply(StepBuilder step, Parameter parameter, Tensor<F32> value, Tensor<F32> gradient)
    {
        Tensor<F32> decayed = Decayed(gradient, value, decay);
        Parameter state = StateOf("sum", parameter, initialSum);
        Tensor<F32> sum = step.Read(state) + decayed.Square();
        step.Write(state, sum);
        return value - (decayed / (sum.Sqrt() + epsilon) * rate!);
    }
}
