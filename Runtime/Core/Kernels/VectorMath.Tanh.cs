using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

public static partial class VectorMath
{
    /// <summary>The hyperbolic tangent of x.</summary>
    /// <remarks>At most @Tanh@ ulp, never outside -1 to 1. Every width and the scalar give the same bits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Tanh(float x) => Tanh(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="Tanh(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Tanh(Vector128<float> x) =>
        Tanh<Lanes128, Vector128<float>, Vector128<int>>(x);

    /// <inheritdoc cref="Tanh(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Tanh(Vector256<float> x) =>
        Tanh<Lanes256, Vector256<float>, Vector256<int>>(x);

    /// <inheritdoc cref="Tanh(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x) =>
        Tanh<Lanes512, Vector512<float>, Vector512<int>>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Tanh<TLanes, TFloat, TInt>(TFloat x)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        // x P(x^2) / Q(x^2); from 9.02 on the nearest float is 1.
        TFloat clamped = TLanes.Clamp(x, -9.02f, 9.02f);
        TFloat square = TLanes.Multiply(clamped, clamped);
        TFloat p = TLanes.MultiplyAdd(square, 1.3484275e-08f, 2.0707721e-05f);
        p = TLanes.MultiplyAdd(p, square, 0.00350182666f);
        p = TLanes.MultiplyAdd(p, square, 0.133863688f);
        p = TLanes.MultiplyAdd(p, square, 1f);
        TFloat q = TLanes.MultiplyAdd(square, 7.8310751e-07f, 0.000329566043f);
        q = TLanes.MultiplyAdd(q, square, 0.0259009898f);
        q = TLanes.MultiplyAdd(q, square, 0.467196912f);
        q = TLanes.MultiplyAdd(q, square, 1f);
        TFloat ratio = TLanes.Divide(p, q);
        ratio = TLanes.Multiply(ratio, clamped);
        return TLanes.Clamp(ratio, -1f, 1f);
    }
}
