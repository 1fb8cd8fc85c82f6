using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

public static partial class VectorMath
{
    /// <summary>1 / (1 + exp(-x)).</summary>
    /// <remarks>At most 2.41 ulp, denormal results included. Every width and the scalar give the same
    /// bits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sigmoid(float x) => Sigmoid(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="Sigmoid(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sigmoid(Vector128<float> x) =>
        Sigmoid<Lanes128, Vector128<float>, Vector128<int>>(x);

    /// <inheritdoc cref="Sigmoid(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sigmoid(Vector256<float> x) =>
        Sigmoid<Lanes256, Vector256<float>, Vector256<int>>(x);

    /// <inheritdoc cref="Sigmoid(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sigmoid(Vector512<float> x) =>
        Sigmoid<Lanes512, Vector512<float>, Vector512<int>>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Sigmoid<TLanes, TFloat, TInt>(TFloat x)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        // With e = exp(-|x|), which cannot overflow: 1 / (1 + e) or e / (1 + e).
        TFloat e = Exp<TLanes, TFloat, TInt>(TLanes.NegativeAbs(x));
        TFloat numerator = TLanes.Select(TLanes.Less(x, 0f), e, 1f);
        TFloat denominator = TLanes.Add(e, 1f);
        return TLanes.Divide(numerator, denominator);
    }
}
