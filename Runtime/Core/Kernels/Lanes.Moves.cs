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
        if (Avx512F.IsSupported)
        {
            // Elements 0..15 and 15..30: the even ones of both.
            Vector512<int> pick = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31);
            Vector512<int> first = Vector512.Load((int*)source);
            return Avx512F.PermuteVar16x32x2(first, pick, Vector512.Load((int*)source + 15)).As<int, T>();
        }

        return Vector512.Create(LoadStride2_256(source), LoadStride2_256(source + 16));
    }

    /// <inheritdoc cref="LoadStride2_512{T}(T*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> LoadStride2_256<T>(T* source)
        where T : unmanaged => Vector256.Create(LoadStride2_128(source), LoadStride2_128(source + 8));

    /// <inheritdoc cref="LoadStride2_512{T}(T*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> LoadStride2_128<T>(T* source)
        where T : unmanaged
    {
        float* from = (float*)source;
        return Vector128.Create(from[0], from[2], from[4], from[6]).As<float, T>();
    }

    /// <summary>Lane l is element l / 2 at <paramref name="source"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> LoadTwice512<T>(T* source)
        where T : unmanaged
    {
        Vector512<int> pick = Vector512.Create(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
        Vector256<float> half = Vector256.Load((float*)source);
        return Vector512.Shuffle(Vector512.Create(half, Vector256<float>.Zero), pick).As<float, T>();
    }

    /// <inheritdoc cref="LoadTwice512{T}(T*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> LoadTwice256<T>(T* source)
        where T : unmanaged
    {
        Vector128<float> half = Vector128.Load((float*)source);
        Vector256<int> pick = Vector256.Create(0, 0, 1, 1, 2, 2, 3, 3);
        return Vector256.Shuffle(Vector256.Create(half, Vector128<float>.Zero), pick).As<float, T>();
    }

    /// <inheritdoc cref="LoadTwice512{T}(T*)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> LoadTwice128<T>(T* source)
        where T : unmanaged
    {
        float* from = (float*)source;
        return Vector128.Create(from[0], from[0], from[1], from[1]).As<float, T>();
    }

    /// <summary>The larger of two numbers, NaN where one is NaN; of two zeros the first, on x64. Two instructions more
    /// than the processor's own, which gives the second operand where one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Maximum(Vector512<float> a, Vector512<float> b) =>
        Vector512.ConditionalSelect(Vector512.Equals(b, b), Vector512.MaxNative(b, a), b);

    /// <inheritdoc cref="Maximum(Vector512{float}, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Maximum(Vector256<float> a, Vector256<float> b) =>
        Vector256.ConditionalSelect(Vector256.Equals(b, b), Vector256.MaxNative(b, a), b);

    /// <inheritdoc cref="Maximum(Vector512{float}, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Maximum(Vector128<float> a, Vector128<float> b) =>
        Vector128.ConditionalSelect(Vector128.Equals(b, b), Vector128.MaxNative(b, a), b);

    /// <summary>The smaller of two numbers, NaN where one is NaN; of two zeros the first, on x64. Two instructions more
    /// than the processor's own, which gives the second operand where one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Minimum(Vector512<float> a, Vector512<float> b) =>
        Vector512.ConditionalSelect(Vector512.Equals(b, b), Vector512.MinNative(b, a), b);

    /// <inheritdoc cref="Minimum(Vector512{float}, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Minimum(Vector256<float> a, Vector256<float> b) =>
        Vector256.ConditionalSelect(Vector256.Equals(b, b), Vector256.MinNative(b, a), b);

    /// <inheritdoc cref="Minimum(Vector512{float}, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Minimum(Vector128<float> a, Vector128<float> b) =>
        Vector128.ConditionalSelect(Vector128.Equals(b, b), Vector128.MinNative(b, a), b);

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
