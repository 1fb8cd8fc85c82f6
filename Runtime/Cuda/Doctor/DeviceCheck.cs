using System.Diagnostics;

namespace Sinter.Runtime.Cuda;

/// <summary>Tries a device out: compiles a kernel, runs it by a graph, compares what it wrote, and measures a copy.
/// </summary>
public static class DeviceCheck
{
    private const string Kernel =
        """
        extern "C" __global__ void __launch_bounds__(256) check(const float* x, float* y, float scale, long long n)
        {
            long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
            if (i < n)
            {
                y[i] = x[i] * scale + 1.0f;
            }
        }
        """;

    private const int Elements = 100_001;
    private const int Threads = 256;
    private const long CopyBytes = 256L << 20;
    private const int Copies = 10;

    /// <summary>Tries a device out, with a fresh compilation.</summary>
    /// <param name="device">The device.</param>
    /// <param name="nvrtc">NVRTC; null for the newest that the device's driver understands.</param>
    /// <returns>A row for each step; the last one is a problem where something failed.</returns>
    public static IReadOnlyList<DoctorRow> Run(CudaDevice device, Nvrtc? nvrtc = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        var rows = new List<DoctorRow>();
        string step = "compile";
        void Done(string next, FormattableString value)
        {
            rows.Add(new DoctorRow("check", step, FormattableString.Invariant(value)));
            step = next;
        }

        try
        {
            long started = Stopwatch.GetTimestamp();
            CudaCompiler compiler = CudaCompiler.For(device, nvrtc, cacheDirectory: null);
            CudaImage image = compiler.Compile(new CudaSource("check.cu", Kernel));
            Done("run", $"{image.Architecture}, {image.Bytes.Length:N0} bytes in {Milliseconds(started):F0} ms");

            using var context = new CudaContext(device);
            using CudaStream stream = context.CreateStream();
            using CudaModule module = context.Load(image);
            int wrong = CountWrong(context, stream, module.GetKernel("check"));
            if (wrong > 0)
            {
                throw new CudaException($"{wrong} of {Elements} elements are wrong");
            }

            Done("copy", $"{Elements:N0} elements by a graph, all right");
            Done("", $"{MeasureCopy(context, stream):N0} GB/s on the device, read and written");
        }
        catch (CudaException error)
        {
            rows.Add(new DoctorRow("check", step, error.Message, IsProblem: true));
        }

        return rows;
    }

    private static int CountWrong(CudaContext context, CudaStream stream, CudaKernel kernel)
    {
        float[] values = new float[Elements];
        for (int i = 0; i < Elements; i++)
        {
            values[i] = i;
        }

        using CudaMemory memory = context.Allocate(2L * Elements * sizeof(float));
        CudaSlice x = memory.Slice(0, Elements * sizeof(float));
        CudaSlice y = memory.Slice(Elements * sizeof(float), Elements * sizeof(float));
        stream.Upload<float>(values, x);
        var shape = new CudaLaunchShape(
            new CudaExtent((Elements + Threads - 1) / Threads), new CudaExtent(Threads));
        CudaArguments arguments = new CudaArguments(4).Add(x).Add(y).Add(2f).Add((long)Elements);
        using CudaGraph graph = stream.Capture(() => stream.Launch(kernel, shape, arguments));
        graph.Launch(stream);
        stream.Download(y, values.AsSpan());
        return values.Where((value, i) => value != (2f * i) + 1).Count();
    }

    private static double MeasureCopy(CudaContext context, CudaStream stream)
    {
        long bytes = Math.Min(CopyBytes, context.ReadMemory().Free / 4) & ~255L;
        using CudaMemory memory = context.Allocate(2 * bytes);
        using CudaEvent start = context.CreateEvent();
        using CudaEvent end = context.CreateEvent();
        stream.Fill(memory.All(), 0u);
        stream.Record(start);
        for (int i = 0; i < Copies; i++)
        {
            stream.Copy(memory.Slice(0, bytes), memory.Slice(bytes, bytes));
        }

        stream.Record(end);
        end.Synchronize();
        return 2.0 * Copies * bytes / (end.MillisecondsSince(start) * 1e6);
    }

    private static double Milliseconds(long started) => Stopwatch.GetElapsedTime(started).TotalMilliseconds;
}
