using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Memory;

/// <summary>What is known of a draft's steps: who uses a value when, what can be computed again, and at what
/// price.</summary>
internal sealed class RunFacts
{
    // A byte moved takes about as long as so many operations.
    private const long OperationsOfByte = 2;

    private readonly PlanDraft draft;
    private readonly Dictionary<Buffer, List<int>> uses = [];
    private readonly HashSet<Buffer> repeatable = [];
    private readonly Dictionary<Buffer, List<int>> changes = [];

    /// <summary>Looks through a draft.</summary>
    public RunFacts(PlanDraft draft)
    {
        this.draft = draft;
        var writers = new Dictionary<Buffer, int>();
        for (int i = 0; i < Steps.Count; i++)
        {
            foreach (Buffer buffer in Steps[i].Buffers)
            {
                if (!uses.TryGetValue(buffer, out List<int>? list))
                {
                    uses.Add(buffer, list = []);
                }

                list.Add(i);
            }

            foreach (Buffer buffer in Steps[i].Written)
            {
                writers[buffer] = writers.TryGetValue(buffer, out int count) ? count + 1 : 1;
                Buffer memory = draft.Storage(buffer);
                if (!changes.TryGetValue(memory, out List<int>? all))
                {
                    changes.Add(memory, all = []);
                }

                all.Add(i);
            }
        }

        foreach (Kernel kernel in Steps.Skip(draft.FirstChange).OfType<Kernel>())
        {
            if (kernel.Written.All(b => draft.IsPassing(b) && writers[b] == 1))
            {
                repeatable.UnionWith(kernel.Written.Where(b => Uses(b).All(use => Steps[use] is Kernel)));
            }
        }
    }

    /// <summary>The draft's steps.</summary>
    public IReadOnlyList<Step> Steps => draft.Run;

    /// <summary>Whether a buffer is the arena's for as long as steps use it.</summary>
    public bool IsPassing(Buffer buffer) => draft.IsPassing(buffer);

    /// <summary>Whether steps touch a buffer.</summary>
    public bool IsKnown(Buffer buffer) => uses.ContainsKey(buffer);

    /// <summary>The steps that touch a buffer, in order: the first writes it.</summary>
    public IReadOnlyList<int> Uses(Buffer buffer) => uses[buffer];

    /// <summary>What a kernel reads that is not kept for ever.</summary>
    public IEnumerable<Buffer> Operands(Kernel kernel) =>
        kernel.Read.Where(b => IsPassing(b) && !kernel.Written.Contains(b));

    /// <summary>Whether one kernel makes a value, and could make it again in front of a step: what it reads, and is
    /// kept, is still what it was.</summary>
    public bool CanRepeat(Buffer value, int at) => repeatable.Contains(value) && at >= draft.FirstChange
        && Steps[Uses(value)[0]].Read.All(b => IsPassing(b) || !ChangesBetween(b, Uses(value)[0], at));

    private bool ChangesBetween(Buffer buffer, int first, int at) =>
        changes.TryGetValue(draft.Storage(buffer), out List<int>? all)
        && all.Any(change => change > first && change < at);

    /// <summary>About how many operations it takes to compute a value again in front of a step, with all that is
    /// missing then; too many where it is not possible.</summary>
    public double Work(Buffer value, int at, Func<Buffer, int, bool> isThere)
    {
        double work = 0;
        var seen = new HashSet<Buffer> { value };
        var open = new Stack<Buffer>([value]);
        while (open.Count > 0)
        {
            Buffer next = open.Pop();
            if (!CanRepeat(next, at))
            {
                return double.PositiveInfinity;
            }

            var kernel = (Kernel)Steps[Uses(next)[0]];
            work += kernel.Operations + (OperationsOfByte * kernel.Buffers.Sum(BufferPlanner.Bytes));
            foreach (Buffer operand in Operands(kernel).Where(operand => !isThere(operand, at) && seen.Add(operand)))
            {
                open.Push(operand);
            }
        }

        return work;
    }
}
