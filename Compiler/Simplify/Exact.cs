namespace Sinter.Compiler.Simplify;

/// <summary>When arithmetic on constants loses nothing.</summary>
internal static class Exact
{
    // Integers of this size and below are exact in a double.
    private const double MaxInteger = 1L << 53;

    /// <summary>Whether a + b is exactly what the type holds.</summary>
    public static bool Sum(DType type, double a, double b)
    {
        double sum = a + b;
        bool isRead = type.IsFloat() || (Math.Abs(a) < MaxInteger && Math.Abs(b) < MaxInteger);
        return isRead && Holds(type, sum) && sum - a == b && sum - b == a;
    }

    /// <summary>
    /// Whether a * b is exactly what the type holds. The product of two singles is exact in a double.
    /// </summary>
    public static bool Product(DType type, double a, double b) =>
        type != DType.F64 && Holds(type, a * b) && (a * b != 0 || a == 0 || b == 0);

    /// <summary>Whether the value is a power of two whose reciprocal is a normal number of the type.</summary>
    public static bool IsPowerOfTwo(double value, DType type)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        bool power = (bits & 0xFFFFFFFFFFFFF) == 0 && Math.Abs(value) is > 1e-30 and < 1e30;
        return power && type is DType.F32 or DType.F64;
    }

    /// <summary>Whether every value of one type is a value of another.</summary>
    public static bool Widens(DType from, DType to)
    {
        ElementFacts narrow = from.Facts();
        ElementFacts wide = to.Facts();
        return from == to || (narrow.Kind, wide.Kind) switch
        {
            (ElementKind.Bool, _) => true,
            (_, ElementKind.Bool) => false,
            (ElementKind.Float, ElementKind.Float) => wide.Bytes > narrow.Bytes,
            (ElementKind.Float, _) => false,
            (_, ElementKind.Float) => wide.SignificantBits >= narrow.SignificantBits,
            _ => wide.Lowest <= narrow.Lowest && wide.Highest >= narrow.Highest,
        };
    }

    // Integers wrap: any sum or product within a double's exact range is right in each type.
    private static bool Holds(DType type, double value) => type switch
    {
        DType.F32 => (float)value == value && !double.IsInfinity(value),
        DType.F64 => !double.IsNaN(value) && !double.IsInfinity(value),
        _ when type.IsStorage() || type == DType.Bool => false,
        _ => Math.Abs(value) <= MaxInteger,
    };
}
