using Sinter.Compiler.Memory;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Tests.Plans;

/// <summary>What is alive at one time lies apart, however much there is, and the arena is little more than
/// that.</summary>
public sealed class BufferPlannerTests
{
    [Theory]
    [InlineData(8_192)]
    [InlineData(20_000)]
    public void Values_of_layers_that_wait_for_their_gradients_fill_the_arena(int layers)
    {
        List<Lifetime> lifetimes =
        [
            .. Enumerable.Range(0, layers).Select(i => Alive(i, (2 * layers) - i, 100)),
            .. Enumerable.Range(layers, layers).Select(i => Alive(i, i + 1, 50)),
        ];
        var (placements, bytes) = BufferPlanner.Run(lifetimes, []);
        Assert.Equal(2 * layers, placements.Count);
        Assert.True(bytes <= 1.02 * Lifetimes.Most(lifetimes), $"{bytes} for {Lifetimes.Most(lifetimes)}");
        LieApart(lifetimes, placements);
    }

    [Theory]
    [InlineData(300, 1.1)]
    [InlineData(8_192, 1.1)]
    [InlineData(8_193, 1.35)]
    [InlineData(40_000, 1.35)]
    public void Values_of_any_size_that_live_for_any_time_lie_apart(int count, double waste)
    {
        var random = new Random(count);
        List<Lifetime> lifetimes = [.. Enumerable.Range(0, count).Select(_ => Drawn(random, count))];
        var (placements, bytes) = BufferPlanner.Run(lifetimes, []);
        Assert.Equal(count, placements.Count);
        Assert.True(bytes <= waste * Lifetimes.Most(lifetimes), $"{bytes} for {Lifetimes.Most(lifetimes)}");
        LieApart(lifetimes, placements);
    }

    // A few live for long, most for a few steps; sizes are of three magnitudes.
    private static Lifetime Drawn(Random random, int count)
    {
        int first = random.Next(count);
        int length = random.Next(random.Next(8) == 0 ? count / 8 : 12);
        return Alive(first, Math.Min(first + length, count), 1 << random.Next(4, 14));
    }

    private static Lifetime Alive(int first, int last, int size)
    {
        var buffer = new Buffer("x", DType.F32, size);
        return new Lifetime(buffer, first, last, BufferPlanner.Bytes(buffer));
    }

    // By time: whoever comes finds its neighbours in memory gone or apart.
    private static void LieApart(List<Lifetime> lifetimes, Dictionary<Buffer, Placement> placements)
    {
        var leaving = new PriorityQueue<(long, long), int>();
        var alive = new SortedSet<(long Start, long End)>();
        foreach (Lifetime one in lifetimes.OrderBy(one => one.First))
        {
            while (leaving.TryPeek(out var gone, out int last) && last < one.First)
            {
                leaving.Dequeue();
                Assert.True(alive.Remove(gone));
            }

            long start = placements[one.Buffer].Offset;
            long end = start + one.Bytes;
            Assert.True(start >= 64 && start % 64 == 0, $"{start}");
            (long, long End) below = alive.GetViewBetween((0, 0), (end - 1, long.MaxValue)).Max;
            Assert.True(below.End <= start, $"{start} is taken");
            alive.Add((start, end));
            leaving.Enqueue((start, end), one.Last);
        }
    }
}
