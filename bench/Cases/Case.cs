namespace Sinter.Bench.Cases;

/// <summary>Something the program can measure.</summary>
/// <param name="Name">Group, a slash, and a name within the group.</param>
/// <param name="Run">Checks and measures it with a number of threads.</param>
/// <param name="UsesThreads">Whether the number of threads matters.</param>
internal sealed record Case(string Name, Func<Session, int, Result> Run, bool UsesThreads = true)
{
    /// <summary>Every case, in the order of the tables.</summary>
    public static IEnumerable<Case> All =>
    [
        .. Products.Cases, .. Convolutions.Cases, .. Rows.Cases, .. Chains.Cases, .. Types.Cases, .. Inference.Cases,
        .. Training.Cases, .. Compilation.Cases, .. Growth.Cases, .. PeakMemory.Cases, .. Symbolic.Cases,
        .. Decoding.Cases, .. Recurrent.Cases, .. Branching.Cases,
    ];

    /// <summary>What is in front of the first slash.</summary>
    public string Group => Name[..Name.IndexOf('/', StringComparison.Ordinal)];
}
