using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

public static partial class VectorMath
{
    // x to the power of y for x >= 0, infinity and NaN, relative error 2^-34 or so.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> PowOfMagnitude(Vector128<double> x, Vector128<double> y)
    {
        Vector128<double> exponent = y * Log2OfMagnitude(x);
        exponent = Vector128.MaxNative(Vector128.Create(-200d), Vector128.MinNative(Vector128.Create(200d), exponent));
        Vector128<double> rounded = exponent + Vector128.Create(DoubleRounder);
        Vector128<double> r = exponent - (rounded - Vector128.Create(DoubleRounder));
        Vector128<double> p = Vector128.FusedMultiplyAdd(r, Vector128.Create(Power7), Vector128.Create(Power6));
        p = Vector128.FusedMultiplyAdd(p, r, Vector128.Create(Power5));
        p = Vector128.FusedMultiplyAdd(p, r, Vector128.Create(Power4));
        p = Vector128.FusedMultiplyAdd(p, r, Vector128.Create(Power3));
        p = Vector128.FusedMultiplyAdd(p, r, Vector128.Create(Power2));
        p = Vector128.FusedMultiplyAdd(p, r, Vector128.Create(Power1));
        p = Vector128.FusedMultiplyAdd(p, r, Vector128<double>.One);
        Vector128<long> scale = (rounded.AsInt64() << 52) + Vector128.Create(OneBits);
        return p * scale.AsDouble();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> Log2OfMagnitude(Vector128<double> x)
    {
        // x = 2^k m with m between √½ and √2; k is made a double by setting it as the low bits of 2^52.
        Vector128<long> bits = x.AsInt64() + Vector128.Create(OneBits - RootOfHalfBits);
        Vector128<long> biased = (bits >>> 52) | Vector128.Create(TwoTo52).AsInt64();
        Vector128<double> k = biased.AsDouble() - Vector128.Create(TwoTo52 + 1023);
        Vector128<long> fraction = (bits & Vector128.Create(FractionMask)) + Vector128.Create(RootOfHalfBits);
        Vector128<double> m = fraction.AsDouble();
        Vector128<double> s = (m - Vector128<double>.One) / (m + Vector128<double>.One);
        Vector128<double> square = s * s;
        Vector128<double> p = Vector128.FusedMultiplyAdd(square, Vector128.Create(Binary11), Vector128.Create(Binary9));
        p = Vector128.FusedMultiplyAdd(p, square, Vector128.Create(Binary7));
        p = Vector128.FusedMultiplyAdd(p, square, Vector128.Create(Binary5));
        p = Vector128.FusedMultiplyAdd(p, square, Vector128.Create(Binary3));
        p = Vector128.FusedMultiplyAdd(p, square, Vector128.Create(Binary1));
        Vector128<double> log = Vector128.FusedMultiplyAdd(p, s, k);
        Vector128<double> infinity = Vector128.Create(double.PositiveInfinity);
        log = Vector128.ConditionalSelect(Vector128.Equals(x, Vector128<double>.Zero), -infinity, log);
        return Vector128.ConditionalSelect(Vector128.LessThan(x, infinity), log, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> PowOfMagnitude(Vector256<double> x, Vector256<double> y)
    {
        Vector256<double> exponent = y * Log2OfMagnitude(x);
        exponent = Vector256.MaxNative(Vector256.Create(-200d), Vector256.MinNative(Vector256.Create(200d), exponent));
        Vector256<double> rounded = exponent + Vector256.Create(DoubleRounder);
        Vector256<double> r = exponent - (rounded - Vector256.Create(DoubleRounder));
        Vector256<double> p = Vector256.FusedMultiplyAdd(r, Vector256.Create(Power7), Vector256.Create(Power6));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(Power5));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(Power4));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(Power3));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(Power2));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(Power1));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256<double>.One);
        Vector256<long> scale = (rounded.AsInt64() << 52) + Vector256.Create(OneBits);
        return p * scale.AsDouble();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Log2OfMagnitude(Vector256<double> x)
    {
        // x = 2^k m with m between √½ and √2; k is made a double by setting it as the low bits of 2^52.
        Vector256<long> bits = x.AsInt64() + Vector256.Create(OneBits - RootOfHalfBits);
        Vector256<long> biased = (bits >>> 52) | Vector256.Create(TwoTo52).AsInt64();
        Vector256<double> k = biased.AsDouble() - Vector256.Create(TwoTo52 + 1023);
        Vector256<long> fraction = (bits & Vector256.Create(FractionMask)) + Vector256.Create(RootOfHalfBits);
        Vector256<double> m = fraction.AsDouble();
        Vector256<double> s = (m - Vector256<double>.One) / (m + Vector256<double>.One);
        Vector256<double> square = s * s;
        Vector256<double> p = Vector256.FusedMultiplyAdd(square, Vector256.Create(Binary11), Vector256.Create(Binary9));
        p = Vector256.FusedMultiplyAdd(p, square, Vector256.Create(Binary7));
        p = Vector256.FusedMultiplyAdd(p, square, Vector256.Create(Binary5));
        p = Vector256.FusedMultiplyAdd(p, square, Vector256.Create(Binary3));
        p = Vector256.FusedMultiplyAdd(p, square, Vector256.Create(Binary1));
        Vector256<double> log = Vector256.FusedMultiplyAdd(p, s, k);
        Vector256<double> infinity = Vector256.Create(double.PositiveInfinity);
        log = Vector256.ConditionalSelect(Vector256.Equals(x, Vector256<double>.Zero), -infinity, log);
        return Vector256.ConditionalSelect(Vector256.LessThan(x, infinity), log, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> PowOfMagnitude(Vector512<double> x, Vector512<double> y)
    {
        Vector512<double> exponent = y * Log2OfMagnitude(x);
        exponent = Vector512.MaxNative(Vector512.Create(-200d), Vector512.MinNative(Vector512.Create(200d), exponent));
        Vector512<double> rounded = exponent + Vector512.Create(DoubleRounder);
        Vector512<double> r = exponent - (rounded - Vector512.Create(DoubleRounder));
        Vector512<double> p = Vector512.FusedMultiplyAdd(r, Vector512.Create(Power7), Vector512.Create(Power6));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(Power5));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(Power4));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(Power3));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(Power2));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(Power1));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<double>.One);
        Vector512<long> scale = (rounded.AsInt64() << 52) + Vector512.Create(OneBits);
        return p * scale.AsDouble();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Log2OfMagnitude(Vector512<double> x)
    {
        // x = 2^k m with m between √½ and √2; k is made a double by setting it as the low bits of 2^52.
        Vector512<long> bits = x.AsInt64() + Vector512.Create(OneBits - RootOfHalfBits);
        Vector512<long> biased = (bits >>> 52) | Vector512.Create(TwoTo52).AsInt64();
        Vector512<double> k = biased.AsDouble() - Vector512.Create(TwoTo52 + 1023);
        Vector512<long> fraction = (bits & Vector512.Create(FractionMask)) + Vector512.Create(RootOfHalfBits);
        Vector512<double> m = fraction.AsDouble();
        Vector512<double> s = (m - Vector512<double>.One) / (m + Vector512<double>.One);
        Vector512<double> square = s * s;
        Vector512<double> p = Vector512.FusedMultiplyAdd(square, Vector512.Create(Binary11), Vector512.Create(Binary9));
        p = Vector512.FusedMultiplyAdd(p, square, Vector512.Create(Binary7));
        p = Vector512.FusedMultiplyAdd(p, square, Vector512.Create(Binary5));
        p = Vector512.FusedMultiplyAdd(p, square, Vector512.Create(Binary3));
        p = Vector512.FusedMultiplyAdd(p, square, Vector512.Create(Binary1));
        Vector512<double> log = Vector512.FusedMultiplyAdd(p, s, k);
        Vector512<double> infinity = Vector512.Create(double.PositiveInfinity);
        log = Vector512.ConditionalSelect(Vector512.Equals(x, Vector512<double>.Zero), -infinity, log);
        return Vector512.ConditionalSelect(Vector512.LessThan(x, infinity), log, x);
    }
}
