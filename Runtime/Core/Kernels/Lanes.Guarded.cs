using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

public static unsafe partial class Lanes
{
    /// <summary>Lane l is source[start + l] where <paramref name="low"/> &lt;= start + l &lt; <paramref name="high"/>,
    /// and
    /// <paramref name="fill"/> elsewhere. Memory outside the range is not touched.</summary>
    /// <param name="source">Where element 0 is.</param>
    /// <param name="start">The index of lane 0; it may lie outside the range, but within 2^62 of it.</param>
    /// <param name="low">The first index that may be read.</param>
    /// <param name="high">The index behind the last that may be read.</param>
    /// <param name="fill">The value outside.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadGuarded128(float* source, long start, long low, long high, float fill) =>
        start >= low && start + 4 <= high
            ? Vector128.Load(source + start)
            : LoadAtBorder128(source + start, low - start, high - start, fill);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<float> LoadAtBorder128(float* source, long low, long high, float fill)
    {
        Vector128<int> indices = Vector128<int>.Indices;
        Vector128<int> first = Vector128.Create((int)Math.Clamp(low, 0, 4));
        Vector128<int> last = Vector128.Create((int)Math.Clamp(high, 0, 4));
        Vector128<int> inside = Vector128.GreaterThanOrEqual(indices, first) & Vector128.LessThan(indices, last);
        Vector128<float> mask = inside.AsSingle();
        return Vector128.ConditionalSelect(mask, LoadMasked(source, mask), Vector128.Create(fill));
    }

    /// <inheritdoc cref="LoadGuarded128(float*, long, long, long, float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadGuarded256(float* source, long start, long low, long high, float fill) =>
        start >= low && start + 8 <= high
            ? Vector256.Load(source + start)
            : LoadAtBorder256(source + start, low - start, high - start, fill);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector256<float> LoadAtBorder256(float* source, long low, long high, float fill)
    {
        Vector256<int> indices = Vector256<int>.Indices;
        Vector256<int> first = Vector256.Create((int)Math.Clamp(low, 0, 8));
        Vector256<int> last = Vector256.Create((int)Math.Clamp(high, 0, 8));
        Vector256<int> inside = Vector256.GreaterThanOrEqual(indices, first) & Vector256.LessThan(indices, last);
        Vector256<float> mask = inside.AsSingle();
        return Vector256.ConditionalSelect(mask, LoadMasked(source, mask), Vector256.Create(fill));
    }

    /// <inheritdoc cref="LoadGuarded128(float*, long, long, long, float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadGuarded512(float* source, long start, long low, long high, float fill) =>
        start >= low && start + 16 <= high
            ? Vector512.Load(source + start)
            : LoadAtBorder512(source + start, low - start, high - start, fill);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<float> LoadAtBorder512(float* source, long low, long high, float fill)
    {
        Vector512<int> indices = Vector512<int>.Indices;
        Vector512<int> first = Vector512.Create((int)Math.Clamp(low, 0, 16));
        Vector512<int> last = Vector512.Create((int)Math.Clamp(high, 0, 16));
        Vector512<int> inside = Vector512.GreaterThanOrEqual(indices, first) & Vector512.LessThan(indices, last);
        Vector512<float> mask = inside.AsSingle();
        return Vector512.ConditionalSelect(mask, LoadMasked(source, mask), Vector512.Create(fill));
    }

    /// <inheritdoc cref="LoadGuarded128(float*, long, long, long, float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadGuarded128(int* source, long start, long low, long high, int fill) =>
        start >= low && start + 4 <= high
            ? Vector128.Load(source + start)
            : LoadAtBorder128(source + start, low - start, high - start, fill);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<int> LoadAtBorder128(int* source, long low, long high, int fill)
    {
        Vector128<int> indices = Vector128<int>.Indices;
        Vector128<int> first = Vector128.Create((int)Math.Clamp(low, 0, 4));
        Vector128<int> last = Vector128.Create((int)Math.Clamp(high, 0, 4));
        Vector128<int> inside = Vector128.GreaterThanOrEqual(indices, first) & Vector128.LessThan(indices, last);
        Vector128<int> mask = inside;
        return Vector128.ConditionalSelect(mask, LoadMasked(source, mask), Vector128.Create(fill));
    }

    /// <inheritdoc cref="LoadGuarded128(float*, long, long, long, float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadGuarded256(int* source, long start, long low, long high, int fill) =>
        start >= low && start + 8 <= high
            ? Vector256.Load(source + start)
            : LoadAtBorder256(source + start, low - start, high - start, fill);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector256<int> LoadAtBorder256(int* source, long low, long high, int fill)
    {
        Vector256<int> indices = Vector256<int>.Indices;
        Vector256<int> first = Vector256.Create((int)Math.Clamp(low, 0, 8));
        Vector256<int> last = Vector256.Create((int)Math.Clamp(high, 0, 8));
        Vector256<int> inside = Vector256.GreaterThanOrEqual(indices, first) & Vector256.LessThan(indices, last);
        Vector256<int> mask = inside;
        return Vector256.ConditionalSelect(mask, LoadMasked(source, mask), Vector256.Create(fill));
    }

    /// <inheritdoc cref="LoadGuarded128(float*, long, long, long, float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadGuarded512(int* source, long start, long low, long high, int fill) =>
        start >= low && start + 16 <= high
            ? Vector512.Load(source + start)
            : LoadAtBorder512(source + start, low - start, high - start, fill);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<int> LoadAtBorder512(int* source, long low, long high, int fill)
    {
        Vector512<int> indices = Vector512<int>.Indices;
        Vector512<int> first = Vector512.Create((int)Math.Clamp(low, 0, 16));
        Vector512<int> last = Vector512.Create((int)Math.Clamp(high, 0, 16));
        Vector512<int> inside = Vector512.GreaterThanOrEqual(indices, first) & Vector512.LessThan(indices, last);
        Vector512<int> mask = inside;
        return Vector512.ConditionalSelect(mask, LoadMasked(source, mask), Vector512.Create(fill));
    }
}
