using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>Slices added to rows chosen by data, or put in their place: a thread owns one position of the slices, in
/// all rows, and adds every index in order, so the order of sums is fixed.</summary>
internal static class BlockScatter
{
    /// <summary>The kernel of a scatter.</summary>
    public static Kernel Build(ScatterGroup group, KernelContext context, string name)
    {
        Node node = group.Item.Node;
        Buffer buffer = context.BufferOf(node);
        int axis = group.Item.Position.ToList().FindIndex(index => index.HasData());
        var rows = new LoopVariable("row", node.Shape[axis]);
        Index zero = Evaluator.Linear(
            new(group.Item.Position.Select((index, i) => i == axis ? (Index)rows : index)), node.Shape);
        Index target = ScatterSchedule.Memory(Evaluator.Linear(group.Item.Position, node.Shape), context);
        Value update = Resolver.ToMemory(group.Item.Value, context, _ => null);
        Value sum = group.Target is null
            ? new Apply(Op.Add, node.DType, new Load(buffer, target), update) : update;
        IReadOnlyList<Statement> Slice(Dictionary<LoopVariable, Index> map)
        {
            Index Moved(Index index) => Loops.Apply(index, map);
            IReadOnlyList<Statement> clear = group.Target is null
                ? Loops.Nest([rows], [new Store(buffer, Moved(zero), new Literal(node.DType, 0))]) : [];
            var add = Loops.Nest(
                group.Indices, [new Store(buffer, Moved(target), sum.Map(Moved, _ => null, []))]);
            return [.. clear, .. add];
        }

        return FlattenedLoops.Kernel(name, [node], [.. group.Lead, .. group.Behind], context.Target.Blocks!, 0, Slice);
    }
}
