namespace Sinter.Bench;

/// <summary>What the cases of one run share.</summary>
internal sealed class Session : IDisposable
{
    /// <summary>Starts a run.</summary>
    public Session(BenchOptions options, Report report)
    {
        Options = options;
        Report = report;
        Limits = new Limits(report.Add);
        Peers = options.Peers is null ? null : new Peers(options, report.Note);
    }

    /// <summary>What was asked for.</summary>
    public BenchOptions Options { get; }

    /// <summary>Where results go.</summary>
    public Report Report { get; }

    /// <summary>What the machine can do.</summary>
    public Limits Limits { get; }

    /// <summary>The other libraries, or null where they are not asked for.</summary>
    public Peers? Peers { get; }

    /// <summary>OpenBLAS, or null where it is not installed.</summary>
    public OpenBlas? OpenBlas { get; } = OpenBlas.Find();

    /// <inheritdoc/>
    public void Dispose() => Peers?.Dispose();

    /// <summary>A result with its share of the arithmetic limit.</summary>
    public Result WithArithmetic(Result result, double operations)
    {
        double gflops = operations / result.MedianMs / 1e6;
        return result with { Gflops = gflops, FmaPercent = 100 * gflops / Limits.Gflops(result.Threads) };
    }

    /// <summary>A result with its share of the memory limit.</summary>
    public Result WithMemory(Result result, double bytes)
    {
        double gbps = bytes / result.MedianMs / 1e6;
        return result with { Gbps = gbps, CopyPercent = 100 * gbps / Limits.Gbps(result.Threads) };
    }
}
