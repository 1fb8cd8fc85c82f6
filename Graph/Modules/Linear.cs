namespace Sinter.Modules;

/// <summary>x · weightᵀ + bias: (…, in features) becomes (…, out features). As torch.nn.Linear.</summary>
public sealed class Linear : Layer
{
    /// <summary>Declares weight and bias.</summary>
    /// <param name="inFeatures">The extent of the input's last axis.</param>
    /// <param name="outFeatures">The extent of the result's last axis.</param>
    /// <param name="bias">Whether something is added.</param>
    /// <param name="weightInitializer">The weight before training; PyTorch's uniform on ±1 / sqrt(inFeatures) where null.</param>
    /// <param name="biasInitializer">The bias before training; the same uniform distribution where null.</param>
    /// <exception cref="GraphException">An extent is not positive.</exception>
    public Linear(
        int inFeatures, int outFeatures, bool bias = true, Initializer? weightInitializer = null, Initializer? biasInitializer = null)
    {
        if (inFeatures <= 0 || outFeatures <= 0)
        {
            throw new GraphException($"a linear layer from {inFeatures} to {outFeatures} features");
        }

        Initializer byDefault = Initializer.FanInUniform(inFeatures);
        Weight = Parameter("weight", weightInitializer ?? byDefault, outFeatures, inFeatures);
        Bias = bias ? Parameter("bias", biasInitializer ?? byDefault, outFeatures) : null;
    }

    /// <summary>(out features, in features).</summary>
    public Tensor<F32> Weight { get; }

    /// <summary>(out features), or null.</summary>
    public Tensor<F32>? Bias { get; }

    /// <inheritdoc/>
    protected override Tensor<F32> Forward(Tensor<F32> input) => input.Linear(Weight, Bias);
}
