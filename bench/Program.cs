using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Sinter.Bench.Cases;
using Sinter.Bench.Service;

namespace Sinter.Bench;

/// <summary>The command line.</summary>
internal static class Program
{
    private const int Failed = 1;
    private const int Misused = 2;
    private const int MostThreads = 1_024;
    private const double MostSeconds = 3_600;

    private static readonly Argument<string[]> Filters = new("filter")
    {
        Description = "Runs the cases whose names contain one of these: a group such as 'product', or 'mlp_b1'.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<int[]> Threads = new("--threads")
    {
        Description = "Numbers of threads, separated by commas.",
        DefaultValueFactory = _ => [1, 2],
        CustomParser = ReadThreads,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "A JSON line for each result." };

    private static readonly Option<double> Seconds = new("--seconds")
    {
        Description = "The least time to measure each case for.",
        DefaultValueFactory = _ => 1.5,
        CustomParser = ReadSeconds,
    };

    private static readonly Option<string?> PeersFolder = new("--peers")
    {
        Description = "The folder of the peers' scripts: runs PyTorch and ONNX Runtime beside ours.",
    };

    private static readonly Option<string?> NodeModules = new("--node-modules")
    {
        Description = "The node_modules folder that holds onnxruntime-node.",
    };

    private static readonly Option<string> Python = new("--python")
    {
        Description = "The Python that has PyTorch.",
        DefaultValueFactory = _ => File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3",
    };

    private static readonly Option<bool> List = new("--list") { Description = "Prints the names of the cases." };

    private static readonly Option<string[]> Child = new("--child")
    {
        Description = "What a process started by this program measures.",
        AllowMultipleArgumentsPerToken = true,
        Hidden = true,
    };

    /// <summary>Parses and runs.</summary>
    public static int Main(string[] args)
    {
        var root = new RootCommand("Measures products, memory-bound chains, element types, inference, training, compilation, growth.")
        {
            Filters, Threads, Json, Seconds, PeersFolder, NodeModules, Python, List, Child,
            ServiceCommand.Create(),
        };
        root.SetAction(Run);
        ParseResult parsed = root.Parse(args);
        string[] problems = [.. parsed.Errors.Select(error => error.Message)];
        if (problems.Length == 0 && parsed.CommandResult.Command == root)
        {
            problems = [.. Problems(parsed)];
        }

        foreach (string problem in problems)
        {
            Console.Error.WriteLine("error: " + problem);
        }

        return problems.Length > 0 ? Misused : parsed.Invoke();
    }

    // What only becomes clear when all arguments are read. A mistyped option is a filter to the parser.
    private static IEnumerable<string> Problems(ParseResult parsed)
    {
        foreach (string filter in parsed.GetValue(Filters) ?? [])
        {
            if (!Case.All.Any(one => one.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)))
            {
                yield return $"no case has '{filter}' in its name; --list prints the names";
            }
        }

        foreach (Option<string?> folder in new[] { PeersFolder, NodeModules })
        {
            if (parsed.GetValue(folder) is { } path && !Directory.Exists(path))
            {
                yield return $"{folder.Name}: '{path}' is not a folder";
            }
        }
    }

    private static int[] ReadThreads(ArgumentResult result)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        var threads = new List<int>();
        foreach (string part in text.Split(','))
        {
            if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number is >= 1 and <= MostThreads)
            {
                threads.Add(number);
                continue;
            }

            string wanted = FormattableString.Invariant($"whole numbers from 1 to {MostThreads}, separated by commas");
            result.AddError($"--threads takes {wanted}, not '{text}'");
            break;
        }

        return [.. threads];
    }

    private static double ReadSeconds(ArgumentResult result)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        bool valid = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds);
        if (!valid || !(seconds > 0 && seconds <= MostSeconds))
        {
            string wanted = FormattableString.Invariant($"a number above 0 and up to {MostSeconds}");
            result.AddError($"--seconds must be {wanted}, not '{text}'");
        }

        return seconds;
    }

    private static int Run(ParseResult parsed)
    {
        string[]? child = parsed.GetValue(Child);
        if (child is { Length: > 0 })
        {
            if (child[0] == Growth.Child)
            {
                Growth.RunChild(child[1..]);
            }
            else
            {
                CompilationChild.Run(child);
            }

            return 0;
        }

        BenchOptions options = Options(parsed);
        Case[] wanted = Case.All.Where(one => options.Wants(one.Name)).ToArray();
        if (parsed.GetValue(List))
        {
            Array.ForEach(wanted, one => Console.WriteLine(one.Name));
            return 0;
        }

        return Run(wanted, options);
    }

    private static BenchOptions Options(ParseResult parsed) => new()
    {
        Filters = parsed.GetValue(Filters) ?? [],
        Threads = parsed.GetRequiredValue(Threads),
        Json = parsed.GetValue(Json),
        Seconds = parsed.GetValue(Seconds),
        Peers = parsed.GetValue(PeersFolder),
        NodeModules = parsed.GetValue(NodeModules),
        Python = parsed.GetRequiredValue(Python),
    };

    // A case that fails is told and counted; the others still run.
    private static int Run(Case[] cases, BenchOptions options)
    {
        var report = new Report(options.Json);
        using var session = new Session(options, report);
        int failures = 0;
        foreach (IGrouping<string, Case> group in cases.GroupBy(one => one.Group))
        {
            foreach (Case one in group)
            {
                failures += (one.UsesThreads ? options.Threads : [0]).Count(threads => !Run(one, session, threads));
            }

            report.Flush();
        }

        return failures == 0 ? 0 : Failed;
    }

    private static bool Run(Case one, Session session, int threads)
    {
        try
        {
            session.Report.Add(one.Run(session, threads));
            return true;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            session.Report.Note($"{one.Name}, {threads} threads: {error.GetType().Name}: {error.Message}");
            return false;
        }
    }
}
