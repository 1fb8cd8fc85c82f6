using Sinter.Runtime.Cuda.Driver;
using Sinter.Runtime.Cuda.Native;

namespace Sinter.Runtime.Cuda;

/// <summary>
/// The use of a device by this process: its primary context, which other CUDA libraries in the process share. Memory,
/// streams, modules and events are made here and disposed by whoever asked for them; one that is still there when the
/// context is disposed can only be disposed too. Thread-safe: each call makes the context current on its thread.
/// </summary>
public sealed unsafe class CudaContext : IDisposable
{
    // The handle stays open while objects in the context do.
    private volatile bool disposed;

    /// <summary>Starts using a device.</summary>
    /// <exception cref="CudaMemoryException">The device has no room for a context.</exception>
    /// <exception cref="CudaDriverException">The device refuses.</exception>
    public CudaContext(CudaDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Device = device;
        Api = device.Driver.Api;
        nint context;
        CudaResult result = Api.DevicePrimaryCtxRetain(&context, device.Ordinal);
        if (result != CudaResult.Success)
        {
            const string Call = "cuDevicePrimaryCtxRetain";
            string doing = $"starting to use {device}";
            throw result == CudaResult.OutOfMemory
                ? new CudaMemoryException(Call, $"{doing}: {DriverErrors.Describe(Api, result, Call)}", 0, -1, -1)
                : DriverErrors.Error(Api, result, Call, doing);
        }

        Handle = new ContextHandle(Api, device.Ordinal, context);
    }

    /// <summary>The device.</summary>
    public CudaDevice Device { get; }

    internal DriverApi Api { get; }

    internal ContextHandle Handle { get; }

    /// <summary>The device's memory as it is now, in bytes; other processes use it too.</summary>
    /// <exception cref="CudaDriverException">The driver refuses.</exception>
    public (long Free, long Total) ReadMemory()
    {
        using HandleUse use = Enter();
        nuint free;
        nuint total;
        Check(Api.MemGetInfo(&free, &total), "cuMemGetInfo_v2", "asking for free memory");
        return ((long)free, (long)total);
    }

    /// <summary>Memory on the device. Its contents are undefined.</summary>
    /// <param name="bytes">How many bytes.</param>
    /// <exception cref="CudaMemoryException">The device has no room.</exception>
    /// <exception cref="CudaDriverException">The driver refuses.</exception>
    public CudaMemory Allocate(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        using HandleUse use = Enter();
        ulong address;
        CudaResult result = Api.MemAlloc(&address, (nuint)Math.Max(bytes, 1));
        if (result == CudaResult.OutOfMemory)
        {
            throw NoRoom("cuMemAlloc_v2", "device memory", bytes);
        }

        Check(result, "cuMemAlloc_v2", "allocating device memory");
        return new CudaMemory(this, new DriverHandle(Handle, (nint)address, Api.MemFree), bytes);
    }

    /// <summary>Page-locked memory of the host, from which the device copies by itself, and at full speed.</summary>
    /// <param name="bytes">How many bytes.</param>
    /// <exception cref="CudaMemoryException">The host has no room.</exception>
    /// <exception cref="CudaDriverException">The driver refuses.</exception>
    public CudaPinnedMemory AllocatePinned(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        using HandleUse use = Enter();
        void* address;
        CudaResult result = Api.MemHostAlloc(&address, (nuint)Math.Max(bytes, 1), 0);
        if (result == CudaResult.OutOfMemory)
        {
            throw NoRoom("cuMemHostAlloc", "page-locked memory of the host", bytes);
        }

        Check(result, "cuMemHostAlloc", "allocating page-locked memory");
        var handle = new DriverHandle(Handle, (nint)address, Api.MemFreeHost, waits: true);
        return new CudaPinnedMemory(this, handle, bytes);
    }

    /// <summary>A queue of work, independent of others.</summary>
    /// <exception cref="CudaDriverException">The driver refuses.</exception>
    public CudaStream CreateStream()
    {
        using HandleUse use = Enter();
        nint stream;
        Check(Api.StreamCreate(&stream, DriverFlags.StreamNonBlocking), "cuStreamCreate", "making a stream");
        return new CudaStream(this, new DriverHandle(Handle, stream, Api.StreamDestroy));
    }

    /// <summary>A mark in a stream.</summary>
    /// <param name="timed">Whether times between marks are wanted, which costs a little.</param>
    /// <exception cref="CudaDriverException">The driver refuses.</exception>
    public CudaEvent CreateEvent(bool timed = true)
    {
        using HandleUse use = Enter();
        nint mark;
        uint flags = DriverFlags.EventBlockingSync | (timed ? 0 : DriverFlags.EventDisableTiming);
        Check(Api.EventCreate(&mark, flags), "cuEventCreate", "making an event");
        return new CudaEvent(this, new DriverHandle(Handle, mark, Api.EventDestroy), timed);
    }

    /// <summary>Loads compiled kernels.</summary>
    /// <exception cref="CudaCompileException">The driver's compiler refuses PTX.</exception>
    /// <exception cref="CudaDriverException">The image is damaged, or for another architecture.</exception>
    public CudaModule Load(CudaImage image) => CudaModule.Load(this, image);

    /// <summary>Waits for all work on the device that this process has asked for.</summary>
    /// <exception cref="CudaDriverException">Work failed.</exception>
    public void Synchronize()
    {
        using HandleUse use = Enter();
        Check(Api.CtxSynchronize(), "cuCtxSynchronize", "waiting for all work of the device");
    }

    /// <summary>Stops using the device, once the last object made here is disposed.</summary>
    public void Dispose()
    {
        disposed = true;
        Handle.Dispose();
    }

    /// <summary>Makes the context current on this thread, and keeps it until the result is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The context is disposed.</exception>
    /// <exception cref="CudaDriverException">The driver refuses.</exception>
    internal HandleUse Enter()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var use = new HandleUse(Handle, this);
        CudaResult result = Handle.Enter();
        if (result == CudaResult.Success)
        {
            return use;
        }

        use.Dispose();
        throw DriverErrors.Error(Api, result, "cuCtxSetCurrent", $"using {Device} on this thread");
    }

    internal void Check(CudaResult result, string call, string doing)
    {
        if (result != CudaResult.Success)
        {
            throw DriverErrors.Error(Api, result, call, doing);
        }
    }

    /// <exception cref="CudaContextException">The object belongs to another context.</exception>
    internal void CheckOwn(CudaContext other, string what)
    {
        if (other != this)
        {
            throw new CudaContextException(
                $"the {what} belongs to another context (of {other.Device}) than the stream (of {Device})");
        }
    }

    private CudaMemoryException NoRoom(string call, string what, long bytes)
    {
        nuint free;
        nuint total;
        bool known = Api.MemGetInfo(&free, &total) == CudaResult.Success;
        string room = known ? FormattableString.Invariant($"{free:N0} of {total:N0} bytes are free") : "it is full";
        string asked = FormattableString.Invariant($"{bytes:N0} bytes");
        string message = $"{Device} has no room for {asked} of {what}: {room}";
        return new CudaMemoryException(call, message, bytes, known ? (long)free : -1, known ? (long)total : -1);
    }
}
