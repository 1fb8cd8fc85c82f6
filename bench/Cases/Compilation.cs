using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Sinter.Bench.Cases;

/// <summary>How long compiling takes, each time in a process of its own: what is cold can be measured once.</summary>
internal static class Compilation
{
    private const int Runs = 5;
    private const double EnoughSeconds = 60;

    /// <summary>The cases.</summary>
    public static IEnumerable<Case> Cases =>
    [
        Case("compile/lenet5-step-cold", "cold", "step", "lenet5_b64"),
        Case("compile/lenet5-step-warm", "warm", "step", "lenet5_b64"),
        Case("compile/lenet5-step-from-disk", "disk", "step", "lenet5_b64"),
        Case("compile/mlp-step-cold", "cold", "step", "mlp_b64"),
        Case("compile/mlp-100-layers", "cold", "infer", "deep-100_b16", layers: 100),
        Case("compile/mlp-1000-layers", "cold", "infer", "deep-1000_b16", layers: 1000),
        Case("compile/mlp-100-layers-step", "cold", "step", "deep-100_b16", layers: 100),
    ];

    private static Case Case(string name, string mode, string form, string model, int layers = 0) =>
        new(name, (_, _) => Run(name, mode, form, model, layers), UsesThreads: false);

    private static Result Run(string name, string mode, string form, string model, int layers)
    {
        string cache = Directory.CreateTempSubdirectory("sinter-bench-").FullName;
        try
        {
            // The first process fills the cache for the others.
            string folder = mode == "disk" ? cache : "";
            if (mode == "disk")
            {
                Start(mode, form, model, folder);
            }

            ChildTimes[] all = Repeat(() => Start(mode, form, model, folder));
            double median = Median(all.Select(times => times.CompileMs));
            double first = Median(all.Select(times => times.FirstRunMs));
            FormattableString note = $"first run {first:0.0} ms, {all[0].Kernels} kernels";
            FormattableString each = $", {median / layers:0.00} ms a layer";
            return new Result(name, 0, median)
            {
                Note = FormattableString.Invariant(note) + (layers == 0 ? "" : FormattableString.Invariant(each)),
            };
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    private static ChildTimes[] Repeat(Func<ChildTimes> run)
    {
        var all = new List<ChildTimes>();
        long start = Stopwatch.GetTimestamp();
        while (all.Count == 0 || (all.Count < Runs && Stopwatch.GetElapsedTime(start).TotalSeconds < EnoughSeconds))
        {
            all.Add(run());
        }

        return [.. all];
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static ChildTimes Start(params string[] arguments)
    {
        string host = Environment.ProcessPath!;
        string own = Assembly.GetExecutingAssembly().Location;
        bool isHosted = Path.GetFileNameWithoutExtension(host).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        string[] all = [.. isHosted ? new[] { own } : [], "--child", .. arguments];
        Processes.Outcome outcome = Processes.Run(host, all);
        return outcome.Code == 0
            ? JsonSerializer.Deserialize<ChildTimes>(outcome.Output)!
            : throw new InvalidOperationException(outcome.Reason);
    }
}
