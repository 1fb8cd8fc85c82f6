using Sinter.Reference;

namespace Sinter.Compiler.Tests;

/// <summary>Helpers that run graphs through the interpreter.</summary>
internal static class Running
{
    /// <summary>Values for all inputs, drawn between two bounds from a seed.</summary>
    public static Dictionary<string, TensorValue> Draw(IEnumerable<Node> inputs, double low, double high, int seed = 1)
    {
        var random = new Random(seed);
        var values = new Dictionary<string, TensorValue>();
        foreach (Node input in inputs)
        {
            double[] numbers = new double[input.Shape.ElementCount.Value];
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = low + (random.NextDouble() * (high - low));
            }

            long[] shape = input.Shape.Select(d => d.Value).ToArray();
            values[NameOf(input)] = TensorValue.FromNumbers(input.DType, shape, numbers);
        }

        return values;
    }

    public static string NameOf(Node leaf) => leaf.Attributes switch
    {
        InputAttributes input => input.Name,
        _ => leaf.Get<ParameterAttributes>().Declaration.FullName,
    };

    public static double[] Output(Graph graph, IReadOnlyDictionary<string, TensorValue> inputs, string name) =>
        Numbers(Interpreter.Run(graph, inputs, new Dictionary<string, TensorValue>()).Outputs[name]);

    public static double[] Numbers(TensorValue value) =>
        Enumerable.Range(0, value.Count).Select(value.Number).ToArray();

    /// <summary>Fails where two arrays differ by more than a fraction of the larger of both numbers, or of the array's
    /// largest (1 where that is larger).</summary>
    public static void AssertClose(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = Math.Min(1, expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max());
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = expected[i].Equals(actual[i]);
            double scale = Math.Max(largest, Math.Max(Math.Abs(expected[i]), Math.Abs(actual[i])));
            bool close = same || Math.Abs(expected[i] - actual[i]) <= tolerance * scale;
            string found = FormattableString.Invariant($"element {i} is {actual[i]:R}, expected {expected[i]:R}");
            Assert.True(close, $"{what}: {found}");
        }
    }
}
