using Sinter.Compiler.Kernels;

namespace Sinter.Compiler.Memory;

/// <summary>
/// Makes one loop of two that have as many iterations and do not wait for each other, such as the directions of a
/// recurrent net: launches of both then come beside each other in each iteration. The first of them waits for what
/// stands between.
/// </summary>
internal static class LoopMerging
{
    // The inputs of both loops are there when they begin: where memory has no budget, that may take as much more.
    private const long Room = 1 << 20;

    /// <summary>The same steps with fewer loops; no more memory is alive than may be.</summary>
    public static StepList Run(StepList list, PipelineOptions options)
    {
        if (!list.Steps.OfType<Loop>().Skip(1).Any())
        {
            return list;
        }

        long peak = Lifetimes.Most(list.Lifetimes(options));
        long most = options.MemoryBudget is null ? Math.Max(StepList.Most(peak, options), peak + Room) : peak;
        for (int i = list.FirstChange; i < list.Steps.Count; i++)
        {
            while (list.Steps[i] is Loop && Merged(list, i, options.Target) is { } merged
                && Lifetimes.Most(merged.Lifetimes(options)) <= most)
            {
                list = merged;
            }
        }

        return list;
    }

    // The steps with a loop merged into the next one that it may be; null where there is none.
    private static StepList? Merged(StepList list, int first, Target target)
    {
        var loop = (Loop)list.Steps[first];
        var own = new TouchedMemory(list.Storage);
        own.Add(loop);
        for (int i = first + 1; i < list.Steps.Count; i++)
        {
            Step step = list.Steps[i];
            if (step is SetSize || !own.AreApartFrom(step))
            {
                return null;
            }

            if (step is Loop other && MayBeOne(loop, other, target))
            {
                List<Step> steps = [.. list.Steps];
                steps[i] = Merged(loop, other);
                steps.RemoveAt(first);
                return list with { Steps = steps };
            }
        }

        return null;
    }

    // An iteration shall find in the second cache what both read, as each would alone.
    private static bool MayBeOne(Loop loop, Loop other, Target target) =>
        loop.Count == other.Count && !loop.HasChecks && !other.HasChecks
        && (target.Blocks is not null || Bytes(loop.Body.Concat(other.Body)) <= target.SecondLevelCache);

    private static long Bytes(IEnumerable<Step> body) =>
        body.SelectMany(step => step.Buffers).Distinct().Sum(BufferPlanner.Bytes);

    // Their steps in turns: what stands at one place is likely alike.
    private static Loop Merged(Loop loop, Loop other)
    {
        IEnumerable<Step> body = Enumerable.Range(0, Math.Max(loop.Body.Count, other.Body.Count)).SelectMany(
            i => new[] { loop, other }.Where(one => i < one.Body.Count).Select(one => one.Body[i]));
        return new Loop(loop.Count, [.. loop.Moves, .. other.Moves], [.. body]);
    }
}
