using System.Globalization;
using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>Compares results with the oracle's.</summary>
public static partial class Comparison
{
    /// <summary>
    /// Describes the first result that differs by more than the tolerance, relative to the expected number, or to the
    /// largest of its tensor (1 where that is larger) where the number is smaller; or gives null.
    /// </summary>
    public static string? Difference(InterpreterResult expected, InterpreterResult actual, double tolerance) =>
        Difference("output", expected.Outputs, actual.Outputs, tolerance)
        ?? Difference("update", expected.Updates, actual.Updates, tolerance);

    /// <summary>Describes the first difference between two values, or gives null.</summary>
    public static string? Difference(TensorValue expected, TensorValue actual, double tolerance)
    {
        if (expected.Type != actual.Type || !expected.Shape.SequenceEqual(actual.Shape))
        {
            return $"wanted {expected}, got {actual}";
        }

        double scale = expected.Type.IsFloat() ? Scale(expected.Floats) : 0;
        for (int i = 0; i < expected.Count; i++)
        {
            bool close = expected.Type.IsFloat()
                ? IsClose(expected.Type, expected.Floats[i], actual.Floats[i], tolerance, scale)
                : expected.Integers[i] == actual.Integers[i];
            if (!close)
            {
                return string.Create(CultureInfo.InvariantCulture,
                    $"element {i} of {expected.Count}: wanted {expected.Number(i):R}, got {actual.Number(i):R}");
            }
        }

        return null;
    }

    private static string? Difference(
        string what,
        IReadOnlyDictionary<string, TensorValue> expected,
        IReadOnlyDictionary<string, TensorValue> actual,
        double tolerance)
    {
        if (!expected.Keys.Order().SequenceEqual(actual.Keys.Order()))
        {
            return $"{what}s: wanted {string.Join(", ", expected.Keys)}, got {string.Join(", ", actual.Keys)}";
        }

        foreach (var (name, value) in expected)
        {
            if (Difference(value, actual[name], tolerance) is { } difference)
            {
                return $"{what} {name}: {difference}";
            }
        }

        return null;
    }

    /// <summary>What a tolerance is relative to where numbers are smaller: the largest of them, and at most 1. Tensors
    /// of small numbers are held to what they are.</summary>
    public static double Scale(IEnumerable<double> numbers) =>
        Math.Min(1, numbers.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max());

    // Equality covers infinities; a double beyond single precision is an infinity there.
    private static bool IsClose(DType type, double expected, double actual, double tolerance, double scale)
    {
        double wanted = type == DType.F32 ? (float)expected : expected;
        bool same = wanted == actual || (double.IsNaN(wanted) && double.IsNaN(actual));
        return same || Math.Abs(wanted - actual) <= tolerance * Math.Max(scale, Math.Abs(wanted));
    }
}
