using System.Globalization;
using Sinter.GpuBench.Timing;
using Sinter.Reference;
using Sinter.Runtime.Cuda;
using Sinter.Runtime.Programs;

namespace Sinter.GpuBench.Cases;

/// <summary>What memory bounds: elementwise chains, softmax and layer normalisation of rows, f32.</summary>
internal static class RowCases
{
    private const long Elements = 64L << 20;
    private const int SampledRows = 8;
    private const double Tolerance = 3e-5;

    /// <summary>The cases.</summary>
    public static IEnumerable<BenchCase> All =>
    [
        Of("scale-gelu", 4096, x => ((x.Full("x") * 0.5) + 0.25).Gelu()),
        Of("relu(x+y)", 4096, x => (x.Full("x") + x.Full("y")).Relu()),
        .. new[] { 512, 2048, 8192, 65536 }.Select(columns => Of("softmax", columns, x => x.Full("x").Softmax(1))),
        .. new[] { 512, 2048, 8192, 65536 }.Select(columns =>
            Of("layer-norm", columns, x => LayerNorm(x.Full("x"), x.Row("a"), x.Row("b")))),
    ];

    private static Tensor<F32> LayerNorm(Tensor<F32> x, Tensor<F32> scale, Tensor<F32> shift)
    {
        Tensor<F32> centred = x - x.Mean(1, keepDims: true);
        Tensor<F32> variance = centred.Square().Mean(1, keepDims: true);
        return (centred * (variance + 1e-5).Rsqrt() * scale) + shift;
    }

    private static BenchCase Of(string kind, int columns, Func<Inputs, Tensor<F32>> build)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"rows/{kind}-{columns}");
        return new BenchCase(name, session => Run(session, name, kind, columns, build));
    }

    private static GpuResult Run(
        BenchSession session, string name, string kind, int columns, Func<Inputs, Tensor<F32>> build)
    {
        int rows = (int)Math.Max(SampledRows, Elements / columns / session.Shrink);
        Graph graph = Graph(build, rows, columns);
        using var ours = new DeviceRunnable(session.Gpu, graph);
        Verify(ours.Context, Graph(build, SampledRows, columns), rows, columns);
        var (result, _) = session.Compare(
            new GpuResult(name, 0) { Note = FormattableString.Invariant($"{rows} rows, {ours.Launches} kernels") },
            new Subject("ours", runs => ours.Context.TimeRuns(runs)), kind, [rows, columns]);
        double elements = graph.Inputs.Concat(graph.Outputs.Select(output => output.Node))
            .Sum(node => node.Shape.ElementCount.Value);
        return session.WithMemory(result, elements * sizeof(float));
    }

    private static Graph Graph(Func<Inputs, Tensor<F32>> build, int rows, int columns) =>
        Sinter.Graph.Of("rows", ("y", build(new Inputs(new GraphBuilder(captureSource: false), rows, columns)).Node));

    // Rows stand alone: the oracle's results for a few of them, spread over all, must be the device's.
    private static void Verify(ProgramContext context, Graph sample, int rows, int columns)
    {
        int[] chosen = [.. Enumerable.Range(0, SampledRows).Select(i => (int)((rows - 1L) * i / (SampledRows - 1)))];
        var inputs = new Dictionary<string, TensorValue>();
        foreach (Node input in sample.Inputs)
        {
            string name = input.Get<InputAttributes>().Name;
            double[] Cut(int start) => Array.ConvertAll(
                context.Input<float>(name).Slice(start, columns).ToArray(), value => (double)value);
            inputs.Add(name, input.Shape.Rank == 1
                ? new TensorValue(DType.F32, [columns], Cut(0))
                : new TensorValue(
                    DType.F32, [SampledRows, columns], chosen.SelectMany(row => Cut(row * columns)).ToArray()));
        }

        double[] expected = Interpreter.Run(sample, inputs, new Dictionary<string, TensorValue>()).Outputs["y"].Floats;
        ReadOnlySpan<float> actual = context.Output<float>("y");
        for (int i = 0; i < expected.Length; i++)
        {
            int row = chosen[i / columns];
            Close.Check($"row {row}", actual[(row * columns) + (i % columns)], expected[i], Tolerance);
        }
    }

    /// <summary>Declares inputs.</summary>
    private sealed class Inputs(GraphBuilder builder, int rows, int columns)
    {
        public Tensor<F32> Full(string name) => builder.Input<F32>(name, rows, columns);

        public Tensor<F32> Row(string name) => builder.Input<F32>(name, columns);
    }
}
