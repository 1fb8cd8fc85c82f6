using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

public static partial class VectorMath
{
    private const float Rounder = 12582912f;
    private const float ReciprocalOfLn2 = 1.44269502f;
    private const float Ln2High = 0.693147182f;
    private const float Ln2Low = -1.90465421e-09f;

    // exp(r) - 1 = r + r^2 (Exp2 + r Exp3 + …), relative error 2^-26 on |r| <= ln 2 / 2: weighted least squares.
    private const float Exp2 = 0.49999997f;
    private const float Exp3 = 0.166665435f;
    private const float Exp4 = 0.0416675061f;
    private const float Exp5 = 0.00836653635f;
    private const float Exp6 = 0.00138641929f;

    /// <summary>e to the power of x.</summary>
    /// <remarks>At most 0.92 ulp. Denormal results are right; above 88.72284 infinity, below -103.98 zero. Every width
    /// and the scalar give the same bits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Exp(float x) => Exp(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="Exp(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Exp(Vector128<float> x) =>
        Exp<Lanes128, Vector128<float>, Vector128<int>>(x);

    /// <inheritdoc cref="Exp(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x) =>
        Exp<Lanes256, Vector256<float>, Vector256<int>>(x);

    /// <inheritdoc cref="Exp(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x) =>
        Exp<Lanes512, Vector512<float>, Vector512<int>>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Exp<TLanes, TFloat, TInt>(TFloat x)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        // x = n ln 2 + r with |r| <= ln 2 / 2. Adding 1.5 * 2^23 rounds to a whole number in the low bits.
        TFloat clamped = TLanes.Clamp(x, -104f, 89f);
        TFloat rounded = TLanes.MultiplyAdd(clamped, ReciprocalOfLn2, Rounder);
        TFloat n = TLanes.Subtract(rounded, Rounder);
        TFloat r = TLanes.MultiplyAdd(n, -Ln2High, clamped);
        r = TLanes.MultiplyAdd(n, -Ln2Low, r);
        TFloat p = TLanes.MultiplyAdd(r, Exp6, Exp5);
        p = TLanes.MultiplyAdd(p, r, Exp4);
        p = TLanes.MultiplyAdd(p, r, Exp3);
        p = TLanes.MultiplyAdd(p, r, Exp2);
        p = TLanes.MultiplyAdd(p, r, 1f);
        p = TLanes.MultiplyAdd(p, r, 1f);
        return TLanes.Scale(p, n);
    }
}
