namespace Sinter.Compiler.Values;

/// <summary>Memory that kernels read and write: an input, a parameter, an output, an intermediate value or
/// scratch.</summary>
/// <param name="name">A readable name for program text and traces.</param>
/// <param name="type">The element type.</param>
/// <param name="size">The number of elements.</param>
public class Buffer(string name, DType type, Dimension size)
{
    /// <summary>A readable name.</summary>
    public string Name { get; } = name;

    /// <summary>The element type.</summary>
    public DType Type { get; } = type;

    /// <summary>The number of elements.</summary>
    public Dimension Size { get; } = size;

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Type.Name()}[{Size}]";
}
