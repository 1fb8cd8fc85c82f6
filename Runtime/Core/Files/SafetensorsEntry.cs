namespace Sinter.Runtime.Files;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name, unique in the file.</param>
/// <param name="ElementType">The type of its elements.</param>
/// <param name="Shape">Its dimensions, row-major; empty for a scalar.</param>
/// <param name="Offset">Where its bytes start, from the beginning of the file.</param>
/// <param name="ByteLength">How many bytes it takes: the product of the shape times the element size.</param>
public sealed record SafetensorsEntry(
    string Name,
    ElementType ElementType,
    long[] Shape,
    long Offset,
    long ByteLength);
