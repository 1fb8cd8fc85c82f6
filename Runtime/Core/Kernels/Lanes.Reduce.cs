using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

// Reductions by halving: lane l and lane l + n / 2 first, whatever the width. Integers wrap.
public static partial class Lanes
{
    /// <summary>The sum of the lanes, by halving.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum<T>(Vector128<T> value)
        where T : unmanaged
    {
        for (int half = 8; half >= Unsafe.SizeOf<T>(); half /= 2)
        {
            value = value + Upper(value, half);
        }

        return value.ToScalar();
    }

    /// <inheritdoc cref="Sum{T}(Vector128{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum<T>(Vector256<T> value)
        where T : unmanaged => Sum(value.GetLower() + value.GetUpper());

    /// <inheritdoc cref="Sum{T}(Vector128{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum<T>(Vector512<T> value)
        where T : unmanaged => Sum(value.GetLower() + value.GetUpper());

    /// <summary>The same of the first lanes, a power of two of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum<T>(Vector128<T> value, int lanes)
        where T : unmanaged
    {
        for (int half = lanes / 2 * Unsafe.SizeOf<T>(); half >= Unsafe.SizeOf<T>(); half /= 2)
        {
            value = value + Upper(value, half);
        }

        return value.ToScalar();
    }

    /// <summary>The product of the lanes, by halving.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Product<T>(Vector128<T> value)
        where T : unmanaged
    {
        for (int half = 8; half >= Unsafe.SizeOf<T>(); half /= 2)
        {
            value = value * Upper(value, half);
        }

        return value.ToScalar();
    }

    /// <inheritdoc cref="Product{T}(Vector128{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Product<T>(Vector256<T> value)
        where T : unmanaged => Product(value.GetLower() * value.GetUpper());

    /// <inheritdoc cref="Product{T}(Vector128{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Product<T>(Vector512<T> value)
        where T : unmanaged => Product(value.GetLower() * value.GetUpper());

    /// <summary>The same of the first lanes, a power of two of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Product<T>(Vector128<T> value, int lanes)
        where T : unmanaged
    {
        for (int half = lanes / 2 * Unsafe.SizeOf<T>(); half >= Unsafe.SizeOf<T>(); half /= 2)
        {
            value = value * Upper(value, half);
        }

        return value.ToScalar();
    }

    /// <summary>The largest lane; NaN when one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Max<T>(Vector128<T> value)
        where T : unmanaged
    {
        for (int half = 8; half >= Unsafe.SizeOf<T>(); half /= 2)
        {
            value = Vector128.Max(value, Upper(value, half));
        }

        return value.ToScalar();
    }

    /// <inheritdoc cref="Max{T}(Vector128{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Max<T>(Vector256<T> value)
        where T : unmanaged => Max(Vector128.Max(value.GetLower(), value.GetUpper()));

    /// <inheritdoc cref="Max{T}(Vector128{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Max<T>(Vector512<T> value)
        where T : unmanaged => Max(Vector256.Max(value.GetLower(), value.GetUpper()));

    /// <summary>The same of the first lanes, a power of two of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Max<T>(Vector128<T> value, int lanes)
        where T : unmanaged
    {
        for (int half = lanes / 2 * Unsafe.SizeOf<T>(); half >= Unsafe.SizeOf<T>(); half /= 2)
        {
            value = Vector128.Max(value, Upper(value, half));
        }

        return value.ToScalar();
    }

    /// <summary>The smallest lane; NaN when one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Min<T>(Vector128<T> value)
        where T : unmanaged
    {
        for (int half = 8; half >= Unsafe.SizeOf<T>(); half /= 2)
        {
            value = Vector128.Min(value, Upper(value, half));
        }

        return value.ToScalar();
    }

    /// <inheritdoc cref="Min{T}(Vector128{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Min<T>(Vector256<T> value)
        where T : unmanaged => Min(Vector128.Min(value.GetLower(), value.GetUpper()));

    /// <inheritdoc cref="Min{T}(Vector128{T})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Min<T>(Vector512<T> value)
        where T : unmanaged => Min(Vector256.Min(value.GetLower(), value.GetUpper()));

    /// <summary>The same of the first lanes, a power of two of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Min<T>(Vector128<T> value, int lanes)
        where T : unmanaged
    {
        for (int half = lanes / 2 * Unsafe.SizeOf<T>(); half >= Unsafe.SizeOf<T>(); half /= 2)
        {
            value = Vector128.Min(value, Upper(value, half));
        }

        return value.ToScalar();
    }

    // What lies so many bytes above, at 0: 8, 4, 2 or 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Upper<T>(Vector128<T> value, int bytes)
        where T : unmanaged => bytes switch
        {
            8 => Vector128.Shuffle(value.AsInt32(), Vector128.Create(2, 3, 2, 3)).As<int, T>(),
            4 => Vector128.Shuffle(value.AsInt32(), Vector128.Create(1, 1, 1, 1)).As<int, T>(),
            _ => (value.AsUInt32() >> (8 * bytes)).As<uint, T>(),
        };
}
