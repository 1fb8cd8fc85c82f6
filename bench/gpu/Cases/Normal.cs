namespace Sinter.GpuBench.Cases;

/// <summary>Normal numbers: zeros and integers take less power, and run faster.</summary>
internal static class Normal
{
    // Prime, so that rows repeat nowhere near one another; drawing hundreds of millions would take longer than timing.
    private const int Period = 1_048_573;

    private static readonly float[] Pool = Draw();

    /// <summary>Fills memory; the same numbers in every run.</summary>
    /// <param name="values">The memory.</param>
    /// <param name="start">Where in the sequence it begins.</param>
    public static void Fill(Span<float> values, int start)
    {
        for (int i = 0; i < values.Length;)
        {
            int from = (int)(((long)start + i) % Period);
            int count = Math.Min(Period - from, values.Length - i);
            Pool.AsSpan(from, count).CopyTo(values[i..]);
            i += count;
        }
    }

    // Box and Muller 1958.
    private static float[] Draw()
    {
        var random = new Random(1);
        float[] values = new float[Period];
        for (int i = 0; i < Period; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            values[i] = (float)(radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }
}
