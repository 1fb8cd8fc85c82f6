using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Sinter.GpuBench.Timing;

/// <summary>PyTorch in a process of its own, which times the same cases on the same device. What fails there is told,
/// and the case goes without.</summary>
internal sealed class TorchPeer : IDisposable
{
    // torch.compile starts the system's compilers.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private bool broken;

    private TorchPeer(Process process) => this.process = process;

    /// <summary>Starts it.</summary>
    /// <param name="python">The Python to ask.</param>
    /// <returns>It, or null where there is no Python, PyTorch or device for it.</returns>
    public static TorchPeer? Start(string python)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "peer.py");
        var start = new ProcessStartInfo(python, [script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        try
        {
            var peer = new TorchPeer(Process.Start(start)!);
            if (peer.Read() is { } hello && hello.TryGetProperty("torch", out JsonElement version))
            {
                GpuReport.Note($"PyTorch {version.GetString()}");
                return peer;
            }

            peer.Dispose();
        }
        catch (Win32Exception error)
        {
            GpuReport.Note($"{python}: {error.Message}");
        }

        GpuReport.Note("PyTorch is not compared with: it is not there, or sees no device");
        return null;
    }

    /// <summary>A case to time, or null where PyTorch does not run it.</summary>
    /// <param name="kind">What is computed.</param>
    /// <param name="shape">Its extents.</param>
    /// <param name="compiled">Whether torch.compile is used.</param>
    public Subject? Subject(string kind, long[] shape, bool compiled)
    {
        double Time(int runs) => Ask(kind, shape, compiled, runs) is { } milliseconds
            ? milliseconds
            : throw new InvalidOperationException($"PyTorch stopped answering in {kind}");
        return Ask(kind, shape, compiled, 1) is null
            ? null
            : new Subject(compiled ? "torch.compile" : "PyTorch", Time);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    private double? Ask(string kind, long[] shape, bool compiled, int runs)
    {
        if (broken)
        {
            return null;
        }

        try
        {
            process.StandardInput.WriteLine(JsonSerializer.Serialize(new { kind, shape, compiled, runs }));
            process.StandardInput.Flush();
        }
        catch (IOException)
        {
            broken = true;
            return null;
        }

        if (Read() is not { } answer)
        {
            GpuReport.Note($"PyTorch gave no answer to {kind}, and is left alone from now on");
            broken = true;
            return null;
        }

        if (answer.TryGetProperty("ms", out JsonElement milliseconds))
        {
            return milliseconds.GetDouble();
        }

        GpuReport.Note($"PyTorch, {kind}: {answer.GetProperty("error").GetString()}");
        return null;
    }

    private JsonElement? Read()
    {
        Task<string?> line = process.StandardOutput.ReadLineAsync();
        return line.Wait(Patience) && line.Result is { Length: > 0 } text
            ? JsonSerializer.Deserialize<JsonElement>(text)
            : null;
    }
}
