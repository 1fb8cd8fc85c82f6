namespace Sinter.Runtime.Tests.Kernels;

/// <summary>Functions in double that <see cref="Math"/> lacks, good to far more digits than a float has.</summary>
internal static class ExactMath
{
    public static double Expm1(double x) => Math.Abs(x) > 1 ? Math.Exp(x) - 1 : 2 * Math.Sinh(x / 2) * Math.Exp(x / 2);

    // Kahan's: the rounding of 1 + x cancels in the quotient.
    public static double Log1p(double x)
    {
        double sum = 1 + x;
        bool plain = sum == 1 || double.IsInfinity(sum);
        return plain ? x : Math.Log(sum) * (x / (sum - 1));
    }

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    public static double Rsqrt(double x) => 1 / Math.Sqrt(x);

    // The series with positive terms, 2/√π exp(-x²) Σ 2^n x^(2n+1) / (1·3·…·(2n+1)): nothing cancels.
    public static double Erf(double x)
    {
        if (!(Math.Abs(x) < 6))
        {
            return double.IsNaN(x) ? x : Math.Sign(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 200 && sum + term != sum; n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
