using Sinter.Compiler.Kernels;

namespace Sinter.Compiler.Memory;

/// <summary>When a buffer is alive: from the launch that touches it first to the one that touches it last.</summary>
/// <param name="Buffer">The buffer.</param>
/// <param name="First">The position of the first launch.</param>
/// <param name="Last">The position of the last launch.</param>
/// <param name="Bytes">What it takes in the arena.</param>
internal sealed record Lifetime(Buffer Buffer, int First, int Last, long Bytes);

/// <summary>Which buffers are alive when, and how much that is.</summary>
internal static class Lifetimes
{
    /// <summary>The buffers that launches touch, in order of first use.</summary>
    /// <param name="kernels">The launches, in order.</param>
    /// <param name="always">What is alive from before the first launch until after the last.</param>
    /// <param name="isElsewhere">Whether a buffer has memory outside the arena.</param>
    public static List<Lifetime> Of(
        IReadOnlyList<Kernel> kernels, IEnumerable<Buffer> always, Func<Buffer, bool> isElsewhere)
    {
        var order = new List<Buffer>();
        var spans = new Dictionary<Buffer, (int First, int Last)>();
        for (int i = 0; i < kernels.Count; i++)
        {
            foreach (Buffer buffer in kernels[i].Buffers.Where(b => !isElsewhere(b)))
            {
                bool known = spans.TryGetValue(buffer, out var span);
                spans[buffer] = (known ? span.First : i, i);
                if (!known)
                {
                    order.Add(buffer);
                }
            }
        }

        foreach (Buffer buffer in always)
        {
            if (!spans.ContainsKey(buffer))
            {
                order.Add(buffer);
            }

            spans[buffer] = (0, kernels.Count);
        }

        return order.ConvertAll(buffer =>
            new Lifetime(buffer, spans[buffer].First, spans[buffer].Last, BufferPlanner.Bytes(buffer)));
    }

    /// <summary>The bytes alive at each launch, and behind the last. No plan needs less than the most of
    /// them.</summary>
    public static long[] Live(IEnumerable<Lifetime> lifetimes, int count)
    {
        var live = new long[count + 2];
        foreach (Lifetime lifetime in lifetimes)
        {
            live[lifetime.First] += lifetime.Bytes;
            live[lifetime.Last + 1] -= lifetime.Bytes;
        }

        for (int i = 1; i < live.Length; i++)
        {
            live[i] += live[i - 1];
        }

        return live;
    }
}
