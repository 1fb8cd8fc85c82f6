using System.Runtime.InteropServices;

namespace Sinter.Runtime.Programs;

/// <summary>Where threads run.</summary>
internal static unsafe partial class Processors
{
    // The kernel's own size of a set of processors, and room for machines beyond it.
    private const int MaskBytes = 1024;

    private static readonly bool IsKnown = Probe();

    /// <summary>The processor this thread runs on, or -1 where the system does not say.</summary>
    /// <remarks>The runtime's own number may be a remembered one.</remarks>
    public static int Current => IsKnown ? GetProcessor() : -1;

    /// <summary>
    /// Keeps the calling thread off a processor. Schedulers like to wake a thread on the processor of who woke it;
    /// until they balance, milliseconds later, the two take turns there while another processor idles.
    /// </summary>
    /// <param name="processor">The processor; once the thread has left it, it may come back.</param>
    /// <param name="allowed">Where the thread may run at all, from <see cref="Allowed"/>.</param>
    public static void Avoid(int processor, byte[] allowed)
    {
        if (processor < 0 || processor >= allowed.Length * 8)
        {
            return;
        }

        byte* others = stackalloc byte[MaskBytes];
        allowed.CopyTo(new Span<byte>(others, MaskBytes));
        others[processor / 8] &= (byte)~(1 << (processor % 8));

        // Refused where no other processor is allowed; then nothing changes.
        if (SetAffinity(0, MaskBytes, others) == 0)
        {
            // It has moved. Now it may move again, lest the waker be driven here and find it pinned.
            allowed.CopyTo(new Span<byte>(others, MaskBytes));
            _ = SetAffinity(0, MaskBytes, others);
        }
    }

    /// <summary>The processors that the calling thread may use, a bit for each; empty where the system does not
    /// say.</summary>
    public static byte[] Allowed()
    {
        byte* mask = stackalloc byte[MaskBytes];
        new Span<byte>(mask, MaskBytes).Clear();
        if (!IsKnown || GetAffinity(0, MaskBytes, mask) < 0)
        {
            return [];
        }

        // Changes nothing, but finds the function: that allocates, which no run may.
        _ = SetAffinity(0, MaskBytes, mask);
        return new Span<byte>(mask, MaskBytes).ToArray();
    }

    private static bool Probe()
    {
        try
        {
            return OperatingSystem.IsLinux() && GetProcessor() >= 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [SuppressGCTransition]
    [LibraryImport("libc", EntryPoint = "sched_getcpu")]
    private static partial int GetProcessor();

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nuint bytes, byte* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint bytes, byte* mask);
}
