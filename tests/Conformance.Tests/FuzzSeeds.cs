using System.Globalization;

namespace Sinter.Conformance.Tests;

/// <summary>Which random graphs tests look at.</summary>
public static class FuzzSeeds
{
    /// <summary>Seeds as given, or those that SINTER_FUZZ_SEEDS names ("first count"): a longer search with the same
    /// tests.</summary>
    public static IEnumerable<int> Range(int first, int count)
    {
        string[]? wanted = Environment.GetEnvironmentVariable("SINTER_FUZZ_SEEDS")?.Split(' ');
        return wanted is [var from, var many]
            ? Enumerable.Range(
                int.Parse(from, CultureInfo.InvariantCulture), int.Parse(many, CultureInfo.InvariantCulture))
            : Enumerable.Range(first, count);
    }
}
