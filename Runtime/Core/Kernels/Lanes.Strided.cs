using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

public static unsafe partial class Lanes
{
    /// <summary>Reads elements that lie apart into the first <paramref name="count"/> lanes; the others are 0 and
    /// touch no memory.</summary>
    /// <param name="source">Lane 0's element.</param>
    /// <param name="stride">The distance of neighbouring lanes in elements.</param>
    /// <param name="count">How many lanes are read; may be more than there are.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> LoadStrided128<T>(T* source, long stride, long count)
        where T : unmanaged
    {
        Vector128<T> lanes = Vector128<T>.Zero;
        CopyStrided(source, stride, Math.Min(count, Vector128<T>.Count), (T*)&lanes);
        return lanes;
    }

    /// <inheritdoc cref="LoadStrided128{T}(T*, long, long)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> LoadStrided256<T>(T* source, long stride, long count)
        where T : unmanaged
    {
        Vector256<T> lanes = Vector256<T>.Zero;
        CopyStrided(source, stride, Math.Min(count, Vector256<T>.Count), (T*)&lanes);
        return lanes;
    }

    /// <inheritdoc cref="LoadStrided128{T}(T*, long, long)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> LoadStrided512<T>(T* source, long stride, long count)
        where T : unmanaged
    {
        Vector512<T> lanes = Vector512<T>.Zero;
        CopyStrided(source, stride, Math.Min(count, Vector512<T>.Count), (T*)&lanes);
        return lanes;
    }

    // Optimised at once: kernels call it from their innermost loops.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyStrided<T>(T* source, long stride, long count, T* target)
        where T : unmanaged
    {
        for (long lane = 0; lane < count; lane++)
        {
            target[lane] = source[lane * stride];
        }
    }
}
