using System.CommandLine;
using System.Diagnostics;

namespace Sinter.GpuBench;

/// <summary>The command that does everything, each part in a process of its own, within a time.</summary>
internal static class AllCommand
{
    // What a part needs to end well after its own limit.
    private const int Grace = 15;

    // A slow device takes longer even for little.
    private const int PatienceWithSlow = 6;

    private static readonly Argument<string> Folder = new("folder")
    {
        Description = "Where the results go: a handful of text files.",
    };

    private static readonly Option<double> Limit = new("--limit")
    {
        Description = "The seconds after which everything has ended.",
        DefaultValueFactory = _ => 530,
    };

    private static readonly Option<string> Python = new("--python")
    {
        Description = "The Python that has PyTorch.",
        DefaultValueFactory = _ => "python3",
    };

    private static readonly Option<bool> Small = new("--small")
    {
        Description = "A few graphs and small tensors: shows that the program works where the device is slow.",
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("all", "Does everything; what fails is told, and the rest goes on.")
        {
            Folder, Limit, Python, Small,
        };
        command.SetAction(parsed =>
        {
            string folder = Path.GetFullPath(parsed.GetRequiredValue(Folder));
            Directory.CreateDirectory(folder);
            bool small = parsed.GetValue(Small);
            return Run(
                folder, parsed.GetValue(Limit), small ? PatienceWithSlow : 1,
                Parts(folder, parsed.GetValue(Python)!, small));
        });
        return command;
    }

    /// <param name="File">The file for what it prints, or appends.</param>
    /// <param name="Seconds">Its share of the time.</param>
    /// <param name="Command">The program and its arguments.</param>
    private sealed record Part(string Name, string File, int Seconds, string[] Command);

    // The order is that of importance: the last ones are cut when time is short.
    private static IEnumerable<Part> Parts(string folder, string python, bool small)
    {
        string[] self = Child.Self;
        string json = Path.Combine(folder, "bench.jsonl");
        string[] some = small ? ["golden:0:2", "ops:0:5"] : [];
        string[] few = small ? ["--examples", "64", "--epochs", "1"] : [];
        string[] shrink = small
            ? ["--shrink", "512", "relu", "softmax-512", "1000x1001x1003", "model/infer-mlp_b1", "launch"]
            : [];
        yield return new("system", "system.txt", 20, ["nvidia-smi"]);
        yield return new("approve", "approve.txt", 60, [.. self, "approve"]);
        yield return new("check", "check.txt", 150, [.. self, "check", "--limit", "130", .. some]);
        yield return new("train", "train.txt", 60, [.. self, "train", .. few]);
        yield return new(
            "bench", "bench.txt", 230,
            [.. self, "bench", "--limit", "205", "--save", json, "--python", python, .. shrink]);
        foreach (string tool in new[] { "memcheck", "racecheck", "synccheck" })
        {
            yield return new(
                tool, "sanitizer.txt", 50,
                ["compute-sanitizer", "--tool", tool, "--error-exitcode", "9", "--print-limit", "10", .. self,
                    "check", "--here", "golden"]);
        }
    }

    private static int Run(string folder, double limit, int patience, IEnumerable<Part> parts)
    {
        long start = Stopwatch.GetTimestamp();
        using StreamWriter summary = File.CreateText(Path.Combine(folder, "summary.txt"));
        summary.AutoFlush = true;
        int failures = 0;
        foreach (Part part in parts)
        {
            double before = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double seconds = Math.Min(part.Seconds * patience, limit - before);
            Child.Outcome outcome = seconds < Grace
                ? new Child.Outcome(-2, "no time is left\n")
                : Child.Run(part.Command, TimeSpan.FromSeconds(seconds));
            File.AppendAllText(Path.Combine(folder, part.File), $"== {part.Name}\n{outcome.Text}");
            failures += outcome.Code == 0 ? 0 : 1;
            double took = Stopwatch.GetElapsedTime(start).TotalSeconds - before;
            string line = FormattableString.Invariant($"{part.Name}: {outcome.Status}, {took:F0} s");
            summary.WriteLine(line);
            Console.WriteLine(line);
            Console.WriteLine(outcome.Code == 0 ? outcome.Text.TrimEnd().Split('\n')[^1] : outcome.Tail);
        }

        return failures == 0 ? 0 : 1;
    }
}
