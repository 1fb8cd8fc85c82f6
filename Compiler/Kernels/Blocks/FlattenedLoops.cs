using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>Several loops walked by one counter, so that threads can share them out.</summary>
internal static class FlattenedLoops
{
    /// <summary>The iterations of all loops together.</summary>
    public static Dimension Extent(IEnumerable<LoopVariable> loops) =>
        loops.Aggregate((Dimension)1, (n, loop) => n * loop.Extent);

    /// <summary>One counter of all loops: the last loop steps fastest.</summary>
    public static Index Position(IEnumerable<LoopVariable> loops) =>
        loops.Aggregate(Index.Zero, (position, loop) => (position * loop.Extent) + loop);

    /// <summary>A kernel whose threads each take iterations of the loops by themselves: four neighbours where that
    /// pays.</summary>
    /// <param name="name">The kernel's name.</param>
    /// <param name="nodes">What it computes.</param>
    /// <param name="loops">The loops shared out.</param>
    /// <param name="blocks">The processor.</param>
    /// <param name="operations">Arithmetic operations of a run.</param>
    /// <param name="body">What an iteration does, given the loops' counters.</param>
    public static Kernel Kernel(
        string name, IReadOnlyList<Node> nodes, IReadOnlyList<LoopVariable> loops, BlockFacts blocks, long operations,
        Func<Dictionary<LoopVariable, Index>, IReadOnlyList<Statement>> body) =>
        Vectorized(name, nodes, loops, blocks, operations, body)
        ?? Kernel(name, nodes, Extent(loops), blocks, operations, i => body(Loops.Counters(i, loops)));

    /// <summary>The kernel where threads take four neighbours; null where that does not pay.</summary>
    /// <inheritdoc cref="Kernel(string, IReadOnlyList{Node}, IReadOnlyList{LoopVariable}, BlockFacts, long,
    /// Func{Dictionary{LoopVariable, Index}, IReadOnlyList{Statement}})"/>
    public static Kernel? Vectorized(
        string name, IReadOnlyList<Node> nodes, IReadOnlyList<LoopVariable> loops, BlockFacts blocks, long operations,
        Func<Dictionary<LoopVariable, Index>, IReadOnlyList<Statement>> body)
    {
        if (Dimension.Divide(Extent(loops), VectorAccess.Width) is not { } extent)
        {
            return null;
        }

        LoopVariable lane = VectorAccess.NewLane();
        IReadOnlyList<Statement> Element(LoopVariable four) => body(Loops.Counters(VectorAccess.Element(four, lane), loops));
        return VectorAccess.Pays(lane, Element(new LoopVariable("i", extent)))
            ? Kernel(name, nodes, extent, blocks, operations, i => VectorAccess.Vectorize(lane, Element(i))) : null;
    }

    /// <summary>The kernel where threads take one iteration each.</summary>
    /// <inheritdoc cref="Kernel(string, IReadOnlyList{Node}, IReadOnlyList{LoopVariable}, BlockFacts, long,
    /// Func{Dictionary{LoopVariable, Index}, IReadOnlyList{Statement}})"/>
    public static Kernel Elements(
        string name, IReadOnlyList<Node> nodes, IReadOnlyList<LoopVariable> loops, BlockFacts blocks, long operations,
        Func<Dictionary<LoopVariable, Index>, IReadOnlyList<Statement>> body) =>
        Kernel(name, nodes, Extent(loops), blocks, operations, i => body(Loops.Counters(i, loops)));

    private static Kernel Kernel(
        string name, IReadOnlyList<Node> nodes, Dimension extent, BlockFacts blocks, long operations,
        Func<LoopVariable, IReadOnlyList<Statement>> body)
    {
        long threads = extent.Max >= blocks.Threads ? blocks.Threads : RoundUp(extent.Max, blocks.Warp);
        Dimension pieces = Dimension.Ceiling(extent, threads);
        var thread = new LoopVariable("thread", threads);
        var piece = new LoopVariable("piece", pieces);
        var i = new LoopVariable("i", extent);
        Index at = ((Index)piece * threads) + thread;
        IReadOnlyList<Statement> all = [new Let(i, at), .. body(i)];
        return new Kernel(
            name, nodes, piece, If.Where([new Condition(at, 0, Index.Of(extent))], all), operations, thread);
    }

    /// <summary>At least one multiple.</summary>
    public static long RoundUp(long value, long multiple) =>
        Math.Max(multiple, (value + multiple - 1) / multiple * multiple);
}
