using System.Diagnostics;

namespace Sinter.Bench;

/// <summary>What the machine can do, measured when first asked for: arithmetic and memory.</summary>
/// <param name="report">Receives each limit as a result.</param>
internal sealed class Limits(Action<Result> report)
{
    // Short, so that some windows escape the interruptions of a busy machine.
    private const int Windows = 40;
    private const double WindowSeconds = 0.005;

    private readonly Dictionary<int, double> arithmetic = [];
    private readonly Dictionary<int, double> copying = [];

    /// <summary>10⁹ operations a second in independent chains of multiply-adds.</summary>
    public double Gflops(int threads)
    {
        if (!arithmetic.TryGetValue(threads, out double limit))
        {
            limit = MeasureArithmetic(threads);
            arithmetic.Add(threads, limit);
        }

        return limit;
    }

    /// <summary>10⁹ bytes a second read and written by copying between arrays that no cache holds.</summary>
    public double Gbps(int threads)
    {
        if (!copying.TryGetValue(threads, out double limit))
        {
            limit = MeasureCopying(threads);
            copying.Add(threads, limit);
        }

        return limit;
    }

    private double MeasureArithmetic(int threads)
    {
        long rounds = 1000;
        while (Time(threads, _ => MultiplyAddChains.Run(rounds)) < WindowSeconds)
        {
            rounds *= 2;
        }

        double best = BestOf(() => Time(threads, _ => MultiplyAddChains.Run(rounds)));
        double gflops = threads * rounds * MultiplyAddChains.OperationsPerRound / best / 1e9;
        report(new Result("limit/fma", threads, best * 1e3) { Gflops = gflops });
        return gflops;
    }

    private double MeasureCopying(int threads)
    {
        using var memory = new CopyMemory();
        double plain = BestOf(() => Time(threads, thread => memory.Copy(thread, threads, pastCaches: false)));
        double past = BestOf(() => Time(threads, thread => memory.Copy(thread, threads, pastCaches: true)));
        double best = Math.Min(plain, past);
        double gbps = 2 * CopyMemory.Bytes / best / 1e9;
        string note = past < plain ? "stores past the caches" : "plain stores";
        report(new Result("limit/copy", threads, best * 1e3) { Gbps = gbps, Note = note });
        return gbps;
    }

    // The best of several windows: a limit is what the machine can do, not what it did while something else ran.
    private static double BestOf(Func<double> seconds) => Enumerable.Range(0, Windows).Min(_ => seconds());

    // Seconds from the first thread's start to the last one's end. Each reads the clock itself: a thread that comes
    // late out of the barrier must not shorten the time.
    private static double Time(int threads, Action<int> work)
    {
        using var ready = new Barrier(threads);
        long[] starts = new long[threads];
        long[] ends = new long[threads];
        var all = Enumerable.Range(0, threads).Select(thread => new Thread(() =>
        {
            ready.SignalAndWait();
            starts[thread] = Stopwatch.GetTimestamp();
            work(thread);
            ends[thread] = Stopwatch.GetTimestamp();
        })).ToList();
        all.ForEach(thread => thread.Start());
        all.ForEach(thread => thread.Join());
        return Stopwatch.GetElapsedTime(starts.Min(), ends.Max()).TotalSeconds;
    }
}
