namespace Sinter.Conformance.Tests.Edges;

/// <summary>A case in which Sinter does not give what PyTorch gives.</summary>
/// <param name="Keys">The results that differ.</param>
/// <param name="Chosen">What Sinter gives there.</param>
/// <param name="Reason">Why.</param>
public sealed record EdgeChoice(string[] Keys, string Chosen, string Reason);

/// <summary>The one table of what was chosen otherwise. A test fails where a case of the table passes.</summary>
public static class EdgeChoices
{
    public static IReadOnlyDictionary<string, EdgeChoice> All { get; } = new Dictionary<string, EdgeChoice>
    {
    };
}
