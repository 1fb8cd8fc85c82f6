using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

public static partial class VectorMath
{
    private const float LargestReduced = 100_000f;
    private const float ReciprocalOfPi = 0.318309873f;
    private const float PiHigh = 3.14159274f;
    private const float PiMiddle = -8.74227766e-08f;
    private const float PiLow = -3.43024902e-15f;

    /// <summary>The sine of x, in radians.</summary>
    /// <remarks>At most 1.8 ulp up to |x| = 100,000. Beyond, lane by lane with <see cref="Math.Sin"/>, exact to the
    /// float but much slower. Infinity gives NaN. Every width and the scalar give the same bits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sin(float x) => Sin(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="Sin(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sin(Vector128<float> x) =>
        Sin<Lanes128, Vector128<float>, Vector128<int>>(x);

    /// <inheritdoc cref="Sin(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sin(Vector256<float> x) =>
        Sin<Lanes256, Vector256<float>, Vector256<int>>(x);

    /// <inheritdoc cref="Sin(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sin(Vector512<float> x) =>
        Sin<Lanes512, Vector512<float>, Vector512<int>>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Sin<TLanes, TFloat, TInt>(TFloat x)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        // |x| = n π + r with |r| <= π / 2, n in the low bits of rounded; an odd n turns the sign.
        TFloat magnitude = TLanes.Abs(x);
        TFloat rounded = TLanes.MultiplyAdd(magnitude, ReciprocalOfPi, Rounder);
        TFloat n = TLanes.Subtract(rounded, Rounder);
        TFloat sign = TLanes.FromBits(TLanes.ShiftLeft(TLanes.Bits(rounded), 31));
        sign = TLanes.Xor(sign, TLanes.Sign(x));
        TFloat result = SinOfReduced<TLanes, TFloat, TInt>(magnitude, n);
        result = TLanes.Xor(result, sign);
        if (TLanes.AnyGreater(magnitude, LargestReduced))
        {
            // Its own variable: the call returns through memory, and result shall stay in a register.
            TFloat patched = SinOfLarge<TLanes, TFloat, TInt>(x, result);
            result = patched;
        }
        return result;
    }

    // sin(x - n π) for a result between -π/2 and π/2; relative error of the polynomial 2^-30.8.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat SinOfReduced<TLanes, TFloat, TInt>(TFloat x, TFloat n)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        TFloat r = TLanes.MultiplyAdd(n, -PiHigh, x);
        r = TLanes.MultiplyAdd(n, -PiMiddle, r);
        r = TLanes.MultiplyAdd(n, -PiLow, r);
        TFloat square = TLanes.Multiply(r, r);
        TFloat p = TLanes.MultiplyAdd(square, -2.54625974e-08f, 2.7625083e-06f);
        p = TLanes.MultiplyAdd(p, square, -0.000198430702f);
        p = TLanes.MultiplyAdd(p, square, 0.00833335053f);
        p = TLanes.MultiplyAdd(p, square, -0.166666672f);
        TFloat cube = TLanes.Multiply(square, r);
        TFloat result = TLanes.MultiplyAdd(p, cube, r);
        return TLanes.Clamp(result, -1f, 1f);
    }

    // Not inlined: rare, and it would only make the caller long.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TFloat SinOfLarge<TLanes, TFloat, TInt>(TFloat x, TFloat result)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            float value = TLanes.Get(x, lane);
            if (MathF.Abs(value) > LargestReduced)
            {
                result = TLanes.With(result, lane, (float)Math.Sin(value));
            }
        }
        return result;
    }
}
