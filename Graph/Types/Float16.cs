namespace Sinter;

/// <summary>The two formats of 16 bits: IEEE half precision, and the upper half of an IEEE single.</summary>
public static class Float16
{
    private const int DoubleFraction = 52;
    private const int DoubleBias = 1023;
    private const ushort QuietNan = 0x7E00;

    /// <summary>The bits of the nearest number of <see cref="DType.F16"/> or <see cref="DType.BF16"/>; ties go to the
    /// even one, what is too large to infinity.</summary>
    public static ushort Bits(DType type, double value) => type == DType.F16 ? Half(value) : Brain(value);

    /// <summary>The number that bits of <see cref="DType.F16"/> or <see cref="DType.BF16"/> stand for.</summary>
    public static double Value(DType type, ushort bits)
    {
        if (type != DType.F16)
        {
            return Single(bits << 16);
        }

        int exponent = (bits >> 10) & 31;
        int fraction = bits & 1023;
        double size = exponent switch
        {
            0 => fraction * Power(-24),
            31 => fraction == 0 ? double.PositiveInfinity : double.NaN,
            _ => (fraction + 1024) * Power(exponent - 25),
        };
        return (bits & 0x8000) == 0 ? size : -size;
    }

    private static ushort Half(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        ushort sign = (ushort)((bits >> 48) & 0x8000);
        if (double.IsNaN(value))
        {
            return (ushort)(sign | QuietNan);
        }

        // In units of the last digit: 2^-24 below 2^-14, then ten digits behind the first.
        int exponent = Math.Max((int)((bits >> DoubleFraction) & 2047) - DoubleBias, -14);
        double units = Math.Round(Math.Abs(value) * Power(10 - Math.Min(exponent, 16)), MidpointRounding.ToEven);
        bool isLarge = exponent > 15 || (exponent == 15 && units >= 2048);
        return (ushort)(sign | (isLarge ? 0x7C00 : ((exponent + 14) << 10) + (int)units));
    }

    // By way of single precision, as processors convert.
    private static ushort Brain(double value)
    {
        if (double.IsNaN(value))
        {
            return 0x7FC0;
        }

        uint bits = unchecked((uint)BitConverter.ToInt32(BitConverter.GetBytes((float)value), 0));
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static double Single(int bits) => BitConverter.ToSingle(BitConverter.GetBytes(bits), 0);

    private static double Power(int exponent) =>
        BitConverter.Int64BitsToDouble((long)(exponent + DoubleBias) << DoubleFraction);
}
