using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

public static partial class VectorMath
{
    /// <summary>The natural logarithm of 1 + x, accurate near 0.</summary>
    /// <remarks>At most 1.6 ulp. -1 gives minus infinity, less gives NaN. Every width and the scalar give the same
    /// bits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Log1p(float x) => Log1p(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="Log1p(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Log1p(Vector128<float> x) =>
        Log1p<Lanes128, Vector128<float>, Vector128<int>>(x);

    /// <inheritdoc cref="Log1p(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Log1p(Vector256<float> x) =>
        Log1p<Lanes256, Vector256<float>, Vector256<int>>(x);

    /// <inheritdoc cref="Log1p(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Log1p(Vector512<float> x) =>
        Log1p<Lanes512, Vector512<float>, Vector512<int>>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Log1p<TLanes, TFloat, TInt>(TFloat x)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        // 1 + x = u + c exactly, by Knuth's sum of two numbers.
        TFloat u = TLanes.Add(x, 1f);
        TFloat one = TLanes.Subtract(u, x);
        TFloat c = TLanes.Subtract(x, TLanes.Subtract(u, one));
        c = TLanes.Add(c, TLanes.SubtractFrom(one, 1f));
        // u = 2^k (1 + f), and c joins f scaled by 2^-k; where that is too small for a float, so is the correction.
        TInt bits = TLanes.Bits(u);
        TInt exponent = TLanes.ShiftRight(TLanes.Add(bits, -TwoThirdsBits), 23);
        TFloat k = TLanes.ToFloat(exponent);
        TInt shift = TLanes.ShiftLeft(exponent, 23);
        TFloat f = TLanes.Subtract(TLanes.FromBits(TLanes.Subtract(bits, shift)), 1f);
        TInt scale = TLanes.AtLeast(TLanes.SubtractFrom(shift, 0x3F800000), 0);
        f = TLanes.MultiplyAdd(c, TLanes.FromBits(scale), f);
        TFloat sum = TLanes.Multiply(k, Ln2Low);
        sum = LogOfMantissa<TLanes, TFloat, TInt>(f, sum);
        sum = TLanes.MultiplyAdd(k, Ln2High, sum);
        sum = LogOfSpecial<TLanes, TFloat, TInt>(u, sum);
        // Keeps the sign of a negative zero.
        return TLanes.Select(TLanes.Equal(x, 0f), x, sum);
    }
}
