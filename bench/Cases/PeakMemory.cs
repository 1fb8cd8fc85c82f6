using System.Diagnostics;
using Sinter.Backends.CSharp;
using Sinter.Compiler;
using Sinter.Jit;
using Sinter.Runtime;
using Sinter.Runtime.Programs;

namespace Sinter.Bench.Cases;

/// <summary>What training steps need at most, how long their text takes to make, and whether they train within half of
/// that memory.</summary>
internal static class PeakMemory
{
    private const int Runs = 3;
    private const int Steps = 2;

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
        FormattableString sizes = $"text {text.Length} characters; ";
        return new Result("memory/" + name, 0, times[Runs / 2])
        {
            Note = FormattableString.Invariant(note) + FormattableString.Invariant(sizes) + Halved(graph, plan),
        };
    }

    // The same step within half the memory; other bits are an error.
    private static string Halved(Graph graph, Plan whole)
    {
        var options = new JitOptions { MemoryBudget = whole.ArenaBytes / 2 };
        Plan half;
        try
        {
            half = Pipeline.Compile(
                graph, new PipelineOptions(options.Target.Processor, MemoryBudget: options.MemoryBudget));
        }
        catch (MemoryBudgetException refused)
        {
            return FormattableString.Invariant($"half is refused, {refused.Needed / 1e6:0.00} MB are needed");
        }

        if (!Trained(graph, new JitOptions()).SequenceEqual(Trained(graph, options)))
        {
            throw new InvalidOperationException("with half the memory it trains to other bits");
        }

        double more = half.Kernels.Sum(kernel => (double)kernel.Operations)
            / whole.Kernels.Sum(kernel => (double)kernel.Operations);
        return FormattableString.Invariant($"within {half.ArenaBytes / 1e6:0.00} MB {more:0.00} times the operations");
    }

    private static int[] Trained(Graph graph, JitOptions options)
    {
        using var step = new Runnable(graph, threads: 1, options);
        Draw.Uniform(graph.Inputs[0].Shape.ElementCount.Value, 3).CopyTo(step.Context.Input<float>("x"));
        Draw.Labels((int)graph.Inputs[1].Shape[0].Value, 10, 2).CopyTo(step.Context.Input<long>("labels"));
        for (int i = 0; i < Steps; i++)
        {
            step.Context.Run();
        }

        return
        [
            .. step.Program.Table.State.Where(entry => entry.Type == ElementType.F32)
                .SelectMany(entry => step.State.Get<float>(entry.Name).ToArray())
                .Select(BitConverter.SingleToInt32Bits),
        ];
    }

    // From graph to text: what the compiler of C# makes of it is measured by other cases.
    private static double Time(Graph graph, JitOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        JitCompiler.PrintProgram(graph, options);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
