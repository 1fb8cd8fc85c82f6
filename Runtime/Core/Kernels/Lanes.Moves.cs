using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sinter.Runtime.Kernels;

public static unsafe partial class Lanes
{
    /// <summary>Stores the lanes below <paramref name="count"/>, which may be negative or more than there
    /// are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreUpTo(float* target, Vector512<float> value, long count)
    {
        if (count >= Vector512<float>.Count)
        {
            value.Store(target);
        }
        else if (count > 0)
        {
            StorePartial(target, value, (int)count);
        }
    }

    /// <inheritdoc cref="StoreUpTo(float*, Vector512{float}, long)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreUpTo(float* target, Vector256<float> value, long count)
    {
        if (count >= Vector256<float>.Count)
        {
            value.Store(target);
        }
        else if (count > 0)
        {
            StorePartial(target, value, (int)count);
        }
    }

    /// <inheritdoc cref="StoreUpTo(float*, Vector512{float}, long)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreUpTo(float* target, Vector128<float> value, long count)
    {
        if (count >= Vector128<float>.Count)
        {
            value.Store(target);
        }
        else if (count > 0)
        {
            StorePartial(target, value, (int)count);
        }
    }

    /// <inheritdoc cref="StoreUpTo(float*, Vector512{float}, long)"/>
    public static void StoreUpTo(int* target, Vector512<int> value, long count) =>
        StoreUpTo((float*)target, value.AsSingle(), count);

    /// <inheritdoc cref="StoreUpTo(float*, Vector512{float}, long)"/>
    public static void StoreUpTo(int* target, Vector256<int> value, long count) =>
        StoreUpTo((float*)target, value.AsSingle(), count);

    /// <inheritdoc cref="StoreUpTo(float*, Vector512{float}, long)"/>
    public static void StoreUpTo(int* target, Vector128<int> value, long count) =>
        StoreUpTo((float*)target, value.AsSingle(), count);

    /// <inheritdoc cref="StoreUpTo(float*, Vector512{float}, long)"/>
    public static void StoreUpTo(uint* target, Vector512<uint> value, long count) =>
        StoreUpTo((float*)target, value.AsSingle(), count);

    /// <inheritdoc cref="StoreUpTo(float*, Vector512{float}, long)"/>
    public static void StoreUpTo(uint* target, Vector256<uint> value, long count) =>
        StoreUpTo((float*)target, value.AsSingle(), count);

    /// <inheritdoc cref="StoreUpTo(float*, Vector512{float}, long)"/>
    public static void StoreUpTo(uint* target, Vector128<uint> value, long count) =>
        StoreUpTo((float*)target, value.AsSingle(), count);

    /// <summary>Stores lane l at target + l * stride, for the lanes below <paramref name="count"/>.</summary>
    public static void StoreStrided<T>(T* target, long stride, Vector512<T> value, long count)
        where T : unmanaged
    {
        T* lanes = (T*)&value;
        long last = Math.Min(count, Vector512<T>.Count);
        for (long lane = 0; lane < last; lane++)
        {
            target[lane * stride] = lanes[lane];
        }
    }

    /// <inheritdoc cref="StoreStrided{T}(T*, long, Vector512{T}, long)"/>
    public static void StoreStrided<T>(T* target, long stride, Vector256<T> value, long count)
        where T : unmanaged
    {
        T* lanes = (T*)&value;
        long last = Math.Min(count, Vector256<T>.Count);
        for (long lane = 0; lane < last; lane++)
        {
            target[lane * stride] = lanes[lane];
        }
    }

    /// <inheritdoc cref="StoreStrided{T}(T*, long, Vector512{T}, long)"/>
    public static void StoreStrided<T>(T* target, long stride, Vector128<T> value, long count)
        where T : unmanaged
    {
        T* lanes = (T*)&value;
        long last = Math.Min(count, Vector128<T>.Count);
        for (long lane = 0; lane < last; lane++)
        {
            target[lane * stride] = lanes[lane];
        }
    }

    /// <summary>Elements 0, 2, 4, … at <paramref name="source"/>; nothing behind the last of them is read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadStride2_512(float* source)
    {
        if (Avx512F.IsSupported)
        {
            // Elements 0..15 and 15..30: the even ones of both.
            Vector512<int> pick = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31);
            return Avx512F.PermuteVar16x32x2(Vector512.Load(source), pick, Vector512.Load(source + 15));
        }

        return Vector512.Create(LoadStride2_256(source), LoadStride2_256(source + 16));
    }

    /// <inheritdoc cref="LoadStride2_512(float*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadStride2_256(float* source) =>
        Vector256.Create(LoadStride2_128(source), LoadStride2_128(source + 8));

    /// <inheritdoc cref="LoadStride2_512(float*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadStride2_128(float* source) =>
        Vector128.Create(source[0], source[2], source[4], source[6]);

    /// <summary>Elements 0, 2, 4, … at <paramref name="source"/>.</summary>
    public static Vector512<int> LoadStride2_512(int* source) => LoadStride2_512((float*)source).AsInt32();

    /// <inheritdoc cref="LoadStride2_512(int*)"/>
    public static Vector256<int> LoadStride2_256(int* source) => LoadStride2_256((float*)source).AsInt32();

    /// <inheritdoc cref="LoadStride2_512(int*)"/>
    public static Vector128<int> LoadStride2_128(int* source) => LoadStride2_128((float*)source).AsInt32();

    /// <summary>Lane l is element l / 2 at <paramref name="source"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadTwice512(float* source)
    {
        Vector512<int> pick = Vector512.Create(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
        return Vector512.Shuffle(Vector512.Create(Vector256.Load(source), Vector256<float>.Zero), pick);
    }

    /// <inheritdoc cref="LoadTwice512(float*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadTwice256(float* source) =>
        Vector256.Shuffle(
            Vector256.Create(Vector128.Load(source), Vector128<float>.Zero), Vector256.Create(0, 0, 1, 1, 2, 2, 3, 3));

    /// <inheritdoc cref="LoadTwice512(float*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadTwice128(float* source) =>
        Vector128.Create(source[0], source[0], source[1], source[1]);

    /// <inheritdoc cref="LoadTwice512(float*)"/>
    public static Vector512<int> LoadTwice512(int* source) => LoadTwice512((float*)source).AsInt32();

    /// <inheritdoc cref="LoadTwice512(float*)"/>
    public static Vector256<int> LoadTwice256(int* source) => LoadTwice256((float*)source).AsInt32();

    /// <inheritdoc cref="LoadTwice512(float*)"/>
    public static Vector128<int> LoadTwice128(int* source) => LoadTwice128((float*)source).AsInt32();

    /// <summary>-1, 0 or 1; of NaN, 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sign(Vector512<float> x) => Vector512.ConditionalSelect(
        Vector512.GreaterThan(Vector512.Abs(x), Vector512<float>.Zero), Vector512.CopySign(Vector512<float>.One, x),
        Vector512<float>.Zero);

    /// <inheritdoc cref="Sign(Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sign(Vector256<float> x) => Vector256.ConditionalSelect(
        Vector256.GreaterThan(Vector256.Abs(x), Vector256<float>.Zero), Vector256.CopySign(Vector256<float>.One, x),
        Vector256<float>.Zero);

    /// <inheritdoc cref="Sign(Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sign(Vector128<float> x) => Vector128.ConditionalSelect(
        Vector128.GreaterThan(Vector128.Abs(x), Vector128<float>.Zero), Vector128.CopySign(Vector128<float>.One, x),
        Vector128<float>.Zero);

    /// <summary>Remainder with the sign of the divisor, lane by lane as <see cref="Scalars.Remainder(float,
    /// float)"/>.</summary>
    public static Vector512<float> Remainder(Vector512<float> a, Vector512<float> b) =>
        Vector512.Create(Remainder(a.GetLower(), b.GetLower()), Remainder(a.GetUpper(), b.GetUpper()));

    /// <inheritdoc cref="Remainder(Vector512{float}, Vector512{float})"/>
    public static Vector256<float> Remainder(Vector256<float> a, Vector256<float> b) =>
        Vector256.Create(Remainder(a.GetLower(), b.GetLower()), Remainder(a.GetUpper(), b.GetUpper()));

    /// <inheritdoc cref="Remainder(Vector512{float}, Vector512{float})"/>
    public static Vector128<float> Remainder(Vector128<float> a, Vector128<float> b) => Vector128.Create(
        Scalars.Remainder(a[0], b[0]), Scalars.Remainder(a[1], b[1]), Scalars.Remainder(a[2], b[2]),
        Scalars.Remainder(a[3], b[3]));

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
