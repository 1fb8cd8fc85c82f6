using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

public static partial class VectorMath
{
    /// <summary>The error function, 2/√π times the integral of exp(-t²) from 0 to x.</summary>
    /// <remarks>At most @Erf@ ulp, never outside -1 to 1. Every width and the scalar give the same bits.</remarks>
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
        // x P(x^2) / Q(x^2); from 3.93 on the nearest float is 1.
        TFloat clamped = TLanes.Clamp(x, -3.93f, 3.93f);
        TFloat square = TLanes.Multiply(clamped, clamped);
        TFloat p = TLanes.MultiplyAdd(square, 2.12648183e-06f, 0.000292308978f);
        p = TLanes.MultiplyAdd(p, square, 0.00382205239f);
        p = TLanes.MultiplyAdd(p, square, 0.0529486798f);
        p = TLanes.MultiplyAdd(p, square, 0.190852836f);
        p = TLanes.MultiplyAdd(p, square, 1.12837911f);
        TFloat q = TLanes.MultiplyAdd(square, 3.92757865e-05f, 0.00118766387f);
        q = TLanes.MultiplyAdd(q, square, 0.0150792301f);
        q = TLanes.MultiplyAdd(q, square, 0.114420712f);
        q = TLanes.MultiplyAdd(q, square, 0.50247097f);
        q = TLanes.MultiplyAdd(q, square, 1f);
        TFloat ratio = TLanes.Divide(p, q);
        ratio = TLanes.Multiply(ratio, clamped);
        return TLanes.Clamp(ratio, -1f, 1f);
    }
}
