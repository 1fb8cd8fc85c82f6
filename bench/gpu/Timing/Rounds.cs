using System.Diagnostics;

namespace Sinter.GpuBench.Timing;

/// <summary>Something to time on the device.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Time">Does it a number of times and gives the milliseconds between two events around them.</param>
internal sealed record Subject(string Name, Func<int, double> Time);

/// <summary>The milliseconds of one run of a subject.</summary>
/// <param name="Median">The median of all rounds.</param>
/// <param name="Least">The fastest round.</param>
internal readonly record struct RoundTimes(double Median, double Least);

/// <summary>Times subjects in turns, so that a change of the device's clocks meets all of them.</summary>
internal static class Rounds
{
    private const int Count = 5;
    private const double SampleMs = 20;
    private const int MostRuns = 500;

    // A long product takes all the power a board may have, and clocks fall: the next subject starts from a rested one.
    private const double RestShare = 3;
    private const int LeastRestMs = 40;
    private const int MostRestMs = 400;

    /// <summary>The times of each subject, in the order given.</summary>
    public static RoundTimes[] Measure(params Subject[] subjects)
    {
        int[] runs = [.. subjects.Select(Runs)];
        var samples = Array.ConvertAll(subjects, _ => new List<double>());
        for (int round = 0; round < Count; round++)
        {
            for (int i = 0; i < subjects.Length; i++)
            {
                double rest = RestShare * runs[i] * samples[i].FirstOrDefault();
                Thread.Sleep((int)Math.Clamp(rest, LeastRestMs, MostRestMs));
                subjects[i].Time(Math.Max(1, runs[i] / 4));
                samples[i].Add(subjects[i].Time(runs[i]) / runs[i]);
            }
        }

        return Array.ConvertAll(samples, times => new RoundTimes(times.Order().ElementAt(Count / 2), times.Min()));
    }

    // The first runs compile and capture. The clock on the wall is right on devices that do not keep time, too.
    private static int Runs(Subject subject)
    {
        subject.Time(2);
        long before = Stopwatch.GetTimestamp();
        subject.Time(2);
        double expected = Stopwatch.GetElapsedTime(before).TotalMilliseconds / 2;
        return (int)Math.Clamp(SampleMs / expected, 2, MostRuns);
    }
}
