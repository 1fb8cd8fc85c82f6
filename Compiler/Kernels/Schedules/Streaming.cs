using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Schedules;

/// <summary>
/// Stores past the caches: a result larger than them would be read into the cache only to be overwritten, which costs
/// a third of the memory traffic of a copy.
/// </summary>
internal static class Streaming
{
    // Bytes of the smallest store that passes the caches.
    private const int SmallestVector = 16;

    /// <summary>The store of a vector of results along a loop; it streams where the result is large and its address
    /// aligned.</summary>
    public static Store Store(
        NestItem item, Index target, Value value, Index? count, LoopVariable? axis, long streamBytes,
        KernelContext? context)
    {
        long stride = axis is null ? 1 : item.Target.CoefficientOf(axis).Value;
        int bytes = DTypes.SizeOf(value.Type);
        bool streams = value.Lanes > 1 && value.Lanes * bytes >= SmallestVector && stride == 1 && count is null
            && item.Store!.Size.IsStatic && item.Store.Size.Value * bytes >= streamBytes
            && target.Terms.All(term => IsAligned(term, axis, value.Lanes));
        context?.Take(SchedulePath.StoreStreamed, streams);
        return new Store(item.Store!, target, value, count, stride, streams);
    }

    // Loops along lanes step by whole vectors from a whole vector; buffers start at one.
    private static bool IsAligned(Term term, LoopVariable? axis, int lanes)
    {
        bool isAxis = term.Atom is VariableAtom variable && variable.Variable == axis;
        return isAxis || (term.Coefficient.IsStatic && term.Coefficient.Value % lanes == 0);
    }
}
