using System.Globalization;
using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>Compares results with the oracle's.</summary>
public static partial class Comparison
{
    /// <summary>
    /// Describes the first result that differs by more than the tolerance, relative to the larger of 1 and the expected
    /// number, or gives null.
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

        for (int i = 0; i < expected.Count; i++)
        {
            bool close = expected.Type.IsFloat()
                ? IsClose(expected.Type, expected.Floats[i], actual.Floats[i], tolerance)
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

    // Equality covers infinities; a double beyond single precision is an infinity there.
    private static bool IsClose(DType type, double expected, double actual, double tolerance)
    {
        double wanted = type == DType.F32 ? (float)expected : expected;
        bool same = wanted == actual || (double.IsNaN(wanted) && double.IsNaN(actual));
        return same || Math.Abs(wanted - actual) <= tolerance * Math.Max(1, Math.Abs(wanted));
    }
}
