using Sinter.Runtime.Cuda;

namespace Sinter.GpuBench.Timing;

/// <summary>A stream with memory and events: times what is not a program of ours.</summary>
internal sealed class DeviceClock : IDisposable
{
    private readonly CudaEvent start;
    private readonly CudaEvent end;
    private readonly List<CudaMemory> memories = [];

    /// <summary>Starts to use a device.</summary>
    public DeviceClock(CudaDevice device)
    {
        Context = new CudaContext(device);
        Stream = Context.CreateStream();
        start = Context.CreateEvent();
        end = Context.CreateEvent();
    }

    /// <summary>The device's context, which all of the process share.</summary>
    public CudaContext Context { get; }

    /// <summary>The stream.</summary>
    public CudaStream Stream { get; }

    /// <summary>The milliseconds that the device takes for some work, done so many times.</summary>
    public double Time(int runs, Action work)
    {
        Stream.Record(start);
        for (int i = 0; i < runs; i++)
        {
            work();
        }

        Stream.Record(end);
        Stream.Synchronize();
        return end.MillisecondsSince(start);
    }

    /// <summary>Memory that lives as long as this.</summary>
    public CudaMemory Allocate(long bytes)
    {
        CudaMemory memory = Context.Allocate(bytes);
        memories.Add(memory);
        return memory;
    }

    /// <summary>Memory with contents.</summary>
    public CudaMemory Upload<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        CudaMemory memory = Allocate(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).Length);
        Stream.Upload(values, memory.All());
        return memory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        memories.ForEach(memory => memory.Dispose());
        start.Dispose();
        end.Dispose();
        Stream.Dispose();
        Context.Dispose();
    }
}
