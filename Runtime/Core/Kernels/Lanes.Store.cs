using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sinter.Runtime.Kernels;

public static unsafe partial class Lanes
{
    /// <summary>Stores the first <paramref name="count"/> lanes at <paramref name="target"/> and touches no
    /// memory behind them.</summary>
    /// <param name="target">Where the first element goes; it need not be aligned.</param>
    /// <param name="value">The lanes.</param>
    /// <param name="count">How many of them, from 0 to the number of lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(float* target, Vector128<float> value, int count)
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

    /// <inheritdoc cref="StorePartial(float*, Vector128{float}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(float* target, Vector256<float> value, int count)
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

    /// <inheritdoc cref="StorePartial(float*, Vector128{float}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(float* target, Vector512<float> value, int count)
    {
#if NET10_0_OR_GREATER
        if (Avx512F.IsSupported)
        {
            Vector512<float> mask = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();
            Avx512F.MaskStore(target, mask, value);
            return;
        }
#endif
        StorePartial(target, value.GetLower(), count);
        if (count > 8)
        {
            StorePartial(target + 8, value.GetUpper(), count - 8);
        }
    }

    /// <inheritdoc cref="StorePartial(float*, Vector128{float}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(int* target, Vector128<int> value, int count)
    {
        if (Avx2.IsSupported)
        {
            Avx2.MaskStore(target, Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)), value);
            return;
        }
        for (int lane = 0; lane < Math.Min(count, Vector128<int>.Count); lane++)
        {
            target[lane] = value.GetElement(lane);
        }
    }

    /// <inheritdoc cref="StorePartial(float*, Vector128{float}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(int* target, Vector256<int> value, int count)
    {
        if (Avx2.IsSupported)
        {
            Avx2.MaskStore(target, Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)), value);
            return;
        }
        for (int lane = 0; lane < Math.Min(count, Vector256<int>.Count); lane++)
        {
            target[lane] = value.GetElement(lane);
        }
    }

    /// <inheritdoc cref="StorePartial(float*, Vector128{float}, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePartial(int* target, Vector512<int> value, int count)
    {
#if NET10_0_OR_GREATER
        if (Avx512F.IsSupported)
        {
            Avx512F.MaskStore(target, Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)), value);
            return;
        }
#endif
        StorePartial(target, value.GetLower(), count);
        if (count > 8)
        {
            StorePartial(target + 8, value.GetUpper(), count - 8);
        }
    }
}
