namespace Sinter.Optimizers;

/// <summary>
/// What a model is trained towards, without the training step itself: differentiation is the compiler's. A model that
/// is compiled at build time returns one from the method that its attribute names.
/// </summary>
/// <param name="Loss">A scalar.</param>
/// <param name="Optimizer">How gradients change parameters.</param>
/// <param name="Trained">The parameters that are trained.</param>
/// <param name="Metrics">Further results, of the same builder.</param>
public sealed record TrainingObjective(
    Tensor<F32> Loss, Optimizer Optimizer, IEnumerable<Parameter> Trained, params Output[] Metrics)
{
    /// <summary>
    /// Parameters that the loss depends on and this step leaves as they are, because another one trains them. Others of
    /// the models that the trained ones belong to need not be named.
    /// </summary>
    public IEnumerable<Parameter> Held { get; init; } = [];
}
