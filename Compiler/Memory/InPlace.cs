using Sinter.Compiler.Kernels;

namespace Sinter.Compiler.Memory;

/// <summary>Decides which updates of state may overwrite it directly.</summary>
internal static class InPlace
{
    /// <summary>
    /// Whether a kernel may write a parameter's next value over the present one: no later kernel reads the present value, and
    /// the kernel itself reads only the element that it is about to overwrite.
    /// </summary>
    public static bool IsSafe(IReadOnlyList<Kernel> kernels, Buffer parameter, Buffer next)
    {
        int writer = -1;
        for (int i = 0; i < kernels.Count; i++)
        {
            if (kernels[i].Written.Contains(next))
            {
                writer = i;
            }
        }

        if (writer < 0 || kernels.Skip(writer + 1).Any(kernel => kernel.Read.Contains(parameter)))
        {
            return false;
        }

        if (!kernels[writer].Read.Contains(parameter))
        {
            return true;
        }

        var use = new ElementUse(parameter, next);
        use.Walk(kernels[writer].Body);
        return use.IsAligned;
    }

    // Collects the positions at which one kernel reads the parameter and writes its next value.
    private sealed class ElementUse(Buffer parameter, Buffer next)
    {
        private readonly HashSet<Value> seen = [];
        private bool stored;

        /// <summary>Whether every read is of an element written by the same statement.</summary>
        public bool IsAligned { get; private set; } = true;

        public void Walk(IEnumerable<Statement> body)
        {
            // Reads before a store in the same block belong to the element that the store writes; a read behind it is too late,
            // unless it is the same value, which is computed once, in front.
            var reads = new HashSet<Index>();
            stored = false;
            foreach (Statement statement in body)
            {
                switch (statement)
                {
                    case For loop:
                        Walk(loop.Body);
                        break;
                    case StripLoop loop:
                        foreach (Strip strip in loop.Strips)
                        {
                            Walk(strip.Body);
                        }

                        break;
                    case Declare declare:
                        Collect(declare.Value, reads);
                        break;
                    case Assign assign:
                        Collect(assign.Value, reads);
                        break;
                    case Transpose transpose:
                        IsAligned &= transpose.Source != parameter;
                        break;
                    case Store store:
                        Collect(store.Value, reads);
                        stored |= store.Buffer == next;
                        break;
                }
            }

            var written = new HashSet<Index>(body.OfType<Store>().Where(store => store.Buffer == next).Select(store => store.Index));
            IsAligned &= reads.All(written.Contains);
        }

        private void Collect(Value value, HashSet<Index> reads)
        {
            if (!seen.Add(value))
            {
                return;
            }

            if (value is Load load && load.Buffer == parameter)
            {
                reads.Add(load.Index);
                IsAligned &= !stored;
            }

            IsAligned &= value is not GuardedLoad guarded || guarded.Buffer != parameter;
            foreach (Value operand in value.Operands)
            {
                Collect(operand, reads);
            }
        }
    }
}
