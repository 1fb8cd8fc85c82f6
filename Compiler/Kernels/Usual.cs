using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels;

/// <summary>What is expected of sizes that a run says, where something is decided once for all their values: a symbol's
/// largest value is what there must be room for, and seldom what comes.</summary>
internal static class Usual
{
    // How much larger than usual a symbol's largest value is taken to be.
    private const long Room = 10;

    // Quotients inside one another of which schedules make deeper ones: there is a limit.
    private const int Deepest = 4;

    /// <summary>The size where each symbol is a tenth of its largest value, or its least where that is more.</summary>
    public static long Of(Dimension size) => At(size, Room);

    /// <summary>The size where each symbol is a share of its largest value.</summary>
    public static long At(Dimension size, long share) =>
        size.IsStatic ? size.Value : size.Evaluate(symbol => Math.Max(symbol.Min, symbol.Max / share));

    /// <summary>Whether schedules may count with a size, instead of with its largest value.</summary>
    public static bool IsCounted(Dimension size) => size.Depth <= Deepest;

    /// <summary>The number of positions expected of axes.</summary>
    public static double Count(IEnumerable<Dimension> extents) =>
        extents.Aggregate(1.0, (count, extent) => count * Of(extent));
}
