namespace Sinter.Reference;

/// <summary>
/// Functions that the base library lacks or computes inaccurately, to about one unit in the last place of a double.
/// </summary>
internal static class SpecialFunctions
{
    /// <summary>e^x - 1: the rounding error of e^x cancels against that of its logarithm (Kahan).</summary>
    public static double Expm1(double x)
    {
        double power = Math.Exp(x);
        double difference = power - 1;
        if (difference == 0)
        {
            return x;
        }

        bool saturated = difference == -1 || double.IsInfinity(power);
        return saturated ? difference : difference * x / Math.Log(power);
    }

    /// <summary>log(1 + x): the rounding error of 1 + x cancels in the quotient (Kahan).</summary>
    public static double Log1p(double x)
    {
        double sum = 1 + x;
        if (sum == 1)
        {
            return x;
        }

        return double.IsPositiveInfinity(sum) ? sum : Math.Log(sum) * x / (sum - 1);
    }

    /// <summary>The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.</summary>
    public static double Erf(double x)
    {
        double size = Math.Abs(x);
        if (double.IsNaN(x) || size >= 6)
        {
            return double.IsNaN(x) ? x : Math.Sign(x);
        }

        return Math.CopySign(size < 1 ? ErfSeries(size) : 1 - ErfcFraction(size), x);
    }

    // erf x = 2/sqrt(pi) e^(-x^2) sum over n of 2^n x^(2n+1) / (1*3*...*(2n+1)): all terms are positive, nothing
    // cancels.
    private static double ErfSeries(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 1; term > sum * 1e-18; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * ExpOfMinusSquare(x) * sum;
    }

    // erfc x = e^(-x^2)/sqrt(pi) / (x + (1/2) / (x + (2/2) / (x + (3/2) / (x + ...)))). The error falls as e^(-4 x
    // sqrt(n/2))
    // with n levels: 400 / x^2 of them are plenty.
    private static double ErfcFraction(double x)
    {
        double tail = x;
        for (int level = (int)(400 / (x * x)); level > 0; level--)
        {
            tail = x + (level / 2.0 / tail);
        }

        return ExpOfMinusSquare(x) / Math.Sqrt(Math.PI) / tail;
    }

    // The rounding error of x * x would be magnified by the exponential.
    private static double ExpOfMinusSquare(double x)
    {
        double square = x * x;
        double error = Math.FusedMultiplyAdd(x, x, -square);
        return Math.Exp(-square) * (1 - error);
    }
}
