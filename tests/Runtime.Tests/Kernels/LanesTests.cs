using System.Runtime.Intrinsics;
using Sinter.Runtime.Kernels;

namespace Sinter.Runtime.Tests.Kernels;

public sealed unsafe class LanesTests : IDisposable
{
    private readonly GuardedPage page = new();

    public void Dispose() => page.Dispose();

    [Fact]
    public void Partial_loads_stop_at_the_count()
    {
        for (int count = 0; count <= 16; count++)
        {
            float* floats = (float*)page.End - count;
            int* integers = (int*)floats;
            for (int index = 0; index < count; index++)
            {
                floats[index] = index + 1;
            }
            Vector512<float> expected = Ramp(count, 0f);
            Assert.Equal(expected, Lanes.LoadPartial512(floats, count));
            Assert.Equal(expected.AsInt32(), Lanes.LoadPartial512(integers, count));
            if (count <= 8)
            {
                Assert.Equal(expected.GetLower(), Lanes.LoadPartial256(floats, count));
                Assert.Equal(expected.GetLower().AsInt32(), Lanes.LoadPartial256(integers, count));
            }
            if (count <= 4)
            {
                Assert.Equal(expected.GetLower().GetLower(), Lanes.LoadPartial128(floats, count));
                Assert.Equal(expected.GetLower().GetLower().AsInt32(), Lanes.LoadPartial128(integers, count));
            }
        }
    }

    [Fact]
    public void Partial_stores_stop_at_the_count()
    {
        Vector512<float> value = Ramp(16, 0f);
        for (int count = 0; count <= 16; count++)
        {
            float* target = (float*)page.End - count;
            Check(count, () => Lanes.StorePartial(target, value, count));
            Check(count, () => Lanes.StoreInParts(target, value, count));
            Check(count, () => Lanes.StorePartial((int*)target, value.AsInt32(), count));
            if (count <= 8)
            {
                Check(count, () => Lanes.StorePartial(target, value.GetLower(), count));
                Check(count, () => Lanes.StorePartial((int*)target, value.GetLower().AsInt32(), count));
            }
            if (count <= 4)
            {
                Check(count, () => Lanes.StorePartial(target, value.GetLower().GetLower(), count));
                Check(count, () => Lanes.StorePartial((int*)target, value.GetLower().GetLower().AsInt32(), count));
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    public void Guarded_loads_stay_inside_at_both_ends(int length)
    {
        // The array once ends and once begins at a forbidden page; element 0 is 5 before its first readable one.
        foreach (bool atEnd in new[] { true, false })
        {
            float* first = atEnd ? (float*)page.End - length : (float*)page.Start;
            for (int index = 0; index < length; index++)
            {
                first[index] = index + 1;
            }
            float* source = first - 5;
            for (long start = -60; start < length + 60; start++)
            {
                Vector512<float> expected = Expected(start, length, -9f);
                Vector512<int> bits = Expected(start, length, 0f).AsInt32();
                Assert.Equal(expected, Lanes.LoadGuarded512(source, start, 5, 5 + length, -9f));
                Assert.Equal(expected.GetLower(), Lanes.LoadGuarded256(source, start, 5, 5 + length, -9f));
                Assert.Equal(expected.GetLower().GetLower(), Lanes.LoadGuarded128(source, start, 5, 5 + length, -9f));
                Assert.Equal(bits, Lanes.LoadGuarded512((int*)source, start, 5, 5 + length, 0));
                Assert.Equal(bits.GetLower(), Lanes.LoadGuarded256((int*)source, start, 5, 5 + length, 0));
                Assert.Equal(bits.GetLower().GetLower(), Lanes.LoadGuarded128((int*)source, start, 5, 5 + length, 0));
            }
        }
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
