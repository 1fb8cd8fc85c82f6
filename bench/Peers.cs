using System.Globalization;
using System.Text.Json;

namespace Sinter.Bench;

/// <summary>What peers do with a model.</summary>
internal enum PeerTask
{
    /// <summary>From input to result.</summary>
    Inference,
    /// <summary>A step of Adam.</summary>
    Training,
}

/// <summary>A peer's time.</summary>
/// <param name="Peer">Its name and setting.</param>
/// <param name="MedianMs">The median time of one run.</param>
/// <param name="Others">The times of those that were slower, in words; null where there are none.</param>
internal sealed record PeerTime(string Peer, double MedianMs, string? Others = null);

/// <summary>Runs the peers' scripts, each in a process of its own. A peer that is missing is told, once.</summary>
/// <param name="options">Where the scripts are.</param>
/// <param name="note">Receives what went wrong.</param>
internal sealed class Peers(BenchOptions options, Action<string> note) : IDisposable
{
    // A model that takes no time: what a call through Node.js costs by itself.
    private const string EmptyModel = "tiny";
    private const double LargestError = 1e-3;

    private readonly Lazy<bool> hasTaskSet = new(() => Processes.Run("taskset", ["--version"]).Code == 0);
    private readonly HashSet<string> exported = [];
    private readonly string models = Directory.CreateTempSubdirectory("sinter-peers-").FullName;

    /// <summary>The fastest peer's time, or null where none runs.</summary>
    /// <param name="task">What it does.</param>
    /// <param name="name">The model's name in the scripts.</param>
    /// <param name="threads">How many threads it may use.</param>
    public PeerTime? Fastest(PeerTask task, string name, int threads)
    {
        var times = new List<PeerTime?> { PyTorch(task, name, threads, threads) };
        if (threads > 1)
        {
            // PyTorch is often slower with more threads: its better setting counts.
            times.Add(PyTorch(task, name, 1, threads));
        }

        if (task == PeerTask.Inference)
        {
            times.Add(OnnxRuntime(name, threads));
        }

        PeerTime[] sorted = times.OfType<PeerTime>().OrderBy(time => time.MedianMs).ToArray();
        if (sorted.Length < 2)
        {
            return sorted.FirstOrDefault();
        }

        return sorted[0] with
        {
            Others = string.Join(", ", sorted.Skip(1).Select(time => $"{time.Peer} {Text(time.MedianMs)}")),
        };
    }

    /// <summary>Deletes the exported models.</summary>
    public void Dispose() => Directory.Delete(models, recursive: true);

    private PeerTime? PyTorch(PeerTask task, string name, int setting, int threads)
    {
        string kind = task == PeerTask.Training ? "train" : "infer";
        string script = Path.Combine(options.Peers!, "torch_bench.py");
        string count = Text(setting);
        Processes.Outcome outcome = Run(
            threads, options.Python, [script, count, kind, name],
            ("OPENBLAS_NUM_THREADS", count), ("OMP_NUM_THREADS", count));
        double? time = Parse(outcome, "PyTorch", name);
        string peer = setting == threads ? "PyTorch" : $"PyTorch ({setting} thread)";
        return time is { } median ? new PeerTime(peer, median) : null;
    }

    private PeerTime? OnnxRuntime(string name, int threads)
    {
        if (options.NodeModules is null)
        {
            note("ONNX Runtime is not run: --node-modules tells where its package is");
            return null;
        }

        if (!Export(name))
        {
            return null;
        }

        string script = Path.Combine(options.Peers!, "ort_bench.js");
        string[] arguments = [script, models, Text(threads), EmptyModel, name];
        Processes.Outcome outcome = Run(threads, "node", arguments, ("NODE_PATH", options.NodeModules));
        double? call = Parse(outcome, "ONNX Runtime", EmptyModel);
        double? time = Parse(outcome, "ONNX Runtime", name);
        bool isSmall = name.EndsWith("_b1", StringComparison.Ordinal);
        return time is { } median ? new PeerTime("ONNX Runtime", isSmall ? median - (call ?? 0) : median) : null;
    }

    private bool Export(string name)
    {
        string[] missing = new[] { EmptyModel, name }.Where(model => !exported.Contains(model)).ToArray();
        if (missing.Length == 0)
        {
            return true;
        }

        string script = Path.Combine(options.Peers!, "export.py");
        Processes.Outcome outcome = Processes.Run(
            options.Python, [script, models, .. missing], ("PYTHONDONTWRITEBYTECODE", "1"));
        if (outcome.Code != 0)
        {
            note($"ONNX Runtime: the models cannot be exported: {outcome.Reason}");
            return false;
        }

        exported.UnionWith(missing);
        return true;
    }

    // One thread stays on one processor, as far as the system has a tool for that.
    private Processes.Outcome Run(int threads, string program, string[] arguments, params (string, string)[] variables)
    {
        (string, string)[] all = [.. variables, ("PYTHONDONTWRITEBYTECODE", "1")];
        return threads == 1 && hasTaskSet.Value
            ? Processes.Run("taskset", ["-c", "0", program, .. arguments], all)
            : Processes.Run(program, arguments, all);
    }

    private double? Parse(Processes.Outcome outcome, string peer, string name)
    {
        if (outcome.Code != 0)
        {
            note($"{peer} is missing: {outcome.Reason}");
            return null;
        }

        foreach (string line in outcome.Output.Split('\n').Where(line => line.StartsWith('{')))
        {
            using var document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            if (root.GetProperty("name").GetString() != name)
            {
                continue;
            }

            if (root.TryGetProperty("max_error", out JsonElement error) && !(error.GetDouble() <= LargestError))
            {
                note($"{peer}: {name} is wrong by {Text(error.GetDouble())}, its time is not used");
                return null;
            }

            return root.GetProperty("median_ms").GetDouble();
        }

        note($"{peer} printed nothing about {name}");
        return null;
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
