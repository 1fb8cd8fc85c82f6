using Sinter.Runtime.Data;

namespace Sinter.Runtime.Tests.Data;

public sealed class ShuffleTests
{
    [Fact]
    public void Every_index_occurs_once_and_seed_and_epoch_change_the_order()
    {
        int[] order = Shuffle.Permutation(10_000, seed: 1, epoch: 2);
        Assert.Equal(Enumerable.Range(0, 10_000), order.Order());
        Assert.Equal(order, Shuffle.Permutation(10_000, seed: 1, epoch: 2));
        Assert.NotEqual(order, Shuffle.Permutation(10_000, seed: 1, epoch: 3));
        Assert.NotEqual(order, Shuffle.Permutation(10_000, seed: 2, epoch: 2));
        Assert.Empty(Shuffle.Permutation(0, 1, 2));
    }

    // Written down once: another machine or a later version must give the same order.
    [Fact]
    public void The_order_never_changes() =>
        Assert.Equal("0 8 5 10 4 1 2 3 7 11 6 9", string.Join(' ', Shuffle.Permutation(12, seed: 42, epoch: 7)));

    [Fact]
    public void Every_order_is_about_equally_likely()
    {
        var counts = new Dictionary<string, int>();
        for (ulong epoch = 0; epoch < 24_000; epoch++)
        {
            string order = string.Join(' ', Shuffle.Permutation(4, seed: 5, epoch));
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }
        Assert.Equal(24, counts.Count);
        // A thousand each, give or take five standard deviations.
        Assert.All(counts.Values, count => Assert.InRange(count, 840, 1160));
    }
}
