using Sinter.Runtime.Cuda.Native;

namespace Sinter.Runtime.Cuda;

/// <summary>One block of a device's memory, such as the arena of a program. Freed when disposed, after the work that
/// uses it.</summary>
public sealed class CudaMemory : IDisposable
{
    internal CudaMemory(CudaContext context, DriverHandle handle, long bytes)
    {
        Context = context;
        Handle = handle;
        Bytes = bytes;
        Address = (ulong)handle.DangerousGetHandle();
    }

    /// <summary>Where it was made.</summary>
    public CudaContext Context { get; }

    /// <summary>Its size, in bytes.</summary>
    public long Bytes { get; }

    /// <summary>Its address on the device; a multiple of 256.</summary>
    public ulong Address { get; }

    internal DriverHandle Handle { get; }

    /// <summary>A part of it.</summary>
    /// <param name="offset">Where it begins, in bytes.</param>
    /// <param name="bytes">How many bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie within.</exception>
    public CudaSlice Slice(long offset, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (offset > Bytes - bytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(bytes), $"bytes {offset} to {offset + bytes} are not within the {Bytes} of the memory");
        }

        return new CudaSlice(this, offset, bytes);
    }

    /// <summary>All of it.</summary>
    public CudaSlice All() => new(this, 0, Bytes);

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();
}

/// <summary>A part of a block of a device's memory; made by <see cref="CudaMemory.Slice"/>.</summary>
public readonly record struct CudaSlice
{
    internal CudaSlice(CudaMemory memory, long offset, long bytes)
    {
        Memory = memory;
        Offset = offset;
        Bytes = bytes;
    }

    /// <summary>The block.</summary>
    public CudaMemory Memory { get; }

    /// <summary>Where it begins, in bytes.</summary>
    public long Offset { get; }

    /// <summary>Its size, in bytes.</summary>
    public long Bytes { get; }

    /// <summary>Its address on the device.</summary>
    public ulong Address => Memory.Address + (ulong)Offset;
}
