namespace Sinter.Runtime.Data;

/// <summary>Random orders of a data set. The order is a pure function of seed and epoch, the same on every machine, so
/// a resumed run sees the batches an uninterrupted one would have seen.</summary>
public static class Shuffle
{
    /// <summary>A new array with a random order of 0 … <paramref name="count"/> - 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public static int[] Permutation(int count, ulong seed, ulong epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var order = new int[count];
        Fill(order, seed, epoch);
        return order;
    }

    /// <summary>Overwrites <paramref name="order"/> with a random order of 0 … length - 1, every order equally likely.
    /// Allocates nothing.</summary>
    public static void Fill(Span<int> order, ulong seed, ulong epoch)
    {
        var words = new Words(seed, epoch);
        for (int index = 0; index < order.Length; index++)
        {
            int other = (int)words.NextBelow((uint)index + 1);
            order[index] = order[other];
            order[other] = index;
        }
    }

    private struct Words(ulong seed, ulong epoch)
    {
        private (uint X0, uint X1, uint X2, uint X3) block;
        private ulong drawn;

        // Lemire's multiplication with rejection: unbiased, and almost never a second draw.
        public uint NextBelow(uint bound)
        {
            ulong product = (ulong)Next() * bound;
            if ((uint)product < bound)
            {
                uint threshold = (0u - bound) % bound;
                while ((uint)product < threshold)
                {
                    product = (ulong)Next() * bound;
                }
            }
            return (uint)(product >> 32);
        }

        private uint Next()
        {
            uint lane = (uint)(drawn % 4);
            if (lane == 0)
            {
                ulong number = drawn / 4;
                block = Philox.Generate(((uint)number, (uint)(number >> 32), (uint)epoch, (uint)(epoch >> 32)), seed);
            }
            drawn++;
            return lane switch { 0 => block.X0, 1 => block.X1, 2 => block.X2, _ => block.X3 };
        }
    }
}
