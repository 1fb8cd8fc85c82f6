using Sinter.Compiler.Kernels;

namespace Sinter.Compiler.Memory;

/// <summary>
/// Puts launches beside each other (<see cref="Concurrent"/>) that do not wait for one another and would each leave
/// threads idle: projections of one input, a weight's gradient and the next layer's, branches of a block. A launch
/// comes forward to the first one that it may run beside, past a few steps that it does not touch. What a group uses is
/// alive together, so none joins where the peak would grow. In time linear in the steps.
/// </summary>
internal sealed class Concurrency
{
    // So many pieces keep the threads of a large processor busy; a device wants some for each of its own.
    private const int EnoughPieces = 64;
    private const int PiecesOfProcessor = 2;

    // How many steps are looked at for the company of one.
    private const int MostLooked = 16;

    private readonly IReadOnlyList<Step> steps;
    private readonly Func<Buffer, Buffer> storage;
    private readonly int enough;
    private readonly long most;

    // Bytes alive at each step, and of what is used there first.
    private readonly long[] live;
    private readonly long[] born;
    private readonly bool[] done;
    private readonly List<Step> order = [];

    private Concurrency(StepList list, PipelineOptions options)
    {
        steps = list.Steps;
        storage = list.Storage;
        enough = options.Target.Blocks is { } blocks ? PiecesOfProcessor * blocks.Processors : EnoughPieces;
        live = new long[steps.Count + 1];
        born = new long[steps.Count + 1];
        done = new bool[steps.Count];
        List<Lifetime> lifetimes = list.Lifetimes(options);
        long[] alive = Lifetimes.Live(lifetimes);
        Array.Copy(alive, live, Math.Min(alive.Length, live.Length));
        lifetimes.ForEach(one => born[one.First] += one.Bytes);
        most = StepList.Most(alive.Max(), options);
    }

    /// <summary>The same run with launches beside each other, in bodies of loops and branches too.</summary>
    /// <param name="draft">A draft whose order is settled.</param>
    /// <param name="options">The processor, and the budget of memory, which is kept.</param>
    public static PlanDraft Run(PlanDraft draft, PipelineOptions options)
    {
        var list = new StepList(draft.Run, draft.FirstChange, draft.Storage, draft.Always, draft.IsState);
        var (run, firstChange) = Run(list, options);
        PlanDraft joined = draft with { Run = run, FirstChange = firstChange, Rooms = Room.Of(run, options.Guard) };
        return options.MemoryBudget is { } budget
            && BufferPlanner.Run(joined.Lifetimes(), joined.Rooms.Values).Bytes > budget ? draft : joined;
    }

    private static (IReadOnlyList<Step> Steps, int FirstChange) Run(StepList list, PipelineOptions options)
    {
        list = LoopMerging.Run(list, options);
        list = list with { Steps = [.. list.Steps.Select(step => Inside(step, list.Storage, options))] };
        var all = new Concurrency(list, options);
        int firstChange = all.Join(0, list.FirstChange);

        // Nothing that changes state comes in front of a check.
        all.Join(list.FirstChange, list.Steps.Count);
        return (all.order, firstChange);
    }

    private static Step Inside(Step step, Func<Buffer, Buffer> storage, PipelineOptions options)
    {
        IReadOnlyList<Step> Body(
            IReadOnlyList<Step> body, IEnumerable<Buffer> kept, IEnumerable<Buffer> locals, Func<Buffer, Buffer> around)
        {
            var own = new HashSet<Buffer>(locals);
            return Run(new StepList(body, 0, around, kept, buffer => !own.Contains(buffer)), options).Steps;
        }

        switch (step)
        {
            case Loop loop:
                var slices = loop.Moves.OfType<Slice>().ToDictionary(slice => slice.Buffer, slice => slice.Of);
                return loop with
                {
                    Body = Body(loop.Body, loop.Kept, loop.Locals,
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

    // Gives how many steps there are up to the end.
    private int Join(int first, int end)
    {
        for (int i = first; i < end; i++)
        {
            if (!done[i])
            {
                List<Kernel> group = Group(i, end);
                order.Add(group.Count > 1 ? new Concurrent(LargestFirst(group)) : steps[i]);
            }
        }

        return order.Count;
    }

    // A launch with those that join it, until they have pieces enough.
    private List<Kernel> Group(int first, int end)
    {
        if (!IsSmall(steps[first]))
        {
            return [];
        }

        var leader = (Kernel)steps[first];
        List<Kernel> group = [leader];
        long pieces = Usual.Of(leader.Pieces);
        var passed = new TouchedMemory(storage);
        passed.Add(leader);
        for (int i = first + 1; i < Math.Min(end, first + MostLooked) && pieces < enough; i++)
        {
            // What names a symbol comes behind the step that sets it.
            if (steps[i] is SetSize)
            {
                break;
            }

            if (done[i])
            {
                continue;
            }

            if (IsSmall(steps[i]) && passed.AreApartFrom(steps[i]) && Fits(first, i))
            {
                group.Add((Kernel)steps[i]);
                pieces += Usual.Of(((Kernel)steps[i]).Pieces);
                done[i] = true;
            }

            passed.Add(steps[i]);
        }

        return group;
    }

    // One that writes nothing is a check: a run may end behind it.
    private bool IsSmall(Step step) =>
        step is Kernel { Written.Count: > 0 } kernel && Usual.Of(kernel.Pieces) < enough;

    // None of the largest pieces is begun last.
    private static Kernel[] LargestFirst(IEnumerable<Kernel> launches) =>
        [.. launches.OrderByDescending(kernel => kernel.Operations / Math.Max(1, kernel.Pieces.Max))];

    // Whether what a step uses first may be alive from an earlier one on; then it is.
    private bool Fits(int first, int step)
    {
        for (int i = first; i < step; i++)
        {
            if (live[i] + born[step] > most)
            {
                return false;
            }
        }

        for (int i = first; i < step; i++)
        {
            live[i] += born[step];
        }

        return true;
    }
}
