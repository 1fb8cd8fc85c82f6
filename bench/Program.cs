using System.CommandLine;
using System.Globalization;
using Sinter.Bench.Cases;

namespace Sinter.Bench;

/// <summary>The command line.</summary>
internal static class Program
{
    private static readonly Argument<string[]> Filters = new("filter")
    {
        Description = "Runs the cases whose names contain one of these: a group such as 'product', or 'mlp_b1'.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string> Threads = new("--threads")
    {
        Description = "Numbers of threads, separated by commas.",
        DefaultValueFactory = _ => "1,2",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "A JSON line for each result." };

    private static readonly Option<double> Seconds = new("--seconds")
    {
        Description = "The least time to measure each case for.",
        DefaultValueFactory = _ => 1.5,
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
        var root = new RootCommand("Measures Sinter: products, memory-bound chains, inference, training, compilation.")
        {
            Filters, Threads, Json, Seconds, PeersFolder, NodeModules, Python, List, Child,
        };
        root.SetAction(Run);
        return root.Parse(args).Invoke();
    }

    private static int Run(ParseResult parsed)
    {
        string[]? child = parsed.GetValue(Child);
        if (child is { Length: > 0 })
        {
            CompilationChild.Run(child);
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
        Threads = parsed.GetRequiredValue(Threads).Split(',').Select(Number).ToArray(),
        Json = parsed.GetValue(Json),
        Seconds = parsed.GetValue(Seconds),
        Peers = parsed.GetValue(PeersFolder),
        NodeModules = parsed.GetValue(NodeModules),
        Python = parsed.GetRequiredValue(Python),
    };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

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

        return failures == 0 ? 0 : 1;
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
