using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Memory;

/// <summary>Decides which updates of state may overwrite it directly.</summary>
internal sealed class InPlace
{
    private readonly IReadOnlyList<Step> steps;
    private readonly Dictionary<Buffer, List<int>> writes = [];
    private readonly Dictionary<Buffer, List<int>> reads = [];

    /// <summary>Looks through steps in run order, once for all questions.</summary>
    public InPlace(IReadOnlyList<Step> steps)
    {
        this.steps = steps;
        for (int i = 0; i < steps.Count; i++)
        {
            Note(writes, steps[i].Written, i);
            Note(reads, steps[i].Read, i);
        }
    }

    /// <summary>Whether a step copies one buffer to another, which has nothing to do where both are one
    /// memory.</summary>
    public static bool Copies(Step step, Buffer from, Buffer to) =>
        step is Kernel { IsCopy: true } copy && copy.Read.Contains(from) && copy.Written.Contains(to);

    /// <summary>
    /// Whether kernels may write a parameter's next value over the present one: no later kernel reads the present
    /// value, and the writer itself reads only the element that it is about to overwrite. Nor may it come before
    /// <paramref name="firstChange"/>: up to there a run may still be given up. A loop never may, a branch where both
    /// of its lists may: one that keeps the present value then does nothing. What only copies the present value to the
    /// next one, of which others then change a part, falls away.
    /// </summary>
    public bool IsSafe(int firstChange, Buffer parameter, Buffer next)
    {
        int[] writers = At(writes, next).Where(i => !Copies(steps[i], parameter, next)).ToArray();
        int reader = At(reads, parameter).Where(i => !Copies(steps[i], parameter, next)).DefaultIfEmpty(-1).Max();
        if (writers.Length == 0 || writers.Any(i => steps[i] is Loop))
        {
            return false;
        }

        int writer = writers[0];
        if (writer < firstChange || reader > writer || (reader == writer && writers.Length > 1))
        {
            return false;
        }

        if (reader < writer)
        {
            return true;
        }

        if (steps[writer] is Branch branch)
        {
            return new[] { branch.Then, branch.Otherwise }.All(
                list => new InPlace(list).IsKeptOrSafe(parameter, next));
        }

        var kernel = (Kernel)steps[writer];
        var use = new ElementUse(kernel.InCode(parameter), kernel.InCode(next));
        use.Walk(kernel.Body);
        return use.IsAligned;
    }

    private bool IsKeptOrSafe(Buffer parameter, Buffer next) =>
        At(writes, next).All(i => Copies(steps[i], parameter, next)) || IsSafe(0, parameter, next);

    private static void Note(Dictionary<Buffer, List<int>> uses, IEnumerable<Buffer> buffers, int step)
    {
        foreach (Buffer buffer in buffers)
        {
            if (!uses.TryGetValue(buffer, out List<int>? list))
            {
                uses.Add(buffer, list = []);
            }

            list.Add(step);
        }
    }

    private static IEnumerable<int> At(Dictionary<Buffer, List<int>> uses, Buffer buffer) =>
        uses.TryGetValue(buffer, out List<int>? list) ? list : [];

    // Compares the positions at which one kernel reads the parameter with those at which it writes the next value.
    private sealed class ElementUse(Buffer parameter, Buffer next)
    {
        /// <summary>Whether every read is of an element written by the same block, and comes before it.</summary>
        public bool IsAligned { get; private set; } = true;

        public void Walk(IReadOnlyList<Statement> body)
        {
            // A read behind the store is too late, unless it is a value met before, which the block computes once, in
            // front.
            var written = new HashSet<Index>(Stores(body));
            var seen = new HashSet<Value>();
            bool stored = false;
            foreach (Statement statement in body)
            {
                switch (statement)
                {
                    case For loop:
                        Walk(loop.Body);
                        break;
                    case StripLoop loop:
                        loop.Strips.ToList().ForEach(strip => Walk(strip.Body));
                        break;
                    case If branch:
                        Walk(branch.Body);
                        break;
                    case LoadVector load when load.Buffer == parameter:
                        IsAligned &= !stored && written.Contains(load.Index);
                        break;
                    default:
                        IsAligned &= statement.ReadBuffer != parameter;
                        break;
                }

                IEnumerable<Value> positions = statement.Positions.SelectMany(index => index.DataValues());
                foreach (Value value in positions.Concat(statement.Values))
                {
                    Collect(value, stored ? null : written, seen);
                }

                stored |= Stores([statement]).Any();
            }
        }

        // What some threads only store, they have read before the branch too.
        private IEnumerable<Index> Stores(IEnumerable<Statement> body) => body.SelectMany(statement => statement switch
        {
            Store store when store.Buffer == next => [store.Index],
            StoreVector store when store.Buffer == next => [store.Index],
            If branch => Stores(branch.Body),
            _ => Enumerable.Empty<Index>(),
        });

        // Without a set of positions no read is allowed; without one of values, nothing counts as computed before.
        private void Collect(Value value, HashSet<Index>? allowed, HashSet<Value>? seen)
        {
            if (seen is not null && !seen.Add(value))
            {
                return;
            }

            IsAligned &= value is not GuardedLoad guarded || guarded.Buffer != parameter;
            IsAligned &= value is not Load load || load.Buffer != parameter
                || (allowed is not null && allowed.Contains(load.Index));

            // What stands under a guard is computed there, again for each guard.
            HashSet<Value>? inside = value is Guard ? null : seen;
            foreach (Value part in value.Operands.Concat(value.Indices.SelectMany(index => index.DataValues())))
            {
                Collect(part, allowed, inside);
            }
        }
    }
}
