using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

public static partial class VectorMath
{
    /// <summary>e to the power of x, minus 1, accurate near 0.</summary>
    /// <remarks>At most 1.6 ulp. Every width and the scalar give the same bits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Expm1(float x) => Expm1(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="Expm1(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Expm1(Vector128<float> x) =>
        Expm1<Lanes128, Vector128<float>, Vector128<int>>(x);

    /// <inheritdoc cref="Expm1(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Expm1(Vector256<float> x) =>
        Expm1<Lanes256, Vector256<float>, Vector256<int>>(x);

    /// <inheritdoc cref="Expm1(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Expm1(Vector512<float> x) =>
        Expm1<Lanes512, Vector512<float>, Vector512<int>>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Expm1<TLanes, TFloat, TInt>(TFloat x)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        TFloat clamped = TLanes.Clamp(x, -20f, 89f);
        TFloat rounded = TLanes.MultiplyAdd(clamped, ReciprocalOfLn2, Rounder);
        TFloat n = TLanes.Subtract(rounded, Rounder);
        TFloat r = TLanes.MultiplyAdd(n, -Ln2High, clamped);
        r = TLanes.MultiplyAdd(n, -Ln2Low, r);
        TFloat p = TLanes.MultiplyAdd(r, Exp6, Exp5);
        p = TLanes.MultiplyAdd(p, r, Exp4);
        p = TLanes.MultiplyAdd(p, r, Exp3);
        p = TLanes.MultiplyAdd(p, r, Exp2);
        p = TLanes.Multiply(p, r);
        p = TLanes.MultiplyAdd(p, r, r);
        // 2^n (p + 1) - 1, halved on the way because 2^128 is no float. The low bits of rounded are n; 126 makes them
        // the exponent of 2^(n - 1).
        TInt exponent = TLanes.Add(TLanes.Bits(rounded), 126);
        TFloat half = TLanes.FromBits(TLanes.ShiftLeft(exponent, 23));
        TFloat rest = TLanes.Subtract(half, 0.5f);
        p = TLanes.MultiplyAdd(p, half, rest);
        p = TLanes.Add(p, p);
        // Keeps the sign of a negative zero, and the bits of what is too small for half of it to be exact.
        TFloat tiny = TLanes.Less(TLanes.Abs(x), 1e-30f);
        return TLanes.Select(tiny, x, p);
    }
}
