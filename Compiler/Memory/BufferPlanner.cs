using Sinter.Compiler.Kernels;

namespace Sinter.Compiler.Memory;

/// <summary>
/// Gives every intermediate value a place in one arena: values that are never alive at the same time share memory,
/// largest first. Each buffer is followed by slack, so that a vector load at its end stays inside the arena.
/// </summary>
internal static class BufferPlanner
{
    /// <summary>Bytes after each buffer that loads may touch: four vectors.</summary>
    public const int Slack = 256;

    private const int Alignment = 64;

    private sealed record Interval(Buffer Buffer, int First, int Last, long Bytes);

    /// <summary>Places the buffers of steps in run order. Those in <paramref name="always"/> never share memory, none
    /// do with guards. What only a loop uses has one room, inside which its steps are placed alike.</summary>
    public static (Dictionary<Buffer, Placement> Placements, long Bytes) Run(
        IReadOnlyList<Step> steps, IEnumerable<Buffer> always, Func<Buffer, bool> isElsewhere,
        bool guard = false)
    {
        var first = new Dictionary<Buffer, int>();
        var last = new Dictionary<Buffer, int>();
        var rooms = new Dictionary<Buffer, Dictionary<Buffer, Placement>>();
        for (int i = 0; i < steps.Count; i++)
        {
            IEnumerable<Buffer> used = steps[i].Buffers.Where(b => !isElsewhere(b));
            if (steps[i] is Loop loop)
            {
                var (inside, bytes) = Run(loop.Body, loop.Kept, b => !loop.Locals.Contains(b), guard);
                var room = new Buffer("loop", DType.U8, bytes);
                rooms.Add(room, inside);
                used = used.Append(room);
            }

            foreach (Buffer buffer in used)
            {
                if (!first.ContainsKey(buffer))
                {
                    first.Add(buffer, i);
                }

                last[buffer] = i;
            }
        }

        foreach (Buffer buffer in guard ? always.Concat(first.Keys.ToArray()) : always)
        {
            first[buffer] = 0;
            last[buffer] = steps.Count;
        }

        var intervals = first.Select(pair => new Interval(pair.Key, pair.Value, last[pair.Key], Bytes(pair.Key)))
            .OrderByDescending(interval => interval.Bytes).ThenBy(interval => interval.First).ToList();
        var (placements, total) = Place(intervals);
        foreach (var room in rooms)
        {
            long offset = placements[room.Key].Offset;
            placements.Remove(room.Key);
            foreach (var pair in room.Value)
            {
                placements.Add(pair.Key, pair.Value with { Offset = pair.Value.Offset + offset });
            }
        }

        return (placements, total);
    }

    private static (Dictionary<Buffer, Placement> Placements, long Bytes) Place(List<Interval> intervals)
    {
        var placements = new Dictionary<Buffer, Placement>();
        // By offset, so that the first gap is found without sorting what overlaps each.
        var placed = new List<(int First, int Last, long Offset, long End)>();
        long total = 0;
        foreach (Interval interval in intervals)
        {
            // Loads may also touch a vector in front of the first buffer.
            long offset = Alignment;
            foreach (var (first, last, start, end) in placed)
            {
                if (first <= interval.Last && interval.First <= last)
                {
                    if (offset + interval.Bytes <= start)
                    {
                        break;
                    }

                    offset = Math.Max(offset, end);
                }
            }

            placed.Insert(Behind(placed, offset), (interval.First, interval.Last, offset, offset + interval.Bytes));
            placements.Add(interval.Buffer, new Placement(Space.Arena, offset));
            total = Math.Max(total, checked(offset + interval.Bytes));
        }

        return (placements, total);
    }

    // The position behind all that lie at an offset or below it.
    private static int Behind(List<(int First, int Last, long Offset, long End)> placed, long offset)
    {
        int low = 0;
        int high = placed.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (placed[middle].Offset <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The bytes of a buffer with what lies behind it, which is nobody else's.</summary>
    public static long Bytes(Buffer buffer)
    {
        long bytes = checked((buffer.Size.Max * DTypes.SizeOf(buffer.Type)) + Slack);
        return checked((bytes + Alignment - 1) / Alignment * Alignment);
    }
}
