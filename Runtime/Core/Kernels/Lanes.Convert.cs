using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sinter.Runtime.Kernels;

// Conversions between numbers that vectors have no method for. The formats of 16 bits are converted by integer
// arithmetic, exactly: every bit pattern, ties to even, subnormal numbers, infinities; NaN stays NaN.
public static partial class Lanes
{
    /// <summary>Integers of 64 bits as the nearest floats, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ToSingle(Vector512<long> value) => Avx512DQ.IsSupported
        ? Avx512DQ.ConvertToVector256Single(value)
        : Vector256.Create(ToSingle(value.GetLower()), ToSingle(value.GetUpper()));

    /// <inheritdoc cref="ToSingle(Vector512{long})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ToSingle(Vector256<long> value) => Avx512DQ.VL.IsSupported
        ? Avx512DQ.VL.ConvertToVector128Single(value)
        : Vector128.Create((float)value[0], value[1], value[2], value[3]);

    /// <summary>Integers of 64 bits as the nearest floats, in the lower half of the vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ToSingle(Vector128<long> value) => Vector128.Create((float)value[0], value[1], 0, 0);

    /// <summary>Numbers of the upper 16 bits of a single.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FromBF16(Vector256<ushort> bits) => (Widen(bits) << 16).AsSingle();

    /// <summary>The nearest numbers of the upper 16 bits of a single.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> ToBF16(Vector512<float> value)
    {
        Vector512<uint> bits = value.AsUInt32();
        Vector512<uint> odd = (bits >> 16) & Vector512<uint>.One;
        Vector512<uint> rounded = bits + Vector512.Create(0x7FFFu) + odd;
        Vector512<uint> number = Vector512.Equals(value, value).AsUInt32();
        Vector512<uint> upper = Vector512.ConditionalSelect(number, rounded, bits | Vector512.Create(0x400000u)) >> 16;
        return Narrow(upper);
    }

    /// <summary>Numbers of half precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FromF16(Vector256<ushort> bits)
    {
        // Sign, exponent and fraction at their places in a single; the multiplication moves the bias, and makes
        // subnormal numbers normal. Infinities and NaN get the largest exponent.
        Vector512<int> placed = (Widen(bits.AsInt16()) << 13) & Vector512.Create(unchecked((int)0x8FFFE000));
        Vector512<float> number = placed.AsSingle() * Vector512.Create(0x77800000).AsSingle();
        Vector512<int> largest = Vector512.Create(0x0F800000);
        Vector512<int> beyond = Vector512.Equals(placed & largest, largest) & Vector512.Create(0x7F800000);
        return (number.AsInt32() | beyond).AsSingle();
    }

    /// <summary>The nearest numbers of half precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> ToF16(Vector512<float> value)
    {
        // Added to 2^13 times the power of two below it, a number loses the digits that half precision lacks, as the
        // addition rounds; below 2^-14 that power stays the same. What is left in the fraction are the digits of the
        // result, to which the exponent is added. From 65536 on all are infinite.
        Vector512<float> size = Vector512.MinNative(Vector512.Abs(value), Vector512.Create(65536f));
        Vector512<int> exponent = size.AsInt32() & Vector512.Create(0x7F800000);
        Vector512<int> power = Vector512.Max(exponent, Vector512.Create(0x38800000));
        Vector512<int> start = power + Vector512.Create(13 << 23);
        Vector512<int> digits = (size + start.AsSingle()).AsInt32() - start;
        Vector512<int> number = digits + ((power >> 13) - Vector512.Create(113 << 10));
        Vector512<int> real = Vector512.Equals(value, value).AsInt32();
        Vector512<int> half = Vector512.ConditionalSelect(real, number, Vector512.Create(0x7E00));
        Vector512<uint> sign = (value.AsUInt32() >> 16) & Vector512.Create(0x8000u);
        return Narrow(half.AsUInt32() | sign);
    }

    /// <inheritdoc cref="FromBF16(Vector256{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> FromBF16(Vector128<ushort> bits) => (Widen(bits) << 16).AsSingle();

    /// <inheritdoc cref="ToBF16(Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> ToBF16(Vector256<float> value)
    {
        Vector256<uint> bits = value.AsUInt32();
        Vector256<uint> odd = (bits >> 16) & Vector256<uint>.One;
        Vector256<uint> rounded = bits + Vector256.Create(0x7FFFu) + odd;
        Vector256<uint> number = Vector256.Equals(value, value).AsUInt32();
        Vector256<uint> upper = Vector256.ConditionalSelect(number, rounded, bits | Vector256.Create(0x400000u)) >> 16;
        return Narrow(upper);
    }

    /// <inheritdoc cref="FromF16(Vector256{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> FromF16(Vector128<ushort> bits)
    {
        // Sign, exponent and fraction at their places in a single; the multiplication moves the bias, and makes
        // subnormal numbers normal. Infinities and NaN get the largest exponent.
        Vector256<int> placed = (Widen(bits.AsInt16()) << 13) & Vector256.Create(unchecked((int)0x8FFFE000));
        Vector256<float> number = placed.AsSingle() * Vector256.Create(0x77800000).AsSingle();
        Vector256<int> largest = Vector256.Create(0x0F800000);
        Vector256<int> beyond = Vector256.Equals(placed & largest, largest) & Vector256.Create(0x7F800000);
        return (number.AsInt32() | beyond).AsSingle();
    }

    /// <inheritdoc cref="ToF16(Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> ToF16(Vector256<float> value)
    {
        // Added to 2^13 times the power of two below it, a number loses the digits that half precision lacks, as the
        // addition rounds; below 2^-14 that power stays the same. What is left in the fraction are the digits of the
        // result, to which the exponent is added. From 65536 on all are infinite.
        Vector256<float> size = Vector256.MinNative(Vector256.Abs(value), Vector256.Create(65536f));
        Vector256<int> exponent = size.AsInt32() & Vector256.Create(0x7F800000);
        Vector256<int> power = Vector256.Max(exponent, Vector256.Create(0x38800000));
        Vector256<int> start = power + Vector256.Create(13 << 23);
        Vector256<int> digits = (size + start.AsSingle()).AsInt32() - start;
        Vector256<int> number = digits + ((power >> 13) - Vector256.Create(113 << 10));
        Vector256<int> real = Vector256.Equals(value, value).AsInt32();
        Vector256<int> half = Vector256.ConditionalSelect(real, number, Vector256.Create(0x7E00));
        Vector256<uint> sign = (value.AsUInt32() >> 16) & Vector256.Create(0x8000u);
        return Narrow(half.AsUInt32() | sign);
    }

    /// <inheritdoc cref="FromBF16(Vector256{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FromBF16Lower(Vector128<ushort> bits) => (WidenLower(bits) << 16).AsSingle();

    /// <inheritdoc cref="ToBF16(Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> ToBF16(Vector128<float> value)
    {
        Vector128<uint> bits = value.AsUInt32();
        Vector128<uint> odd = (bits >> 16) & Vector128<uint>.One;
        Vector128<uint> rounded = bits + Vector128.Create(0x7FFFu) + odd;
        Vector128<uint> number = Vector128.Equals(value, value).AsUInt32();
        Vector128<uint> upper = Vector128.ConditionalSelect(number, rounded, bits | Vector128.Create(0x400000u)) >> 16;
        return NarrowLower(upper);
    }

    /// <inheritdoc cref="FromF16(Vector256{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FromF16Lower(Vector128<ushort> bits)
    {
        // Sign, exponent and fraction at their places in a single; the multiplication moves the bias, and makes
        // subnormal numbers normal. Infinities and NaN get the largest exponent.
        Vector128<int> placed = (WidenLower(bits.AsInt16()) << 13) & Vector128.Create(unchecked((int)0x8FFFE000));
        Vector128<float> number = placed.AsSingle() * Vector128.Create(0x77800000).AsSingle();
        Vector128<int> largest = Vector128.Create(0x0F800000);
        Vector128<int> beyond = Vector128.Equals(placed & largest, largest) & Vector128.Create(0x7F800000);
        return (number.AsInt32() | beyond).AsSingle();
    }

    /// <inheritdoc cref="ToF16(Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> ToF16(Vector128<float> value)
    {
        // Added to 2^13 times the power of two below it, a number loses the digits that half precision lacks, as the
        // addition rounds; below 2^-14 that power stays the same. What is left in the fraction are the digits of the
        // result, to which the exponent is added. From 65536 on all are infinite.
        Vector128<float> size = Vector128.MinNative(Vector128.Abs(value), Vector128.Create(65536f));
        Vector128<int> exponent = size.AsInt32() & Vector128.Create(0x7F800000);
        Vector128<int> power = Vector128.Max(exponent, Vector128.Create(0x38800000));
        Vector128<int> start = power + Vector128.Create(13 << 23);
        Vector128<int> digits = (size + start.AsSingle()).AsInt32() - start;
        Vector128<int> number = digits + ((power >> 13) - Vector128.Create(113 << 10));
        Vector128<int> real = Vector128.Equals(value, value).AsInt32();
        Vector128<int> half = Vector128.ConditionalSelect(real, number, Vector128.Create(0x7E00));
        Vector128<uint> sign = (value.AsUInt32() >> 16) & Vector128.Create(0x8000u);
        return NarrowLower(half.AsUInt32() | sign);
    }

    /// <summary>Floats from which a shorter format is rounded to as from the doubles themselves: where digits are lost,
    /// the neighbour whose last digit is odd.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ToOdd(Vector512<double> value)
    {
        Vector256<float> near = Narrow(value);
        Vector512<double> back = Widen(near);
        Vector512<long> lost = ~Vector512.Equals(back, value).AsInt64();
        Vector512<long> beyond = Vector512.GreaterThan(Vector512.Abs(back), Vector512.Abs(value)).AsInt64();
        Vector256<int> bits = near.AsInt32() + Narrow(beyond);
        Vector256<int> odd = bits | (Narrow(lost) & Vector256<int>.One);
        return Vector256.ConditionalSelect(Vector256.Equals(near, near), odd.AsSingle(), near);
    }

    /// <inheritdoc cref="ToOdd(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ToOdd(Vector256<double> value)
    {
        Vector128<float> near = Narrow(value);
        Vector256<double> back = Widen(near);
        Vector256<long> lost = ~Vector256.Equals(back, value).AsInt64();
        Vector256<long> beyond = Vector256.GreaterThan(Vector256.Abs(back), Vector256.Abs(value)).AsInt64();
        Vector128<int> bits = near.AsInt32() + Narrow(beyond);
        Vector128<int> odd = bits | (Narrow(lost) & Vector128<int>.One);
        return Vector128.ConditionalSelect(Vector128.Equals(near, near), odd.AsSingle(), near);
    }

    /// <inheritdoc cref="ToOdd(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ToOdd(Vector128<double> value)
    {
        Vector128<float> near = NarrowLower(value);
        Vector128<double> back = WidenLower(near);
        Vector128<long> lost = ~Vector128.Equals(back, value).AsInt64();
        Vector128<long> beyond = Vector128.GreaterThan(Vector128.Abs(back), Vector128.Abs(value)).AsInt64();
        Vector128<int> bits = near.AsInt32() + NarrowLower(beyond);
        Vector128<int> odd = bits | (NarrowLower(lost) & Vector128<int>.One);
        return Vector128.ConditionalSelect(Vector128.Equals(near, near), odd.AsSingle(), near);
    }
}
