using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

public static partial class VectorMath
{
    private const float SmallestNormal = 1.17549435e-38f;
    private const int TwoThirdsBits = 0x3F2AAAAB;

    // log(1 + f) = f + f^2 (Log2 + f Log3 + …), relative error 2^-27.6 on |f| <= 1/3: weighted least squares.
    private const float Log2 = -0.5f;
    private const float Log3 = 0.333332092f;
    private const float Log4 = -0.249998227f;
    private const float Log5 = 0.200107127f;
    private const float Log6 = -0.166794509f;
    private const float Log7 = 0.140016541f;
    private const float Log8 = -0.121977054f;
    private const float Log9 = 0.140025869f;
    private const float Log10 = -0.128362179f;

    /// <summary>The natural logarithm of x.</summary>
    /// <remarks>At most 0.9 ulp, denormal x included. Zero gives minus infinity, negative numbers NaN. Every width
    /// and the scalar give the same bits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Log(float x) => Log(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="Log(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Log(Vector128<float> x) =>
        Log<Lanes128, Vector128<float>, Vector128<int>>(x);

    /// <inheritdoc cref="Log(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Log(Vector256<float> x) =>
        Log<Lanes256, Vector256<float>, Vector256<int>>(x);

    /// <inheritdoc cref="Log(float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Log(Vector512<float> x) =>
        Log<Lanes512, Vector512<float>, Vector512<int>>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Log<TLanes, TFloat, TInt>(TFloat x)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        // Denormals are brought into range by 2^23.
        TFloat denormal = TLanes.Less(x, SmallestNormal);
        TFloat scaled = TLanes.Select(denormal, TLanes.Multiply(x, 8388608f), x);
        TFloat shift = TLanes.Mask(denormal, -23f);
        // x = 2^k (1 + f) with 1 + f between 2/3 and 4/3.
        TInt bits = TLanes.Bits(scaled);
        TInt exponent = TLanes.ShiftRight(TLanes.Add(bits, -TwoThirdsBits), 23);
        TFloat k = TLanes.Add(TLanes.ToFloat(exponent), shift);
        bits = TLanes.Subtract(bits, TLanes.ShiftLeft(exponent, 23));
        TFloat f = TLanes.Subtract(TLanes.FromBits(bits), 1f);
        TFloat sum = TLanes.Multiply(k, Ln2Low);
        sum = LogOfMantissa<TLanes, TFloat, TInt>(f, sum);
        sum = TLanes.MultiplyAdd(k, Ln2High, sum);
        return LogOfSpecial<TLanes, TFloat, TInt>(x, sum);
    }

    // log(1 + f) + low.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat LogOfMantissa<TLanes, TFloat, TInt>(TFloat f, TFloat low)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        TFloat q = TLanes.MultiplyAdd(f, Log10, Log9);
        q = TLanes.MultiplyAdd(q, f, Log8);
        q = TLanes.MultiplyAdd(q, f, Log7);
        q = TLanes.MultiplyAdd(q, f, Log6);
        q = TLanes.MultiplyAdd(q, f, Log5);
        q = TLanes.MultiplyAdd(q, f, Log4);
        q = TLanes.MultiplyAdd(q, f, Log3);
        q = TLanes.MultiplyAdd(q, f, Log2);
        TFloat square = TLanes.Multiply(f, f);
        low = TLanes.MultiplyAdd(square, q, low);
        return TLanes.Add(f, low);
    }

    // Infinity and NaN pass through, zero gives minus infinity, negative numbers NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat LogOfSpecial<TLanes, TFloat, TInt>(TFloat x, TFloat result)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        result = TLanes.Select(TLanes.Less(x, float.PositiveInfinity), result, x);
        result = TLanes.Select(TLanes.Less(x, 0f), float.NaN, result);
        return TLanes.Select(TLanes.Equal(x, 0f), float.NegativeInfinity, result);
    }
}
