namespace Sinter.Conformance.Tests;

public static partial class GradientCheck
{
    /// <summary>
    /// Fails where two gradients differ by more than the tolerance, relative to the larger of 1 and the expected.
    /// </summary>
    public static void AssertClose(
        IReadOnlyDictionary<Node, double[]> expected, IReadOnlyDictionary<Node, double[]> actual, double tolerance)
    {
        foreach (var (node, values) in expected)
        {
            for (int i = 0; i < values.Length; i++)
            {
                double limit = tolerance * Math.Max(1, Math.Abs(values[i]));
                Assert.True(
                    Math.Abs(values[i] - actual[node][i]) <= limit,
                    $"gradient of {node}, element {i}: wanted {values[i]:R}, got {actual[node][i]:R}");
            }
        }
    }
}
