namespace Sinter.Conformance.Tests.Reference;

/// <summary>
/// Each case of the reference as a user would write it in Sinter, by name. A builder states the rule: extents come from
/// the inputs, settings from the metadata, so that the same builder serves other variants of its case.
/// </summary>
public static partial class ReferenceModels
{
    /// <summary>The builder of each covered case.</summary>
    public static IReadOnlyDictionary<string, Action<ReferenceModel>> All { get; } = new[]
    {
        Operators(),
    }.SelectMany(rows => rows).ToDictionary(row => row.Name, row => row.Build);

    private static Row Case(string name, Action<ReferenceModel> build) => new(name, build);

    private sealed record Row(string Name, Action<ReferenceModel> Build);
}
