using Sinter.Compiler.Values;

namespace Sinter.Compiler.Memory;

/// <summary>
/// Gives every intermediate value a place in one arena: values that are never alive at the same time share memory,
/// largest first, or, where they are very many, in the order of their first use. Each buffer is followed by slack, so
/// that a vector load at its end stays inside the arena.
/// </summary>
internal static class BufferPlanner
{
    /// <summary>Bytes after each buffer that loads may touch: four vectors.</summary>
    public const int Slack = 256;

    private const int Alignment = 64;

    // Where placing the largest first wastes more than a fiftieth, what came to lie on top is placed first, again and
    // again, for about so many comparisons.
    private const int Waste = 50;
    private const int MostTries = 32;
    private const long MostCompared = 1 << 25;

    // Largest first compares each with all; so many are a twentieth of a second.
    private const int MostBySize = 8192;

    /// <summary>Places buffers by when they are alive.</summary>
    /// <param name="lifetimes">When each is.</param>
    /// <param name="rooms">Those of the buffers that hold others.</param>
    /// <param name="guard">Whether none shares memory.</param>
    public static (Dictionary<Buffer, Placement> Placements, long Bytes) Run(
        List<Lifetime> lifetimes, IEnumerable<Room> rooms, bool guard = false)
    {
        int end = lifetimes.Select(one => one.Last).DefaultIfEmpty(0).Max();
        lifetimes = guard ? lifetimes.ConvertAll(one => one with { First = 0, Last = end }) : lifetimes;
        var (placements, bytes) = Best(lifetimes);
        foreach (Room room in rooms)
        {
            long offset = placements[room.Buffer].Offset;
            placements.Remove(room.Buffer);
            foreach (var pair in room.Placements)
            {
                placements.Add(pair.Key, pair.Value with { Offset = pair.Value.Offset + offset });
            }
        }

        return (placements, bytes);
    }

    private static (Dictionary<Buffer, Placement> Placements, long Bytes) Best(List<Lifetime> lifetimes)
    {
        if (lifetimes.Count > MostBySize)
        {
            return InTime(lifetimes);
        }

        long least = Lifetimes.Most(lifetimes);
        List<Lifetime> order = [.. lifetimes.OrderByDescending(one => one.Bytes).ThenBy(one => one.First)];
        var best = Place(order);
        long tries = Math.Min(MostTries, MostCompared / (((long)order.Count * order.Count) + 1));
        var tried = best;
        for (long i = 0; i < tries && best.Bytes - least > least / Waste; i++)
        {
            int top = order.FindIndex(one => tried.Placements[one.Buffer].Offset + one.Bytes == tried.Bytes);
            Lifetime highest = order[top];
            order.RemoveAt(top);
            order.Insert(0, highest);
            tried = Place(order);
            best = tried.Bytes < best.Bytes ? tried : best;
        }

        return best;
    }

    // Each takes the lowest gap that is wide enough when it comes, and leaves one when it goes.
    private static (Dictionary<Buffer, Placement> Placements, long Bytes) InTime(List<Lifetime> lifetimes)
    {
        var placements = new Dictionary<Buffer, Placement>();
        var gaps = new Gaps(Alignment);
        List<Lifetime> leaving = [.. lifetimes.OrderBy(one => one.Last)];
        int left = 0;
        foreach (Lifetime lifetime in lifetimes.OrderBy(one => one.First).ThenByDescending(one => one.Bytes))
        {
            for (; leaving[left].Last < lifetime.First; left++)
            {
                gaps.Free(placements[leaving[left].Buffer].Offset, leaving[left].Bytes);
            }

            placements.Add(lifetime.Buffer, new Placement(Space.Arena, gaps.Take(lifetime.Bytes)));
        }

        return (placements, gaps.Top);
    }

    private static (Dictionary<Buffer, Placement> Placements, long Bytes) Place(List<Lifetime> lifetimes)
    {
        var placements = new Dictionary<Buffer, Placement>();
        // By offset, so that the first gap is found without sorting what overlaps each.
        var placed = new List<(int First, int Last, long Offset, long End)>();
        long total = 0;
        foreach (Lifetime lifetime in lifetimes)
        {
            // Loads may also touch a vector in front of the first buffer.
            long offset = Alignment;
            foreach (var (first, last, start, end) in placed)
            {
                if (first <= lifetime.Last && lifetime.First <= last)
                {
                    if (offset + lifetime.Bytes <= start)
                    {
                        break;
                    }

                    offset = Math.Max(offset, end);
                }
            }

            placed.Insert(Behind(placed, offset), (lifetime.First, lifetime.Last, offset, offset + lifetime.Bytes));
            placements.Add(lifetime.Buffer, new Placement(Space.Arena, offset));
            total = Math.Max(total, checked(offset + lifetime.Bytes));
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
