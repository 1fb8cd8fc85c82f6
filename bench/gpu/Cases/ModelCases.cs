using System.Diagnostics;
using System.Globalization;
using Sinter.Bench.Cases;
using Sinter.GpuBench.Timing;
using Sinter.Runtime.Cuda;
using Sinter.Runtime.Programs;

namespace Sinter.GpuBench.Cases;

/// <summary>Whole models, and what launching their kernels costs.</summary>
internal static class ModelCases
{
    private const int Layers = 60;
    private const int CallRuns = 30;
    private const double Tolerance = 1e-4;

    /// <summary>The cases.</summary>
    public static IEnumerable<BenchCase> All =>
    [
        .. new[] { "train-lenet5_b64", "train-lenet5_b1024", "train-mlp_b64", "train-mlp_b1024" }
            .Concat(["infer-lenet5_b1", "infer-lenet5_b64", "infer-lenet5_b1024", "infer-mlp_b1", "infer-mlp_b1024"])
            .Select(name => new BenchCase("model/" + name, session => Run(session, name))),
        new("launch/60-layers", Launch),
    ];

    private static GpuResult Run(BenchSession session, string name)
    {
        string[] parts = name.Split('-', '_');
        int batch = int.Parse(parts[2].AsSpan(1), CultureInfo.InvariantCulture);
        bool trains = parts[0] == "train";
        var model = Model.Of(parts[1] + "_" + parts[2]);
        Graph graph = trains ? model.TrainingStep() : model.Inference();
        using var ours = new DeviceRunnable(session.Gpu, graph);
        Verify(graph, ours.Context);
        var (result, _) = session.Compare(
            new GpuResult("model/" + name, 0), new Subject("ours", runs => ours.Context.TimeRuns(runs)),
            parts[0] + "-" + parts[1], [batch]);
        string note = FormattableString.Invariant(
            $"{ours.Launches} kernels; {1000 * CallMs(ours.Context):F1} us a call with copies");
        return BenchSession.WithArithmetic(result with { Note = note }, Model.Operations(graph));
    }

    // The first output, after one run: logits, or the loss.
    private static void Verify(Graph graph, ProgramContext context)
    {
        float[] expected = DeviceRunnable.OnProcessor(graph);
        ReadOnlySpan<float> actual = context.Output<float>(context.Program.Table.Outputs[0].Name);
        for (int i = 0; i < expected.Length; i++)
        {
            Close.Check(graph.Outputs[0].Name, actual[i], expected[i], Tolerance);
        }
    }

    // Inputs to the device, kernels, outputs to the host, and the wait for them.
    private static double CallMs(ProgramContext context)
    {
        double least = double.MaxValue;
        for (int i = 0; i < CallRuns; i++)
        {
            long before = Stopwatch.GetTimestamp();
            context.Run();
            least = Math.Min(least, Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }

        return least;
    }

    // Kernels too small to matter: what is timed is launching them, as one graph and one by one.
    private static GpuResult Launch(BenchSession session)
    {
        using var ours = new DeviceRunnable(
            session.Gpu, Model.Of(FormattableString.Invariant($"deep-{Layers}_b1")).Inference());
        RoundTimes[] times = Rounds.Measure(
            new Subject("graph", runs => ours.Context.TimeRuns(runs)),
            new Subject("launches", runs => ours.Context.TimeRuns(runs, asGraph: false)));
        string note = FormattableString.Invariant(
            $"{ours.Launches} kernels, one by one {1000 * times[1].Median:F1} us");
        return new GpuResult("launch/60-layers", times[0].Median) { LeastMs = times[0].Least, Note = note };
    }
}
