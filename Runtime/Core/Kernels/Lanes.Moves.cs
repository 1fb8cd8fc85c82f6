using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sinter.Runtime.Kernels;

public static unsafe partial class Lanes
{
    /// <summary>Elements 0, 2, 4, … at <paramref name="source"/>; nothing behind the last of them is read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> LoadStride2_512<T>(T* source)
        where T : unmanaged
    {
        if (Avx512F.IsSupported && sizeof(T) == sizeof(int))
        {
            // Elements 0..15 and 15..30: the even ones of both.
            Vector512<int> pick = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31);
            Vector512<int> first = Vector512.Load((int*)source);
            return Avx512F.PermuteVar16x32x2(first, pick, Vector512.Load((int*)source + 15)).As<int, T>();
        }

        return Vector512.Create(LoadStride2_256(source), LoadStride2_256(source + (2 * Vector256<T>.Count)));
    }

    /// <inheritdoc cref="LoadStride2_512{T}(T*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> LoadStride2_256<T>(T* source)
        where T : unmanaged =>
        Vector256.Create(LoadStride2_128(source), LoadStride2_128(source + (2 * Vector128<T>.Count)));

    /// <inheritdoc cref="LoadStride2_512{T}(T*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> LoadStride2_128<T>(T* source)
        where T : unmanaged
    {
        switch (sizeof(T))
        {
            case 8:
                long* from = (long*)source;
                return Vector128.Create(from[0], from[2]).As<long, T>();
            case 4:
                int* items = (int*)source;
                return Vector128.Create(items[0], items[2], items[4], items[6]).As<int, T>();
            case 2:
                // The second vector ends with the last element.
                Vector128<uint> low = Vector128.Load((uint*)source) & Vector128.Create(0xFFFFu);
                Vector128<uint> high = Vector128.Load((uint*)((ushort*)source + 7)) >> 16;
                return Vector128.Narrow(low, high).As<ushort, T>();
            default:
                Vector128<ushort> even = Vector128.Load((ushort*)source) & Vector128.Create((ushort)0xFF);
                Vector128<ushort> odd = Vector128.Load((ushort*)((byte*)source + 15)) >> 8;
                return Vector128.Narrow(even, odd).As<byte, T>();
        }
    }

    /// <summary>Lane l is element l / 2 at <paramref name="source"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> LoadTwice512<T>(T* source)
        where T : unmanaged
    {
        if (sizeof(T) == sizeof(int))
        {
            Vector512<int> pick = Vector512.Create(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
            Vector256<int> half = Vector256.Load((int*)source);
            return Vector512.Shuffle(Vector512.Create(half, Vector256<int>.Zero), pick).As<int, T>();
        }

        return Vector512.Create(LoadTwice256(source), LoadTwice256(source + Vector128<T>.Count));
    }

    /// <inheritdoc cref="LoadTwice512{T}(T*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> LoadTwice256<T>(T* source)
        where T : unmanaged
    {
        if (sizeof(T) == sizeof(int))
        {
            Vector128<int> half = Vector128.Load((int*)source);
            Vector256<int> pick = Vector256.Create(0, 0, 1, 1, 2, 2, 3, 3);
            return Vector256.Shuffle(Vector256.Create(half, Vector128<int>.Zero), pick).As<int, T>();
        }

        return Vector256.Create(LoadTwice128(source), LoadTwice128(source + (Vector128<T>.Count / 2)));
    }

    /// <inheritdoc cref="LoadTwice512{T}(T*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> LoadTwice128<T>(T* source)
        where T : unmanaged
    {
        switch (sizeof(T))
        {
            case 8:
                return Vector128.Create(source[0]);
            case 4:
                int* items = (int*)source;
                return Vector128.Create(items[0], items[0], items[1], items[1]).As<int, T>();
            case 2:
                Vector128<uint> words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)source).AsUInt16());
                return (words | (words << 16)).As<uint, T>();
            default:
                Vector128<ushort> bytes = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)source).AsByte());
                return (bytes | (bytes << 8)).As<ushort, T>();
        }
    }

    /// <summary>The larger of two numbers, NaN where one is NaN; of two zeros the first, on x64. Two instructions more
    /// than the processor's own, which gives the second operand where one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Maximum<T>(Vector512<T> a, Vector512<T> b)
        where T : unmanaged =>
        Vector512.ConditionalSelect(Vector512.Equals(b, b), Vector512.MaxNative(b, a), b);

    /// <inheritdoc cref="Maximum{T}(Vector512{T}, Vector512{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Maximum<T>(Vector256<T> a, Vector256<T> b)
        where T : unmanaged =>
        Vector256.ConditionalSelect(Vector256.Equals(b, b), Vector256.MaxNative(b, a), b);

    /// <inheritdoc cref="Maximum{T}(Vector512{T}, Vector512{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Maximum<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged =>
        Vector128.ConditionalSelect(Vector128.Equals(b, b), Vector128.MaxNative(b, a), b);

    /// <summary>The smaller of two numbers, NaN where one is NaN; of two zeros the first, on x64. Two instructions more
    /// than the processor's own, which gives the second operand where one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Minimum<T>(Vector512<T> a, Vector512<T> b)
        where T : unmanaged =>
        Vector512.ConditionalSelect(Vector512.Equals(b, b), Vector512.MinNative(b, a), b);

    /// <inheritdoc cref="Minimum{T}(Vector512{T}, Vector512{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Minimum<T>(Vector256<T> a, Vector256<T> b)
        where T : unmanaged =>
        Vector256.ConditionalSelect(Vector256.Equals(b, b), Vector256.MinNative(b, a), b);

    /// <inheritdoc cref="Minimum{T}(Vector512{T}, Vector512{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Minimum<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged =>
        Vector128.ConditionalSelect(Vector128.Equals(b, b), Vector128.MinNative(b, a), b);

    /// <summary>-1, 0 or 1; of NaN, 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Sign<T>(Vector512<T> x)
        where T : unmanaged => Vector512.ConditionalSelect(
        Vector512.GreaterThan(Vector512.Abs(x), Vector512<T>.Zero), Vector512.CopySign(Vector512<T>.One, x),
        Vector512<T>.Zero);

    /// <inheritdoc cref="Sign{T}(Vector512{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Sign<T>(Vector256<T> x)
        where T : unmanaged => Vector256.ConditionalSelect(
        Vector256.GreaterThan(Vector256.Abs(x), Vector256<T>.Zero), Vector256.CopySign(Vector256<T>.One, x),
        Vector256<T>.Zero);

    /// <inheritdoc cref="Sign{T}(Vector512{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Sign<T>(Vector128<T> x)
        where T : unmanaged => Vector128.ConditionalSelect(
        Vector128.GreaterThan(Vector128.Abs(x), Vector128<T>.Zero), Vector128.CopySign(Vector128<T>.One, x),
        Vector128<T>.Zero);

    /// <summary>Asks for the cache line of an address, which need not be valid.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(void* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(address);
        }
    }
}
