using System.CommandLine;
using Sinter.GpuBench.Cases;

namespace Sinter.GpuBench.Timing;

/// <summary>Something to measure.</summary>
/// <param name="Name">Group, a slash, and a name within the group.</param>
/// <param name="Run">Checks and measures it.</param>
internal sealed record BenchCase(string Name, Func<BenchSession, GpuResult> Run)
{
    /// <summary>Every case, in the order of the tables.</summary>
    public static IEnumerable<BenchCase> All => [.. RowCases.All, .. ProductCases.All, .. ModelCases.All];

    /// <summary>What is in front of the first slash.</summary>
    public string Group => Name[..Name.IndexOf('/', StringComparison.Ordinal)];
}

/// <summary>A result is wrong: its time is worth nothing.</summary>
internal sealed class WrongResultException(string message) : Exception(message);

/// <summary>The command that measures.</summary>
internal static class BenchCommand
{
    private static readonly Argument<string[]> Filters = new("filter")
    {
        Description = "Runs the cases whose names contain one of these.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "A JSON line for each result." };

    private static readonly Option<string?> Save = new("--save")
    {
        Description = "A file for JSON lines, beside what is printed.",
    };

    private static readonly Option<double> Limit = new("--limit")
    {
        Description = "The seconds after which no case begins.",
        DefaultValueFactory = _ => 600,
    };

    private static readonly Option<string?> Python = new("--python")
    {
        Description = "The Python that has PyTorch, to compare with.",
    };

    private static readonly Option<int> Shrink = new("--shrink")
    {
        Description = "Divides large extents: shows that the program works where the device is slow.",
        DefaultValueFactory = _ => 1,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("bench", "Measures on the device, beside its copy, cuBLAS and PyTorch.")
        {
            Filters, Json, Save, Limit, Python, Shrink,
        };
        command.SetAction(parsed =>
        {
            string[] filters = parsed.GetValue(Filters) ?? [];
            BenchCase[] cases = [.. BenchCase.All.Where(one =>
                filters.Length == 0 || filters.Any(filter => IsMeant(one, filter)))];
            var report = new GpuReport(parsed.GetValue(Json), parsed.GetValue(Save));
            using var session = new BenchSession(
                parsed.GetValue(Shrink), parsed.GetValue(Limit), parsed.GetValue(Python));
            return Run(cases, session, report);
        });
        return command;
    }

    // A whole name means that case, even where others begin with it.
    private static bool IsMeant(BenchCase one, string filter) => BenchCase.All.Any(other => other.Name == filter)
        ? one.Name == filter : one.Name.Contains(filter, StringComparison.Ordinal);

    // A case that fails is told and counted; the others still run.
    private static int Run(BenchCase[] cases, BenchSession session, GpuReport report)
    {
        int failures = 0;
        report.Add(session.Copy);
        report.Flush();
        foreach (IGrouping<string, BenchCase> group in cases.GroupBy(one => one.Group))
        {
            foreach (BenchCase one in group)
            {
                failures += Run(one, session, report) ? 0 : 1;
            }

            report.Flush();
        }

        return failures == 0 && cases.Length > 0 ? 0 : 1;
    }

    private static bool Run(BenchCase one, BenchSession session, GpuReport report)
    {
        if (session.IsOver)
        {
            GpuReport.Note($"{one.Name}: not begun in time");
            return false;
        }

        try
        {
            report.Add(one.Run(session));
            return true;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            GpuReport.Note($"{one.Name}: {error.GetType().Name}: {error.Message}");
            return false;
        }
    }
}
