using System.Text.Json.Serialization;

namespace Sinter.Bench;

/// <summary>One line of the tables. What does not apply is null.</summary>
/// <param name="Name">Group, a slash, and the case.</param>
/// <param name="Threads">How many threads ran it; 0 where that has no meaning.</param>
/// <param name="MedianMs">The median time of one run.</param>
internal sealed record Result(string Name, int Threads, double MedianMs)
{
    /// <summary>A slow run: 95 of 100 take less.</summary>
    [JsonPropertyName("p95_ms")]
    public double? P95Ms { get; init; }

    /// <summary>Multiplications and additions of products, in 10⁹ a second.</summary>
    public double? Gflops { get; init; }

    /// <summary><see cref="Gflops"/> as a share of what multiply-add chains reached in this run.</summary>
    public double? FmaPercent { get; init; }

    /// <summary>10⁹ bytes a second, each tensor counted once.</summary>
    public double? Gbps { get; init; }

    /// <summary><see cref="Gbps"/> as a share of what copying reached in this run.</summary>
    public double? CopyPercent { get; init; }

    /// <summary>The fastest of those compared with.</summary>
    public string? Peer { get; init; }

    /// <summary>Its median time.</summary>
    public double? PeerMs { get; init; }

    /// <summary>The peer's time divided by ours: above 1, ours is faster.</summary>
    public double? Ratio => PeerMs / MedianMs;

    /// <summary>Anything else worth knowing.</summary>
    public string? Note { get; init; }
}
