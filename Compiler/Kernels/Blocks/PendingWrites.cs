using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>What threads of a block have written since they last waited for one another: other threads may read it only
/// behind a barrier.</summary>
internal sealed class PendingWrites
{
    private readonly Dictionary<Buffer, (Index At, BlockStep? Step)> writes = [];

    /// <summary>An element was written.</summary>
    /// <param name="buffer">The memory.</param>
    /// <param name="at">Where.</param>
    /// <param name="step">The step that threads share out; null where one thread writes.</param>
    public void Add(Buffer buffer, Index at, BlockStep? step) => writes[buffer] = (at, step);

    /// <summary>All threads have waited.</summary>
    public void Clear() => writes.Clear();

    /// <summary>Adds a barrier where values read what another thread may have written. A thread that takes the same
    /// steps as before reads its own.</summary>
    /// <param name="values">The values.</param>
    /// <param name="step">The step that threads share out; null where each computes all.</param>
    /// <param name="body">Gets the barrier.</param>
    public void Await(IEnumerable<Value> values, BlockStep? step, List<Statement> body)
    {
        var seen = new HashSet<Value>();
        if (values.Any(value => ReadsOthers(value, step, seen)))
        {
            body.Add(new Barrier());
            Clear();
        }
    }

    private bool ReadsOthers(Value value, BlockStep? step, HashSet<Value> seen)
    {
        if (!seen.Add(value))
        {
            return false;
        }

        if (value is Load load && writes.TryGetValue(load.Buffer, out var write) && !IsOwn(load.Index, step, write))
        {
            return true;
        }

        return value.Operands.Concat(value.Indices.SelectMany(index => index.DataValues()))
            .Any(part => ReadsOthers(part, step, seen));
    }

    private static bool IsOwn(Index at, BlockStep? step, (Index At, BlockStep? Step) write) =>
        step is not null && step == write.Step && write.At.Equals(at);
}
