using Sinter.Compiler.Differentiate;
using Sinter.Reference;
using Sinter.Runtime.Programs;

namespace Sinter.Bench.Cases;

/// <summary>Products whose rows are reduced: soft maxima of scores and logits, normalised layers, and their
/// gradients. What is in front of the last three axes, or of the last, repeats, so that the interpreter's results for a
/// little tell those of all.</summary>
internal static class Rows
{
    private const double Tolerance = 1e-4;

    /// <summary>The cases.</summary>
    public static IEnumerable<Case> Cases => All.Select(row =>
        new Case("rows/" + row.Name, (session, threads) => Run(session, threads, row)));

    private static RowCase[] All =>
    [
        new("attention-256x256x64", 256, 1, (b, heads) => [Attention(b, heads, 256, 64)]),
        new("attention-step-256x256x64", 256, 1, (b, heads) => Step(b, Attention(b, heads, 256, 64))),
        new("dense-softmax-1024x512x1000", 1_024, 16, (b, rows) => [Dense(b, rows, 512, 1_000).Softmax(-1)]),
        new("dense-norm-8192x512x512", 8_192, 16, (b, rows) =>
            [Normalised(Dense(b, rows, 512, 512) + b.Input<F32>("residual", rows, 512))]),
        new("dense-norm-step-8192x512x512", 8_192, 16, (b, rows) =>
            Step(b, Normalised(Dense(b, rows, 512, 512) + b.Input<F32>("residual", rows, 512)))),
    ];

    // (heads, time, depth)
    private static Tensor<F32> Attention(GraphBuilder builder, int heads, int time, int depth)
    {
        Tensor<F32> Draw(string name) => builder.Input<F32>(name, heads, time, depth);
        Tensor<F32> scores = Draw("q").MatMul(Draw("k").Transpose(1, 2)) * (1 / Math.Sqrt(depth));
        return scores.Softmax(-1).MatMul(Draw("v"));
    }

    private static Tensor<F32> Dense(GraphBuilder builder, int rows, int from, int to) =>
        builder.Input<F32>("x", rows, from).MatMul(builder.Input<F32>("weight", from, to));

    private static Tensor<F32> Normalised(Tensor<F32> x)
    {
        Tensor<F32> centred = x - x.Mean(-1, keepDims: true);
        return centred * (centred.Square().Mean(-1, keepDims: true) + 1e-5).Rsqrt();
    }

    // The gradients of all inputs but the weight, whose sum goes over what repeats.
    private static Tensor<F32>[] Step(GraphBuilder builder, Tensor<F32> result)
    {
        Node[] of = [.. builder.Inputs.Where(node => node.Get<InputAttributes>().Name != "weight")];
        Tensor<F32> weights = builder.Input<F32>("gradient", [.. result.Shape]);
        var gradients = Differentiator.Gradient((result * weights).Sum().Node, of);
        return [.. of.Select(node => new Tensor<F32>(gradients[node]))];
    }

    private static Result Run(Session session, int threads, RowCase row)
    {
        Graph graph = row.Graph(row.Count);
        Graph few = row.Graph(row.Period);
        var values = few.Inputs.ToDictionary(NameOf, input => Draw.Uniform(Elements(input), input.Id));
        var expected = Interpreter.Run(
            few, few.Inputs.ToDictionary(NameOf, input => Check.Value(values[NameOf(input)], [.. input.Shape.Select(d => d.Value)])),
            new Dictionary<string, TensorValue>());
        using var ours = new Runnable(graph, threads);
        foreach (Node input in graph.Inputs)
        {
            Span<float> all = ours.Context.Input<float>(NameOf(input));
            float[] own = values[NameOf(input)];
            for (int i = 0; i < all.Length; i += own.Length)
            {
                own.CopyTo(all[i..]);
            }
        }

        ours.Context.Run();
        ours.Context.Run();
        foreach (PortEntry output in ours.Program.Table.Outputs)
        {
            Check.Close(output.Name, ours.Context.Output<float>(output.Name), expected.Outputs[output.Name].Floats, Tolerance);
        }

        var result = new Result("rows/" + row.Name, threads, 0);
        Timing timing = Measure.Alone(session.Options.Seconds, new Subject(ours.Context.Run));
        result = result with { MedianMs = timing.MedianMs, P95Ms = timing.P95Ms };
        return session.WithArithmetic(result, Model.Operations(graph));
    }

    private static string NameOf(Node input) => input.Get<InputAttributes>().Name;

    private static int Elements(Node node) => (int)node.Shape.ElementCount.Value;

    /// <param name="Name">What is computed.</param>
    /// <param name="Count">The extent of the first axis.</param>
    /// <param name="Period">How much of it is drawn.</param>
    /// <param name="Build">The results for an extent.</param>
    private sealed record RowCase(string Name, int Count, int Period, Func<GraphBuilder, int, Tensor<F32>[]> Build)
    {
        public Graph Graph(int count)
        {
            Tensor<F32>[] results = Build(new GraphBuilder(), count);
            return Sinter.Graph.Of("rows", [.. results.Select((result, i) => ($"r{i}", result.Node))]);
        }
    }
}
