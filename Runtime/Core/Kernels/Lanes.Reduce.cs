using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

// Reductions by halving: lane l and lane l + n / 2 first, whatever the width.
public static unsafe partial class Lanes
{
    /// <summary>The sum of the lanes, by halving; of integers modulo 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum<T>(Vector128<T> value)
        where T : unmanaged
    {
        Vector128<T> half = value + UpperHalf(value);
        return (half + Odd(half)).ToScalar();
    }

    /// <inheritdoc cref="Sum{T}(Vector128{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum<T>(Vector256<T> value)
        where T : unmanaged => Sum(value.GetLower() + value.GetUpper());

    /// <inheritdoc cref="Sum{T}(Vector128{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum<T>(Vector512<T> value)
        where T : unmanaged => Sum(value.GetLower() + value.GetUpper());

    /// <summary>The product of the lanes, by halving; of integers modulo 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Product<T>(Vector128<T> value)
        where T : unmanaged
    {
        Vector128<T> half = value * UpperHalf(value);
        return (half * Odd(half)).ToScalar();
    }

    /// <inheritdoc cref="Product{T}(Vector128{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Product<T>(Vector256<T> value)
        where T : unmanaged => Product(value.GetLower() * value.GetUpper());

    /// <inheritdoc cref="Product{T}(Vector128{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Product<T>(Vector512<T> value)
        where T : unmanaged => Product(value.GetLower() * value.GetUpper());

    /// <summary>The largest lane; NaN when one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Max<T>(Vector128<T> value)
        where T : unmanaged
    {
        Vector128<T> half = Vector128.Max(value, UpperHalf(value));
        return Vector128.Max(half, Odd(half)).ToScalar();
    }

    /// <inheritdoc cref="Max{T}(Vector128{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Max<T>(Vector256<T> value)
        where T : unmanaged => Max(Vector128.Max(value.GetLower(), value.GetUpper()));

    /// <inheritdoc cref="Max{T}(Vector128{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Max<T>(Vector512<T> value)
        where T : unmanaged => Max(Vector256.Max(value.GetLower(), value.GetUpper()));

    /// <summary>The smallest lane; NaN when one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Min<T>(Vector128<T> value)
        where T : unmanaged
    {
        Vector128<T> half = Vector128.Min(value, UpperHalf(value));
        return Vector128.Min(half, Odd(half)).ToScalar();
    }

    /// <inheritdoc cref="Min{T}(Vector128{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Min<T>(Vector256<T> value)
        where T : unmanaged => Min(Vector128.Min(value.GetLower(), value.GetUpper()));

    /// <inheritdoc cref="Min{T}(Vector128{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Min<T>(Vector512<T> value)
        where T : unmanaged => Min(Vector256.Min(value.GetLower(), value.GetUpper()));

    // Lanes 2 and 3 at 0 and 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> UpperHalf<T>(Vector128<T> value)
        where T : unmanaged => Vector128.Shuffle(value.AsInt32(), Vector128.Create(2, 3, 2, 3)).As<int, T>();

    // Lane 1 at 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Odd<T>(Vector128<T> value)
        where T : unmanaged => Vector128.Shuffle(value.AsInt32(), Vector128.Create(1, 1, 1, 1)).As<int, T>();
}
