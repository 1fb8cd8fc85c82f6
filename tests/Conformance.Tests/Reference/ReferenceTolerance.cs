using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sinter.Reference;

namespace Sinter.Conformance.Tests.Reference;

/// <summary>
/// How close results must come to PyTorch's: each number within <c>atol[kind] + rtol * |reference|</c>, and the largest
/// distance in a tensor within <c>tensor_rel[kind]</c> of its largest number, which also sees errors in tensors of
/// small values. Tensors of rounding noise are held to <c>atol</c> alone. Integers and truth values are exact.
/// </summary>
public sealed partial class ReferenceTolerance
{
    private readonly double relative;
    private readonly Dictionary<string, double> absolute;
    private readonly Dictionary<string, double> ofTensor;
    private readonly HashSet<string> noise;

    public ReferenceTolerance(JsonElement tolerance, IEnumerable<string> noiseKeys)
    {
        relative = tolerance.TryGetProperty("rtol", out JsonElement rtol) ? rtol.GetDouble() : 0;
        absolute = Numbers(tolerance, "atol");
        ofTensor = Numbers(tolerance, "tensor_rel");
        noise = [.. noiseKeys];
    }

    /// <summary>Describes how a result misses the reference, or gives null.</summary>
    public string? Difference(string key, TensorValue expected, TensorValue actual)
    {
        if (expected.Type != actual.Type || !expected.Shape.SequenceEqual(actual.Shape))
        {
            return $"{key}: wanted {expected}, got {actual}";
        }

        return expected.Type.IsFloat() ? Floats(key, expected, actual) : Integers(key, expected, actual);
    }

    private string? Floats(string key, TensorValue expected, TensorValue actual)
    {
        string kind = Kind(key);
        bool isNoise = noise.Contains(key);
        double allowed = absolute[kind];
        double share = isNoise ? 0 : relative;
        double largest = expected.Floats.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        bool hasShare = !isNoise && ofTensor.ContainsKey(kind);
        double ofLargest = hasShare ? ofTensor[kind] * largest : double.PositiveInfinity;
        for (int i = 0; i < expected.Count; i++)
        {
            double wanted = expected.Floats[i];
            double limit = Math.Min(allowed + (share * Math.Abs(wanted)), ofLargest);
            double distance = Math.Abs(wanted - actual.Floats[i]);
            bool same = wanted.Equals(actual.Floats[i]) || distance <= limit;
            if (!same)
            {
                string numbers = string.Create(CultureInfo.InvariantCulture,
                    $"wanted {wanted:R}, got {actual.Floats[i]:R}, {distance:E1} > {limit:E1}");
                return $"{key}[{i} of {expected.Count}]: {numbers}";
            }
        }

        return null;
    }

    private static string? Integers(string key, TensorValue expected, TensorValue actual)
    {
        bool same = expected.Integers.SequenceEqual(actual.Integers);
        return same ? null : $"{key}: wanted {expected}, got {actual}";
    }

    // The part before the first dot; all steps share one kind.
    private static string Kind(string key)
    {
        string first = key.Split('.')[0];
        return Step().IsMatch(first) ? "after" : first;
    }

    [GeneratedRegex("^after[0-9]+(_buffer)?$")]
    private static partial Regex Step();

    private static Dictionary<string, double> Numbers(JsonElement tolerance, string name) =>
        tolerance.TryGetProperty(name, out JsonElement numbers)
            ? numbers.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetDouble())
            : [];
}
