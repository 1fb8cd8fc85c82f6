using Sinter.Compiler.Fuse;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Schedules;

/// <summary>Kernels that add slices to rows chosen by data: zeros first, then every index in order, one piece for each
/// slice in front. Or that put slices into the rows of what is there already.</summary>
internal static class ScatterSchedule
{
    /// <summary>The kernel of a scatter; pieces own disjoint parts of the result, so the order of sums is
    /// fixed.</summary>
    public static Kernel Build(ScatterGroup group, KernelContext context, string name)
    {
        Node node = group.Item.Node;
        Buffer buffer = context.BufferOf(node);
        Index target = Memory(Evaluator.Linear(group.Item.Position, node.Shape), context);
        Value update = Resolver.ToMemory(group.Item.Value, context, _ => null);
        Value sum = group.Target is null
            ? new Apply(Op.Add, node.DType, new Load(buffer, target), update) : update;
        var inner = group.Indices.Concat(group.Behind).ToList();
        LoopVariable? first = group.Lead.FirstOrDefault();
        context.Take(first is null ? SchedulePath.Scatter : SchedulePath.ScatterPieces);
        Share share = Loops.Cut(first?.Extent ?? 1, 1);

        var zero = new LoopVariable("i", first is null
            ? node.Shape.ElementCount : Dimension.Divide(node.Shape.ElementCount, first.Extent)!.Value);
        Index offset = first is null ? zero : ((Index)first * zero.Extent) + zero;
        IReadOnlyList<Statement> clear = group.Target is null
            ? Loops.Nest([zero], [new Store(buffer, offset, new Literal(node.DType, 0))]) : [];
        IReadOnlyList<Statement> add = Loops.Nest(
            first is null ? inner : [.. group.Lead.Skip(1), .. inner], [new Store(buffer, target, sum)]);
        Statement[] body = [.. clear, .. add];
        if (first is not null)
        {
            body = [new For(first, share.First, share.Last, 1, body)];
        }

        return new Kernel(name, [node], share.Piece, [share, .. body], 0);
    }

    /// <summary>An index whose data is read from memory.</summary>
    public static Index Memory(Index index, KernelContext context)
    {
        // Resolve reads inside the data index by way of a value that carries it.
        var carrier = new IndexValue(index, DType.I64);
        return ((IndexValue)Resolver.ToMemory(carrier, context, _ => null)).Index;
    }
}
