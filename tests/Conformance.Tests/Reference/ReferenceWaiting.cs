namespace Sinter.Conformance.Tests.Reference;

/// <summary>The cases that cannot be written yet, each with what it waits for.</summary>
public static class ReferenceWaiting
{
    public static IReadOnlyDictionary<string, string> Reasons { get; } = new Dictionary<string, string>
    {
    };
}
