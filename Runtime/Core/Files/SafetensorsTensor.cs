using System.Runtime.InteropServices;

namespace Sinter.Runtime.Files;

/// <summary>One tensor to be written to a safetensors file.</summary>
public sealed class SafetensorsTensor
{
    private readonly Action<Stream> write;

    /// <summary>A tensor whose bytes are produced when the file is written, for those larger than an array can
    /// be.</summary>
    /// <param name="name">Its name, unique in the file, without control characters.</param>
    /// <param name="elementType">The type of its elements.</param>
    /// <param name="shape">Its dimensions, row-major; empty for a scalar.</param>
    /// <param name="write">Writes exactly <see cref="ByteLength"/> bytes, little-endian.</param>
    /// <exception cref="ArgumentException">The name or a dimension is not allowed.</exception>
    public SafetensorsTensor(string name, ElementType elementType, ReadOnlySpan<long> shape, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(write);
        if (name == "__metadata__" || name.Any(char.IsControl))
        {
            throw new ArgumentException($"{NearestNames.Quote(name)} cannot name a tensor", nameof(name));
        }
        if (!SafetensorsHeader.TryByteCount(shape, elementType, out long bytes))
        {
            string text = string.Join(", ", shape.ToArray());
            throw new ArgumentException($"{NearestNames.Quote(name)}: [{text}] is not a shape", nameof(shape));
        }
        Name = name;
        ElementType = elementType;
        Shape = shape.ToArray();
        ByteLength = bytes;
        this.write = write;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The type of its elements.</summary>
    public ElementType ElementType { get; }

    /// <summary>Its dimensions, row-major.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The bytes it takes in the file.</summary>
    public long ByteLength { get; }

    /// <summary>A tensor over bytes in memory.</summary>
    /// <exception cref="ArgumentException">The shape does not take exactly these bytes, or the name is not
    /// allowed.</exception>
    public static SafetensorsTensor FromBytes(
        string name, ElementType elementType, ReadOnlySpan<long> shape, ReadOnlyMemory<byte> bytes)
    {
        var tensor = new SafetensorsTensor(name, elementType, shape, stream => stream.Write(bytes.Span));
        tensor.CheckLength(bytes.Length);
        return tensor;
    }

    /// <summary>A tensor over values in memory, such as <c>float[]</c> for <see cref="ElementType.F32"/>.</summary>
    /// <exception cref="ArgumentException">The type of the values is not stored as the element type, the shape does not
    /// hold exactly these values, or the name is not allowed.</exception>
    public static SafetensorsTensor From<T>(
        string name, ElementType elementType, ReadOnlySpan<long> shape, ReadOnlyMemory<T> values) where T : unmanaged
    {
        if (!elementType.IsStoredAs<T>())
        {
            string quoted = NearestNames.Quote(name);
            throw new ArgumentException($"{quoted}: {typeof(T).Name} is not stored as {elementType}", nameof(values));
        }
        var tensor = new SafetensorsTensor(
            name, elementType, shape, stream => stream.Write(MemoryMarshal.AsBytes(values.Span)));
        tensor.CheckLength((long)values.Length * elementType.SizeInBytes());
        return tensor;
    }

    /// <summary>Writes the bytes and checks that they were as many as promised.</summary>
    internal void WriteTo(Stream stream)
    {
        long before = stream.Position;
        write(stream);
        CheckLength(stream.Position - before);
    }

    private void CheckLength(long bytes)
    {
        if (bytes != ByteLength)
        {
            string shape = string.Join(", ", Shape);
            throw new ArgumentException(
                $"{NearestNames.Quote(Name)}: {bytes} bytes given, but {ElementType}[{shape}] takes {ByteLength}");
        }
    }
}
