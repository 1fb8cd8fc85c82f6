using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sinter.Runtime.Kernels;

public static unsafe partial class Lanes
{
    /// <summary>Stores the lanes below <paramref name="count"/>, which may be negative or more than there are, and
    /// touches no memory behind them.</summary>
    /// <param name="target">Where the first element goes; it need not be aligned.</param>
    /// <param name="value">The lanes.</param>
    /// <param name="count">How many of them.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreUpTo<T>(T* target, Vector512<T> value, long count)
        where T : unmanaged
    {
        if (count >= Vector512<T>.Count)
        {
            value.Store(target);
        }
        else if (count > 0 && sizeof(T) == sizeof(float))
        {
            StorePartial((float*)target, value.AsSingle(), (int)count);
        }
        else if (count > 0)
        {
            Unsafe.CopyBlockUnaligned(target, &value, (uint)count * (uint)sizeof(T));
        }
    }

    /// <inheritdoc cref="StoreUpTo{T}(T*, Vector512{T}, long)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreUpTo<T>(T* target, Vector256<T> value, long count)
        where T : unmanaged
    {
        if (count >= Vector256<T>.Count)
        {
            value.Store(target);
        }
        else if (count > 0 && sizeof(T) == sizeof(float))
        {
            StorePartial((float*)target, value.AsSingle(), (int)count);
        }
        else if (count > 0)
        {
            Unsafe.CopyBlockUnaligned(target, &value, (uint)count * (uint)sizeof(T));
        }
    }

    /// <inheritdoc cref="StoreUpTo{T}(T*, Vector512{T}, long)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreUpTo<T>(T* target, Vector128<T> value, long count)
        where T : unmanaged
    {
        if (count >= Vector128<T>.Count)
        {
            value.Store(target);
        }
        else if (count > 0 && sizeof(T) == sizeof(float))
        {
            StorePartial((float*)target, value.AsSingle(), (int)count);
        }
        else if (count > 0)
        {
            Unsafe.CopyBlockUnaligned(target, &value, (uint)count * (uint)sizeof(T));
        }
    }

    /// <summary>Stores the lower half of a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLower64<T>(T* target, Vector128<T> value)
        where T : unmanaged => *(long*)target = value.AsInt64().ToScalar();

    /// <summary>Stores the lowest four bytes of a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLower32<T>(T* target, Vector128<T> value)
        where T : unmanaged => *(int*)target = value.AsInt32().ToScalar();

    /// <summary>Stores the lowest two bytes of a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLower16<T>(T* target, Vector128<T> value)
        where T : unmanaged => *(short*)target = value.AsInt16().ToScalar();

    /// <summary>Stores lane l at target + l * stride, for the lanes below <paramref name="count"/>.</summary>
    public static void StoreStrided<T>(T* target, long stride, Vector512<T> value, long count)
        where T : unmanaged => CopyLanes((T*)&value, target, stride, Math.Min(count, Vector512<T>.Count));

    /// <inheritdoc cref="StoreStrided{T}(T*, long, Vector512{T}, long)"/>
    public static void StoreStrided<T>(T* target, long stride, Vector256<T> value, long count)
        where T : unmanaged => CopyLanes((T*)&value, target, stride, Math.Min(count, Vector256<T>.Count));

    /// <inheritdoc cref="StoreStrided{T}(T*, long, Vector512{T}, long)"/>
    public static void StoreStrided<T>(T* target, long stride, Vector128<T> value, long count)
        where T : unmanaged => CopyLanes((T*)&value, target, stride, Math.Min(count, Vector128<T>.Count));

    // Optimised at once: kernels call it from their innermost loops.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyLanes<T>(T* lanes, T* target, long stride, long count)
        where T : unmanaged
    {
        for (long lane = 0; lane < count; lane++)
        {
            target[lane * stride] = lanes[lane];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePartial(float* target, Vector128<float> value, int count)
    {
        if (Avx.IsSupported)
        {
            Vector128<float> mask = Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)).AsSingle();
            Avx.MaskStore(target, mask, value);
            return;
        }
        for (int lane = 0; lane < Math.Min(count, Vector128<float>.Count); lane++)
        {
            target[lane] = value.GetElement(lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePartial(float* target, Vector256<float> value, int count)
    {
        if (Avx.IsSupported)
        {
            Vector256<float> mask = Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle();
            Avx.MaskStore(target, mask, value);
            return;
        }
        for (int lane = 0; lane < Math.Min(count, Vector256<float>.Count); lane++)
        {
            target[lane] = value.GetElement(lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePartial(float* target, Vector512<float> value, int count)
    {
        if (Avx512F.IsSupported)
        {
            Vector512<float> mask = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();
            Avx512F.MaskStore(target, mask, value);
            return;
        }
        // Each half takes what is left for it, which may be nothing.
        StorePartial(target, value.GetLower(), count);
        StorePartial(target + Vector256<float>.Count, value.GetUpper(), count - Vector256<float>.Count);
    }
}
