using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Schedules;

/// <summary>What a schedule may ask about the world outside its group.</summary>
/// <param name="Target">The processor.</param>
/// <param name="BufferOf">The memory of a stored node.</param>
/// <param name="IsLive">Whether anything outside its group reads a node.</param>
/// <param name="IsInvariant">Whether memory is state that no run of the graph changes: copies of it are made
/// once.</param>
public sealed record KernelContext(
    Target Target, Func<Node, Buffer> BufferOf, Func<Node, bool> IsLive, Func<Buffer, bool> IsInvariant)
{
    /// <summary>The ways that schedules took so far.</summary>
    public HashSet<SchedulePath> Paths { get; init; } = [];

    /// <summary>Notes a way where it is taken.</summary>
    public void Take(SchedulePath path, bool isTaken = true)
    {
        if (isTaken)
        {
            Paths.Add(path);
        }
    }
}
