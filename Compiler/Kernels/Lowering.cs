using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Blocks;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Kernels.Templates;

namespace Sinter.Compiler.Kernels;

/// <summary>From groups to kernels, with the schedules that fit the processor: a piece is run by one thread with
/// vectors, or by a block of threads.</summary>
internal static class Lowering
{
    /// <summary>The kernels of a group: one, or more where operands are packed first.</summary>
    public static IReadOnlyList<Kernel> Run(Group group, KernelContext context, string name)
    {
        // Of what has no element there is nothing to compute, and nothing to cut or divide by.
        if (group.Items.All(item => item.Node.Shape.ElementCount == 0))
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
            LoopGroup loops =>
                [blocks ? BlockSchedule.Build(loops, context, name) : LoopSchedule.Build(loops, context, name)],
            _ => throw new InvalidOperationException($"{group.GetType().Name} has no schedule"),
        };
    }

    /// <summary>A kernel that copies a buffer.</summary>
    public static Kernel Copy(Buffer from, Buffer to, string name, Target target) =>
        CopyKernel(from, to, name, target) with { IsCopy = true };

    private static Kernel CopyKernel(Buffer from, Buffer to, string name, Target target)
    {
        var i = new LoopVariable("i", from.Size);
        if (target.Blocks is { } blocks)
        {
            return Flat.Kernel(name, [], [i], blocks, 0, map => [new Store(to, map[i], new Load(from, map[i]))]);
        }

        Share share = Loops.Cut(from.Size, 1 << 16);
        Statement copy = new Store(to, i, new Load(from, i));
        return new Kernel(name, [], share.Piece, [share, new For(i, share.First, share.Last, 1, [copy])], 0);
    }
}
