using Sinter.Runtime.Cuda;

namespace Sinter.GpuBench;

/// <summary>The first device, its compiler, and programs on it.</summary>
internal sealed class Gpu : IDisposable
{
    /// <summary>Starts to use the device.</summary>
    /// <exception cref="CudaException">There is no device, or no NVRTC.</exception>
    public Gpu()
    {
        Device = CudaDevice.Get(0);
        Nvrtc = Nvrtc.Find(Device.Driver.Version);
        Compiler = CudaCompiler.For(Device, Nvrtc, CudaCompiler.DefaultCacheDirectory);
        Session = new CudaSession(Device, Compiler);
    }

    /// <summary>The device.</summary>
    public CudaDevice Device { get; }

    /// <summary>NVIDIA's compiler.</summary>
    public Nvrtc Nvrtc { get; }

    /// <summary>NVIDIA's compiler, set to the device.</summary>
    public CudaCompiler Compiler { get; }

    /// <summary>Programs on the device.</summary>
    public CudaSession Session { get; }

    /// <summary>Everything in one line.</summary>
    public override string ToString() =>
        $"{Device}; driver of CUDA {Device.Driver.Version}; NVRTC {Nvrtc.Version} for {Compiler.Architecture.Name}";

    /// <inheritdoc/>
    public void Dispose() => Session.Dispose();
}
