using Sinter.Compiler.Values;

namespace Sinter.Compiler.Memory;

/// <summary>
/// Fits a run into a budget: values that nobody reads for long are not kept but computed again, those first that free
/// most bytes for their work. Where most is alive, what is alive and idle goes, until the plan fits or nothing is left
/// to go. Results are the same to the last bit: the same kernels run on the same values, random draws included, since
/// they are functions of state.
/// </summary>
internal sealed class Recomputation
{
    // Each try looks at all steps, and places all buffers once.
    private const long MostLooked = 1 << 24;

    // Values below such a share of the peak are not worth a launch.
    private const long SmallestShare = 1000;

    private readonly PlanDraft draft;
    private readonly RunFacts facts;
    private readonly HashSet<Gap> gaps = [];
    private readonly HashSet<Buffer> passing = [];
    private readonly HashSet<(Buffer, int)> refused = [];
    private Attempt best;

    private Recomputation(PlanDraft draft)
    {
        this.draft = draft;
        facts = new RunFacts(draft);
        best = Try() ?? throw new InvalidOperationException("a run without gaps is the run itself");
    }

    private sealed record Attempt(
        PlanDraft Draft, IReadOnlyList<Regenerated> Steps, Dictionary<Buffer, Buffer> Originals,
        List<Lifetime> Lifetimes, long[] Live)
    {
        public long Most { get; } = Live.Max();
    }

    // A value to let go: after a step, or, once computed again for others, at once.
    private readonly record struct Candidate(Buffer Value, int After, double Work);

    /// <summary>A draft whose arena is within a budget.</summary>
    /// <param name="draft">The draft, in its best order.</param>
    /// <param name="budget">Bytes of the arena.</param>
    /// <param name="name">The program's name, for the error.</param>
    /// <exception cref="MemoryBudgetException">The run does not fit, whatever is computed again.</exception>
    public static PlanDraft Run(PlanDraft draft, long budget, string name)
    {
        // What fits depends on the way to it. The ways that do not look at the budget say what is needed, so that a
        // budget of what an error names is enough.
        if (new Recomputation(draft).Fit(budget) is { } fitted)
        {
            return fitted;
        }

        var eager = new Recomputation(draft);
        var patient = new Recomputation(draft);
        return eager.Fit(budget, _ => 0) ?? patient.Fit(budget, most => most - 1)
            ?? throw (eager.Placed() < patient.Placed() ? eager : patient).Refusal(name, budget);
    }

    /// <summary>The first draft that fits, or null.</summary>
    /// <param name="budget">Bytes of the arena.</param>
    /// <param name="aim">From what is alive at most to what shall be; the budget where null.</param>
    private PlanDraft? Fit(long budget, Func<long, long>? aim = null)
    {
        long target = budget;
        long tries = Math.Max(8, MostLooked / Math.Max(1, draft.Run.Count));
        for (long i = 0; i < tries; i++)
        {
            if (best.Most <= budget)
            {
                long bytes = Placed();
                if (bytes <= budget)
                {
                    return best.Draft;
                }

                // What placing wastes has to be saved, too.
                target = best.Most - Math.Max(1, bytes - budget);
            }

            if (!Improve(aim is null ? target : aim(best.Most)))
            {
                return null;
            }
        }

        return null;
    }

    private long Placed() => BufferPlanner.Run(best.Lifetimes, draft.Rooms.Values).Bytes;

    private MemoryBudgetException Refusal(string name, long budget) =>
        MemoryBreakdown.Refusal(name, budget, best.Draft, best.Lifetimes, best.Live);

    // Lets go what is idle at the peak: as much as is missing, or, where that is no better, one value that is.
    private bool Improve(long target)
    {
        int peak = Array.IndexOf(best.Live, best.Most);
        List<Candidate> all = Candidates(peak);
        int wanted = 0;
        for (long saved = 0; wanted < all.Count && best.Most - saved > target; wanted++)
        {
            saved += BufferPlanner.Bytes(all[wanted].Value);
        }

        if (wanted > 1 && Accept(all.Take(wanted)))
        {
            return true;
        }

        foreach (Candidate candidate in all)
        {
            if (Accept([candidate]))
            {
                return true;
            }

            refused.Add((candidate.Value, candidate.After));
        }

        return false;
    }

    private bool Accept(IEnumerable<Candidate> candidates)
    {
        var added = candidates.Where(Add).ToArray();
        Attempt? attempt = added.Length == 0 ? null : Try();
        if (attempt is null || attempt.Most > best.Most)
        {
            Array.ForEach(added, Remove);
            return false;
        }

        // What was no better before may be now.
        refused.Clear();
        best = attempt;
        return true;
    }

    private bool Add(Candidate candidate) => candidate.After < 0
        ? passing.Add(candidate.Value)
        : gaps.Add(new Gap(candidate.Value, candidate.After));

    private void Remove(Candidate candidate)
    {
        if (candidate.After < 0)
        {
            passing.Remove(candidate.Value);
        }
        else
        {
            gaps.Remove(new Gap(candidate.Value, candidate.After));
        }
    }

    private Attempt? Try()
    {
        var regeneration = new Regeneration(facts, gaps, passing);
        if (regeneration.Run() is not { } steps)
        {
            return null;
        }

        PlanDraft changed = draft with { Run = steps.Select(one => one.Step).ToArray() };
        List<Lifetime> lifetimes = changed.Lifetimes();
        return new Attempt(changed, steps, regeneration.Originals, lifetimes, Lifetimes.Live(lifetimes));
    }

    // What is alive at a step and idle there, most bytes for their work first.
    private List<Candidate> Candidates(int peak)
    {
        var used = new HashSet<Buffer>(peak < best.Steps.Count ? best.Steps[peak].Step.Buffers : []);
        return
        [
            .. best.Lifetimes.Where(one => one.First < peak && peak < one.Last && draft.IsPassing(one.Buffer)
                && one.Bytes > best.Most / SmallestShare)
                .Where(one => !used.Contains(one.Buffer) && facts.IsPassing(one.Buffer))
                .Select(one => Idle(one.Buffer, peak)).OfType<Candidate>()
                .OrderByDescending(one => BufferPlanner.Bytes(one.Value) / one.Work).ThenBy(one => one.After),
        ];
    }

    private Candidate? Idle(Buffer buffer, int peak)
    {
        bool isCopy = best.Originals.TryGetValue(buffer, out Buffer? value);
        value ??= buffer;
        if (!facts.IsKnown(value))
        {
            return null;
        }

        int at = peak < best.Steps.Count ? best.Steps[peak].Base : facts.Steps.Count;
        int next = facts.Uses(value).FirstOrDefault(use => use >= at);
        int last = facts.Uses(value).LastOrDefault(use => use < at);
        bool wasUsed = !isCopy || best.Steps.Take(peak).Any(
            one => !one.IsAgain && one.Base == last && one.Step.Buffers.Contains(buffer));
        int after = wasUsed ? last : -1;
        if (next == 0 || refused.Contains((value, after)))
        {
            return null;
        }

        double work = facts.Work(value, next, IsThere);
        return double.IsInfinity(work) ? null : new Candidate(value, after, work);
    }

    // Whether a value is kept when a step comes.
    private bool IsThere(Buffer value, int at)
    {
        IReadOnlyList<int> uses = facts.Uses(value);
        return uses[0] < at && uses[uses.Count - 1] >= at
            && !gaps.Contains(new Gap(value, uses.Last(use => use < at)));
    }
}
