using Sinter.GpuBench.Timing;

namespace Sinter.GpuBench.Cases;

/// <summary>Comparisons with results computed in another way.</summary>
internal static class Close
{
    /// <summary>Refuses a number that differs by more than a tolerance, relative above 1.</summary>
    /// <exception cref="WrongResultException">It does.</exception>
    public static void Check(string what, double actual, double expected, double tolerance)
    {
        // Written so that a NaN fails.
        bool close = Math.Abs(actual - expected) <= tolerance * Math.Max(1, Math.Abs(expected));
        if (!close)
        {
            throw new WrongResultException(FormattableString.Invariant($"{what}: {actual} is not {expected}"));
        }
    }
}
