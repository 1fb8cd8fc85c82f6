using System.Diagnostics;

namespace Digits;

/// <summary>Measures runs.</summary>
internal static class Benchmark
{
    private const int Rounds = 51;
    private const double RoundMicroseconds = 5_000;

    public static void Run(Model model, Options options)
    {
        foreach (int batch in new[] { 1, DigitReader.MaximumBatch })
        {
            (double median, long allocated) = Measure(model, batch);
            Say($"batch {batch}: {median:F2} µs, {allocated} bytes allocated");
        }

        StartTimes.Begin(options);
    }

    // Runs of microseconds are timed many at once. The first rounds wake the processor up and count for nothing.
    private static (double Microseconds, long Allocated) Measure(Model model, int batch)
    {
        model.Images(batch).Fill(0.5f);
        int runs = Math.Max(1, (int)(RoundMicroseconds / Round(model, batch, 20)));
        Round(model, batch, runs);
        var times = new double[Rounds];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            times[i] = Round(model, batch, runs);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return (Median(times), allocated);
    }

    private static double Round(Model model, int batch, int runs)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < runs; i++)
        {
            model.Run(batch);
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / runs;
    }

    /// <summary>The median; sorts the times.</summary>
    public static double Median(double[] times)
    {
        Array.Sort(times);
        return times[times.Length / 2];
    }

    /// <summary>A line of output, the same in every culture.</summary>
    public static void Say(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));
}
