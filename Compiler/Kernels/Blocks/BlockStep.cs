using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>How the threads of a block share out a stretch of elements: one or four neighbours at each step. Stages
/// that share a step give every element to the same thread.</summary>
internal sealed class BlockStep
{
    private BlockStep(Dimension elements, Dimension steps, LoopVariable? lane)
    {
        Elements = elements;
        Lane = lane;
        Counter = new LoopVariable("t", steps);
    }

    /// <summary>The elements of the stretch.</summary>
    public Dimension Elements { get; }

    /// <summary>The counter of steps.</summary>
    public LoopVariable Counter { get; }

    /// <summary>Which element of a step's four; null where a step takes one.</summary>
    public LoopVariable? Lane { get; }

    /// <summary>The element.</summary>
    public Index Element => Lane is null ? Counter : VectorAccess.Element(Counter, Lane);

    /// <summary>An element at each step.</summary>
    public static BlockStep OfElements(Dimension elements) => new(elements, elements, null);

    /// <summary>Four elements at each step; null where that does not come out even.</summary>
    public static BlockStep? OfVectors(Dimension elements) =>
        Dimension.Divide(elements, VectorAccess.Width) is { } steps
            ? new BlockStep(elements, steps, VectorAccess.NewLane()) : null;
}
