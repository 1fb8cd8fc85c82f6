using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Bench;

/// <summary>The arithmetic limit: sixteen chains, more than latency times throughput of any processor so far.</summary>
internal static class MultiplyAddChains
{
    private const int Chains = 16;

    // The result must go somewhere, lest the loop be removed.
    private static float sink;

    /// <summary>Multiplications and additions in one round.</summary>
    public static double OperationsPerRound => 2.0 * Chains * Lanes;

    private static int Lanes => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    /// <summary>Runs the chains with the widest vectors of this processor.</summary>
    public static void Run(long rounds)
    {
        sink = Lanes switch
        {
            16 => Run<Wide512, Vector512<float>>(rounds),
            8 => Run<Wide256, Vector256<float>>(rounds),
            _ => Run<Wide128, Vector128<float>>(rounds),
        };
    }

    // Written out, because only locals are sure to live in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run<TWide, T>(long rounds)
        where TWide : IWide<T>
    {
        T x = TWide.Create(0.999f);
        T y = TWide.Create(0.001f);
        T a0 = x, a1 = x, a2 = x, a3 = x, a4 = x, a5 = x, a6 = x, a7 = x;
        T b0 = y, b1 = y, b2 = y, b3 = y, b4 = y, b5 = y, b6 = y, b7 = y;
        for (long i = 0; i < rounds; i++)
        {
            a0 = TWide.MultiplyAdd(a0, x, y);
            a1 = TWide.MultiplyAdd(a1, x, y);
            a2 = TWide.MultiplyAdd(a2, x, y);
            a3 = TWide.MultiplyAdd(a3, x, y);
            a4 = TWide.MultiplyAdd(a4, x, y);
            a5 = TWide.MultiplyAdd(a5, x, y);
            a6 = TWide.MultiplyAdd(a6, x, y);
            a7 = TWide.MultiplyAdd(a7, x, y);
            b0 = TWide.MultiplyAdd(b0, x, y);
            b1 = TWide.MultiplyAdd(b1, x, y);
            b2 = TWide.MultiplyAdd(b2, x, y);
            b3 = TWide.MultiplyAdd(b3, x, y);
            b4 = TWide.MultiplyAdd(b4, x, y);
            b5 = TWide.MultiplyAdd(b5, x, y);
            b6 = TWide.MultiplyAdd(b6, x, y);
            b7 = TWide.MultiplyAdd(b7, x, y);
        }

        return TWide.First(a0) + TWide.First(a1) + TWide.First(a2) + TWide.First(a3) + TWide.First(a4) + TWide.First(a5)
            + TWide.First(a6) + TWide.First(a7) + TWide.First(b0) + TWide.First(b1) + TWide.First(b2) + TWide.First(b3)
            + TWide.First(b4) + TWide.First(b5) + TWide.First(b6) + TWide.First(b7);
    }

    private interface IWide<T>
    {
        static abstract T Create(float value);

        static abstract T MultiplyAdd(T left, T right, T addend);

        static abstract float First(T value);
    }

    private readonly struct Wide512 : IWide<Vector512<float>>
    {
        public static Vector512<float> Create(float value) => Vector512.Create(value);

        public static Vector512<float> MultiplyAdd(
            Vector512<float> left, Vector512<float> right, Vector512<float> addend) =>
            Vector512.FusedMultiplyAdd(left, right, addend);

        public static float First(Vector512<float> value) => value.ToScalar();
    }

    private readonly struct Wide256 : IWide<Vector256<float>>
    {
        public static Vector256<float> Create(float value) => Vector256.Create(value);

        public static Vector256<float> MultiplyAdd(
            Vector256<float> left, Vector256<float> right, Vector256<float> addend) =>
            Vector256.FusedMultiplyAdd(left, right, addend);

        public static float First(Vector256<float> value) => value.ToScalar();
    }

    private readonly struct Wide128 : IWide<Vector128<float>>
    {
        public static Vector128<float> Create(float value) => Vector128.Create(value);

        public static Vector128<float> MultiplyAdd(
            Vector128<float> left, Vector128<float> right, Vector128<float> addend) =>
            Vector128.FusedMultiplyAdd(left, right, addend);

        public static float First(Vector128<float> value) => value.ToScalar();
    }
}
