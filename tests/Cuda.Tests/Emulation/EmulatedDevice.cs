using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests.Emulation;

/// <summary>A device that runs kernels on this processor: the real host code from NVRTC to launch, with g++ and the
/// fake driver at the ends.</summary>
internal sealed class EmulatedDevice : IDisposable
{
    private readonly FakeNvrtc nvrtc = new(emulates: true);
    private readonly CudaCompiler compiler;

    public EmulatedDevice()
    {
        Context = Driver.OpenContext();
        Stream = Context.CreateStream();
        compiler = CudaCompiler.For(Context.Device, nvrtc.Open(), CCompiler.Cache);
    }

    public FakeDriver Driver { get; } = new();

    public CudaContext Context { get; }

    public CudaStream Stream { get; }

    /// <summary>Whether the last thread of each block, and the last block, goes first.</summary>
    public bool IsReversed
    {
        set => Driver.Set("reverse", value ? 1 : 0);
    }

    public CudaModule Load(string kernels) => Context.Load(compiler.Compile(KernelText.Module(kernels)));

    public CudaMemory Upload<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        CudaMemory memory = Context.Allocate(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).Length);
        Stream.Upload(values, memory.All());
        return memory;
    }

    public float[] Download(CudaMemory memory)
    {
        float[] values = new float[memory.Bytes / sizeof(float)];
        Stream.Download(memory.All(), values.AsSpan());
        return values;
    }

    public void Dispose()
    {
        Stream.Dispose();
        Context.Dispose();
        Driver.Dispose();
        nvrtc.Dispose();
    }
}
