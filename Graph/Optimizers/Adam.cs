namespace Sinter.Optimizers;

/// <summary>
/// Adaptive moments (Kingma and Ba 2015), as torch.optim.Adam: weight decay is added to the gradient.
/// </summary>
public class Adam : Optimizer
{
    private readonly double beta1;
    private readonly double beta2;
    private readonly double epsilon;
    private readonly bool amsgrad;
    private readonly double? weightDecay;
    private Tensor<F32>? rate;
    private Tensor<F32>? rootFactor;
    private Tensor<F32>? decay;
    private Share? mean;
    private Share? square;

    /// <summary>Sets the constants.</summary>
    /// <param name="learningRate">The factor of each step.</param>
    /// <param name="beta1">The share of the mean gradient that a step keeps.</param>
    /// <param name="beta2">The share of the mean squared gradient that a step keeps.</param>
    /// <param name="epsilon">Added to the root of the corrected mean square.</param>
    /// <param name="weightDecay">The factor of the parameter that is added to its gradient; null for none, which cannot
    /// be set later.</param>
    /// <param name="amsgrad">Whether the largest mean square so far is divided by (Reddi et al. 2018).</param>
    /// <param name="name">Tells its state from that of another optimizer of the same kind and parameters.</param>
    /// <exception cref="GraphException">A constant is out of range.</exception>
    public Adam(
        double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8,
        double? weightDecay = null, bool amsgrad = false, string? name = null)
        : base(learningRate, name)
    {
        Require(beta1 >= 0 && beta1 < 1, nameof(beta1), beta1);
        Require(beta2 >= 0 && beta2 < 1, nameof(beta2), beta2);
        Require(epsilon >= 0, nameof(epsilon), epsilon);
        Require(weightDecay is null or >= 0, nameof(weightDecay), weightDecay);
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
        this.amsgrad = amsgrad;
        this.weightDecay = weightDecay;
    }

    /// <inheritdoc/>
    public override string Name => "adam";

    /// <summary>How fast parameters shrink towards zero at first.</summary>
    public double WeightDecay => weightDecay ?? 0;

    /// <inheritdoc/>
    protected override void Begin(StepBuilder step)
    {
        Tensor<F64> count = Count(step);
        Tensor<F64> first = Setting(step, "beta1", beta1);
        Tensor<F64> second = Setting(step, "beta2", beta2);
        rate = (Rate(step) / Correction(count, first)).Cast<F32>();
        rootFactor = Correction(count, second).Rsqrt().Cast<F32>();
        mean = new Share(first);
        square = new Share(second);
        decay = WeightDecayFactor(step);
    }

    /// <summary>What the decay of a step comes to: the factor that <see cref="Apply"/> multiplies parameters with, or
    /// null.</summary>
    protected virtual Tensor<F32>? WeightDecayFactor(StepBuilder step) => WeightDecayOf(step)?.Cast<F32>();

    /// <summary>The weight decay as a setting, or null where there is none.</summary>
    protected Tensor<F64>? WeightDecayOf(StepBuilder step) => Decay(step, weightDecay);

    /// <inheritdoc/>
    protected override Tensor<F32> Apply(
        StepBuilder step, Parameter parameter, Tensor<F32> value, Tensor<F32> gradient) =>
        Move(step, parameter, value, Decayed(gradient, value, decay));

    /// <summary>The result of <see cref="WeightDecayFactor"/> in this step.</summary>
    protected Tensor<F32>? DecayFactor => decay;

    /// <summary>The moments' step from a value along a gradient.</summary>
    protected Tensor<F32> Move(StepBuilder step, Parameter parameter, Tensor<F32> value, Tensor<F32> gradient)
    {
        Tensor<F32> first = mean!.Average(step, StateOf("first_moment", parameter), gradient);
        Tensor<F32> second = square!.Average(step, StateOf("second_moment", parameter), gradient.Square());
        if (amsgrad)
        {
            Parameter state = StateOf("max_second_moment", parameter);
            second = step.Read(state).Maximum(second);
            step.Write(state, second);
        }

        return value - (first / ((second.Sqrt() * rootFactor!) + epsilon) * rate!);
    }

    // 1 - beta^t = -expm1(t log beta); beta = 0 comes to 1, by way of minus infinity.
    private static Tensor<F64> Correction(Tensor<F64> count, Tensor<F64> beta) => -(count * beta.Log()).Expm1();
}

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2019), as torch.optim.AdamW: parameters shrink by rate *
/// decay.
/// </summary>
public sealed class AdamW : Adam
{
    /// <summary>Sets the constants.</summary>
    /// <inheritdoc cref="Adam(double, double, double, double, double?, bool, string?)"/>
    public AdamW(
        double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8,
        double? weightDecay = 1e-2, bool amsgrad = false, string? name = null)
        : base(learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, name)
    {
    }

    /// <inheritdoc/>
    public override string Name => "adamw";

    /// <inheritdoc/>
    protected override Tensor<F32> Apply(
        StepBuilder step, Parameter parameter, Tensor<F32> value, Tensor<F32> gradient) =>
        Move(step, parameter, DecayFactor is null ? value : (value * DecayFactor), gradient);

    /// <inheritdoc/>
    protected override Tensor<F32>? WeightDecayFactor(StepBuilder step) =>
        WeightDecayOf(step) is { } decay ? (1 - (Rate(step) * decay)).Cast<F32>() : null;
}
