namespace Sinter.Modules;

/// <summary>
/// Layers applied one after another; they are children named <c>0</c>, <c>1</c>, … As torch.nn.Sequential.
/// </summary>
public sealed class Sequential : Layer
{
    private readonly Layer[] layers;

    /// <summary>Strings layers together.</summary>
    /// <exception cref="GraphException">A layer is already part of a model.</exception>
    public Sequential(params Layer[] layers)
    {
        this.layers = [.. layers.Given()];
        for (int i = 0; i < layers.Length; i++)
        {
            Register(FormattableString.Invariant($"{i}"), layers[i]);
        }
    }

    /// <summary>The layer at a position, counted from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
    public Layer this[int index] => index >= 0 && index < layers.Length
        ? layers[index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"there are {layers.Length} layers");

    /// <inheritdoc/>
    protected override Tensor<F32> Forward(Tensor<F32> input)
    {
        foreach (Layer layer in layers)
        {
            input = layer.Call(input);
        }

        return input;
    }
}

/// <summary>Joins neighbouring axes into one; all but the first by default. As torch.nn.Flatten.</summary>
/// <param name="start">The first axis joined.</param>
/// <param name="end">The last axis joined; -1 is the last of all.</param>
public sealed class Flatten(int start = 1, int end = -1) : Layer
{
    /// <inheritdoc/>
    protected override Tensor<F32> Forward(Tensor<F32> input) => input.Flatten(start, end);
}

/// <summary>
/// While training, zeroes elements with probability p and scales the others by 1 / (1 - p). As torch.nn.Dropout.
/// </summary>
public sealed class Dropout : Layer
{
    private readonly double p;

    /// <summary>Sets the probability.</summary>
    /// <param name="p">The probability of zeroing, in [0, 1].</param>
    /// <exception cref="GraphException">p is no probability.</exception>
    public Dropout(double p = 0.5)
    {
        Functional.CheckProbability(p);
        this.p = p;
    }

    /// <inheritdoc/>
    protected override Tensor<F32> Forward(Tensor<F32> input) => input.Dropout(p);
}
