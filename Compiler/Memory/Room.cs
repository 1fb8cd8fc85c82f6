using Sinter.Compiler.Values;

namespace Sinter.Compiler.Memory;

/// <summary>What a loop or a branch needs for itself, in one piece: the same in each iteration, and for either list of
/// steps.</summary>
/// <param name="Buffer">The piece.</param>
/// <param name="Placements">Where buffers lie inside it.</param>
internal sealed record Room(Buffer Buffer, IReadOnlyDictionary<Buffer, Placement> Placements)
{
    /// <summary>The rooms of the loops and branches among steps.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="guard">Whether buffers share no memory.</param>
    public static Dictionary<Step, Room> Of(IEnumerable<Step> steps, bool guard) =>
        steps.Where(step => step is Loop or Branch).ToDictionary(step => step, step => step switch
        {
            Loop loop => Of(loop, guard),
            Branch branch => Of(branch, guard),
            _ => throw new InvalidOperationException($"{step.GetType().Name} has no room"),
        });

    private static Room Of(Loop loop, bool guard)
    {
        var (placements, bytes) = Inside(loop.Body, loop.Kept, loop.Locals, guard);
        return new Room(new Buffer("loop", DType.U8, bytes), placements);
    }

    // One list or the other: both begin at the same place.
    private static Room Of(Branch branch, bool guard)
    {
        var (placements, bytes) = Inside(branch.Then, [], branch.LocalsOf(branch.Then), guard);
        var (others, more) = Inside(branch.Otherwise, [], branch.LocalsOf(branch.Otherwise), guard);
        long start = guard ? bytes : 0;
        foreach (var pair in others)
        {
            placements.Add(pair.Key, pair.Value with { Offset = pair.Value.Offset + start });
        }

        return new Room(new Buffer("branch", DType.U8, Math.Max(bytes, start + more)), placements);
    }

    private static (Dictionary<Buffer, Placement> Placements, long Bytes) Inside(
        IReadOnlyList<Step> steps, IEnumerable<Buffer> kept, IReadOnlyCollection<Buffer> locals, bool guard)
    {
        Dictionary<Step, Room> inner = Of(steps, guard);
        List<Lifetime> lifetimes = Lifetimes.Of(steps, kept, buffer => !locals.Contains(buffer), inner);
        return BufferPlanner.Run(lifetimes, inner.Values, guard);
    }
}
