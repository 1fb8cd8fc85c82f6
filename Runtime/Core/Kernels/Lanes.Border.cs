using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

/// <summary>What generated kernels need beside the vector types, for lanes of four bytes of any type: loads and stores
/// of the rest of a row, loads at the border of an array, and horizontal reductions in a fixed order.</summary>
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
        if (low <= 0 && high >= 16)
        {
            return Vector512.Load(source);
        }

        if (high <= 0 || low >= 16)
        {
            return Vector512.Create(fill);
        }

        Vector512<int> inside = Vector512.GreaterThanOrEqual(
            Vector512<int>.Indices, Vector512.Create((int)Math.Max(low, 0)))
            & Vector512.LessThan(Vector512<int>.Indices, Vector512.Create((int)Math.Min(high, 16)));
        return Vector512.ConditionalSelect(inside.As<int, T>(), Vector512.Load(source), Vector512.Create(fill));
    }

    /// <inheritdoc cref="LoadBorder512{T}(T*, long, long, T)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> LoadBorder256<T>(T* source, long low, long high, T fill)
        where T : unmanaged
    {
        if (low <= 0 && high >= 8)
        {
            return Vector256.Load(source);
        }

        if (high <= 0 || low >= 8)
        {
            return Vector256.Create(fill);
        }

        Vector256<int> inside = Vector256.GreaterThanOrEqual(
            Vector256<int>.Indices, Vector256.Create((int)Math.Max(low, 0)))
            & Vector256.LessThan(Vector256<int>.Indices, Vector256.Create((int)Math.Min(high, 8)));
        return Vector256.ConditionalSelect(inside.As<int, T>(), Vector256.Load(source), Vector256.Create(fill));
    }

    /// <inheritdoc cref="LoadBorder512{T}(T*, long, long, T)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> LoadBorder128<T>(T* source, long low, long high, T fill)
        where T : unmanaged
    {
        if (low <= 0 && high >= 4)
        {
            return Vector128.Load(source);
        }

        if (high <= 0 || low >= 4)
        {
            return Vector128.Create(fill);
        }

        Vector128<int> inside = Vector128.GreaterThanOrEqual(
            Vector128<int>.Indices, Vector128.Create((int)Math.Max(low, 0)))
            & Vector128.LessThan(Vector128<int>.Indices, Vector128.Create((int)Math.Min(high, 4)));
        return Vector128.ConditionalSelect(inside.As<int, T>(), Vector128.Load(source), Vector128.Create(fill));
    }
}
