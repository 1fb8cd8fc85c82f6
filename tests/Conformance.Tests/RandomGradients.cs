using Sinter.Compiler.Differentiate;
using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>Random graphs with the gradients of a loss as further outputs.</summary>
internal static class RandomGradients
{
    // Gradients may be large where values are tame (near the edge of a domain), and a sum of cancelling terms has the
    // error of its largest: what a run in floats loses, sums term by term, decides how close is close.
    private const double Relative = 2e-5;
    private const double RoundingFactor = 8;

    /// <summary>
    /// The graph with the gradients of the sum of its squared floating-point outputs with respect to every input and
    /// parameter; null where there is none.
    /// </summary>
    public static BuiltCase? Of(RandomGraph random)
    {
        Graph graph = random.Graph;
        Node[] floats = graph.Outputs.Select(output => output.Node).Where(node => node.DType == DType.F32).ToArray();
        Node[] wanted = graph.Inputs.Concat(graph.Parameters).Where(node => node.DType == DType.F32).ToArray();
        // Gradients have more digits than types for memory hold: what is rounded where is the program's own.
        if (floats.Length == 0 || wanted.Length == 0 || graph.Nodes.Any(node => node.DType.IsStorage()))
        {
            return null;
        }

        Tensor<F32> loss = floats.Select(node => new Tensor<F32>(node)).Select(t => (t * t).Mean())
            .Aggregate((a, b) => a + b);
        IReadOnlyDictionary<Node, Node> gradients = Differentiator.Gradient(loss.Node, wanted);
        var outputs = wanted.Select((node, i) => new Output($"gradient{i}", gradients[node]));
        var whole = new Graph("gradients", graph.Inputs, [.. graph.Outputs, .. outputs], graph.Updates);
        return new BuiltCase(whole, random.Inputs, random.Parameters);
    }

    /// <summary>What is wrong with the gradients in a result, or null.</summary>
    public static string? Difference(RandomGraph random, InterpreterResult actual)
    {
        BuiltCase built = Of(random)!;
        InterpreterResult expected = Interpreter.Run(built.Graph, built.Inputs, built.Parameters);
        InterpreterResult rounded = Interpreter.Run(built.Graph, built.Inputs, built.Parameters,
            new InterpreterOptions(RoundToType: true, RoundSums: true));
        foreach (var (name, value) in expected.Outputs.Where(
            output => output.Key.StartsWith("gradient", StringComparison.Ordinal)))
        {
            if (Difference(value, rounded.Outputs[name], actual.Outputs[name]) is { } difference)
            {
                return $"{name}: {difference}";
            }
        }

        return random.Difference(expected, actual);
    }

    private static string? Difference(TensorValue expected, TensorValue rounded, TensorValue actual)
    {
        double[] wanted = expected.Floats;
        double largest = wanted.Select(Math.Abs).DefaultIfEmpty(0).Max();
        double rounding = wanted.Select((value, i) => Math.Abs(value - rounded.Floats[i])).DefaultIfEmpty(0).Max();
        if (!double.IsFinite(largest + rounding) || rounding > 1e-3 * Math.Max(1, largest))
        {
            // A pole or a jump: single precision alone decides, nothing can be compared.
            return null;
        }

        // Divided by the largest, so that the tolerance is the tensor's; zeros are compared as they are.
        double unit = largest > 0 ? largest : 1;
        double tolerance = (Relative * largest) + (RoundingFactor * rounding);
        return Comparison.Difference(
            TensorValue.FromNumbers(DType.F64, expected.Shape, wanted.Select(value => value / unit).ToArray()),
            TensorValue.FromNumbers(DType.F64, actual.Shape, actual.Floats.Select(value => value / unit).ToArray()),
            tolerance / unit);
    }
}
