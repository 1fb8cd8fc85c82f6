namespace Sinter.Optimizers;

/// <summary>
/// Factors of a learning rate over the steps, for <see cref="Optimizer.Schedule"/>: functions of the number of steps
/// before the present one, computed in the training program. Any function of that scalar is one; they multiply.
/// </summary>
public static class Schedules
{
    /// <summary>From 1 down to <paramref name="floor"/> along half a cosine, then constant: as
    /// torch.optim.lr_scheduler.CosineAnnealingLR up to its end.</summary>
    /// <param name="steps">How many steps the way down takes.</param>
    /// <param name="floor">The last factor.</param>
    /// <exception cref="GraphException">There are no steps.</exception>
    public static Func<Tensor<F64>, Tensor<F64>> Cosine(long steps, double floor = 0) => step =>
        (((Done(step, steps) * Math.PI).Cos() + 1) * ((1 - floor) / 2)) + floor;

    /// <summary>From <paramref name="start"/> up to 1 in a straight line, then constant: as
    /// torch.optim.lr_scheduler.LinearLR.</summary>
    /// <param name="steps">How many steps the way up takes.</param>
    /// <param name="start">The first factor.</param>
    /// <exception cref="GraphException">There are no steps.</exception>
    public static Func<Tensor<F64>, Tensor<F64>> WarmUp(long steps, double start = 0) => step =>
        (Done(step, steps) * (1 - start)) + start;

    /// <summary>Times <paramref name="factor"/> after each <paramref name="steps"/> steps: as
    /// torch.optim.lr_scheduler.StepLR; with 1 step, ExponentialLR.</summary>
    /// <param name="steps">How many steps a factor holds.</param>
    /// <param name="factor">What follows is so many times what was before.</param>
    /// <exception cref="GraphException">There are no steps.</exception>
    public static Func<Tensor<F64>, Tensor<F64>> Decay(long steps, double factor) => step =>
        Tensor<F64>.Scalar(factor).Pow((step / Positive(steps)).Floor());

    // The part of the way that lies behind, at most 1.
    private static Tensor<F64> Done(Tensor<F64> step, long steps) =>
        (step / Positive(steps)).Minimum(Tensor<F64>.Scalar(1));

    private static double Positive(long steps) => steps > 0
        ? steps
        : throw new GraphException(FormattableString.Invariant($"a schedule over {steps} steps"));
}
