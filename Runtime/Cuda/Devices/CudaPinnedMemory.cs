using System.Runtime.CompilerServices;
using Sinter.Runtime.Cuda.Native;

namespace Sinter.Runtime.Cuda;

/// <summary>Page-locked memory of the host: copies between it and the device go on while the program does. Freed when
/// disposed, after the work of the device; spans of it must not be used after.</summary>
public sealed unsafe class CudaPinnedMemory : IDisposable
{
    internal CudaPinnedMemory(CudaContext context, DriverHandle handle, long bytes)
    {
        Context = context;
        Handle = handle;
        Bytes = bytes;
    }

    /// <summary>Where it was made.</summary>
    public CudaContext Context { get; }

    /// <summary>Its size, in bytes.</summary>
    public long Bytes { get; }

    internal DriverHandle Handle { get; }

    /// <summary>Elements of it.</summary>
    /// <param name="offset">Where they begin, in bytes.</param>
    /// <param name="count">How many elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie within.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public Span<T> Span<T>(long offset, int count)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(Handle.IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        CheckRange(offset, (long)count * Unsafe.SizeOf<T>());
        return new Span<T>((byte*)Handle.DangerousGetHandle() + offset, count);
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    internal void CheckRange(long offset, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (offset > Bytes - bytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset), $"bytes {offset} to {offset + bytes} are not within the {Bytes} of the memory");
        }
    }
}
