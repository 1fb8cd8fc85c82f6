using System.Globalization;
using Sinter.Reference;

namespace Sinter.Conformance.Tests.Edges;

/// <summary>Compares with PyTorch: zeros with their sign, infinities and NaN as they are, other numbers
/// nearly.</summary>
public static class EdgeComparison
{
    // PyTorch's vectors of functions are good to some units in the last place, and so are sums in another order.
    private const double Relative = 4e-6;

    // Slopes are differences from 1 (1 - y², p - 1), or sums that cancel: they are as good as single precision near 1.
    private const double OfGradients = 3e-7;

    // Numbers below the normal ones have fewer digits, and some of these functions round twice on the way to them.
    private const double Absolute = 6e-45;

    /// <summary>What differs between two values, or null.</summary>
    public static string? Difference(string key, TensorValue wanted, TensorValue actual)
    {
        if (wanted.Type != actual.Type || !wanted.Shape.SequenceEqual(actual.Shape))
        {
            return $"{key}: wanted {wanted}, got {actual}";
        }

        double absolute = key.StartsWith("grad_", StringComparison.Ordinal) ? OfGradients : Absolute;
        string[] differences = [.. Enumerable.Range(0, wanted.Count).Where(i => !IsSame(wanted, actual, i, absolute)).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"{i}: {Text(wanted, i)} ≠ {Text(actual, i)}"))];
        return differences.Length == 0 ? null : $"{key}[{string.Join("; ", differences)}]";
    }

    private static string Text(TensorValue value, int i) => value.Type.IsFloat()
        ? value.Floats[i].ToString("R", CultureInfo.InvariantCulture)
        : value.Integers[i].ToString(CultureInfo.InvariantCulture);

    private static bool IsSame(TensorValue wanted, TensorValue actual, int i, double absolute)
    {
        if (!wanted.Type.IsFloat())
        {
            return wanted.Integers[i] == actual.Integers[i];
        }

        double a = wanted.Floats[i];
        double b = actual.Floats[i];
        if (a == 0 && b == 0)
        {
            return double.IsNegative(a) == double.IsNegative(b);
        }

        bool close = double.IsFinite(a) && double.IsFinite(b) && Math.Abs(a - b) <= absolute + (Relative * Math.Abs(a));
        return close || a == b || (double.IsNaN(a) && double.IsNaN(b));
    }
}
