using System.Runtime.Intrinsics;
using Sinter.Runtime.Kernels;

namespace Sinter.Runtime.Tests.Kernels;

public sealed unsafe class LanesTests : IDisposable
{
    private readonly GuardedPage page = new();

    public void Dispose() => page.Dispose();

    [Fact]
    public void Partial_stores_stop_at_the_count()
    {
        Vector512<float> value = Ramp(16, 0f);
        for (int count = 0; count <= 16; count++)
        {
            float* target = (float*)page.End - count;
            Check(count, () => Lanes.StoreUpTo(target, value, count));
            Check(count, () => Lanes.StoreUpTo((int*)target, value.AsInt32(), count));
            if (count <= 8)
            {
                Check(count, () => Lanes.StoreUpTo(target, value.GetLower(), count));
                Check(count, () => Lanes.StoreUpTo((int*)target, value.GetLower().AsInt32(), count));
            }
            if (count <= 4)
            {
                Check(count, () => Lanes.StoreUpTo(target, value.GetLower().GetLower(), count));
                Check(count, () => Lanes.StoreUpTo((uint*)target, value.GetLower().GetLower().AsUInt32(), count));
            }
        }
    }

    [Fact]
    public void Lanes_outside_the_border_hold_the_fill()
    {
        // Kernels' buffers have a vector of slack at both ends.
        float* source = (float*)page.Start + 64;
        for (int index = -32; index < 32; index++)
        {
            source[index] = index;
        }

        for (long low = -40; low < 40; low++)
        {
            foreach (long high in new[] { low - 3, low, low + 1, low + 5, low + 16, low + 50 })
            {
                Vector512<float> expected = Vector512.Create(
                    [.. Enumerable.Range(0, 16).Select(lane => lane >= low && lane < high ? lane : -9f)]);
                Vector512<uint> bits = Vector512.Equals(expected, Vector512.Create(-9f)).AsUInt32();
                Assert.Equal(expected, Lanes.LoadBorder512(source, low, high, -9f));
                Assert.Equal(expected.GetLower(), Lanes.LoadBorder256(source, low, high, -9f));
                Assert.Equal(expected.GetLower().GetLower(), Lanes.LoadBorder128(source, low, high, -9f));
                Vector512<uint> integers = Lanes.LoadBorder512((uint*)source, low, high, 7u);
                Assert.Equal(bits, Vector512.Equals(integers, Vector512.Create(7u)));
            }
        }
    }

    [Theory]
    [InlineData(1f, 2f)]
    [InlineData(-3f, -4f)]
    [InlineData(float.NegativeInfinity, float.PositiveInfinity)]
    [InlineData(float.NaN, 1f)]
    [InlineData(1f, float.NaN)]
    [InlineData(float.NaN, float.NaN)]
    public void The_larger_and_the_smaller_of_NaN_and_a_number_are_NaN(float a, float b)
    {
        Vector512<float> left = Vector512.Create(a);
        Vector512<float> right = Vector512.Create(b);
        Assert.Equal(Vector512.Create(MathF.Max(a, b)), Lanes.Maximum(left, right));
        Assert.Equal(Vector512.Create(MathF.Min(a, b)), Lanes.Minimum(left, right));
        Assert.Equal(Vector256.Create(MathF.Max(a, b)), Lanes.Maximum(left.GetLower(), right.GetLower()));
        Assert.Equal(Vector256.Create(MathF.Min(a, b)), Lanes.Minimum(left.GetLower(), right.GetLower()));
    }

    [Fact]
    public void Reductions_use_the_stated_order()
    {
        var random = new Random(3);
        float[] lanes = [.. Enumerable.Range(0, 16).Select(_ => (random.NextSingle() - 0.5f) * 10)];
        Vector512<float> value = Vector512.Create(lanes);
        Assert.Equal(Halving(lanes, (left, right) => left + right), Lanes.Sum(value));
        Assert.Equal(Halving(lanes, (left, right) => left * right), Lanes.Product(value));
        Assert.Equal(Halving(lanes[..8], (left, right) => left + right), Lanes.Sum(value.GetLower()));
        Assert.Equal(Halving(lanes[..4], (left, right) => left * right), Lanes.Product(value.GetLower().GetLower()));
        Assert.Equal(lanes.Max(), Lanes.Max(value));
        Assert.Equal(lanes[..8].Min(), Lanes.Min(value.GetLower()));
        Assert.True(float.IsNaN(Lanes.Max(value.WithElement(11, float.NaN))));
        Assert.True(float.IsNaN(Lanes.Min(value.WithElement(0, float.NaN))));
        Vector512<int> integers = Vector512<int>.Indices + Vector512.Create(-3);
        Assert.Equal((72, 12), (Lanes.Sum(integers), Lanes.Max(integers)));
        Assert.Equal((-3, 0), (Lanes.Min(integers), Lanes.Product(integers)));
        Assert.Equal((uint.MaxValue, 0u), (Lanes.Max(integers.AsUInt32()), Lanes.Min(integers.AsUInt32())));
    }

    private void Check(int count, Action store)
    {
        float* target = (float*)page.End - count;
        new Span<byte>(page.Start, GuardedPage.Bytes).Fill(0xAB);
        store();
        for (int index = 0; index < count; index++)
        {
            Assert.Equal(index + 1f, target[index]);
        }
        Assert.Equal(0xAB, ((byte*)target)[-1]);
    }

    private static Vector512<float> Ramp(int count, float fill) => Expected(5, count, fill);

    // Lane l holds 1, 2, … for the elements with indices 5, 6, …
    private static Vector512<float> Expected(long start, int length, float fill)
    {
        var lanes = new float[16];
        for (int lane = 0; lane < 16; lane++)
        {
            long element = start + lane - 5;
            lanes[lane] = element >= 0 && element < length ? element + 1 : fill;
        }
        return Vector512.Create(lanes);
    }

    private static float Halving(float[] lanes, Func<float, float, float> combine) => lanes.Length == 1
        ? lanes[0]
        : Halving([.. lanes.Take(lanes.Length / 2).Zip(lanes.Skip(lanes.Length / 2), combine)], combine);
}
