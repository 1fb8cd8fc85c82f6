using System.Runtime.InteropServices;

namespace Sinter.Runtime.Programs;

/// <summary>Zeroed native memory on a cache line, with slack in front and behind for vector loads at both
/// ends.</summary>
internal sealed unsafe partial class NativeMemoryBlock : SafeHandle
{
    /// <summary>Bytes behind the block that loads may touch.</summary>
    public const int Slack = 256;

    private const int Alignment = 64;
    private const nuint HugePage = 2 << 20;
    private const int AdviceHugePage = 14;

    private readonly void* allocation;

    public NativeMemoryBlock(long bytes)
        : base(0, ownsHandle: true)
    {
        Bytes = bytes;
        nuint total = checked((nuint)bytes + Slack);

        // Zeroed allocation leaves large blocks as untouched zero pages: the room reserved for the largest value of a
        // symbol costs nothing until it is used.
        nuint boundary = (nuint)bytes >= 2 * HugePage ? HugePage : Alignment;
        allocation = Allocate(total + Alignment + boundary);
        SetHandle((nint)(((nuint)allocation + Alignment + boundary - 1) & ~(boundary - 1)));
        if (boundary == HugePage)
        {
            PreferHugePages();
        }

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

    // Streams over many small pages spend much of their time on address translation, in virtual machines most of all.
    // The advice is only that: a system that does not know it says so, and nothing changes.
    private void PreferHugePages()
    {
        try
        {
            _ = OperatingSystem.IsLinux() ? Advise(Pointer, (nuint)Bytes, AdviceHugePage) : 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // Small pages work too.
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);

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
