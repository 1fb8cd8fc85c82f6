namespace Sinter;

/// <summary>Makes constant nodes. They are free: every builder may adopt them.</summary>
public static class Constants
{
    /// <summary>A constant with the same value everywhere.</summary>
    public static Node Splat(DType type, Shape shape, double value) =>
        Make(new TensorType(type, shape.Given()), [Bits(type, value)]);

    /// <summary>A constant with one value for each element, row-major.</summary>
    /// <exception cref="GraphException">The number of values is not the shape's.</exception>
    public static Node Dense(DType type, Shape shape, IReadOnlyList<double> values) =>
        OfBits(type, shape, [.. values.Given().Select(value => Bits(type, value))]);

    /// <summary>A constant with the same integer everywhere, exact in types of 64 bits, too.</summary>
    public static Node Splat(DType type, Shape shape, long value) =>
        Make(new TensorType(type, shape.Given()), [Bits(type, value)]);

    /// <summary>A constant with one integer for each element, row-major, exact in types of 64 bits, too.</summary>
    /// <exception cref="GraphException">The number of values is not the shape's.</exception>
    public static Node Dense(DType type, Shape shape, IReadOnlyList<long> values) =>
        OfBits(type, shape, [.. values.Given().Select(value => Bits(type, value))]);

    /// <summary>A value of the given type as <see cref="ConstantAttributes.Bits"/> holds it.</summary>
    public static long Bits(DType type, double value) => type.IsFloat()
        ? BitConverter.DoubleToInt64Bits(DTypes.Round(type, value))
        : type == DType.Bool ? (value != 0 ? 1 : 0) : DTypes.Wrap(type, DTypes.Saturate(DType.I64, value));

    /// <summary>An integer of the given type as <see cref="ConstantAttributes.Bits"/> holds it; it wraps, and is
    /// rounded once.</summary>
    public static long Bits(DType type, long value) => type switch
    {
        DType.F64 => BitConverter.DoubleToInt64Bits(value),
        _ when type.IsFloat() => Bits(type, (double)(float)value),
        _ => DTypes.Wrap(type, value),
    };

    /// <summary>The value that <see cref="Bits(DType, double)"/> stands for.</summary>
    public static double Value(DType type, long bits) => type.IsFloat() ? BitConverter.Int64BitsToDouble(bits) : bits;

    /// <summary>The bits of a value in memory, from <see cref="Bits(DType, double)"/>.</summary>
    public static long Stored(DType type, long bits) => type switch
    {
        DType.F16 or DType.BF16 => Float16.Bits(type, BitConverter.Int64BitsToDouble(bits)),
        DType.F32 => BitConverter.ToInt32(BitConverter.GetBytes((float)BitConverter.Int64BitsToDouble(bits)), 0),
        _ => bits,
    };

    /// <summary>The single value of a constant, seen through broadcasts and reshapes; null for anything else.</summary>
    public static double? SplatValue(Node node)
    {
        while (node.Given().Op is Op.Broadcast or Op.Reshape)
        {
            node = node.Inputs[0];
        }

        return node.Attributes is ConstantAttributes { IsSplat: true } constant ? constant.Value(0) : null;
    }

    // One value for all has one form, so that equal constants are one node.
    private static Node OfBits(DType type, Shape shape, long[] bits)
    {
        if (shape.Given().ElementCount != bits.Length)
        {
            throw new GraphException($"{bits.Length} values for a constant of shape {shape}");
        }

        bool isUniform = bits.Length > 1 && bits.All(value => value == bits[0]);
        return Make(new TensorType(type, shape), isUniform ? [bits[0]] : bits);
    }

    private static Node Make(TensorType type, long[] bits) =>
        new(null, -1, Op.Constant, new ConstantAttributes(type, bits), [], type, "");
}
