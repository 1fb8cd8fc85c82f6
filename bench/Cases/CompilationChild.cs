using System.Diagnostics;
using System.Text.Json;
using Sinter.Jit;
using Sinter.Runtime.Programs;

namespace Sinter.Bench.Cases;

/// <summary>What a child process measured.</summary>
/// <param name="CompileMs">From the model to a program.</param>
/// <param name="FirstRunMs">Memory, initial values, and a run in which the runtime compiles the kernels.</param>
/// <param name="Kernels">How many kernels the program has.</param>
internal sealed record ChildTimes(double CompileMs, double FirstRunMs, int Kernels);

/// <summary>The part of the compilation cases that runs in a child process.</summary>
internal static class CompilationChild
{
    private const int WarmRuns = 5;

    /// <summary>Compiles a model and prints the times.</summary>
    /// <param name="arguments">cold, warm or disk; infer or step; the model; the cache folder, or nothing.</param>
    public static void Run(string[] arguments)
    {
        (string mode, string form, string model) = (arguments[0], arguments[1], arguments[2]);
        string? folder = arguments.ElementAtOrDefault(3) is { Length: > 0 } chosen ? chosen : null;
        var options = new JitOptions { CacheDirectory = folder };
        ChildTimes times = Compile(form, model, options);
        if (mode == "warm")
        {
            times = Enumerable.Range(0, WarmRuns).Select(_ => Compile(form, model, options))
                .OrderBy(one => one.CompileMs).ElementAt(WarmRuns / 2);
        }

        Console.WriteLine(JsonSerializer.Serialize(times));
    }

    private static ChildTimes Compile(string form, string name, JitOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        var model = Model.Of(name);
        Graph graph = form == "step" ? model.TrainingStep() : model.Inference();
        Runtime.Programs.Program program = JitCompiler.Compile(graph, options);
        double compiled = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        using var state = new ModelState(1, program);
        using var context = new ProgramContext(program, state);
        context.Run();
        double all = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return new ChildTimes(compiled, all - compiled, program.Table.Kernels.Length);
    }
}
