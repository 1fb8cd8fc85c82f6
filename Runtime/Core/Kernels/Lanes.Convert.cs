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
        // Exponent and fraction at their places in a single; the multiplication moves the bias, and makes subnormal
        // numbers normal. Infinities and NaN get the largest exponent.
        Vector512<uint> wide = Widen(bits);
        Vector512<uint> size = (wide & Vector512.Create(0x7FFFu)) << 13;
        Vector512<float> scaled = size.AsSingle() * Vector512.Create(0x77800000u).AsSingle();
        Vector512<uint> beyond = Vector512.GreaterThan(size.AsInt32(), Vector512.Create(0x0F7FFFFF)).AsUInt32();
        Vector512<uint> number = scaled.AsUInt32() | (beyond & Vector512.Create(0x7F800000u));
        return (number | ((wide & Vector512.Create(0x8000u)) << 16)).AsSingle();
    }

    /// <summary>The nearest numbers of half precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> ToF16(Vector512<float> value)
    {
        // Added to a power of two that depends on the exponent, a number loses the digits that half precision lacks, as
        // the addition rounds; below 2^-14 that power stays the same. Too large ones become infinite beforehand.
        Vector512<float> size = Vector512.Abs(value);
        Vector512<float> base4 = size * Vector512.Create(0x77800000u).AsSingle() * Vector512.Create(0x08800000u).AsSingle();
        Vector512<uint> twice = size.AsUInt32() << 1;
        Vector512<uint> bias = Vector512.Max(twice & Vector512.Create(0xFF000000u), Vector512.Create(0x71000000u));
        Vector512<uint> sum = (base4 + ((bias >> 1) + Vector512.Create(0x07800000u)).AsSingle()).AsUInt32();
        Vector512<uint> number = ((sum >> 13) & Vector512.Create(0x7C00u)) + (sum & Vector512.Create(0x0FFFu));
        Vector512<uint> real = Vector512.Equals(value, value).AsUInt32();
        Vector512<uint> half = Vector512.ConditionalSelect(real, number, Vector512.Create(0x7E00u));
        Vector512<uint> bits = half | ((value.AsUInt32() >> 16) & Vector512.Create(0x8000u));
        return Narrow(bits);
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
        // Exponent and fraction at their places in a single; the multiplication moves the bias, and makes subnormal
        // numbers normal. Infinities and NaN get the largest exponent.
        Vector256<uint> wide = Widen(bits);
        Vector256<uint> size = (wide & Vector256.Create(0x7FFFu)) << 13;
        Vector256<float> scaled = size.AsSingle() * Vector256.Create(0x77800000u).AsSingle();
        Vector256<uint> beyond = Vector256.GreaterThan(size.AsInt32(), Vector256.Create(0x0F7FFFFF)).AsUInt32();
        Vector256<uint> number = scaled.AsUInt32() | (beyond & Vector256.Create(0x7F800000u));
        return (number | ((wide & Vector256.Create(0x8000u)) << 16)).AsSingle();
    }

    /// <inheritdoc cref="ToF16(Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> ToF16(Vector256<float> value)
    {
        // Added to a power of two that depends on the exponent, a number loses the digits that half precision lacks, as
        // the addition rounds; below 2^-14 that power stays the same. Too large ones become infinite beforehand.
        Vector256<float> size = Vector256.Abs(value);
        Vector256<float> base4 = size * Vector256.Create(0x77800000u).AsSingle() * Vector256.Create(0x08800000u).AsSingle();
        Vector256<uint> twice = size.AsUInt32() << 1;
        Vector256<uint> bias = Vector256.Max(twice & Vector256.Create(0xFF000000u), Vector256.Create(0x71000000u));
        Vector256<uint> sum = (base4 + ((bias >> 1) + Vector256.Create(0x07800000u)).AsSingle()).AsUInt32();
        Vector256<uint> number = ((sum >> 13) & Vector256.Create(0x7C00u)) + (sum & Vector256.Create(0x0FFFu));
        Vector256<uint> real = Vector256.Equals(value, value).AsUInt32();
        Vector256<uint> half = Vector256.ConditionalSelect(real, number, Vector256.Create(0x7E00u));
        Vector256<uint> bits = half | ((value.AsUInt32() >> 16) & Vector256.Create(0x8000u));
        return Narrow(bits);
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
        // Exponent and fraction at their places in a single; the multiplication moves the bias, and makes subnormal
        // numbers normal. Infinities and NaN get the largest exponent.
        Vector128<uint> wide = WidenLower(bits);
        Vector128<uint> size = (wide & Vector128.Create(0x7FFFu)) << 13;
        Vector128<float> scaled = size.AsSingle() * Vector128.Create(0x77800000u).AsSingle();
        Vector128<uint> beyond = Vector128.GreaterThan(size.AsInt32(), Vector128.Create(0x0F7FFFFF)).AsUInt32();
        Vector128<uint> number = scaled.AsUInt32() | (beyond & Vector128.Create(0x7F800000u));
        return (number | ((wide & Vector128.Create(0x8000u)) << 16)).AsSingle();
    }

    /// <inheritdoc cref="ToF16(Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> ToF16(Vector128<float> value)
    {
        // Added to a power of two that depends on the exponent, a number loses the digits that half precision lacks, as
        // the addition rounds; below 2^-14 that power stays the same. Too large ones become infinite beforehand.
        Vector128<float> size = Vector128.Abs(value);
        Vector128<float> base4 = size * Vector128.Create(0x77800000u).AsSingle() * Vector128.Create(0x08800000u).AsSingle();
        Vector128<uint> twice = size.AsUInt32() << 1;
        Vector128<uint> bias = Vector128.Max(twice & Vector128.Create(0xFF000000u), Vector128.Create(0x71000000u));
        Vector128<uint> sum = (base4 + ((bias >> 1) + Vector128.Create(0x07800000u)).AsSingle()).AsUInt32();
        Vector128<uint> number = ((sum >> 13) & Vector128.Create(0x7C00u)) + (sum & Vector128.Create(0x0FFFu));
        Vector128<uint> real = Vector128.Equals(value, value).AsUInt32();
        Vector128<uint> half = Vector128.ConditionalSelect(real, number, Vector128.Create(0x7E00u));
        Vector128<uint> bits = half | ((value.AsUInt32() >> 16) & Vector128.Create(0x8000u));
        return NarrowLower(bits);
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
