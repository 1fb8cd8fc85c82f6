namespace Sinter.Conformance.Tests.Reference;

/// <summary>One case.</summary>
/// <param name="Name">Its name in the reference.</param>
/// <param name="Build">Writes it in Sinter.</param>
/// <param name="IsHeavy">
/// Whether it takes the interpreter seconds, which then leaves it to faster engines, where there are any.
/// </param>
public sealed record ReferenceRow(string Name, Action<ReferenceModel> Build, bool IsHeavy = false);

/// <summary>
/// Each case of the reference as a user would write it in Sinter, by name. A builder states the rule: extents come from
/// the inputs, settings from the metadata, so that the same builder serves other variants of its case.
/// </summary>
public static partial class ReferenceModels
{
    /// <summary>The row of each covered case.</summary>
    public static IReadOnlyDictionary<string, ReferenceRow> All { get; } = new[]
    {
        Operators(), Activations(), LossFunctions(), LinearLayers(), Perceptrons(), Convolutions(), Pools(),
        Resampling(), Normalizations(), Regularization(), Training(), OptimizerCases(), Networks(),
        Blocks(), Attentions(), Precision(), Cells(), Sequences(),
        Transformers(),
    }.SelectMany(rows => rows).ToDictionary(row => row.Name);

    /// <summary>The row of a case; one that waits for something is skipped.</summary>
    public static ReferenceRow Find(string name) =>
        All.TryGetValue(name, out ReferenceRow? row) ? row
        : ReferenceWaiting.Reasons.TryGetValue(name, out string? reason)
            ? throw new NotComparedException($"{name} waits for {reason}")
            : throw new NotComparedException($"no model is written for a case {name}");

    private static ReferenceRow Case(string name, Action<ReferenceModel> build) => new(name, build);
}
