using System.Diagnostics;
using System.Text;

namespace Sinter.Samples.Tests;

/// <summary>Runs a built sample, or the benchmarks, as a process of its own, and keeps what it prints.</summary>
internal sealed class Sample : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();

    private Sample(ProcessStartInfo start)
    {
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Add(output, line.Data);
        process.ErrorDataReceived += (_, line) => Add(errors, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The folder with Compiler.sln.</summary>
    public static string Root { get; } = FindRoot();

    public int ProcessId => process.Id;

    public string Output => Read(output);

    public string Errors => Read(errors);

    /// <summary>The only line on the error output.</summary>
    public string Error
    {
        get
        {
            string[] lines = Errors.TrimEnd('\n').Split('\n');
            Assert.True(lines.Length == 1, $"more than a line:\n{Errors}");
            return lines[0];
        }
    }

    public string LastLine => Output.TrimEnd().Split('\n').Last();

    public static Sample Start(string name, string folder, params string[] arguments) =>
        new(StartInfo("dotnet", folder, [Assembly(name), .. arguments]));

    /// <summary>Starts a sample through a shell script, whose <c>"$@"</c> is the sample with its arguments.</summary>
    public static Sample StartIn(string script, string name, string folder, params string[] arguments) =>
        new(StartInfo("/bin/bash", folder, ["-c", script, "bash", "dotnet", Assembly(name), .. arguments]));

    public static Sample Run(string name, string folder, params string[] arguments)
    {
        Sample sample = Start(name, folder, arguments);
        sample.Wait();
        return sample;
    }

    /// <summary>Waits until the sample has ended.</summary>
    /// <returns>Its exit code.</returns>
    public int Wait()
    {
        bool ended = process.WaitForExit(Patience);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"the sample is still running:\n{Output}\n{Errors}");
        }

        // Without a limit this also waits for the end of the streams.
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Waits until the sample has printed something.</summary>
    public void WaitFor(string text)
    {
        var clock = Stopwatch.StartNew();
        while (!Output.Contains(text))
        {
            Assert.True(clock.Elapsed < Patience && !process.HasExited, $"no '{text}' in\n{Output}\n{Errors}");
            Thread.Sleep(20);
        }
    }

    public void Dispose() => process.Dispose();

    private static ProcessStartInfo StartInfo(string program, string folder, IEnumerable<string> arguments) =>
        new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

    private static string Assembly(string name)
    {
        // …/tests/Samples.Tests/bin/Release/net10.0: samples are built beside, in the same configuration.
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        string project = name == "Bench" ? "bench" : Path.Combine("samples", name);

        // Native samples are built for another framework than tests, and have names of their own.
        string folder = Path.Combine(Root, project, "bin", here.Parent!.Name);
        string? native = name switch { "DigitsAot" => "digits.dll", "AotService" => "digits-service.dll", _ => null };
        string path = native is null
            ? Path.Combine(folder, here.Name, name + ".dll")
            : Directory.GetFiles(folder, native, SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        Assert.True(File.Exists(path), $"{path} is not built");
        return path;
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Compiler.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("the tests run outside the repository");
    }

    private static void Add(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.Append(line).Append(line is null ? "" : "\n");
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
