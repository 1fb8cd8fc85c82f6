namespace Sinter.Reference;

/// <summary>Brings results into the range of their element type.</summary>
internal static class Rounding
{
    /// <summary>A float's elements rounded to nearest even in its type; integers as they are.</summary>
    public static TensorValue ToType(TensorValue value)
    {
        Converter<double, double>? round = value.Type switch
        {
            DType.F32 => number => (float)number,
            DType.F16 => number => (double)(Half)number,
            DType.BF16 => ToBFloat16,
            _ => null,
        };
        return round is null ? value : new TensorValue(value.Type, value.Shape, Array.ConvertAll(value.Floats, round));
    }

    /// <summary>The low bits of an integer as its type reads them; Bool is 0 or 1.</summary>
    public static long Wrap(DType type, long value) => DTypes.Wrap(type, value);

    // Twice rounded, through single precision: what hardware does that converts from f32.
    private static double ToBFloat16(double value)
    {
        uint bits = BitConverter.SingleToUInt32Bits((float)value);
        if (double.IsNaN(value))
        {
            return double.NaN;
        }

        uint half = 0x7FFF + ((bits >> 16) & 1);
        return BitConverter.UInt32BitsToSingle((bits + half) & 0xFFFF0000);
    }
}
