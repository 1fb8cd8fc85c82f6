using Sinter.Compiler.Kernels;

namespace Sinter.Compiler.Memory;

/// <summary>What a loop needs for itself, in one piece: the same in each iteration.</summary>
/// <param name="Buffer">The piece.</param>
/// <param name="Placements">Where buffers lie inside it.</param>
internal sealed record Room(Buffer Buffer, IReadOnlyDictionary<Buffer, Placement> Placements)
{
    /// <summary>The rooms of the loops among steps.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="guard">Whether buffers share no memory.</param>
    public static Dictionary<Step, Room> Of(IEnumerable<Step> steps, bool guard) =>
        steps.OfType<Loop>().ToDictionary(loop => (Step)loop, loop => Of(loop, guard));

    private static Room Of(Loop loop, bool guard)
    {
        Dictionary<Step, Room> inner = Of(loop.Body, guard);
        List<Lifetime> lifetimes = Lifetimes.Of(loop.Body, loop.Kept, b => !loop.Locals.Contains(b), inner);
        var (placements, bytes) = BufferPlanner.Run(lifetimes, inner.Values, guard);
        return new Room(new Buffer("loop", DType.U8, bytes), placements);
    }
}
