using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sinter.Runtime.Kernels;

/// <summary>What generated kernels need for single elements and C# has no expression for.</summary>
public static unsafe class Scalars
{
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
    public static int Remainder(int a, int b) => (int)Remainder((long)a, b);

    /// <inheritdoc cref="Remainder(int, int)"/>
    public static uint Remainder(uint a, uint b) => b == 0 ? 0 : a % b;

    /// <inheritdoc cref="Remainder(int, int)"/>
    public static long Remainder(long a, long b)
    {
        if (b is 0 or -1)
        {
            return 0;
        }

        long rest = a % b;
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    }

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
