using System.Runtime.CompilerServices;
using Sinter.Runtime.Cuda.Native;

namespace Sinter.Runtime.Cuda;

public sealed unsafe partial class CudaStream
{
    /// <summary>Copies to the device; returns when the source may be changed.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    /// <exception cref="InvalidOperationException">The stream is being captured.</exception>
    /// <exception cref="CudaDriverException">This or earlier work failed.</exception>
    public void Upload<T>(ReadOnlySpan<T> source, CudaSlice target)
        where T : unmanaged
    {
        CheckNotCaptured();
        long bytes = (long)source.Length * Unsafe.SizeOf<T>();
        CheckSame(target.Bytes, bytes);
        fixed (T* from = source)
        {
            CopyIn(target, from);
            Synchronize();
        }
    }

    /// <summary>Copies from the device; returns when that is done.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    /// <exception cref="InvalidOperationException">The stream is being captured.</exception>
    /// <exception cref="CudaDriverException">This or earlier work failed.</exception>
    public void Download<T>(CudaSlice source, Span<T> target)
        where T : unmanaged
    {
        CheckNotCaptured();
        long bytes = (long)target.Length * Unsafe.SizeOf<T>();
        CheckSame(bytes, source.Bytes);
        fixed (T* to = target)
        {
            CopyOut(to, source);
            Synchronize();
        }
    }

    /// <summary>Copies to the device, later: the source must stay as it is until then.</summary>
    /// <param name="source">Page-locked memory.</param>
    /// <param name="offset">Where in it, in bytes.</param>
    /// <param name="target">Where to, as many bytes as that has.</param>
    /// <exception cref="CudaDriverException">This or earlier work failed.</exception>
    public void Copy(CudaPinnedMemory source, long offset, CudaSlice target)
    {
        ArgumentNullException.ThrowIfNull(source);
        Context.CheckOwn(source.Context, "page-locked memory");
        source.CheckRange(offset, target.Bytes);
        using var use = new HandleUse(source.Handle, source);
        captured?.Add(source.Handle);
        CopyIn(target, (byte*)use.Value + offset);
    }

    /// <summary>Copies from the device, later: wait before reading the target.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="target">Page-locked memory.</param>
    /// <param name="offset">Where in it, in bytes.</param>
    /// <exception cref="CudaDriverException">This or earlier work failed.</exception>
    public void Copy(CudaSlice source, CudaPinnedMemory target, long offset)
    {
        ArgumentNullException.ThrowIfNull(target);
        Context.CheckOwn(target.Context, "page-locked memory");
        target.CheckRange(offset, source.Bytes);
        using var use = new HandleUse(target.Handle, target);
        captured?.Add(target.Handle);
        CopyOut((byte*)use.Value + offset, source);
    }

    /// <summary>Copies on the device, later.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    /// <exception cref="CudaDriverException">This or earlier work failed.</exception>
    public void Copy(CudaSlice source, CudaSlice target)
    {
        CheckSame(target.Bytes, source.Bytes);
        using HandleUse context = Context.Enter();
        using var use = new HandleUse(Handle, this);
        using HandleUse from = Open(source);
        using HandleUse to = Open(target);
        CheckWork(
            Context.Api.MemcpyDtoDAsync(target.Address, source.Address, (nuint)source.Bytes, use.Value),
            "cuMemcpyDtoDAsync_v2", "copying on the device");
    }

    /// <summary>Fills with a byte, later.</summary>
    /// <exception cref="CudaDriverException">This or earlier work failed.</exception>
    public void Fill(CudaSlice target, byte value)
    {
        using HandleUse context = Context.Enter();
        using var use = new HandleUse(Handle, this);
        using HandleUse to = Open(target);
        CheckWork(
            Context.Api.MemsetD8Async(target.Address, value, (nuint)target.Bytes, use.Value), "cuMemsetD8Async",
            "filling device memory");
    }

    /// <summary>Fills with a 32-bit pattern, later.</summary>
    /// <exception cref="ArgumentException">Address or size are no multiples of four.</exception>
    /// <exception cref="CudaDriverException">This or earlier work failed.</exception>
    public void Fill(CudaSlice target, uint value)
    {
        if (((target.Address | (ulong)target.Bytes) & 3) != 0)
        {
            throw new ArgumentException("address and size must be multiples of four bytes", nameof(target));
        }

        using HandleUse context = Context.Enter();
        using var use = new HandleUse(Handle, this);
        using HandleUse to = Open(target);
        CheckWork(
            Context.Api.MemsetD32Async(target.Address, value, (nuint)(target.Bytes / 4), use.Value),
            "cuMemsetD32Async", "filling device memory");
    }

    private void CopyIn(CudaSlice target, void* from)
    {
        using HandleUse context = Context.Enter();
        using var use = new HandleUse(Handle, this);
        using HandleUse to = Open(target);
        CheckWork(
            Context.Api.MemcpyHtoDAsync(target.Address, from, (nuint)target.Bytes, use.Value), "cuMemcpyHtoDAsync_v2",
            "copying to the device");
    }

    private void CopyOut(void* to, CudaSlice source)
    {
        using HandleUse context = Context.Enter();
        using var use = new HandleUse(Handle, this);
        using HandleUse from = Open(source);
        CheckWork(
            Context.Api.MemcpyDtoHAsync(to, source.Address, (nuint)source.Bytes, use.Value), "cuMemcpyDtoHAsync_v2",
            "copying from the device");
    }

    private HandleUse Open(CudaSlice slice)
    {
        if (slice.Memory is null)
        {
            throw new ArgumentException("a slice of nothing; slices come from CudaMemory.Slice", nameof(slice));
        }

        Context.CheckOwn(slice.Memory.Context, "memory");
        captured?.Add(slice.Memory.Handle);
        return new HandleUse(slice.Memory.Handle, slice.Memory);
    }

    private static void CheckSame(long target, long source)
    {
        if (target != source)
        {
            throw new ArgumentException($"the source has {source} bytes, the target {target}");
        }
    }
}
