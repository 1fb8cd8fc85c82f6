using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>A row for each block: its threads share out the inner loops of every stage, join what they have summed, and
/// wait for one another where a stage reads what another thread has written.</summary>
internal sealed class BlockRows
{
    // Elements that a thread should have before a block takes more threads.
    private const long ElementsPerThread = VectorAccess.Width;

    private readonly LoopNest nest;
    private readonly BlockFacts blocks;
    private readonly LoopVariable row;
    private readonly LoopVariable thread;
    private readonly List<Statement> scratch = [];
    private readonly PendingWrites pending = new();
    private readonly Dictionary<Buffer, Buffer> spilled = [];
    private long sharedBytes;

    public BlockRows(LoopNest nest, BlockFacts blocks)
    {
        this.blocks = blocks;
        row = new LoopVariable("piece", FlattenedLoops.Extent(nest.Outer));
        this.nest = nest.Substitute(Loops.Counters(row, nest.Outer));
        long elements = nest.Stages.Max(stage => FlattenedLoops.Extent(stage.Inner).Max) / ElementsPerThread;
        thread = new LoopVariable("thread", Math.Min(blocks.Threads, FlattenedLoops.RoundUp(elements, blocks.Warp)));
    }

    public Kernel Build(string name, IReadOnlyList<Node> nodes, long operations)
    {
        PlaceScratch();
        IReadOnlyList<BlockStage> stages = BlockStage.Of(nest.Stages, Spilled);
        foreach (Buffer kept in KeptReads.Keep(stages, sharedBytes))
        {
            scratch.Add(new Scratch(kept));
        }

        var body = new List<Statement>();
        foreach (BlockStage stage in stages)
        {
            body.AddRange(stage.Step is { } step ? Shared(stage, step) : Once(stage));
        }

        return new Kernel(name, nodes, row, [.. scratch, .. body], operations, thread);
    }

    // What does not fit into the block's own memory gets a place for every row.
    private void PlaceScratch()
    {
        int items = nest.Stages.Sum(stage => stage.Items.Count);
        sharedBytes = blocks.SharedBytes - (items * blocks.Threads / blocks.Warp * sizeof(double));
        foreach (Buffer buffer in nest.ScratchBuffers)
        {
            long bytes = buffer.Size.Max * DTypes.SizeOf(buffer.Type);
            if (bytes <= sharedBytes)
            {
                sharedBytes -= bytes;
                scratch.Add(new Scratch(buffer));
            }
            else
            {
                spilled.Add(buffer, new Buffer(buffer.Name, buffer.Type, row.Extent * buffer.Size));
            }
        }
    }

    // Values of the row: every thread computes them, one writes them.
    private List<Statement> Once(BlockStage stage)
    {
        var result = new List<Statement>();
        foreach (NestItem item in stage.Items)
        {
            pending.Await([stage.Values[item]], null, result);
            result.Add(new Declare(item.Local, stage.Values[item]));
            if (item.Store is not null)
            {
                result.Add(First(new Store(item.Store, item.Target, item.Local)));
                pending.Add(item.Store, item.Target, null);
            }
        }

        return result;
    }

    private List<Statement> Shared(BlockStage stage, BlockStep step)
    {
        var result = new List<Statement>();
        var inside = new List<Statement>(stage.Front);
        pending.Await(stage.Values.Values, step, result);

        // A thread's own long sums run in blocks.
        var blockSums = new SumBlocks([step.Counter], thread.Extent.Value, Own);
        foreach (NestItem item in stage.Items)
        {
            Value value = stage.Values[item];
            if (item.Reduction is { } reduction)
            {
                Literal neutral = Reductions.Neutral(reduction, item.Value.Type);
                Local running = blockSums.Running(item);
                blockSums.Start(item, new Declare(running, neutral), neutral, result);
                inside.Add(new Assign(running, LoopEmitter.Combine(reduction, running, value)));
                blockSums.Join(item, []);
            }
            else if (item.Store is not null)
            {
                var (buffer, target) = Spilled(item.Store, item.Target);
                Index at = Loops.Apply(target, stage.Counters);
                inside.Add(new Store(buffer, at, value));
                pending.Add(buffer, at, step);
            }
        }

        IReadOnlyList<Statement> body = step.Lane is null ? inside : VectorAccess.Vectorize(step.Lane, inside);
        For Steps(Index from, Index to) => new(step.Counter, from + thread, to, thread.Extent.Value, body);
        result.AddRange(blockSums.Around(
            (from, to) => [Steps(from, to)], () => [Steps(0, Index.Of(step.Counter.Extent))]));
        foreach (NestItem item in stage.Items.Where(item => item.Reduction is not null))
        {
            Join(item, result);
        }

        return result;
    }

    // Sums of threads become the sum of the row, which all threads then know: by exchange inside a warp, then through
    // shared memory, in the same order for every thread.
    private void Join(NestItem item, List<Statement> result)
    {
        Op reduction = item.Reduction!.Value;
        Local own = Own(item);
        for (int bits = blocks.Warp / 2; bits > 0; bits /= 2)
        {
            result.Add(new Assign(own, LoopEmitter.Combine(reduction, own, new Exchange(own, bits))));
        }

        Value total = own;
        long warps = thread.Extent.Value / blocks.Warp;
        if (warps > 1)
        {
            var sums = new Buffer(item.Local.Name + "Warps", own.Type, warps);
            scratch.Add(new Scratch(sums));
            result.Add(new If(
                [new Condition((Index)thread % blocks.Warp, 0, 1)],
                [new Store(sums, (Index)thread / blocks.Warp, own)]));
            result.Add(new Barrier());
            pending.Clear();
            total = Enumerable.Range(0, (int)warps).Select(warp => (Value)new Load(sums, warp))
                .Aggregate((a, b) => LoopEmitter.Combine(reduction, a, b));
        }

        result.Add(new Declare(item.Local, total));
        if (item.Store is not null)
        {
            result.Add(First(new Store(item.Store, item.Target, item.Local)));
            pending.Add(item.Store, item.Target, null);
        }
    }

    private static Local Own(NestItem item) => new(item.Local.Name + "Own", item.Value.Type);

    private If First(Statement statement) => new([new Condition(thread, 0, 1)], [statement]);

    private (Buffer Buffer, Index Index) Spilled(Buffer buffer, Index index) =>
        spilled.TryGetValue(buffer, out Buffer? all) ? (all, ((Index)row * buffer.Size) + index) : (buffer, index);

    private Value Spilled(Value value) => spilled.Count == 0 ? value : value.Replace(v =>
    {
        if (v is not Load load || !spilled.ContainsKey(load.Buffer))
        {
            return null;
        }

        var (buffer, index) = Spilled(load.Buffer, load.Index);
        return new Load(buffer, index);
    });
}
