namespace Sinter.Optimizers;

/// <summary>An exponential average, as optimizers keep them: what is kept, and what a sample adds.</summary>
/// <param name="kept">The share that a step keeps, a scalar.</param>
internal sealed class Share(Tensor<F64> kept)
{
    private readonly Tensor<F32> kept = kept.Cast<F32>();
    private readonly Tensor<F32> taken = (1 - kept).Cast<F32>();

    /// <summary>The average with one more sample, which becomes the state.</summary>
    public Tensor<F32> Average(StepBuilder step, Parameter state, Tensor<F32> sample)
    {
        Tensor<F32> next = (step.Read(state) * kept) + (sample * taken);
        step.Write(state, next);
        return next;
    }
}
