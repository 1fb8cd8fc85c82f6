using System.ComponentModel;
using System.Diagnostics;

namespace Sinter.Bench;

/// <summary>Runs other programs to their end.</summary>
internal static class Processes
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>How a program ended.</summary>
    /// <param name="Code">Its exit code; -1 where it could not be started or took too long.</param>
    /// <param name="Output">What it printed.</param>
    /// <param name="Errors">What it complained about.</param>
    internal sealed record Outcome(int Code, string Output, string Errors)
    {
        /// <summary>The last line of the complaints.</summary>
        public string Reason =>
            Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault("no reason given");
    }

    /// <summary>Runs a program.</summary>
    /// <param name="program">Its file, or its name on the search path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="variables">Environment variables beside those of this process.</param>
    public static Outcome Run(
        string program, IEnumerable<string> arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                return new Outcome(-1, "", $"{program} took longer than {Patience}");
            }

            return new Outcome(process.ExitCode, output.Result, errors.Result);
        }
        catch (Win32Exception error)
        {
            return new Outcome(-1, "", error.Message);
        }
    }
}
