using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Sinter.GpuBench;

/// <summary>Runs programs for a limited time: a fault on a device ends the process that caused it, and only
/// that.</summary>
internal static class Child
{
    /// <summary>How a program ended.</summary>
    /// <param name="Code">Its exit code; -1 where it took too long, -2 where it could not be started.</param>
    /// <param name="Text">What it printed, complaints included.</param>
    internal sealed record Outcome(int Code, string Text)
    {
        /// <summary>The last lines of what it printed.</summary>
        public string Tail => string.Join('\n', Text.TrimEnd().Split('\n').TakeLast(12));

        /// <summary>In words.</summary>
        public string Status => Code switch
        {
            0 => "ok",
            -1 => "took too long and was ended",
            -2 => "could not be started",
            _ => FormattableString.Invariant($"failed with exit code {Code}"),
        };
    }

    /// <summary>The command that starts this program again.</summary>
    public static string[] Self { get; } =
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [Environment.ProcessPath!, typeof(Child).Assembly.Location]
            : [Environment.ProcessPath!];

    /// <summary>Runs a program to its end, or to the end of its time.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="limit">Its time.</param>
    public static Outcome Run(IReadOnlyList<string> command, TimeSpan limit)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var text = new StringBuilder();
        void Take(object sender, DataReceivedEventArgs line)
        {
            lock (text)
            {
                text.Append(line.Data is null ? "" : line.Data + "\n");
            }
        }

        try
        {
            using Process process = Process.Start(start)!;
            process.OutputDataReceived += Take;
            process.ErrorDataReceived += Take;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            bool ended = process.WaitForExit(limit);
            if (!ended)
            {
                process.Kill(entireProcessTree: true);
            }

            process.WaitForExit();
            lock (text)
            {
                return new Outcome(ended ? process.ExitCode : -1, text.ToString());
            }
        }
        catch (Win32Exception error)
        {
            return new Outcome(-2, $"{command[0]}: {error.Message}\n");
        }
    }
}
