using System.Diagnostics;

namespace Sinter.Bench;

/// <summary>Something to time.</summary>
/// <param name="Run">One run.</param>
/// <param name="Reset">Brings back the state that runs change; before each round, untimed.</param>
internal sealed record Subject(Action Run, Action? Reset = null);

/// <summary>The times of many runs of one subject.</summary>
internal sealed class Timing
{
    private readonly List<double> samples = [];

    /// <summary>The median, in milliseconds.</summary>
    public double MedianMs => Percentile(0.5);

    /// <summary>The shortest, in milliseconds.</summary>
    public double ShortestMs => Percentile(0);

    /// <summary>95 of 100 runs take less, in milliseconds.</summary>
    public double P95Ms => Percentile(0.95);

    /// <summary>Adds the time of a run, in milliseconds.</summary>
    public void Add(double milliseconds) => samples.Add(milliseconds);

    private double Percentile(double share)
    {
        double[] sorted = samples.Order().ToArray();
        return sorted[(int)(share * (sorted.Length - 1))];
    }
}

/// <summary>Times subjects in turns, so that a change in the machine's mood meets all of them.</summary>
internal static class Measure
{
    private const int Rounds = 5;

    // A reading of the clock costs some 30 ns; runs much shorter than this are timed several at a time.
    private const double ShortestSampleMs = 0.02;

    // Other libraries' threads look out for work this long after a call.
    private const int SettleMs = 60;

    /// <summary>Times one subject.</summary>
    public static Timing Alone(double seconds, Subject subject)
    {
        var timing = new Timing();
        Alternate(seconds, (subject, timing));
        return timing;
    }

    /// <summary>Times subjects for at least the given time each, and at least five runs.</summary>
    public static void Alternate(double seconds, params (Subject Subject, Timing Timing)[] subjects)
    {
        for (int round = 0; round < Rounds; round++)
        {
            foreach ((Subject subject, Timing timing) in subjects)
            {
                if (subjects.Length > 1)
                {
                    Thread.Sleep(SettleMs);
                }

                subject.Reset?.Invoke();
                double expected = WarmUp(subject.Run, seconds / Rounds / 10);
                Sample(subject.Run, seconds / Rounds, Math.Max(1, (int)(ShortestSampleMs / expected)), timing);
            }
        }
    }

    // Caches, branch predictors and clock frequency settle; the shortest run tells how to sample.
    private static double WarmUp(Action run, double seconds)
    {
        double shortest = double.MaxValue;
        long start = Stopwatch.GetTimestamp();
        do
        {
            long before = Stopwatch.GetTimestamp();
            run();
            shortest = Math.Min(shortest, Since(before));
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);
        return shortest;
    }

    private static void Sample(Action run, double seconds, int repeats, Timing timing)
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            long before = Stopwatch.GetTimestamp();
            for (int i = 0; i < repeats; i++)
            {
                run();
            }

            timing.Add(Since(before) / repeats);
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);
    }

    // Milliseconds; TimeSpan counts in tenths of microseconds, which is too coarse.
    private static double Since(long timestamp) => (Stopwatch.GetTimestamp() - timestamp) * 1e3 / Stopwatch.Frequency;
}
