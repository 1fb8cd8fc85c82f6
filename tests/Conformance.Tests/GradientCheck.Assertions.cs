namespace Sinter.Conformance.Tests;

public static partial class GradientCheck
{
    /// <summary>
    /// Fails where two gradients differ by more than the tolerance, relative to the expected number, or to the largest
    /// of its tensor (1 where that is larger) where the number is smaller.
    /// </summary>
    public static void AssertClose(
        IReadOnlyDictionary<Node, double[]> expected, IReadOnlyDictionary<Node, double[]> actual, double tolerance)
    {
        foreach (var (node, values) in expected)
        {
            double scale = Comparison.Scale(values);
            for (int i = 0; i < values.Length; i++)
            {
                double limit = tolerance * Math.Max(scale, Math.Abs(values[i]));
                Assert.True(
                    Math.Abs(values[i] - actual[node][i]) <= limit,
                    $"gradient of {node}, element {i}: wanted {values[i]:R}, got {actual[node][i]:R}");
            }
        }
    }
}
