using Microsoft.CodeAnalysis;

namespace Sinter.Generators.Interpretation;

/// <summary>Ends the reading of a model; code of the model cannot catch it.</summary>
/// <param name="id">The message's id; null where the compiler has already said what is wrong.</param>
/// <param name="text">The message.</param>
/// <param name="operation">Where; null for the operation that is running.</param>
internal sealed class Stop(string? id, string text, IOperation? operation) : Exception(text)
{
    /// <summary>The message's id, or null for none.</summary>
    public string? Id { get; } = id;

    /// <summary>Where, or null.</summary>
    public IOperation? Operation { get; } = operation;

    /// <summary>Code that does not compile: the compiler's message is enough.</summary>
    public static Stop Invalid() => new(null, "", null);
}
