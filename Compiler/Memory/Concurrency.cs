using Sinter.Compiler.Kernels;

namespace Sinter.Compiler.Memory;

/// <summary>
/// Puts launches beside each other (<see cref="Concurrent"/>) that do not wait for one another and would each leave
/// threads idle: projections of one input, a weight's gradient and the next layer's, branches of a block. A launch comes
/// forward to the first one that it may run beside, past a few steps that it does not touch. What a group uses is alive
/// together, so no launch joins one where the peak would grow. In time linear in the steps.
/// </summary>
internal sealed class Concurrency
{
    // So many pieces keep the threads of a large processor busy; a device wants some for each of its own.
    private const int EnoughPieces = 64;
    private const int PiecesOfProcessor = 2;

    // How many steps are looked at for the company of one.
    private const int MostLooked = 16;

    // Where memory has no budget, the peak may grow by such a share.
    private const int ShareOfPeak = 32;

    private readonly IReadOnlyList<Step> steps;
    private readonly Func<Buffer, Buffer> storage;
    private readonly int enough;
    private readonly long most;

    // Bytes alive at each step, and of what is used there first.
    private readonly long[] live;
    private readonly long[] born;
    private readonly bool[] done;
    private readonly List<Step> order = [];

    private Concurrency(
        IReadOnlyList<Step> steps, List<Lifetime> lifetimes, Func<Buffer, Buffer> storage, PipelineOptions options)
    {
        this.steps = steps;
        this.storage = storage;
        enough = options.Target.Blocks is { } blocks ? PiecesOfProcessor * blocks.Processors : EnoughPieces;
        live = new long[steps.Count + 1];
        born = new long[steps.Count + 1];
        done = new bool[steps.Count];
        long[] alive = Lifetimes.Live(lifetimes);
        Array.Copy(alive, live, Math.Min(alive.Length, live.Length));
        lifetimes.ForEach(one => born[one.First] += one.Bytes);
        long peak = alive.Max();
        most = options.MemoryBudget is null ? peak + (peak / ShareOfPeak) : peak;
    }

    /// <summary>The same run with launches beside each other, in bodies of loops and branches too.</summary>
    /// <param name="draft">A draft whose order is settled.</param>
    /// <param name="options">The processor, and the budget of memory, which is kept.</param>
    public static PlanDraft Run(PlanDraft draft, PipelineOptions options)
    {
        Step[] steps = [.. draft.Run.Select(step => Inside(step, draft.Storage, options))];
        PlanDraft joined = draft with { Run = steps, Rooms = Room.Of(steps, options.Guard) };
        var all = new Concurrency(steps, joined.Lifetimes(), draft.Storage, options);

        // Nothing that changes state comes in front of a check.
        all.Join(0, draft.FirstChange);
        int firstChange = all.order.Count;
        all.Join(draft.FirstChange, steps.Length);
        joined = joined with { Run = all.order, FirstChange = firstChange };
        return options.MemoryBudget is { } budget
            && BufferPlanner.Run(joined.Lifetimes(), joined.Rooms.Values).Bytes > budget ? draft : joined;
    }

    private static Step Inside(Step step, Func<Buffer, Buffer> storage, PipelineOptions options)
    {
        List<Step> Body(IReadOnlyList<Step> body, IEnumerable<Buffer> kept, ICollection<Buffer> own,
            Func<Buffer, Buffer> around)
        {
            Step[] inner = [.. body.Select(one => Inside(one, around, options))];
            List<Lifetime> lifetimes = Lifetimes.Of(
                inner, kept, buffer => !own.Contains(buffer), Room.Of(inner, options.Guard));
            var all = new Concurrency(inner, lifetimes, around, options);
            all.Join(0, inner.Length);
            return all.order;
        }

        switch (step)
        {
            case Loop loop:
                var slices = loop.Moves.OfType<Slice>().ToDictionary(slice => slice.Buffer, slice => slice.Of);
                return loop with
                {
                    Body = Body(loop.Body, loop.Kept, [.. loop.Locals],
                        buffer => storage(slices.TryGetValue(buffer, out Buffer? whole) ? whole : buffer)),
                };
            case Branch branch:
                return branch with
                {
                    Then = Body(branch.Then, [], branch.LocalsOf(branch.Then), storage),
                    Otherwise = Body(branch.Otherwise, [], branch.LocalsOf(branch.Otherwise), storage),
                };
            default:
                return step;
        }
    }

    private void Join(int first, int end)
    {
        for (int i = first; i < end; i++)
        {
            if (!done[i])
            {
                List<Kernel> group = Group(i, end);
                order.Add(group.Count > 1 ? new Concurrent(group) : steps[i]);
            }
        }
    }

    // A step, with the launches that join it if it is one. Those of the largest pieces come first, so that none of them
    // is begun last.
    private List<Kernel> Group(int first, int end)
    {
        if (steps[first] is not Kernel leader || !IsSmall(leader))
        {
            return [];
        }

        List<Kernel> group = [leader];
        var touched = new HashSet<Buffer>();
        var written = new HashSet<Buffer>();
        long pieces = Usual.Of(leader.Pieces);
        for (int i = first; ; )
        {
            touched.UnionWith(steps[i].Buffers.Select(storage));
            written.UnionWith(steps[i].Written.Select(storage));
            i++;
            while (i < end && done[i])
            {
                i++;
            }

            // What names a symbol comes behind the step that sets it.
            if (i >= Math.Min(end, first + MostLooked) || pieces >= enough || steps[i] is SetSize)
            {
                break;
            }

            if (steps[i] is Kernel next && IsSmall(next) && !next.Written.Select(storage).Any(touched.Contains)
                && !next.Read.Select(storage).Any(written.Contains) && Fits(first, i))
            {
                group.Add(next);
                done[i] = true;
                pieces += Usual.Of(next.Pieces);
            }
        }

        return [.. group.OrderByDescending(kernel => kernel.Operations / Math.Max(1, kernel.Pieces.Max))];
    }

    // A launch that writes nothing is a check: a run ends behind it.
    private bool IsSmall(Kernel kernel) => kernel.Written.Count > 0 && Usual.Of(kernel.Pieces) < enough;

    // Whether what a launch uses first may be alive from an earlier step on; then it is.
    private bool Fits(int first, int launch)
    {
        for (int i = first; i < launch; i++)
        {
            if (live[i] + born[launch] > most)
            {
                return false;
            }
        }

        for (int i = first; i < launch; i++)
        {
            live[i] += born[launch];
        }

        return true;
    }
}
