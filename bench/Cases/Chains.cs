using Sinter.Reference;
using Sinter.Runtime.Programs;

namespace Sinter.Bench.Cases;

/// <summary>What memory bounds: elementwise chains and reductions of tensors that no cache holds.</summary>
internal static class Chains
{
    // Rows repeat with this period, so that the interpreter's results for a few rows tell those of all. Odd, because
    // pieces of kernels are cut at round numbers: rows mixed up between pieces must show.
    private const int Period = 61;

    private const double Tolerance = 3e-5;

    // A column's sum may be taken row after row.
    private const double ColumnTolerance = 2e-4;

    /// <summary>The cases.</summary>
    public static IEnumerable<Case> Cases => All.Select(chain =>
        new Case(chain.Name, (session, threads) => Run(session, threads, chain)));

    private static Chain[] All =>
    [
        new("chain/gelu(x*a+b)", 32768, 512, x => [((x.Full("x") * x.Row("a")) + x.Row("b")).Gelu()]),
        new("chain/sigmoid(x)*tanh(y)", 32768, 512, x => [x.Full("x").Sigmoid() * x.Full("y").Tanh()]),
        new("chain/relu(x+y)", 32768, 512, x => [(x.Full("x") + x.Full("y")).Relu()]),
        new("chain/softmax-32768x512", 32768, 512, x => [x.Full("x").Softmax(1)]),
        new("chain/softmax-4096x4096", 4096, 4096, x => [x.Full("x").Softmax(1)]),
        new("chain/log-softmax-32768x512", 32768, 512, x => [x.Full("x").LogSoftmax(1)]),
        new("chain/layer-norm", 32768, 512, x => [LayerNorm(x.Full("x"), x.Row("a"), x.Row("b"))]),
        new("chain/mean-variance-of-rows", 32768, 512, x => MeanAndVariance(x.Full("x"), 1)),
        new("chain/sum-of-rows", 32768, 512, x => [x.Full("x").Sum(1)]),
        new("chain/sum-of-columns", 32768, 512, x => [x.Full("x").Sum(0)], SumOfColumns),
        new("chain/mean-variance-of-columns", 32768, 512, x => MeanAndVariance(x.Full("x"), 0), ColumnMeanAndVariance),
        new("chain/sum-of-all", 32768, 512, x => [x.Full("x").Sum()], (x, n) => [[SumOfColumns(x, n)[0].Sum()]]),
    ];

    private static Tensor<F32> LayerNorm(Tensor<F32> x, Tensor<F32> scale, Tensor<F32> shift)
    {
        Tensor<F32> centred = x - x.Mean(1, keepDims: true);
        Tensor<F32> variance = centred.Square().Mean(1, keepDims: true);
        return (centred * (variance + 1e-5).Rsqrt() * scale) + shift;
    }

    private static Tensor<F32>[] MeanAndVariance(Tensor<F32> x, int axis) => [x.Mean(axis), x.Variance(axis)];

    private static double[][] SumOfColumns(float[] x, int columns)
    {
        double[] sums = new double[columns];
        for (int i = 0; i < x.Length; i++)
        {
            sums[i % columns] += x[i];
        }

        return [sums];
    }

    private static double[][] ColumnMeanAndVariance(float[] x, int columns)
    {
        int rows = x.Length / columns;
        double[] means = Array.ConvertAll(SumOfColumns(x, columns)[0], sum => sum / rows);
        double[] variances = new double[columns];
        for (int i = 0; i < x.Length; i++)
        {
            double distance = x[i] - means[i % columns];
            variances[i % columns] += distance * distance / (rows - 1);
        }

        return [means, variances];
    }

    private static Result Run(Session session, int threads, Chain chain)
    {
        Graph graph = chain.Graph(chain.Rows);
        var inputs = chain.Inputs(graph);
        using var ours = new Runnable(graph, threads);
        foreach ((string name, float[] values) in inputs)
        {
            values.CopyTo(ours.Context.Input<float>(name));
        }

        ours.Context.Run();

        // A second run shows whether the first one left its inputs alone.
        ours.Context.Run();
        double[][] expected = chain.Expected(inputs);
        double tolerance = chain.Reference is null ? Tolerance : ColumnTolerance;
        PortEntry[] outputs = ours.Program.Table.Outputs;
        for (int i = 0; i < outputs.Length; i++)
        {
            Check.Close(outputs[i].Name, ours.Context.Output<float>(outputs[i].Name), expected[i], tolerance);
        }

        Timing timing = Measure.Alone(session.Options.Seconds, new Subject(ours.Context.Run));
        long elements = graph.Inputs.Concat(graph.Outputs.Select(output => output.Node)).Sum(Count);
        var result = new Result(chain.Name, threads, timing.MedianMs) { P95Ms = timing.P95Ms };
        return session.WithMemory(result, elements * sizeof(float));
    }

    private static string NameOf(Node input) => input.Get<InputAttributes>().Name;

    private static long Count(Node node) => node.Shape.ElementCount.Value;

    /// <summary>Declares inputs of a chain.</summary>
    private sealed class ChainInputs(GraphBuilder builder, int rows, int columns)
    {
        public Tensor<F32> Full(string name) => builder.Input<F32>(name, rows, columns);

        public Tensor<F32> Row(string name) => builder.Input<F32>(name, columns);
    }

    /// <param name="Build">The results.</param>
    /// <param name="Reference">The results from the first input and the columns, where rows do not stand alone.</param>
    private sealed record Chain(
        string Name, int Rows, int Columns, Func<ChainInputs, Tensor<F32>[]> Build,
        Func<float[], int, double[][]>? Reference = null)
    {
        public Graph Graph(int rows)
        {
            Tensor<F32>[] results = Build(new ChainInputs(new GraphBuilder(), rows, Columns));
            return Sinter.Graph.Of("chain", results.Select((result, i) => ($"r{i}", result.Node)).ToArray());
        }

        public Dictionary<string, float[]> Inputs(Graph graph) => graph.Inputs.ToDictionary(
            NameOf,
            input => Repeat(Draw.Uniform(Math.Min(Period * Columns, Count(input)), input.Id, -2, 3), Count(input)));

        public double[][] Expected(Dictionary<string, float[]> inputs)
        {
            if (Reference is not null)
            {
                return Reference(inputs.Values.First(), Columns);
            }

            Graph graph = Graph(Period);
            var values = graph.Inputs.ToDictionary(
                NameOf,
                input => Check.Value(
                    inputs[NameOf(input)][..(int)Count(input)], [.. input.Shape.Select(extent => extent.Value)]));
            InterpreterResult result = Interpreter.Run(graph, values, new Dictionary<string, TensorValue>());
            return graph.Outputs.Select(output => result.Outputs[output.Name].Floats).ToArray();
        }

        private static float[] Repeat(float[] values, long count) =>
            Enumerable.Range(0, (int)count).Select(i => values[i % values.Length]).ToArray();
    }
}
