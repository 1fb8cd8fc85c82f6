using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>
/// Kernels of loop groups where blocks of threads run the pieces. Of elements alone, a thread takes four neighbours. Of
/// rows, it takes one of its own where rows are short or neighbouring rows lie side by side in memory; otherwise the
/// threads of a block share one row, whose intermediate values stay in shared memory.
/// </summary>
internal static class BlockSchedule
{
    // Inner loops of at most this many iterations are written out.
    private const long UnrollLimit = 16;

    // A thread walks short rows alone, and keeps at most so many elements of a row to itself.
    private const long ShortRow = 32;
    private const long PrivateElements = 64;

    // Elements that a thread computes side by side, where there are enough for all threads: memory answers the sooner
    // the more of it is asked for at once.
    private const int SideBySide = 4;
    private const long ManyElements = 1 << 16;

    // Neighbouring threads take neighbouring rows where there are enough of them.
    private const long ManyRows = 2048;

    /// <summary>The kernel of a group.</summary>
    public static Kernel Build(LoopGroup group, KernelContext context, string name)
    {
        var nest = LoopNest.Resolve(group, context);
        Node[] nodes = group.Items.Select(item => item.Node).ToArray();
        BlockFacts blocks = context.Target.Blocks!;
        IReadOnlyList<Statement> Alone(Dictionary<LoopVariable, Index> map) =>
            Row(nest.Substitute(map), context);
        if (nest.Stages.All(stage => stage.Inner.Count == 0) && FlattenedLoops.Extent(nest.Outer).Max >= ManyElements)
        {
            return FlattenedLoops.Vectorized(name, nodes, nest.Outer, blocks, Operations(nest), Alone)
                ?? Elements(nest, blocks, name, nodes);
        }

        return IsAlone(nest, context.Target)
            ? FlattenedLoops.Kernel(name, nodes, nest.Outer, blocks, Operations(nest), Alone)
            : new BlockRows(nest, blocks).Build(name, nodes, Operations(nest));
    }

    private static bool IsAlone(LoopNest nest, Target target)
    {
        long longest = nest.Stages.Max(Iterations);
        bool hasArg = nest.Stages.Any(stage => stage.Items.Any(item => item.Reduction is Op.ArgMax or Op.ArgMin));
        bool keepsLittle = nest.ScratchBuffers.All(buffer => buffer.Size.Max <= PrivateElements);
        return hasArg || (keepsLittle && (longest <= ShortRow || NeighboursAreRows(nest)));
    }

    // Whether threads of neighbouring rows read neighbouring elements, and there are enough rows for all threads.
    private static bool NeighboursAreRows(LoopNest nest)
    {
        if (nest.Outer.Count == 0 || FlattenedLoops.Extent(nest.Outer).Max < ManyRows)
        {
            return false;
        }

        LoopVariable row = nest.Outer[nest.Outer.Count - 1];
        long along = 0;
        long across = 0;
        foreach (NestStage stage in nest.Stages.Where(stage => stage.Inner.Count > 0))
        {
            LoopVariable inner = stage.Inner[stage.Inner.Count - 1];
            foreach (Index index in IndexCollector.Of(stage.Items.Select(item => item.Value)))
            {
                along += index.CoefficientOf(row) == 1 ? 1 : 0;
                across += index.CoefficientOf(inner) == 1 ? 1 : 0;
            }
        }

        return along > across;
    }

    // All values first, then all stores: the processor may not ask for memory before a store that could change it.
    private static Kernel Elements(LoopNest nest, BlockFacts blocks, string name, Node[] nodes)
    {
        Dimension extent = FlattenedLoops.Extent(nest.Outer);
        Dimension pieces = Dimension.Ceiling(extent, blocks.Threads * SideBySide);
        var piece = new LoopVariable("piece", pieces);
        var thread = new LoopVariable("thread", blocks.Threads);
        var values = new List<Statement>();
        var stores = new List<Statement>();
        for (int copy = 0; copy < SideBySide; copy++)
        {
            var i = new LoopVariable("i", extent);
            Index unlimited = ((Index)piece * (blocks.Threads * SideBySide)) + thread + (copy * blocks.Threads);
            values.Add(new Let(i, unlimited, limits: true));
            var results = new List<Statement>();
            var locals = new Dictionary<string, Local>();
            Value? Renamed(Value value) =>
                value is Local local && locals.TryGetValue(local.Name, out Local? own) ? own : null;
            foreach (NestItem item in nest.Substitute(Loops.Counters(i, nest.Outer)).Stages.SelectMany(s => s.Items))
            {
                var local = new Local($"{item.Local.Name}_{copy}", item.Local.Type);
                values.Add(new Declare(local, item.Value.Replace(Renamed)));
                locals.Add(item.Local.Name, local);
                if (item.Store is not null)
                {
                    results.Add(new Store(item.Store, item.Target, local));
                }
            }

            stores.AddRange(If.Where([new Condition(unlimited, 0, Index.Of(extent))], results));
        }

        return new Kernel(name, nodes, piece, [.. values, .. stores], Operations(nest), thread);
    }

    private static IReadOnlyList<Statement> Row(LoopNest nest, KernelContext context)
    {
        var emitter = new LoopEmitter(_ => 1, UnrollLimit, context);
        return [.. nest.ScratchBuffers.Select(buffer => new Scratch(buffer, perThread: true)), .. emitter.Rows(nest)];
    }

    private static long Iterations(NestStage stage) => FlattenedLoops.Extent(stage.Inner).Max;

    private static long Operations(LoopNest nest)
    {
        double work = nest.Stages.Sum(stage => (double)Iterations(stage) * stage.Items.Count);
        return (long)(work * FlattenedLoops.Extent(nest.Outer).Max * nest.Complexity);
    }
}
