namespace Sinter.GpuBench.Timing;

/// <summary>One line of the tables. What does not apply is null.</summary>
/// <param name="Name">Group, a slash, and the case.</param>
/// <param name="MedianMs">The median time of one run on the device.</param>
internal sealed record GpuResult(string Name, double MedianMs)
{
    /// <summary>The fastest round, which shows how steady the device was.</summary>
    public double? LeastMs { get; init; }

    /// <summary>10⁹ bytes a second, each tensor counted once.</summary>
    public double? Gbps { get; init; }

    /// <summary><see cref="Gbps"/> as a share of what the device's copy reached in this run.</summary>
    public double? CopyPercent { get; init; }

    /// <summary>Multiplications and additions of products, in 10¹² a second.</summary>
    public double? Tflops { get; init; }

    /// <summary>The time of cuBLAS for the same product, its operands rounded alike.</summary>
    public double? CublasMs { get; init; }

    /// <summary>The speed as a share of that of cuBLAS.</summary>
    public double? CublasPercent => 100 * CublasMs / MedianMs;

    /// <summary>The time of PyTorch, operation by operation.</summary>
    public double? EagerMs { get; init; }

    /// <summary>PyTorch's time divided by ours: above 1, ours is faster.</summary>
    public double? EagerRatio => EagerMs / MedianMs;

    /// <summary>The time of torch.compile.</summary>
    public double? CompileMs { get; init; }

    /// <summary>Its time divided by ours.</summary>
    public double? CompileRatio => CompileMs / MedianMs;

    /// <summary>Anything else worth knowing.</summary>
    public string? Note { get; init; }
}
