namespace Sinter.Compiler;

/// <summary>A program does not fit into the memory that it may take. The message says what holds the memory where most
/// is needed, by layer.</summary>
/// <param name="message">The message.</param>
/// <param name="budget">The bytes that it may take.</param>
/// <param name="needed">The bytes that it needs.</param>
public sealed class MemoryBudgetException(string message, long budget, long needed) : GraphException(message)
{
    /// <summary>The bytes that the program may take.</summary>
    public long Budget { get; } = budget;

    /// <summary>The fewest bytes that were found to be enough.</summary>
    public long Needed { get; } = needed;
}
