using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sinter.Runtime.Kernels;

/// <summary>What generated kernels need for single elements and C# has no expression for.</summary>
public static unsafe class Scalars
{
    /// <summary>The larger of two numbers, NaN where one is; of two zeros the first.</summary>
    public static float Maximum(float a, float b) => a >= b || float.IsNaN(a) ? a : b;

    /// <inheritdoc cref="Maximum(float, float)"/>
    public static double Maximum(double a, double b) => a >= b || double.IsNaN(a) ? a : b;

    /// <summary>The smaller of two numbers, NaN where one is; of two zeros the first.</summary>
    public static float Minimum(float a, float b) => a <= b || float.IsNaN(a) ? a : b;

    /// <inheritdoc cref="Minimum(float, float)"/>
    public static double Minimum(double a, double b) => a <= b || double.IsNaN(a) ? a : b;

    /// <summary>The integer towards zero; the nearest there is where the number is too large, 0 for NaN.</summary>
    public static long ToI64(double value) => (long)value;

    /// <inheritdoc cref="ToI64(double)"/>
    public static int ToI32(double value) => (int)value;

    /// <inheritdoc cref="ToI64(double)"/>
    public static uint ToU32(double value) => (uint)value;

    /// <inheritdoc cref="ToI64(double)"/>
    public static byte ToU8(double value) => (byte)Math.Clamp((int)value, byte.MinValue, byte.MaxValue);

    /// <inheritdoc cref="ToI64(double)"/>
    public static sbyte ToI8(double value) => (sbyte)Math.Clamp((int)value, sbyte.MinValue, sbyte.MaxValue);

    /// <inheritdoc cref="ToI64(double)"/>
    public static short ToI16(double value) => (short)Math.Clamp((int)value, short.MinValue, short.MaxValue);

    /// <summary>The bits of the nearest number of half precision.</summary>
    public static ushort ToF16(float value) => BitConverter.HalfToUInt16Bits((Half)value);

    /// <inheritdoc cref="ToF16(float)"/>
    public static ushort ToF16(double value) => BitConverter.HalfToUInt16Bits((Half)value);

    /// <summary>The number that bits of half precision stand for.</summary>
    public static float FromF16(ushort bits) => (float)BitConverter.UInt16BitsToHalf(bits);

    /// <summary>The upper 16 bits of the nearest single that has no others.</summary>
    public static ushort ToBF16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint rounded = float.IsNaN(value) ? bits | 0x400000 : bits + 0x7FFF + ((bits >> 16) & 1);
        return (ushort)(rounded >> 16);
    }

    /// <summary>The number whose upper 16 bits these are.</summary>
    public static float FromBF16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>-1, 0 or 1; of NaN, 0.</summary>
    public static T Sign<T>(T value)
        where T : INumber<T> => T.IsNaN(value) ? T.Zero : T.CreateTruncating(T.Sign(value));

    /// <summary>|value|; of the smallest integer, itself.</summary>
    public static T Abs<T>(T value)
        where T : IBinaryInteger<T> => T.IsNegative(value) ? unchecked(T.Zero - value) : value;

    /// <summary>a / b rounded towards zero; 0 where b is 0; wraps where the quotient does not fit.</summary>
    public static T Divide<T>(T a, T b)
        where T : IBinaryInteger<T> =>
            b == T.Zero ? T.Zero : T.IsNegative(b) && b == unchecked(T.Zero - T.One) ? unchecked(T.Zero - a) : a / b;

    /// <summary>Remainder with the sign of the divisor; 0 where b is 0.</summary>
    public static T Remainder<T>(T a, T b)
        where T : IBinaryInteger<T>
    {
        // The smallest integer has no remainder by -1 that processors could give.
        if (b == T.Zero || (T.IsNegative(b) && b == unchecked(T.Zero - T.One)))
        {
            return T.Zero;
        }

        T rest = a % b;
        return rest != T.Zero && T.IsNegative(rest) != T.IsNegative(b) ? rest + b : rest;
    }

    /// <summary>a &lt;&lt; b; counts are taken modulo 32, of 64 bits modulo 64.</summary>
    public static T ShiftLeft<T>(T a, T b)
        where T : unmanaged, IBinaryInteger<T> => T.CreateTruncating(long.CreateTruncating(a) << Count(b));

    /// <summary>a &gt;&gt; b, with the sign of signed integers; counts are taken modulo 32, of 64 bits modulo
    /// 64.</summary>
    public static T ShiftRight<T>(T a, T b)
        where T : unmanaged, IBinaryInteger<T> => T.CreateTruncating(long.CreateTruncating(a) >> Count(b));

    private static int Count<T>(T count)
        where T : unmanaged, IBinaryInteger<T> =>
            int.CreateTruncating(count) & (sizeof(T) == sizeof(long) ? 63 : 31);

    /// <summary>Remainder with the sign of the divisor, exact.</summary>
    public static float Remainder(float a, float b)
    {
        float rest = a % b;
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    }

    /// <inheritdoc cref="Remainder(float, float)"/>
    public static double Remainder(double a, double b)
    {
        double rest = a % b;
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    }

    /// <summary>e^x - 1 in double precision, accurate near 0 (Kahan's correction).</summary>
    public static double Expm1(double x)
    {
        double e = Math.Exp(x);
        return e == 1 ? x : e - 1 == -1 ? -1 : double.IsInfinity(e) ? e : (e - 1) * x / Math.Log(e);
    }

    /// <summary>log(1 + x) in double precision, accurate near 0 (Kahan's correction).</summary>
    public static double Log1p(double x)
    {
        double sum = 1 + x;
        return sum == 1 || double.IsInfinity(sum) ? x : Math.Log(sum) * x / (sum - 1);
    }

    /// <summary>1 / (1 + e^-x) in double precision.</summary>
    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>The error function in double precision: its series near 0, the continued fraction of its complement
    /// beyond.</summary>
    public static double Erf(double x)
    {
        double z = Math.Abs(x);
        if (double.IsNaN(x) || z > 6)
        {
            return double.IsNaN(x) ? x : Math.Sign(x);
        }

        if (z < 2.5)
        {
            double term = z;
            double sum = z;
            for (int n = 1; Math.Abs(term) > 1e-18 * sum; n++)
            {
                term *= 2 * z * z / ((2 * n) + 1);
                sum += term;
            }

            return Math.CopySign(2 / Math.Sqrt(Math.PI) * Math.Exp(-z * z) * sum, x);
        }

        double fraction = z;
        for (int n = 120; n > 0; n--)
        {
            fraction = z + (n / 2.0 / fraction);
        }

        return Math.CopySign(1 - (Math.Exp(-z * z) / (Math.Sqrt(Math.PI) * fraction)), x);
    }

    /// <summary>The index where it is in [0, extent); elsewhere 0.</summary>
    public static long SafeIndex(long index, long extent) => (ulong)index < (ulong)extent ? index : 0;

    /// <inheritdoc cref="SafeIndex(long, long)"/>
    public static int SafeIndex(int index, long extent) => (ulong)index < (ulong)extent ? index : 0;

    /// <summary>The index where it is in [0, extent); elsewhere 0, and of such indices of a run the one of the lowest
    /// site and position is reported.</summary>
    public static long CheckIndex(long index, long extent, int site, long position, long* fault)
    {
        if ((ulong)index < (ulong)extent)
        {
            return index;
        }

        Report(index, site, position, fault);
        return 0;
    }

    /// <inheritdoc cref="CheckIndex(long, long, int, long, long*)"/>
    public static int CheckIndex(int index, long extent, int site, long position, long* fault) =>
        (int)CheckIndex((long)index, extent, site, position, fault);

    // Several threads may find one each: whichever comes first, the same one is told.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Report(long index, int site, long position, long* fault)
    {
        while (Interlocked.CompareExchange(ref fault[3], 1, 0) != 0)
        {
            Thread.SpinWait(1);
        }

        bool isFirst = fault[0] == 0 || site + 1 < fault[0] || (site + 1 == fault[0] && position < fault[2]);
        if (isFirst)
        {
            fault[0] = site + 1;
            fault[1] = index;
            fault[2] = position;
        }

        Volatile.Write(ref fault[3], 0);
    }
}
