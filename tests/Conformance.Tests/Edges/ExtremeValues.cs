using System.Globalization;
using Sinter.Reference;

namespace Sinter.Conformance.Tests.Edges;

/// <summary>The values of each type at which arithmetic breaks, as constants hold them.</summary>
public static class ExtremeValues
{
    private static readonly double[] Floats =
    [
        0, -0.0, 1, -1, 0.5, 1.5, -2.5, 2147483648.0, -2147483904.0, 3e9, -3e9, 4294967296.0, 300, -300, 1e19, -1e19,
        float.MaxValue, float.MinValue, float.Epsilon, -float.Epsilon, 1e-39f, double.PositiveInfinity,
        double.NegativeInfinity, double.NaN,
    ];

    /// <summary>The bits of the extreme values of a type.</summary>
    public static long[] Of(DType type) => type switch
    {
        DType.Bool => [0, 1],
        DType.U8 => [0, 1, 2, 7, 8, 31, 32, 127, 128, 255],
        DType.I8 => [0, 1, -1, 2, 7, 8, sbyte.MinValue, sbyte.MaxValue],
        DType.I16 => [0, 1, -1, 2, 15, 16, 300, short.MinValue, short.MaxValue],
        DType.I32 => [0, 1, -1, 2, 31, 32, 33, 300, int.MinValue, int.MaxValue, int.MinValue + 1],
        DType.U32 => [0, 1, 2, 31, 32, 33, int.MaxValue, 2147483648, uint.MaxValue],
        DType.I64 =>
        [
            0, 1, -1, 2, 31, 32, 63, 64, int.MinValue, uint.MaxValue, 1L << 32, (1L << 53) + 1, -(1L << 53) - 1,
            long.MinValue, long.MaxValue, long.MinValue + 1, (1L << 62) + 1,
        ],
        _ => Array.ConvertAll(Floats, number => Constants.Bits(type, number)),
    };
}

/// <summary>Compares bits: zeros with their sign, NaN with NaN.</summary>
public static class ExactComparison
{
    /// <summary>What differs between two values, or null.</summary>
    public static string? Difference(string key, TensorValue wanted, TensorValue actual)
    {
        if (wanted.Type != actual.Type || !wanted.Shape.SequenceEqual(actual.Shape))
        {
            return $"{key}: wanted {wanted}, got {actual}";
        }

        string[] differences = [.. Enumerable.Range(0, wanted.Count).Where(i => !IsSame(wanted, actual, i)).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"{i}: {Text(wanted, i)} ≠ {Text(actual, i)}"))];
        return differences.Length == 0 ? null : $"{key}[{string.Join("; ", differences)}]";
    }

    private static string Text(TensorValue value, int i) => value.Type.IsFloat()
        ? value.Floats[i].ToString("R", CultureInfo.InvariantCulture)
        : value.Integers[i].ToString(CultureInfo.InvariantCulture);

    private static bool IsSame(TensorValue wanted, TensorValue actual, int i) => wanted.Type.IsFloat()
        ? (double.IsNaN(wanted.Floats[i]) && double.IsNaN(actual.Floats[i]))
            || BitConverter.DoubleToInt64Bits(wanted.Floats[i]) == BitConverter.DoubleToInt64Bits(actual.Floats[i])
        : wanted.Integers[i] == actual.Integers[i];
}
