using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

public static partial class VectorMath
{
    /// <summary>1 / √x.</summary>
    /// <remarks>At most 1.5 ulp: a square root and a division, each rounded. Zero gives infinity with its sign.
    /// Every width and the scalar give the same bits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Rsqrt(float x) => Rsqrt(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="Rsqrt(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Rsqrt(Vector128<float> x) =>
        Rsqrt<Lanes128, Vector128<float>, Vector128<int>>(x);

    /// <inheritdoc cref="Rsqrt(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Rsqrt(Vector256<float> x) =>
        Rsqrt<Lanes256, Vector256<float>, Vector256<int>>(x);

    /// <inheritdoc cref="Rsqrt(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Rsqrt(Vector512<float> x) =>
        Rsqrt<Lanes512, Vector512<float>, Vector512<int>>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Rsqrt<TLanes, TFloat, TInt>(TFloat x)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        return TLanes.Reciprocal(TLanes.Sqrt(x));
    }
}
