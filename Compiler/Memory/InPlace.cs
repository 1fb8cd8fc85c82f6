using Sinter.Compiler.Kernels;

namespace Sinter.Compiler.Memory;

/// <summary>Decides which updates of state may overwrite it directly.</summary>
internal sealed class InPlace
{
    private readonly IReadOnlyList<Step> steps;
    private readonly Dictionary<Buffer, int> firstWrite = [];
    private readonly Dictionary<Buffer, int> lastWrite = [];
    private readonly Dictionary<Buffer, int> lastRead = [];

    /// <summary>Looks through steps in run order, once for all questions.</summary>
    public InPlace(IReadOnlyList<Step> steps)
    {
        this.steps = steps;
        for (int i = 0; i < steps.Count; i++)
        {
            foreach (Buffer buffer in steps[i].Written)
            {
                lastWrite[buffer] = i;
                if (!firstWrite.ContainsKey(buffer))
                {
                    firstWrite.Add(buffer, i);
                }
            }

            foreach (Buffer buffer in steps[i].Read)
            {
                lastRead[buffer] = i;
            }
        }
    }

    /// <summary>
    /// Whether a kernel may write a parameter's next value over the present one: no later kernel reads the present
    /// value, and the kernel itself reads only the element that it is about to overwrite. Nor may it come before
    /// <paramref name="firstChange"/>: up to there a run may still be given up. A loop never may.
    /// </summary>
    public bool IsSafe(int firstChange, Buffer parameter, Buffer next)
    {
        int reader = lastRead.TryGetValue(parameter, out int read) ? read : -1;
        bool isEarly = firstWrite.TryGetValue(next, out int first) && first < firstChange;
        if (isEarly || !lastWrite.TryGetValue(next, out int writer) || reader > writer || steps[writer] is Loop)
        {
            return false;
        }

        if (reader < writer)
        {
            return true;
        }

        var kernel = (Kernel)steps[writer];
        var use = new ElementUse(kernel.InCode(parameter), kernel.InCode(next));
        use.Walk(kernel.Body);
        return use.IsAligned;
    }

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
