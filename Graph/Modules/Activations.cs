namespace Sinter.Modules;

/// <summary>max(x, 0). As torch.nn.ReLU.</summary>
public sealed class ReLU : Layer
{
    /// <inheritdoc/>
    protected override Tensor<F32> Forward(Tensor<F32> input) => input.Relu();
}

/// <summary>x where x > 0, else slope * x. As torch.nn.LeakyReLU.</summary>
/// <param name="slope">The slope below 0.</param>
public sealed class LeakyReLU(double slope = 0.01) : Layer
{
    /// <inheritdoc/>
    protected override Tensor<F32> Forward(Tensor<F32> input) => input.LeakyRelu(slope);
}

/// <summary>x where x > 0, else alpha * (e^x - 1). As torch.nn.ELU.</summary>
/// <param name="alpha">The limit towards minus infinity is -alpha.</param>
public sealed class ELU(double alpha = 1) : Layer
{
    /// <inheritdoc/>
    protected override Tensor<F32> Forward(Tensor<F32> input) => input.Elu(alpha);
}

/// <summary>x * P(a standard normal variable is below x). As torch.nn.GELU.</summary>
/// <param name="approximateTanh">Whether to take the approximation by tanh.</param>
public sealed class GELU(bool approximateTanh = false) : Layer
{
    /// <inheritdoc/>
    protected override Tensor<F32> Forward(Tensor<F32> input) => input.Gelu(approximateTanh);
}

/// <summary>x * sigmoid(x). As torch.nn.SiLU.</summary>
public sealed class SiLU : Layer
{
    /// <inheritdoc/>
    protected override Tensor<F32> Forward(Tensor<F32> input) => input.Silu();
}

/// <summary>1 / (1 + e^-x). As torch.nn.Sigmoid.</summary>
public sealed class Sigmoid : Layer
{
    /// <inheritdoc/>
    protected override Tensor<F32> Forward(Tensor<F32> input) => input.Sigmoid();
}

/// <summary>Hyperbolic tangent. As torch.nn.Tanh.</summary>
public sealed class Tanh : Layer
{
    /// <inheritdoc/>
    protected override Tensor<F32> Forward(Tensor<F32> input) => input.Tanh();
}

/// <summary>exp(x) / sum(exp(x)) along an axis. As torch.nn.Softmax.</summary>
/// <param name="axis">The axis that sums to 1; -1 is the last.</param>
public sealed class Softmax(int axis) : Layer
{
    /// <inheritdoc/>
    protected override Tensor<F32> Forward(Tensor<F32> input) => input.Softmax(axis);
}

/// <summary>log(softmax(x)) along an axis. As torch.nn.LogSoftmax.</summary>
/// <param name="axis">The axis whose exponentials sum to 1; -1 is the last.</param>
public sealed class LogSoftmax(int axis) : Layer
{
    /// <inheritdoc/>
    protected override Tensor<F32> Forward(Tensor<F32> input) => input.LogSoftmax(axis);
}
