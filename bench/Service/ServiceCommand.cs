using System.CommandLine;

namespace Sinter.Bench.Service;

/// <summary>The command line of the load test.</summary>
internal static class ServiceCommand
{
    private static readonly Argument<FileInfo> Executable = new("executable")
    {
        Description = "The published samples/AotService.",
    };

    private static readonly Option<string?> Weights = new("--weights")
    {
        Description = "Its weights; without it, those that came with it.",
    };

    private static readonly Option<int> Requests = new("--requests")
    {
        Description = "Requests at once, each on a connection of its own.",
        DefaultValueFactory = _ => 10_000,
    };

    private static readonly Option<int> Rounds = new("--rounds")
    {
        Description = "How often.",
        DefaultValueFactory = _ => 6,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("service", "Loads the native service with requests: latency, losses, memory.")
        {
            Executable.AcceptExistingOnly(), Weights, Requests, Rounds,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        string path = parsed.GetRequiredValue(Executable).FullName;
        using var service = new ServiceProcess(path, parsed.GetValue(Weights));
        var test = new LoadTest(service, parsed.GetValue(Requests), parsed.GetValue(Rounds));
        return await test.RunAsync() ? 0 : 1;
    }
}
