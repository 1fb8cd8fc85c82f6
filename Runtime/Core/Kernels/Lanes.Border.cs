using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

/// <summary>What generated kernels need beside the vector types: loads and stores of the rest of a row, loads at the
/// border of an array, conversions, and horizontal reductions in a fixed order.</summary>
public static unsafe partial class Lanes
{
    /// <summary>
    /// Lane l is source[l] where low ≤ l &lt; high, else the fill. Where one lane is read, memory a vector around it
    /// may be touched: for kernels, whose buffers have slack at both ends.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> LoadBorder512<T>(T* source, long low, long high, T fill)
        where T : unmanaged
    {
        if (low <= 0 && high >= Vector512<T>.Count)
        {
            return Vector512.Load(source);
        }

        if (high <= 0 || low >= Vector512<T>.Count)
        {
            return Vector512.Create(fill);
        }

        int first = (int)Math.Max(low, 0);
        int last = (int)Math.Min(high, Vector512<T>.Count);
        Vector512<T> inside = sizeof(T) switch
        {
            1 => Inside512((sbyte)first, (sbyte)last).As<sbyte, T>(),
            2 => Inside512((short)first, (short)last).As<short, T>(),
            4 => Inside512(first, last).As<int, T>(),
            _ => Inside512((long)first, last).As<long, T>(),
        };
        return Vector512.ConditionalSelect(inside, Vector512.Load(source), Vector512.Create(fill));
    }

    /// <inheritdoc cref="LoadBorder512{T}(T*, long, long, T)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> LoadBorder256<T>(T* source, long low, long high, T fill)
        where T : unmanaged
    {
        if (low <= 0 && high >= Vector256<T>.Count)
        {
            return Vector256.Load(source);
        }

        if (high <= 0 || low >= Vector256<T>.Count)
        {
            return Vector256.Create(fill);
        }

        int first = (int)Math.Max(low, 0);
        int last = (int)Math.Min(high, Vector256<T>.Count);
        Vector256<T> inside = sizeof(T) switch
        {
            1 => Inside256((sbyte)first, (sbyte)last).As<sbyte, T>(),
            2 => Inside256((short)first, (short)last).As<short, T>(),
            4 => Inside256(first, last).As<int, T>(),
            _ => Inside256((long)first, last).As<long, T>(),
        };
        return Vector256.ConditionalSelect(inside, Vector256.Load(source), Vector256.Create(fill));
    }

    /// <inheritdoc cref="LoadBorder512{T}(T*, long, long, T)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> LoadBorder128<T>(T* source, long low, long high, T fill)
        where T : unmanaged
    {
        if (low <= 0 && high >= Vector128<T>.Count)
        {
            return Vector128.Load(source);
        }

        if (high <= 0 || low >= Vector128<T>.Count)
        {
            return Vector128.Create(fill);
        }

        int first = (int)Math.Max(low, 0);
        int last = (int)Math.Min(high, Vector128<T>.Count);
        Vector128<T> inside = sizeof(T) switch
        {
            1 => Inside128((sbyte)first, (sbyte)last).As<sbyte, T>(),
            2 => Inside128((short)first, (short)last).As<short, T>(),
            4 => Inside128(first, last).As<int, T>(),
            _ => Inside128((long)first, last).As<long, T>(),
        };
        return Vector128.ConditionalSelect(inside, Vector128.Load(source), Vector128.Create(fill));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Inside512<T>(T first, T last)
        where T : unmanaged => Vector512.GreaterThanOrEqual(Vector512<T>.Indices, Vector512.Create(first))
            & Vector512.LessThan(Vector512<T>.Indices, Vector512.Create(last));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Inside256<T>(T first, T last)
        where T : unmanaged => Vector256.GreaterThanOrEqual(Vector256<T>.Indices, Vector256.Create(first))
            & Vector256.LessThan(Vector256<T>.Indices, Vector256.Create(last));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Inside128<T>(T first, T last)
        where T : unmanaged => Vector128.GreaterThanOrEqual(Vector128<T>.Indices, Vector128.Create(first))
            & Vector128.LessThan(Vector128<T>.Indices, Vector128.Create(last));
}
