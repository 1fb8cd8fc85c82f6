namespace Sinter.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchOptions
{
    /// <summary>Cases whose name contains one of these run; all where there is none.</summary>
    public required IReadOnlyList<string> Filters { get; init; }

    /// <summary>Each case runs with each of these numbers of threads.</summary>
    public required IReadOnlyList<int> Threads { get; init; }

    /// <summary>A JSON line for each result instead of tables.</summary>
    public required bool Json { get; init; }

    /// <summary>Each subject is timed for at least this long.</summary>
    public required double Seconds { get; init; }

    /// <summary>The folder of the peers' scripts, or null.</summary>
    public required string? Peers { get; init; }

    /// <summary>The folder that holds the onnxruntime-node package, or null.</summary>
    public required string? NodeModules { get; init; }

    /// <summary>The Python that has PyTorch.</summary>
    public required string Python { get; init; }

    /// <summary>Whether a case is asked for.</summary>
    public bool Wants(string name) =>
        Filters.Count == 0 || Filters.Any(filter => name.Contains(filter, StringComparison.OrdinalIgnoreCase));
}
