using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

public static partial class VectorMath
{
    // log2(m) = s (Binary1 + s^2 (Binary3 + …)) with s = (m - 1) / (m + 1), error 2^-45 for √½ <= m <= √2.
    private const double Binary1 = 2.8853900817778517;
    private const double Binary3 = 0.9617966941120679;
    private const double Binary5 = 0.5770779425989849;
    private const double Binary7 = 0.41220923515024827;
    private const double Binary9 = 0.3199062441335846;
    private const double Binary11 = 0.2828939129846767;

    // 2^r = 1 + r (Power1 + r (Power2 + …)), error 2^-34 for |r| <= 1/2.
    private const double Power1 = 0.6931471807048902;
    private const double Power2 = 0.24022651067159465;
    private const double Power3 = 0.05550410365031282;
    private const double Power4 = 0.009618038041648467;
    private const double Power5 = 0.0013333935620173693;
    private const double Power6 = 0.00015466786333811523;
    private const double Power7 = 1.5196077622322415e-05;

    private const long RootOfHalfBits = 0x3FE6A09E667F3BCD;
    private const long OneBits = 0x3FF0000000000000;
    private const long FractionMask = 0x000FFFFFFFFFFFFF;
    private const double TwoTo52 = 4503599627370496;
    private const double DoubleRounder = 6755399441055744;

    /// <summary>x to the power of y, with the special cases of <see cref="MathF.Pow"/>.</summary>
    /// <remarks>At most 0.51 ulp: computed in double. A negative x with a whole y gives the signed power, with any
    /// other y NaN; x to the power of 0 and 1 to the power of y are 1, even for NaN. Every width and the scalar give
    /// the same bits. Called rather than inlined: four of them would exceed what the compiler inlines into one
    /// method.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Pow(float x, float y) =>
        Pow(Vector128.CreateScalar(x), Vector128.CreateScalar(y)).ToScalar();

    /// <inheritdoc cref="Pow(float, float)"/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static Vector128<float> Pow(Vector128<float> x, Vector128<float> y)
    {
        Vector128<float> magnitude = Vector128.Abs(x);
        Vector128<double> low = PowOfMagnitude(Vector128.WidenLower(magnitude), Vector128.WidenLower(y));
        Vector128<double> high = PowOfMagnitude(Vector128.WidenUpper(magnitude), Vector128.WidenUpper(y));
        Vector128<float> power = Vector128.Narrow(low, high);
        return PowOfSpecial<Lanes128, Vector128<float>, Vector128<int>>(x, y, magnitude, power);
    }

    /// <inheritdoc cref="Pow(float, float)"/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static Vector256<float> Pow(Vector256<float> x, Vector256<float> y)
    {
        Vector256<float> magnitude = Vector256.Abs(x);
        Vector256<double> low = PowOfMagnitude(Vector256.WidenLower(magnitude), Vector256.WidenLower(y));
        Vector256<double> high = PowOfMagnitude(Vector256.WidenUpper(magnitude), Vector256.WidenUpper(y));
        Vector256<float> power = Vector256.Narrow(low, high);
        return PowOfSpecial<Lanes256, Vector256<float>, Vector256<int>>(x, y, magnitude, power);
    }

    /// <inheritdoc cref="Pow(float, float)"/>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static Vector512<float> Pow(Vector512<float> x, Vector512<float> y)
    {
        Vector512<float> magnitude = Vector512.Abs(x);
        Vector512<double> low = PowOfMagnitude(Vector512.WidenLower(magnitude), Vector512.WidenLower(y));
        Vector512<double> high = PowOfMagnitude(Vector512.WidenUpper(magnitude), Vector512.WidenUpper(y));
        Vector512<float> power = Vector512.Narrow(low, high);
        return PowOfSpecial<Lanes512, Vector512<float>, Vector512<int>>(x, y, magnitude, power);
    }

    // Signs and special cases, given |x|^y.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat PowOfSpecial<TLanes, TFloat, TInt>(TFloat x, TFloat y, TFloat magnitude, TFloat power)
        where TLanes : struct, ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        TFloat half = TLanes.Multiply(y, 0.5f);
        TFloat isWhole = TLanes.Equal(TLanes.Truncate(y), y);
        TFloat isEven = TLanes.Equal(TLanes.Truncate(half), half);
        TFloat odd = TLanes.Select(isEven, 0f, isWhole);
        // A negative base with a whole exponent: odd ones keep the sign of x, that of zero too.
        TFloat signed = TLanes.Xor(power, TLanes.Select(odd, TLanes.Sign(x), 0f));
        TFloat one = TLanes.Create(1f);
        // 1 for |x| = 1 with a whole or infinite y; what is left of NaN there is put right below.
        signed = TLanes.Select(TLanes.Equal(magnitude, 1f), TLanes.Xor(one, TLanes.Xor(signed, power)), signed);
        TFloat finiteNegative = TLanes.Less(x, 0f);
        TFloat infinite = TLanes.Equal(magnitude, float.PositiveInfinity);
        finiteNegative = TLanes.Select(infinite, 0f, finiteNegative);
        TFloat undefined = TLanes.Select(isWhole, 0f, finiteNegative);
        signed = TLanes.Select(undefined, float.NaN, signed);
        signed = TLanes.Select(TLanes.Equal(y, 0f), one, signed);
        return TLanes.Select(TLanes.Equal(x, 1f), one, signed);
    }
}
