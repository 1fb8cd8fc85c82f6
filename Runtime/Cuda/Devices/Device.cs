using System.Runtime.Intrinsics;
using Sinter.Runtime.Cuda.Compilation;

namespace Sinter.Runtime.Cuda;

/// <summary>Where programs run: the processor, or one CUDA device.</summary>
public sealed record Device
{
    private Device(CudaDevice? gpu) => Gpu = gpu;

    /// <summary>The processor, which every machine has.</summary>
    public static Device Cpu { get; } = new((CudaDevice?)null);

    /// <summary>The CUDA device; null for the processor.</summary>
    public CudaDevice? Gpu { get; }

    /// <summary>Whether this is a CUDA device.</summary>
    public bool IsCuda => Gpu is not null;

    /// <summary>A CUDA device.</summary>
    /// <param name="index">Its number, from 0, among those that the process may use.</param>
    /// <exception cref="CudaUnavailableException">There is no driver, or no such device.</exception>
    /// <exception cref="CudaDriverException">The driver does not tell about it.</exception>
    public static Device Cuda(int index = 0) => new(CudaDevice.Get(index));

    /// <summary>The strongest CUDA device that kernels can be compiled for, or were when the program was built; else
    /// the processor: then the reason is told, so that no program is slow in silence.</summary>
    /// <param name="report">Receives one message: what was taken, and why nothing better.</param>
    public static Device Best(Action<string> report) =>
        Best(report, () => CudaDriver.Default, driver => Nvrtc.Find(driver), BuiltKernels.OfProcess);

    /// <inheritdoc/>
    public override string ToString() => Gpu?.ToString() ?? FormattableString.Invariant(
        $"cpu: {Environment.ProcessorCount} processors, vectors of {VectorBits} bits");

    /// <summary>The widest vectors that the processor has at full speed, as the C# target takes them.</summary>
    internal static int VectorBits =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    internal static Device Best(
        Action<string> report, Func<CudaDriver> driver, Func<CudaVersion, Nvrtc> nvrtc, BuiltKernels built)
    {
        ArgumentNullException.ThrowIfNull(report);
        Device device;
        try
        {
            CudaDevice gpu = driver().GetDevices()
                .OrderByDescending(found => found.Capability.Number)
                .ThenByDescending(found => found.Multiprocessors)
                .First();
            device = new Device(gpu);
            if (built.Serve(gpu.Capability))
            {
                report($"running on {device}, with kernels compiled before");
                return device;
            }

            Nvrtc compiler = nvrtc(gpu.Driver.Version);
            var architecture = CudaArchitecture.Choose(
                gpu.Capability, compiler.SupportedArchitectures, compiler.Version);
            report($"running on {device}, compiled for {architecture} by NVRTC {compiler.Version}");
        }
        catch (CudaException error)
        {
            device = Cpu;
            report($"running on {device}, without CUDA: {error.Message}");
        }

        return device;
    }
}
