using Sinter.Compiler.Memory;
using Sinter.Compiler.Values;

namespace Sinter.Compiler;

/// <summary>A plan before its buffers have addresses: what passes over launches change.</summary>
/// <param name="Outputs">What a run gives.</param>
/// <param name="Parameters">The state.</param>
/// <param name="Overwritten">Next values of state that are written over the present ones, and over which.</param>
/// <param name="Prepare">Steps that depend on state alone.</param>
/// <param name="Run">The steps of a run, in order.</param>
/// <param name="FirstChange">How many of <paramref name="Run"/> come before the end of the last check: up to there a
/// run may be given up, and changes nothing.</param>
/// <param name="Always">What is in the arena from before a run until after it.</param>
/// <param name="Prepared">What is prepared and no output: it belongs to the state.</param>
/// <param name="Rooms">What loops need for themselves.</param>
internal sealed record PlanDraft(
    IReadOnlyList<Port> Outputs,
    IReadOnlyList<StatePort> Parameters,
    IReadOnlyDictionary<Buffer, Buffer> Overwritten,
    IReadOnlyList<Step> Prepare,
    IReadOnlyList<Step> Run,
    int FirstChange,
    IReadOnlyCollection<Buffer> Always,
    IReadOnlyList<Buffer> Prepared,
    IReadOnlyDictionary<Step, Room> Rooms)
{
    private readonly HashSet<Buffer> state = [.. Parameters.Select(port => port.Buffer), .. Prepared];
    private readonly HashSet<Buffer> always = [.. Always];

    /// <summary>Whether a buffer's memory is state, or belongs to it.</summary>
    public bool IsState(Buffer buffer) => state.Contains(buffer) || Overwritten.ContainsKey(buffer);

    /// <summary>Whether a buffer is the arena's for as long as launches use it.</summary>
    public bool IsPassing(Buffer buffer) => !IsState(buffer) && !always.Contains(buffer);

    /// <summary>The memory that a buffer has: its own, or that of the state that it is written over.</summary>
    public Buffer Storage(Buffer buffer) => Overwritten.TryGetValue(buffer, out Buffer? other) ? other : buffer;

    /// <summary>When the arena's buffers are alive.</summary>
    public List<Lifetime> Lifetimes() => Memory.Lifetimes.Of(Run, always, IsState, Rooms);

    /// <summary>The most bytes that are alive at one time: no arena is smaller.</summary>
    public long LeastBytes() => Memory.Lifetimes.Most(Lifetimes());
}
