using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

public static partial class VectorMath
{
    /// <summary>The error function, 2/√π times the integral of exp(-t²) from 0 to x.</summary>
    /// <remarks>At most 3.9 ulp, never outside -1 to 1. Every width and the scalar give the same bits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Erf(float x) => Erf(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="Erf(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Erf(Vector128<float> x) =>
        Erf<Lanes128, Vector128<float>, Vector128<int>>(x);

    /// <inheritdoc cref="Erf(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Erf(Vector256<float> x) =>
        Erf<Lanes256, Vector256<float>, Vector256<int>>(x);

    /// <inheritdoc cref="Erf(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Erf(Vector512<float> x) =>
        Erf<Lanes512, Vector512<float>, Vector512<int>>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Erf<TLanes, TFloat, TInt>(TFloat x)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        // erf(x) = 2 u / (1 + u^2) with u = x P(x^2) / Q(x^2), relative error 2^-24.9 of the result; Q(0) is such that
        // P(0) is a float. From 3.93 on the nearest float is 1.
        TFloat clamped = TLanes.Clamp(x, -3.93f, 3.93f);
        TFloat square = TLanes.Multiply(clamped, clamped);
        TFloat p = TLanes.MultiplyAdd(square, -5.90878835e-06f, 0.000552919344f);
        p = TLanes.MultiplyAdd(p, square, 0.0172649678f);
        p = TLanes.MultiplyAdd(p, square, 0.139408782f);
        p = TLanes.MultiplyAdd(p, square, 0.973735034f);
        TFloat q = TLanes.MultiplyAdd(square, 0.0039358167f, 0.0617420152f);
        q = TLanes.MultiplyAdd(q, square, 0.27302447f);
        q = TLanes.MultiplyAdd(q, square, 1.72590041f);
        p = TLanes.Multiply(p, clamped);
        return DoubleAngle<TLanes, TFloat, TInt>(p, q);
    }

    // 2 u / (1 + u^2) for u = p / q: with one division, and where u nears 1 its error counts ever less.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat DoubleAngle<TLanes, TFloat, TInt>(TFloat p, TFloat q)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        TFloat denominator = TLanes.Multiply(q, q);
        denominator = TLanes.MultiplyAdd(p, p, denominator);
        TFloat numerator = TLanes.Multiply(p, q);
        numerator = TLanes.Add(numerator, numerator);
        TFloat result = TLanes.Divide(numerator, denominator);
        return TLanes.Clamp(result, -1f, 1f);
    }
}
