using System.Runtime.InteropServices;

namespace Sinter.Runtime.Programs;

/// <summary>Zeroed native memory on a cache line, with slack in front and behind for vector loads at both ends.</summary>
internal sealed unsafe class NativeMemoryBlock : SafeHandle
{
    /// <summary>Bytes behind the block that loads may touch.</summary>
    public const int Slack = 256;

    private const int Alignment = 64;

    private readonly void* allocation;

    public NativeMemoryBlock(long bytes)
        : base(0, ownsHandle: true)
    {
        Bytes = bytes;
        nuint total = checked((nuint)bytes + Slack);

        // Zeroed allocation leaves large blocks as untouched zero pages: the room reserved for the largest value of a symbol
        // costs nothing until it is used.
        allocation = Allocate(total + (2 * Alignment));
        SetHandle((nint)(((nuint)allocation + (2 * Alignment) - 1) & ~(nuint)(Alignment - 1)));
        GC.AddMemoryPressure(Math.Max(1, Math.Min(bytes, 1 << 30)));
    }

    public long Bytes { get; }

    public byte* Pointer => (byte*)handle;

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free(allocation);
        GC.RemoveMemoryPressure(Math.Max(1, Math.Min(Bytes, 1 << 30)));
        return true;
    }

    private static void* Allocate(nuint bytes)
    {
        try
        {
            return NativeMemory.AllocZeroed(bytes);
        }
        catch (OutOfMemoryException)
        {
            string wanted = FormattableString.Invariant($"{bytes:N0} bytes");
            throw new RunException($"the system has no room for a block of {wanted}: smaller batches need less");
        }
    }
}
