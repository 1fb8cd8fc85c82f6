using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Digits;

/// <summary>
/// Measures the time from the start of a process to its first result: the program replaces itself by itself again and
/// again, handing on when it did so and the times so far.
/// </summary>
internal static partial class StartTimes
{
    private const int Starts = 21;

    /// <summary>Begins; on a system that knows it, this does not return.</summary>
    public static void Begin(Options options) => Replace(options, "");

    /// <summary>Reads one image, and goes on or says what the times were.</summary>
    /// <param name="model">The model of this process.</param>
    /// <param name="options">Hold when the process was started, and the times before it.</param>
    public static void GoOn(Model model, Options options)
    {
        model.Images(1).Fill(0.5f);
        DigitReader.Judge(model.Run(1));
        double elapsed = Stopwatch.GetElapsedTime(options.Since!.Value).TotalMilliseconds;
        string times = options.Times + elapsed.ToString("F3", CultureInfo.InvariantCulture);
        double[] all = Array.ConvertAll(times.Split('/'), text => double.Parse(text, CultureInfo.InvariantCulture));
        if (all.Length < Starts)
        {
            Replace(options, times + "/");
        }

        Benchmark.Say($"start to first result: {Benchmark.Median(all):F1} ms");
    }

    // The clock is the system's, so the new process can tell the time that has passed since the old one looked at it.
    private static void Replace(Options options, string times)
    {
        Console.Out.Flush();
        string program = Environment.ProcessPath!;
        string start = Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture);
        string[] weights = options.Weights is null ? [] : ["--weights", options.Weights];
        string?[] arguments =
            [program, .. Self(program), "--since", start, "--times", times, "--device", options.Device, .. weights, null];
        if (OperatingSystem.IsLinux())
        {
            _ = Execute(program, arguments);
        }

        Benchmark.Say($"start to first result: not measured on this system");
    }

    // A build that is no native program is a file that dotnet runs.
    private static string[] Self(string program) =>
        Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string program, string?[] arguments);
}
