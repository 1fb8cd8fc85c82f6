using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sinter.Bench;

/// <summary>The memory limit: two arrays that no cache holds, and loops that copy one to the other.</summary>
internal sealed unsafe class CopyMemory : IDisposable
{
    /// <summary>The size of each array.</summary>
    public const long Bytes = 128L << 20;

    private const int Alignment = 64;

    private readonly byte* source = (byte*)NativeMemory.AlignedAlloc((nuint)Bytes, Alignment);
    private readonly byte* target = (byte*)NativeMemory.AlignedAlloc((nuint)Bytes, Alignment);

    /// <summary>Takes the memory and touches every page of it.</summary>
    public CopyMemory()
    {
        NativeMemory.Fill(source, (nuint)Bytes, 1);
        NativeMemory.Fill(target, (nuint)Bytes, 2);
    }

    /// <summary>Copies one thread's part.</summary>
    /// <param name="thread">Which part.</param>
    /// <param name="threads">How many parts there are.</param>
    /// <param name="pastCaches">Whether stores go past the caches, which spares reading what they overwrite.</param>
    public void Copy(int thread, int threads, bool pastCaches)
    {
        long part = Bytes / threads / Alignment * Alignment;
        if (pastCaches)
        {
            CopyPastCaches(source + (thread * part), target + (thread * part), part);
        }
        else
        {
            CopyPlainly(source + (thread * part), target + (thread * part), part);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(source);
        NativeMemory.AlignedFree(target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyPlainly(byte* from, byte* to, long bytes)
    {
        for (long i = 0; i < bytes; i += 64)
        {
            Vector512.Load(from + i).Store(to + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyPastCaches(byte* from, byte* to, long bytes)
    {
        for (long i = 0; i < bytes; i += 64)
        {
            Vector512.Load(from + i).StoreAlignedNonTemporal(to + i);
        }
    }
}
