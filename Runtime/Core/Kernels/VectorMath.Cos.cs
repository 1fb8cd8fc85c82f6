using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

public static partial class VectorMath
{
    /// <summary>The cosine of x, in radians.</summary>
    /// <remarks>At most 1.83 ulp up to |x| = 100,000. Beyond, lane by lane with <see cref="Math.Cos"/>, exact to the
    /// float but much slower. Infinity gives NaN. Every width and the scalar give the same bits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Cos(float x) => Cos(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="Cos(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Cos(Vector128<float> x) =>
        Cos<Lanes128, Vector128<float>, Vector128<int>>(x);

    /// <inheritdoc cref="Cos(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Cos(Vector256<float> x) =>
        Cos<Lanes256, Vector256<float>, Vector256<int>>(x);

    /// <inheritdoc cref="Cos(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Cos(Vector512<float> x) =>
        Cos<Lanes512, Vector512<float>, Vector512<int>>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Cos<TLanes, TFloat, TInt>(TFloat x)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        // |x| = (n + 1/2) π + r with |r| <= π / 2, and cos(x) is sin(r) for an odd n, -sin(r) for an even one.
        TFloat magnitude = TLanes.Abs(x);
        TFloat rounded = TLanes.MultiplyAdd(magnitude, ReciprocalOfPi, -0.5f);
        rounded = TLanes.Add(rounded, Rounder);
        TFloat n = TLanes.Subtract(rounded, Rounder);
        n = TLanes.Add(n, 0.5f);
        TInt even = TLanes.Add(TLanes.Bits(rounded), 1);
        TFloat sign = TLanes.FromBits(TLanes.ShiftLeft(even, 31));
        TFloat result = SinOfReduced<TLanes, TFloat, TInt>(magnitude, n);
        result = TLanes.Xor(result, sign);
        if (TLanes.AnyGreater(magnitude, LargestReduced))
        {
            // Its own variable: the call returns through memory, and result shall stay in a register.
            TFloat patched = CosOfLarge<TLanes, TFloat, TInt>(x, result);
            result = patched;
        }
        return result;
    }

    // Not inlined: rare, and it would only make the caller long.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TFloat CosOfLarge<TLanes, TFloat, TInt>(TFloat x, TFloat result)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            float value = TLanes.Get(x, lane);
            if (MathF.Abs(value) > LargestReduced)
            {
                result = TLanes.With(result, lane, (float)Math.Cos(value));
            }
        }
        return result;
    }
}
