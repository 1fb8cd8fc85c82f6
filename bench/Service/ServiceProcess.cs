using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sinter.Bench.Service;

/// <summary>The service under test, as a process of its own.</summary>
internal sealed partial class ServiceProcess : IDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process process;

    /// <summary>Starts it on a free port.</summary>
    /// <param name="executable">The published service.</param>
    /// <param name="weights">A file of weights, or null for those that came with it.</param>
    public ServiceProcess(string executable, string? weights)
    {
        Address = new IPEndPoint(IPAddress.Loopback, FreePort());
        string[] options = weights is null ? [] : ["--weights", Path.GetFullPath(weights)];
        process = Process.Start(executable, ["--urls", $"http://{Address}", .. options]);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Memory in use, in bytes.</summary>
    public long Memory
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">It ended, or took too long.</exception>
    public async Task WaitAsync()
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://{Address}") };
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Patience && !process.HasExited)
        {
            try
            {
                (await client.GetAsync("/health")).EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(20);
            }
        }

        string what = process.HasExited ? $"ended with code {process.ExitCode}" : "does not answer";
        throw new InvalidOperationException("the service " + what);
    }

    /// <summary>Asks it to end, as a system that shuts down does.</summary>
    public void Stop() => _ = Kill(process.Id, Terminate);

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public int WaitForEnd() => process.WaitForExit(Patience)
        ? process.ExitCode
        : throw new InvalidOperationException("the service does not end");

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
