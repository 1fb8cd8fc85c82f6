using System.Numerics;

namespace Sinter;

/// <summary>
/// Bounds of polynomials over the ranges of their symbols. Written in Bernstein's polynomials, which are not negative
/// and sum to 1, a polynomial lies between its smallest and its largest coefficient: of one that is linear in each
/// symbol these are its values at the corners. A product of polynomials without negative coefficients has none either.
/// </summary>
internal static class Bernstein
{
    private const int MostCoefficients = 1024;

    /// <summary>The bounds of the integers that a polynomial takes, or null where it is too large to say.</summary>
    /// <param name="size">Of symbols alone.</param>
    public static (BigInteger Min, BigInteger Max)? Bounds(Dimension size)
    {
        Symbol[] symbols = size.Symbols.ToArray();
        int[] degrees = symbols.Select(symbol => size.Terms.Max(term => Exponent(term, symbol))).ToArray();
        long count = 1;
        foreach (int degree in degrees)
        {
            count = Math.Min(count * (degree + 1), MostCoefficients + 1);
        }

        if (count > MostCoefficients)
        {
            return null;
        }

        // The last symbol's exponent varies fastest.
        var coefficients = new BigInteger[count];
        foreach (SizeTerm term in size.Terms)
        {
            int at = 0;
            for (int i = 0; i < symbols.Length; i++)
            {
                at = (at * (degrees[i] + 1)) + Exponent(term, symbols[i]);
            }

            coefficients[at] = term.Coefficient;
        }

        BigInteger scale = 1;
        int stride = 1;
        for (int i = symbols.Length - 1; i >= 0; i--)
        {
            Change(coefficients, stride, degrees[i], symbols[i]);
            scale *= Factorial(degrees[i]);
            stride *= degrees[i] + 1;
        }

        // Up and down to integers.
        return (-BigInteger.Divide(-coefficients.Min() - Rest(-coefficients.Min(), scale), scale),
            BigInteger.Divide(coefficients.Max() - Rest(coefficients.Max(), scale), scale));
    }

    private static int Exponent(SizeTerm term, Symbol symbol) =>
        term.Factors.Count(factor => ((SymbolFactor)factor).Symbol == symbol);

    private static BigInteger Rest(BigInteger dividend, BigInteger divisor) =>
        ((dividend % divisor) + divisor) % divisor;

    // Coefficients of powers of one symbol become those of its Bernstein polynomials, times the degree's factorial.
    private static void Change(BigInteger[] coefficients, int stride, int degree, Symbol symbol)
    {
        BigInteger[,] matrix = Matrix(degree, symbol);
        var powers = new BigInteger[degree + 1];
        for (int start = 0; start < coefficients.Length; start++)
        {
            if (start / stride % (degree + 1) != 0)
            {
                continue;
            }

            for (int j = 0; j <= degree; j++)
            {
                powers[j] = coefficients[start + (j * stride)];
            }

            for (int i = 0; i <= degree; i++)
            {
                BigInteger sum = 0;
                for (int j = 0; j <= degree; j++)
                {
                    sum += matrix[i, j] * powers[j];
                }

                coefficients[start + (i * stride)] = sum;
            }
        }
    }

    // The i-th coefficient of x^j is the mean of the products of j out of i times the end of the range and degree - i
    // times its beginning.
    private static BigInteger[,] Matrix(int degree, Symbol symbol)
    {
        var matrix = new BigInteger[degree + 1, degree + 1];
        for (int i = 0; i <= degree; i++)
        {
            for (int j = 0; j <= degree; j++)
            {
                BigInteger sum = 0;
                for (int ends = Math.Max(0, j - (degree - i)); ends <= Math.Min(i, j); ends++)
                {
                    sum += Binomial(i, ends) * Binomial(degree - i, j - ends)
                        * BigInteger.Pow(symbol.Max, ends) * BigInteger.Pow(symbol.Min, j - ends);
                }

                matrix[i, j] = sum * Factorial(j) * Factorial(degree - j);
            }
        }

        return matrix;
    }

    private static BigInteger Binomial(int n, int k) => Factorial(n) / (Factorial(k) * Factorial(n - k));

    private static BigInteger Factorial(int n) =>
        Enumerable.Range(1, n).Aggregate(BigInteger.One, (product, factor) => product * factor);
}
