using Sinter.Compiler.Fuse;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Schedules;

/// <summary>
/// Replaces reads by what they mean inside one group: a value of the same iteration, a finished result of the row, a
/// row's scratch, or memory.
/// </summary>
internal sealed class Resolver(LoopGroup group, KernelContext context)
{
    private readonly Dictionary<Node, NestItem> resolved = [];
    private readonly Dictionary<Node, Buffer> scratchOf = [];
    private readonly Dictionary<(Buffer, Index), Load> loads = [];
    private int locals;

    public List<Buffer> Scratch { get; } = [];

    public NestStage Resolve(Stage stage)
    {
        // Equal reads of a stage are one read: what is overwritten in place is read once, before.
        loads.Clear();
        var running = new Dictionary<Node, Value>();
        var done = new Dictionary<Value, Value>();
        var items = new List<NestItem>();
        foreach (Item item in stage.Items)
        {
            Value value = item.Value.Map(index => ResolveData(index, running), v => Replace(v, running), done);
            NestItem next = Place(stage, item, value);
            items.Add(next);
            resolved.Add(item.Node, next);
            if (item.Reduction is null)
            {
                running.Add(item.Node, value);
            }
        }

        return new NestStage(stage.Inner, items);
    }

    /// <summary>Reads of plain memory only, for kernels without rows.</summary>
    public static Value ToMemory(
        Value value, KernelContext context, Func<Access, Value?> own, Dictionary<(Buffer, Index), Load>? loads = null)
    {
        loads ??= [];
        Value? Replacement(Value v) => v is Access access
            ? own(access) ?? Shared(loads, context.BufferOf(access.Node), Offset(access))
            : null;
        Index Data(Index index) => index.MapData(data => data.Replace(Replacement));
        return value.Map(Data, Replacement, []);
    }

    private static Load Shared(Dictionary<(Buffer, Index), Load> loads, Buffer buffer, Index index)
    {
        if (!loads.TryGetValue((buffer, index), out Load? load))
        {
            load = new Load(buffer, index);
            loads.Add((buffer, index), load);
        }

        return load;
    }

    private static Index Offset(Access access) => Evaluator.Linear(access.Position, access.Node.Shape);

    private NestItem Place(Stage stage, Item item, Value value)
    {
        Node node = item.Node;
        var local = new Local("r" + locals++, node.DType);
        Index target = Evaluator.Linear(item.Position, node.Shape);
        if (context.IsLive(node))
        {
            return new NestItem(node, value, item.Reduction, target, context.BufferOf(node), local);
        }

        bool laterStage = group.Stages.SkipWhile(s => s != stage).Skip(1)
            .Any(s => s.Items.Any(i => Accesses.In(i.Value).Any(access => access.Node == node)));
        if (item.Reduction is null && stage.Inner.Count > 0 && laterStage)
        {
            var (shape, position) = RowPart(item, stage, item.Position);
            var scratch = new Buffer("row" + Scratch.Count, node.DType, shape.ElementCount);
            Scratch.Add(scratch);
            scratchOf.Add(node, scratch);
            return new NestItem(node, value, null, Evaluator.Linear(position, shape), scratch, local);
        }

        return new NestItem(node, value, item.Reduction, target, null, local);
    }

    private Value? Replace(Value value, Dictionary<Node, Value> running)
    {
        if (value is not Access access)
        {
            return null;
        }

        if (running.TryGetValue(access.Node, out Value? same))
        {
            return same;
        }

        if (!resolved.TryGetValue(access.Node, out NestItem? earlier))
        {
            return Shared(loads, context.BufferOf(access.Node), OffsetOf(access, running));
        }

        Stage stage = group.Stages.First(s => s.Items.Any(i => i.Node == access.Node));
        if (earlier.Reduction is not null || stage.Inner.Count == 0)
        {
            return earlier.Local;
        }

        if (scratchOf.TryGetValue(access.Node, out Buffer? scratch))
        {
            Item item = stage.Items.First(i => i.Node == access.Node);
            var (shape, position) = RowPart(item, stage, access.Position);
            return new Load(scratch, ResolveData(Evaluator.Linear(position, shape), running));
        }

        return Shared(loads, context.BufferOf(access.Node), OffsetOf(access, running));
    }

    private Index OffsetOf(Access access, Dictionary<Node, Value> running) => ResolveData(Offset(access), running);

    // Reads hidden in data indices are resolved too.
    private Index ResolveData(Index index, Dictionary<Node, Value> running) =>
        index.MapData(data => data.Replace(v => Replace(v, running)));

    /// <summary>The axes of a node that a stage's inner loops walk, which is what one row of it is, and where a
    /// position lies among them.</summary>
    public static (Shape Shape, EquatableArray<Index> Position) RowPart(
        Item item, Stage stage, EquatableArray<Index> position)
    {
        int[] axes = Enumerable.Range(0, position.Count)
            .Where(axis => stage.Inner.Any(loop => item.Position[axis].DependsOn(loop))).ToArray();
        return (new Shape(axes.Select(axis => item.Node.Shape[axis])), new(axes.Select(axis => position[axis])));
    }
}
