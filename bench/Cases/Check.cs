using Sinter.Reference;

namespace Sinter.Bench.Cases;

/// <summary>A result is wrong: its time is worth nothing.</summary>
internal sealed class WrongResultException(string message) : Exception(message);

/// <summary>Comparisons with results computed in another way.</summary>
internal static class Check
{
    /// <summary>Floats as the interpreter takes them.</summary>
    public static TensorValue Value(float[] values, params long[] shape) =>
        new(DType.F32, shape, Array.ConvertAll(values, value => (double)value));

    /// <summary>Refuses elements that differ by more than a tolerance, relative above 1; expectations repeat.</summary>
    public static void Close(string what, ReadOnlySpan<float> actual, double[] expected, double tolerance)
    {
        for (int i = 0; i < actual.Length; i++)
        {
            double wanted = expected[i % expected.Length];
            bool close = Math.Abs(actual[i] - wanted) <= tolerance * Math.Max(1, Math.Abs(wanted));
            if (!close)
            {
                throw new WrongResultException($"{what}: element {i} is {actual[i]}, not {wanted}");
            }
        }
    }

    /// <summary>
    /// Refuses c that is not a · b, without multiplying them: for a vector r of signs, c · r must equal a · (b · r)
    /// (Freivalds 1977). A wrong element shows with probability one half at least, several with more.
    /// </summary>
    /// <param name="a">(m, k), elements of at most 1.</param>
    /// <param name="b">(k, n), or (n, k) where transposed; elements of at most 1.</param>
    /// <param name="c">(m, n).</param>
    /// <param name="n">Columns of the result.</param>
    /// <param name="k">Terms of each sum.</param>
    /// <param name="transposed">Whether <paramref name="b"/> is transposed.</param>
    public static void Product(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, int n, int k, bool transposed)
    {
        double tolerance = 1e-6 + (2e-7 * k * Math.Sqrt(n));
        for (int trial = 0; trial < 3; trial++)
        {
            float[] signs = Draw.Labels(n, 2, trial).Select(bit => bit == 0 ? -1f : 1f).ToArray();
            double[] middle = new double[k];
            for (int i = 0; i < b.Length; i++)
            {
                int row = transposed ? i % k : i / n;
                middle[row] += b[i] * signs[transposed ? i / k : i % n];
            }

            for (int row = 0; row < c.Length / n; row++)
            {
                double difference = Dot(c.Slice(row * n, n), signs) - Dot(a.Slice(row * k, k), middle);
                bool close = Math.Abs(difference) <= tolerance;
                if (!close)
                {
                    throw new WrongResultException($"row {row} of the product is wrong, by about {difference}");
                }
            }
        }
    }

    private static double Dot(ReadOnlySpan<float> left, float[] right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    private static double Dot(ReadOnlySpan<float> left, double[] right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}
