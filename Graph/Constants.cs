namespace Sinter;

/// <summary>Makes constant nodes. They are free: every builder may adopt them.</summary>
public static class Constants
{
    /// <summary>A constant with the same value everywhere.</summary>
    public static Node Splat(DType type, Shape shape, double value) =>
        Make(new TensorType(type, shape), [Bits(type, value)]);

    /// <summary>A constant with one value for each element, row-major.</summary>
    /// <exception cref="GraphException">The number of values is not the shape's.</exception>
    public static Node Dense(DType type, Shape shape, IReadOnlyList<double> values)
    {
        if (shape.ElementCount != values.Count)
        {
            throw new GraphException($"{values.Count} values for a constant of shape {shape}");
        }

        // One value for all has one form, so that equal constants are one node.
        long[] bits = values.Select(value => Bits(type, value)).ToArray();
        bool isUniform = bits.Length > 1 && bits.All(value => value == bits[0]);
        return Make(new TensorType(type, shape), isUniform ? [bits[0]] : bits);
    }

    /// <summary>A value of the given type as <see cref="ConstantAttributes.Bits"/> holds it.</summary>
    public static long Bits(DType type, double value)
    {
        double rounded = DTypes.Round(type, value);
        return type.IsFloat() ? BitConverter.DoubleToInt64Bits(rounded) : (long)rounded;
    }

    /// <summary>The value that <see cref="Bits"/> stands for.</summary>
    public static double Value(DType type, long bits) => type.IsFloat() ? BitConverter.Int64BitsToDouble(bits) : bits;

    /// <summary>The single value of a constant, seen through broadcasts and reshapes; null for anything else.</summary>
    public static double? SplatValue(Node node)
    {
        while (node.Op is Op.Broadcast or Op.Reshape)
        {
            node = node.Inputs[0];
        }

        return node.Attributes is ConstantAttributes { IsSplat: true } constant ? constant.Value(0) : null;
    }

    private static Node Make(TensorType type, long[] bits) =>
        new(null, -1, Op.Constant, new ConstantAttributes(type, bits), [], type, "");
}
