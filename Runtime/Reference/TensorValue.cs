namespace Sinter.Reference;

/// <summary>The elements of one tensor, row-major: floats as doubles, integers and Bool as longs.</summary>
public sealed record TensorValue
{
    private readonly double[]? floats;
    private readonly long[]? integers;

    /// <summary>A value of a floating-point type.</summary>
    /// <param name="type">F16, BF16, F32 or F64.</param>
    /// <param name="shape">The extents.</param>
    /// <param name="values">The elements, row-major; owned by the result from now on.</param>
    /// <exception cref="ArgumentException">The type is no float, or the number of values is not the
    /// shape's.</exception>
    public TensorValue(DType type, long[] shape, double[] values)
        : this(type, shape, values.Length, type.IsFloat()) => floats = values;

    /// <summary>A value of an integer type or Bool.</summary>
    /// <param name="type">An integer type or Bool.</param>
    /// <param name="shape">The extents.</param>
    /// <param name="values">The elements, row-major; owned by the result from now on.</param>
    /// <exception cref="ArgumentException">The type is a float, or the number of values is not the shape's.</exception>
    public TensorValue(DType type, long[] shape, long[] values)
        : this(type, shape, values.Length, !type.IsFloat()) => integers = values;

    private TensorValue(DType type, long[] shape, long count, bool holds)
    {
        if (!holds)
        {
            throw new ArgumentException($"elements of {type.Name()} are not held in this kind of array");
        }

        if (Indices.Count(shape) != count)
        {
            throw new ArgumentException($"{count} values for the shape [{string.Join(", ", shape)}]");
        }

        Type = type;
        Shape = shape;
        Count = (int)count;
    }

    /// <summary>What an operation with a body gives: several values, of which others choose.</summary>
    internal TensorValue(IReadOnlyList<TensorValue> results)
        : this(DType.Bool, [], [0L]) => Results = results;

    /// <summary>The results of an operation with a body.</summary>
    internal IReadOnlyList<TensorValue> Results { get; } = [];

    /// <summary>The element type.</summary>
    public DType Type { get; }

    /// <summary>The extents.</summary>
    public long[] Shape { get; }

    /// <summary>The number of elements.</summary>
    public int Count { get; }

    /// <summary>The elements of a float.</summary>
    /// <exception cref="InvalidOperationException">The type is no float.</exception>
    public double[] Floats => floats ?? throw new InvalidOperationException($"{Type.Name()} is no float");

    /// <summary>The elements of an integer or Bool.</summary>
    /// <exception cref="InvalidOperationException">The type is a float.</exception>
    public long[] Integers => integers ?? throw new InvalidOperationException($"{Type.Name()} is no integer");

    /// <summary>A scalar.</summary>
    public static TensorValue Scalar(DType type, double value) => FromNumbers(type, [], [value]);

    /// <summary>A value of any type from doubles: integers truncate and wrap, floats are kept as they are.</summary>
    public static TensorValue FromNumbers(DType type, long[] shape, double[] values) => type.IsFloat()
        ? new TensorValue(type, shape, values)
        : new TensorValue(type, shape, Array.ConvertAll(values, value => (long)DTypes.Round(type, value)));

    /// <summary>The element at a row-major position; integers beyond 2^53 lose precision.</summary>
    public double Number(int position) => floats is not null ? floats[position] : integers![position];

    /// <inheritdoc/>
    public override string ToString()
    {
        const int shown = 16;
        string elements = string.Join(", ", Enumerable.Range(0, Math.Min(Count, shown)).Select(Number));
        return $"{TypeText}({elements}{(Count > shown ? ", …" : "")})";
    }

    /// <summary>Element type and extents, as <see cref="TensorType"/> prints them.</summary>
    internal string TypeText => $"{Type.Name()}[{string.Join(", ", Shape)}]";

    /// <summary>The same elements under another shape.</summary>
    internal TensorValue WithShape(long[] shape) =>
        floats is not null ? new TensorValue(Type, shape, floats) : new TensorValue(Type, shape, integers!);

    /// <summary>
    /// The elements at the given positions; -1 stands for <paramref name="fill"/> (as in <see cref="Constants"/>).
    /// </summary>
    internal TensorValue Take(long[] shape, long[] positions, long fill = 0)
    {
        if (floats is not null)
        {
            double fillValue = BitConverter.Int64BitsToDouble(fill);
            return new TensorValue(Type, shape, Array.ConvertAll(positions, p => p < 0 ? fillValue : floats[p]));
        }

        return new TensorValue(Type, shape, Array.ConvertAll(positions, p => p < 0 ? fill : integers![p]));
    }
}
