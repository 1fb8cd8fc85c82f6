using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

public static unsafe partial class Lanes
{
    /// <summary>The sum of the lanes, by halving: lane l and lane l + n / 2 first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> value)
    {
        Vector128<float> half = value + Vector128.Shuffle(value, Vector128.Create(2, 3, 2, 3));
        return (half + Vector128.Shuffle(half, Vector128.Create(1, 1, 1, 1))).ToScalar();
    }

    /// <summary>The sum of the lanes, by halving: lane l and lane l + n / 2 first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> value) => Sum(value.GetLower() + value.GetUpper());

    /// <summary>The sum of the lanes, by halving: lane l and lane l + n / 2 first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> value) => Sum(value.GetLower() + value.GetUpper());

    /// <summary>The sum of the lanes, modulo 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Vector128<int> value)
    {
        Vector128<int> half = value + Vector128.Shuffle(value, Vector128.Create(2, 3, 2, 3));
        return (half + Vector128.Shuffle(half, Vector128.Create(1, 1, 1, 1))).ToScalar();
    }

    /// <summary>The sum of the lanes, modulo 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Vector256<int> value) => Sum(value.GetLower() + value.GetUpper());

    /// <summary>The sum of the lanes, modulo 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Vector512<int> value) => Sum(value.GetLower() + value.GetUpper());

    /// <summary>The product of the lanes, by halving: lane l and lane l + n / 2 first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Product(Vector128<float> value)
    {
        Vector128<float> half = value * Vector128.Shuffle(value, Vector128.Create(2, 3, 2, 3));
        return (half * Vector128.Shuffle(half, Vector128.Create(1, 1, 1, 1))).ToScalar();
    }

    /// <summary>The product of the lanes, by halving: lane l and lane l + n / 2 first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Product(Vector256<float> value) => Product(value.GetLower() * value.GetUpper());

    /// <summary>The product of the lanes, by halving: lane l and lane l + n / 2 first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Product(Vector512<float> value) => Product(value.GetLower() * value.GetUpper());

    /// <summary>The product of the lanes, modulo 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Product(Vector128<int> value)
    {
        Vector128<int> half = value * Vector128.Shuffle(value, Vector128.Create(2, 3, 2, 3));
        return (half * Vector128.Shuffle(half, Vector128.Create(1, 1, 1, 1))).ToScalar();
    }

    /// <summary>The product of the lanes, modulo 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Product(Vector256<int> value) => Product(value.GetLower() * value.GetUpper());

    /// <summary>The product of the lanes, modulo 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Product(Vector512<int> value) => Product(value.GetLower() * value.GetUpper());

    /// <summary>The largest lane; NaN when one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector128<float> value)
    {
        Vector128<float> half = Vector128.Max(value, Vector128.Shuffle(value, Vector128.Create(2, 3, 2, 3)));
        return Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(1, 1, 1, 1))).ToScalar();
    }

    /// <summary>The largest lane; NaN when one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector256<float> value) => Max(Vector128.Max(value.GetLower(), value.GetUpper()));

    /// <summary>The largest lane; NaN when one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector512<float> value) => Max(Vector256.Max(value.GetLower(), value.GetUpper()));

    /// <summary>The largest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Max(Vector128<int> value)
    {
        Vector128<int> half = Vector128.Max(value, Vector128.Shuffle(value, Vector128.Create(2, 3, 2, 3)));
        return Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(1, 1, 1, 1))).ToScalar();
    }

    /// <summary>The largest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Max(Vector256<int> value) => Max(Vector128.Max(value.GetLower(), value.GetUpper()));

    /// <summary>The largest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Max(Vector512<int> value) => Max(Vector256.Max(value.GetLower(), value.GetUpper()));

    /// <summary>The smallest lane; NaN when one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Min(Vector128<float> value)
    {
        Vector128<float> half = Vector128.Min(value, Vector128.Shuffle(value, Vector128.Create(2, 3, 2, 3)));
        return Vector128.Min(half, Vector128.Shuffle(half, Vector128.Create(1, 1, 1, 1))).ToScalar();
    }

    /// <summary>The smallest lane; NaN when one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Min(Vector256<float> value) => Min(Vector128.Min(value.GetLower(), value.GetUpper()));

    /// <summary>The smallest lane; NaN when one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Min(Vector512<float> value) => Min(Vector256.Min(value.GetLower(), value.GetUpper()));

    /// <summary>The smallest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Min(Vector128<int> value)
    {
        Vector128<int> half = Vector128.Min(value, Vector128.Shuffle(value, Vector128.Create(2, 3, 2, 3)));
        return Vector128.Min(half, Vector128.Shuffle(half, Vector128.Create(1, 1, 1, 1))).ToScalar();
    }

    /// <summary>The smallest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Min(Vector256<int> value) => Min(Vector128.Min(value.GetLower(), value.GetUpper()));

    /// <summary>The smallest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Min(Vector512<int> value) => Min(Vector256.Min(value.GetLower(), value.GetUpper()));
}
