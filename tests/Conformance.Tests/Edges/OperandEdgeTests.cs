using Sinter.Compiler.Differentiate;
using Sinter.Reference;

namespace Sinter.Conformance.Tests.Edges;

/// <summary>Operands that products compute themselves, on every engine: at sizes that are no multiple of anything, at
/// batches of one and of a hundred in one context, and with infinities and NaN at the borders of images.</summary>
public sealed class OperandEdgeTests
{
    private static readonly float[] Special =
        [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, 1e30f, float.Epsilon];

    [LongTheory]
    [InlineData(1, 3, 5, 9, 3, 1)]
    [InlineData(100, 1, 6, 14, 5, 1)]
    [InlineData(2, 17, 33, 13, 3, 2)]
    [InlineData(1, 32, 24, 19, 3, 1)]
    [InlineData(3, 5, 7, 11, 7, 3)]
    [InlineData(1, 1, 1, 1, 3, 1)]
    [InlineData(3, 2, 130, 6, 5, 2)]
    public void Padded_convolutions_and_their_gradients_agree_with_the_oracle(
        int batch, int channels, int features, int edge, int kernel, int stride)
    {
        var builder = new GraphBuilder(captureSource: false);
        Tensor<F32> x = builder.Input<F32>("x", batch, channels, edge, edge);
        Tensor<F32> w = builder.Input<F32>("w", features, channels, kernel, kernel);
        Tensor<F32> y = x.Conv2d(w, stride: stride, padding: kernel / 2);
        var gradients = Differentiator.Gradient(y.Square().Mean().Node, [x.Node, w.Node]);
        Graph graph = Graph.Of("conv", ("y", y.Node), ("dx", gradients[x.Node]), ("dw", gradients[w.Node]));
        Check(graph, graph, Draw(graph, batch, isSpecial: false));
        Graph forward = Graph.Of("forward", ("y", y.Node));
        Check(forward, forward, Draw(forward, batch, isSpecial: true));
    }

    [Fact]
    public void Computed_operands_of_batches_that_change_agree_with_the_oracle()
    {
        Graph symbolic = Computed(Symbol.Create("N", 1, 100));
        var runs = new[] { 100, 1, 97, 3, 100 }.Select(Computed).Select((graph, i) => (graph, Draw(graph, i, i == 3)));
        Check(symbolic, [.. runs]);
    }

    private static Graph Computed(int batch) => Computed((Dimension)batch);

    private static Graph Computed(Dimension batch)
    {
        var builder = new GraphBuilder(captureSource: false);
        Tensor<F32> x = builder.Input<F32>("x", batch, 77);
        Tensor<F32> w = builder.Input<F32>("w", 33, 77) * builder.Input<F32>("scale", 33, 1);
        return Graph.Of("computed", ("y", (x * 2).Pad(1, 0, 3, 1.5).MatMul(w.Pad(1, 0, 3).Transposed).Node));
    }

    private static Dictionary<string, float[]> Draw(Graph graph, int seed, bool isSpecial)
    {
        // In the image alone: whether an infinite weight meets the zeros of the padding is left open, in PyTorch too.
        var random = new Random(seed);
        bool DrawsSpecial(Node input) => isSpecial && input.Get<InputAttributes>().Name == "x";
        return graph.Inputs.ToDictionary(input => input.Get<InputAttributes>().Name, input => Enumerable
            .Range(0, (int)input.Shape.ElementCount.Value)
            .Select(i => DrawsSpecial(input) && random.Next(23) == 0 ? Special[random.Next(Special.Length)]
                : (random.NextSingle() * 2) - 1).ToArray());
    }

    private static void Check(Graph graph, Graph made, Dictionary<string, float[]> inputs) =>
        Check(graph, (made, inputs), (made, inputs));

    // Each engine compiles the graph once and runs all inputs in one context; the oracle runs the graphs made for them.
    private static void Check(Graph graph, params (Graph Made, Dictionary<string, float[]> Inputs)[] runs)
    {
        InterpreterResult[] expected = [.. runs.Select(run => Interpreter.Run(
            run.Made, run.Made.Inputs.ToDictionary(input => input.Get<InputAttributes>().Name, input => new TensorValue(
                DType.F32, [.. input.Shape.Select(d => d.Value)],
                [.. run.Inputs[input.Get<InputAttributes>().Name].Select(v => (double)v)])),
            new Dictionary<string, TensorValue>(), new InterpreterOptions(RoundToType: true)))];
        // The emulated device takes its time: the smaller ones.
        long work = expected[0].Outputs.Values.Sum(output => (long)output.Count);
        foreach (string engine in Opened.Names.Where(name => name != "cuda" || work < 3000))
        {
            using Opened opened = Opened.On(engine, graph);
            for (int i = 0; i < runs.Length; i++)
            {
                if (graph.Symbols.Count > 0)
                {
                    opened.Context.SetSymbol("N", runs[i].Made.Inputs[0].Shape[0].Value);
                }

                foreach (var (name, values) in runs[i].Inputs)
                {
                    values.CopyTo(opened.Context.Input<float>(name));
                }

                opened.Context.Run();
                foreach (var (name, value) in expected[i].Outputs)
                {
                    Compare(value.Floats, opened.Context.Output<float>(name), $"{engine}, run {i}: {name}");
                }
            }
        }
    }

    private static void Compare(double[] expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = expected.Where(double.IsFinite).Select(Math.Abs).Where(v => v < 1e20).DefaultIfEmpty(1).Max();
        for (int i = 0; i < expected.Length; i++)
        {
            bool isFinite = double.IsFinite((float)expected[i]);
            bool agrees = isFinite
                ? Math.Abs(expected[i] - actual[i]) <= 1e-5 * Math.Max(largest, Math.Abs(expected[i]))
                : ((float)expected[i]).Equals(actual[i]);
            Assert.True(agrees, $"{what}[{i}] is {actual[i]:R}, must be {expected[i]:R}");
        }
    }
}
