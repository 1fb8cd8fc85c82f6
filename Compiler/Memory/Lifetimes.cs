using Sinter.Compiler.Values;

namespace Sinter.Compiler.Memory;

/// <summary>When a buffer is alive: from the step that touches it first to the one that touches it last.</summary>
/// <param name="Buffer">The buffer.</param>
/// <param name="First">The position of the first step.</param>
/// <param name="Last">The position of the last step.</param>
/// <param name="Bytes">What it takes in the arena.</param>
internal sealed record Lifetime(Buffer Buffer, int First, int Last, long Bytes);

/// <summary>Which buffers are alive when, and how much that is.</summary>
internal static class Lifetimes
{
    /// <summary>The buffers that steps touch, in order of first use.</summary>
    /// <param name="steps">The steps, in order.</param>
    /// <param name="always">What is alive from before the first step until after the last.</param>
    /// <param name="isElsewhere">Whether a buffer has memory outside the arena.</param>
    /// <param name="rooms">What loops need for themselves.</param>
    public static List<Lifetime> Of(
        IReadOnlyList<Step> steps, IEnumerable<Buffer> always, Func<Buffer, bool> isElsewhere,
        IReadOnlyDictionary<Step, Room> rooms)
    {
        var order = new List<Buffer>();
        var spans = new Dictionary<Buffer, (int First, int Last)>();
        void Touch(Buffer buffer, int first, int last)
        {
            bool known = spans.TryGetValue(buffer, out var span);
            spans[buffer] = (known ? Math.Min(span.First, first) : first, last);
            if (!known)
            {
                order.Add(buffer);
            }
        }

        for (int i = 0; i < steps.Count; i++)
        {
            foreach (Buffer buffer in steps[i].Buffers.Where(b => !isElsewhere(b)))
            {
                Touch(buffer, i, i);
            }

            if (rooms.TryGetValue(steps[i], out Room? room))
            {
                Touch(room.Buffer, i, i);
            }
        }

        foreach (Buffer buffer in always)
        {
            Touch(buffer, 0, steps.Count);
        }

        return order.ConvertAll(buffer =>
            new Lifetime(buffer, spans[buffer].First, spans[buffer].Last, BufferPlanner.Bytes(buffer)));
    }

    /// <summary>The bytes alive at each step, and behind the last.</summary>
    public static long[] Live(IReadOnlyCollection<Lifetime> lifetimes)
    {
        var live = new long[lifetimes.Select(one => one.Last + 2).DefaultIfEmpty(1).Max()];
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

    /// <summary>The most bytes alive at one time: no arena is smaller.</summary>
    public static long Most(IReadOnlyCollection<Lifetime> lifetimes) => Live(lifetimes).Max();
}
