namespace Sinter.Reference;

/// <summary>
/// A run cannot go on: a missing value, a shape that contradicts the graph, a symbol out of its range, or an index out
/// of
/// bounds. The message names the input, symbol or module concerned.
/// </summary>
public sealed class RunException : Exception
{
    /// <summary>An error with its complete message.</summary>
    public RunException(string message)
        : base(message)
    {
    }
}
