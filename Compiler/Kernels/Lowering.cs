using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Blocks;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Kernels.Templates;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels;

/// <summary>From groups to kernels, with the schedules that fit the processor: a piece is run by one thread with
/// vectors, or by a block of threads.</summary>
internal static class Lowering
{
    /// <summary>The kernels of a group: one, or more where operands are packed first.</summary>
    public static IReadOnlyList<Kernel> Run(Group group, KernelContext context, string name)
    {
        // Of what never has an element there is nothing to compute, and nothing to cut or divide by.
        if (group.Items.All(item => item.Node.Shape.ElementCount.Max == 0))
        {
            return [];
        }

        bool blocks = context.Target.Blocks is not null;
        return group switch
        {
            ProductGroup product => blocks
                ? BlockProduct.Build(product, context, name) : ProductTemplate.Build(product, context, name),
            ScatterGroup scatter =>
            [
                .. scatter.Target is { } target
                    ? new[] { Copy(context.BufferOf(target), context.BufferOf(scatter.Item.Node), name + "_copy",
                        context.Target) }
                    : [],
                blocks ? BlockScatter.Build(scatter, context, name) : ScatterSchedule.Build(scatter, context, name),
            ],
            NonZeroGroup nonZero => NonZeroSchedule.Build(nonZero, context, name),
            LoopGroup loops =>
                [blocks ? BlockSchedule.Build(loops, context, name) : LoopSchedule.Build(loops, context, name)],
            _ => throw new InvalidOperationException($"{group.GetType().Name} has no schedule"),
        };
    }

    /// <summary>A kernel that fills a buffer from another: from its beginning, or from an element on.</summary>
    public static Kernel Copy(Buffer from, Buffer to, string name, Target target, Index? start = null) =>
        Copy(from, to, name, target, start ?? Index.Zero, inFours: true);

    /// <summary>As <see cref="Copy(Buffer, Buffer, string, Target, Index?)"/>, wherever the buffers begin.</summary>
    public static Kernel CopyElements(Buffer from, Buffer to, string name, Target target) =>
        Copy(from, to, name, target, Index.Zero, inFours: false);

    private static Kernel Copy(Buffer from, Buffer to, string name, Target target, Index start, bool inFours)
    {
        var i = new LoopVariable("i", to.Size);
        Statement At(Index at) => new Store(to, at, new Load(from, at + start));
        if (target.Blocks is { } blocks)
        {
            Kernel copy = inFours
                ? FlattenedLoops.Kernel(name, [], [i], blocks, 0, map => [At(map[i])])
                : FlattenedLoops.Elements(name, [], [i], blocks, 0, map => [At(map[i])]);
            return copy with { IsCopy = true };
        }

        Share share = Loops.Cut(to.Size, 1 << 16);
        return new Kernel(name, [], share.Piece, [share, new For(i, share.First, share.Last, 1, [At(i)])], 0)
        {
            IsCopy = true,
        };
    }
}
