using System.Diagnostics;
using Sinter.Backends.CSharp;
using Sinter.Compiler;
using Sinter.Jit;

namespace Sinter.Bench.Cases;

/// <summary>What training steps need at most, and how long their text takes to make.</summary>
internal static class PeakMemory
{
    private const int Runs = 3;

    /// <summary>The cases.</summary>
    public static IEnumerable<Case> Cases =>
        DeepModels.Steps.Select(pair => new Case("memory/" + pair.Key, (_, _) => Run(pair.Key), UsesThreads: false));

    private static Result Run(string name)
    {
        Graph graph = DeepModels.Steps[name]();
        var options = new JitOptions { CacheDirectory = null };
        string text = JitCompiler.PrintProgram(graph, options);
        double[] times = [.. Enumerable.Range(0, Runs).Select(_ => Time(graph, options)).Order()];
        Plan plan = Pipeline.Compile(graph, new PipelineOptions(options.Target.Processor));
        FormattableString note = $"arena {plan.ArenaBytes / 1e6:0.00} MB, {plan.Kernels.Count()} launches, ";
        FormattableString sizes = $"text {text.Length} characters";
        return new Result("memory/" + name, 0, times[Runs / 2])
        {
            Note = FormattableString.Invariant(note) + FormattableString.Invariant(sizes),
        };
    }

    // From graph to text: what the compiler of C# makes of it is measured by other cases.
    private static double Time(Graph graph, JitOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        JitCompiler.PrintProgram(graph, options);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
