using System.Diagnostics;
using Sinter.Runtime.Cuda;

namespace Sinter.GpuBench.Timing;

/// <summary>What the cases of one run share.</summary>
internal sealed class BenchSession : IDisposable
{
    private const long CopyBytes = 512L << 20;

    // Compiling with PyTorch takes most of a case's time: late cases go without.
    private const double CompiledShare = 0.7;

    private readonly long start = Stopwatch.GetTimestamp();
    private readonly TorchPeer? torch;
    private readonly double limit;

    /// <summary>Starts to use the device, cuBLAS and PyTorch.</summary>
    /// <param name="shrink">Every large extent is divided by this.</param>
    /// <param name="limit">The seconds after which no case begins.</param>
    /// <param name="python">The Python that has PyTorch; null compares with none.</param>
    public BenchSession(int shrink, double limit, string? python)
    {
        Shrink = shrink;
        this.limit = limit;
        Clock = new DeviceClock(Gpu.Device);
        CuBlas = CuBlas.Find(Clock, Gpu.Nvrtc);
        GpuReport.Note(Gpu.ToString());
        GpuReport.Note(CuBlas is null ? "no cuBLAS is found" : "cuBLAS is compared with");
        torch = python is null ? null : TorchPeer.Start(python);
        Copy = MeasureCopy();
    }

    /// <summary>The device and programs on it.</summary>
    public Gpu Gpu { get; } = new();

    /// <summary>Times what is not a program.</summary>
    public DeviceClock Clock { get; }

    /// <summary>cuBLAS, or null.</summary>
    public CuBlas? CuBlas { get; }

    /// <summary>What copying from the device to itself reaches: the limit of what memory bounds.</summary>
    public GpuResult Copy { get; }

    /// <summary>Every large extent is divided by this.</summary>
    public int Shrink { get; }

    /// <summary>Whether no further case should begin.</summary>
    public bool IsOver => Seconds > limit;

    private double Seconds => Stopwatch.GetElapsedTime(start).TotalSeconds;

    /// <summary>Times our subject and PyTorch's in turns.</summary>
    /// <param name="result">What is known already; the name and the median are replaced.</param>
    /// <param name="ours">Ours.</param>
    /// <param name="kind">PyTorch's name for it; null leaves it out.</param>
    /// <param name="shape">Its extents.</param>
    /// <param name="more">Others to time with them.</param>
    /// <returns>The result, and the times of the others.</returns>
    public (GpuResult Result, RoundTimes[] Others) Compare(
        GpuResult result, Subject ours, string? kind, long[] shape, params Subject[] more)
    {
        Subject? Torch(bool compiled) => kind is null ? null : torch?.Subject(kind, shape, compiled);
        Subject? eager = Torch(compiled: false);
        Subject? compiled = Seconds < CompiledShare * limit ? Torch(compiled: true) : null;
        Subject[] all = [ours, .. more, .. new[] { eager, compiled }.OfType<Subject>()];
        RoundTimes[] times = Rounds.Measure(all);
        double? Of(Subject? subject) => subject is null ? null : times[Array.IndexOf(all, subject)].Median;
        GpuResult measured = result with
        {
            MedianMs = times[0].Median,
            LeastMs = times[0].Least,
            EagerMs = Of(eager),
            CompileMs = Of(compiled),
        };
        return (measured, times[1..(more.Length + 1)]);
    }

    /// <summary>A result with its share of the memory limit.</summary>
    public GpuResult WithMemory(GpuResult result, double bytes)
    {
        double gbps = bytes / result.MedianMs / 1e6;
        return result with { Gbps = gbps, CopyPercent = 100 * gbps / Copy.Gbps };
    }

    /// <summary>A result with its speed.</summary>
    public static GpuResult WithArithmetic(GpuResult result, double operations) =>
        result with { Tflops = operations / result.MedianMs / 1e9 };

    /// <inheritdoc/>
    public void Dispose()
    {
        torch?.Dispose();
        Clock.Dispose();
        Gpu.Dispose();
    }

    private GpuResult MeasureCopy()
    {
        long bytes = CopyBytes / Shrink;
        using CudaMemory source = Clock.Context.Allocate(bytes);
        using CudaMemory target = Clock.Context.Allocate(bytes);
        Clock.Stream.Fill(source.All(), 0x3f9d70a4u);
        RoundTimes time = Rounds.Measure(new Subject(
            "copy", runs => Clock.Time(runs, () => Clock.Stream.Copy(source.All(), target.All()))))[0];
        return new GpuResult("limit/copy", time.Median)
        {
            LeastMs = time.Least,
            Gbps = 2 * bytes / time.Median / 1e6,
            CopyPercent = 100,
        };
    }
}
