using System.Runtime.Intrinsics;
using Sinter.Runtime.Kernels;

namespace Sinter.Runtime.Tests.Kernels;

public sealed class PowTests
{
    private const double Bound = 0.51;

    private static readonly float[] Special =
    [
        0f, -0f, 1f, -1f, 0.5f, -0.5f, 2f, -2f, 3f, -3f, 1e-45f, -1e-45f, 1e30f, -1e30f, float.MaxValue, float.MinValue,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, 16_777_215f, 16_777_216f, -16_777_217f, 2.5f, -2.5f,
    ];

    [Fact]
    public void Special_cases_are_those_of_the_system()
    {
        foreach (float x in Special)
        {
            foreach (float y in Special)
            {
                float expected = MathF.Pow(x, y);
                float got = VectorMath.Pow(x, y);
                bool near = Ulp.Error(got, Math.Pow(x, y)) <= Bound;
                bool same = float.IsNaN(expected) || float.IsNegative(got) == float.IsNegative(expected);
                Assert.True(near && same, $"{x:R}^{y:R}: {got:R}, not {expected:R}");
            }
        }
    }

    [Fact]
    public void Errors_stay_within_the_stated_bound_and_every_width_gives_the_same_bits()
    {
        var random = new Random(2);
        for (int round = 0; round < 300_000; round++)
        {
            Vector512<float> x = Draw(random, round % 3);
            Vector512<float> y = Draw(random, round % 2);
            Vector512<float> wide = VectorMath.Pow(x, y);
            int lane = round % 16;
            Assert.InRange(Ulp.Error(wide[lane], Math.Pow(x[lane], y[lane])), 0, Bound);
            Vector256<float> half = VectorMath.Pow(x.GetUpper(), y.GetUpper());
            Vector128<float> quarter = VectorMath.Pow(x.GetUpper().GetLower(), y.GetUpper().GetLower());
            Assert.Equal(wide.GetUpper().AsInt32(), half.AsInt32());
            Assert.Equal(half.GetLower().AsInt32(), quarter.AsInt32());
            float single = VectorMath.Pow(x[8], y[8]);
            Assert.Equal(quarter.AsInt32()[0], BitConverter.SingleToInt32Bits(single));
        }
    }

    private static Vector512<float> Draw(Random random, int kind) => kind switch
    {
        0 => Vector512.Create([.. Enumerable.Range(0, 16).Select(_ => random.NextSingle() * 20 - 5)]),
        1 => Vector512.Create([.. Enumerable.Range(0, 16).Select(_ => (float)random.Next(-9, 10))]),
        _ => Vector512.Create([.. Enumerable.Range(0, 16).Select(_ => random.Next())]).AsSingle(),
    };
}
