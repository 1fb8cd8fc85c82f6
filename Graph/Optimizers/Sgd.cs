namespace Sinter.Optimizers;

/// <summary>
/// Stochastic gradient descent, as torch.optim.SGD: v ← μ v + (1 - dampening) g, then θ ← θ - rate * v, with Polyak's
/// or Nesterov's momentum (Sutskever et al. 2013).
/// </summary>
public sealed class Sgd : Optimizer
{
    private readonly double? momentum;
    private readonly double? dampening;
    private readonly bool nesterov;
    private readonly double? weightDecay;
    private Tensor<F32>? gradientShare;
    private Tensor<F32>? rate;
    private Tensor<F32>? decay;
    private Tensor<F32>? kept;

    /// <summary>Sets the constants.</summary>
    /// <param name="learningRate">The factor of each step.</param>
    /// <param name="momentum">The share of the velocity that a step keeps; null for no velocity, which cannot be set
    /// later.</param>
    /// <param name="dampening">The share of the gradient that does not enter the velocity; the first step takes all of
    /// it. Null for none, which cannot be set later.</param>
    /// <param name="nesterov">Whether the step looks ahead along the velocity.</param>
    /// <param name="weightDecay">The factor of the parameter that is added to its gradient; null for none, which cannot
    /// be set later.</param>
    /// <param name="name">Tells its state from that of another optimizer of the same kind and parameters.</param>
    /// <exception cref="GraphException">A constant is negative, or nesterov without momentum or with
    /// dampening.</exception>
    public Sgd(
        double learningRate, double? momentum = null, double? dampening = null, bool nesterov = false,
        double? weightDecay = null, string? name = null)
        : base(learningRate, name)
    {
        Require(momentum is null or >= 0, nameof(momentum), momentum);
        Require(weightDecay is null or >= 0, nameof(weightDecay), weightDecay);
        Require(!nesterov || momentum > 0, "nesterov and " + nameof(momentum), momentum);
        Require(!nesterov || dampening is null or 0, "nesterov and " + nameof(dampening), dampening);
        this.momentum = momentum;
        this.dampening = dampening;
        this.nesterov = nesterov;
        this.weightDecay = weightDecay;
    }

    /// <inheritdoc/>
    public override string Name => "sgd";

    /// <inheritdoc/>
    protected override void Begin(StepBuilder step)
    {
        rate = Rate(step).Cast<F32>();
        decay = Decay(step, weightDecay)?.Cast<F32>();
        kept = Setting(step, "momentum", momentum)?.Cast<F32>();

        // PyTorch's velocity starts as the whole gradient. From zero that is the same, unless a share is damped away.
        Tensor<F64>? damped = kept is null ? null : Setting(step, "dampening", dampening);
        gradientShare = damped is null
            ? null
            : Tensor.Where(
                Count(step).EqualTo(Tensor<F64>.Scalar(1)), Tensor<F32>.Scalar(1), (1 - damped).Cast<F32>());
    }

    /// <inheritdoc/>
    protected override Tensor<F32> Apply(StepBuilder step, Parameter parameter, Tensor<F32> value, Tensor<F32> gradient)
    {
        Tensor<F32> decayed = Decayed(gradient, value, decay);
        if (kept is null)
        {
            return value - (decayed * rate!);
        }

        Parameter state = StateOf("momentum", parameter);
        Tensor<F32> share = gradientShare is null ? decayed : (decayed * gradientShare);
        Tensor<F32> velocity = (step.Read(state) * kept) + share;
        step.Write(state, velocity);
        Tensor<F32> direction = nesterov ? (decayed + (velocity * kept)) : velocity;
        return value - (direction * rate!);
    }
}
