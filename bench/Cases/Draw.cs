namespace Sinter.Bench.Cases;

/// <summary>Random data, the same in every run.</summary>
internal static class Draw
{
    /// <summary>Uniform numbers.</summary>
    public static float[] Uniform(long count, int seed, float low = -1, float high = 1)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = low + ((high - low) * random.NextSingle());
        }

        return values;
    }

    /// <summary>Class labels.</summary>
    public static long[] Labels(int count, int classes, int seed)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(_ => random.NextInt64(classes)).ToArray();
    }
}
