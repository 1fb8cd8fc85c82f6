using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sinter.Runtime.Kernels;

// Elements of half the bytes, as many of them: vectors get half as wide, but for those of 128 bits, whose lower half
// alone counts then. Integers are cut to their low bits.
public static partial class Lanes
{
    /// <summary>Every element with half the bytes: its low bits, or the nearest number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Narrow(Vector512<ushort> value) => Avx512BW.IsSupported
        ? Avx512BW.ConvertToVector256Byte(value)
        : Vector256.Narrow(value.GetLower(), value.GetUpper());

    /// <inheritdoc cref="Narrow(Vector512{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Narrow(Vector256<ushort> value) => Avx512BW.VL.IsSupported
        ? Avx512BW.VL.ConvertToVector128Byte(value)
        : Vector128.Narrow(value.GetLower(), value.GetUpper());

    /// <summary>Every element with half the bytes, in the lower half of the vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> NarrowLower(Vector128<ushort> value) => Vector128.Narrow(value, value);

    /// <inheritdoc cref="Narrow(Vector512{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<sbyte> Narrow(Vector512<short> value) => Avx512BW.IsSupported
        ? Avx512BW.ConvertToVector256SByte(value)
        : Vector256.Narrow(value.GetLower(), value.GetUpper());

    /// <inheritdoc cref="Narrow(Vector512{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Narrow(Vector256<short> value) => Avx512BW.VL.IsSupported
        ? Avx512BW.VL.ConvertToVector128SByte(value)
        : Vector128.Narrow(value.GetLower(), value.GetUpper());

    /// <inheritdoc cref="NarrowLower(Vector128{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> NarrowLower(Vector128<short> value) => Vector128.Narrow(value, value);

    /// <inheritdoc cref="Narrow(Vector512{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Narrow(Vector512<uint> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector256UInt16(value)
        : Vector256.Narrow(value.GetLower(), value.GetUpper());

    /// <inheritdoc cref="Narrow(Vector512{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Narrow(Vector256<uint> value) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128UInt16(value)
        : Vector128.Narrow(value.GetLower(), value.GetUpper());

    /// <inheritdoc cref="NarrowLower(Vector128{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> NarrowLower(Vector128<uint> value) => Vector128.Narrow(value, value);

    /// <inheritdoc cref="Narrow(Vector512{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Narrow(Vector512<int> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector256Int16(value)
        : Vector256.Narrow(value.GetLower(), value.GetUpper());

    /// <inheritdoc cref="Narrow(Vector512{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Narrow(Vector256<int> value) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128Int16(value)
        : Vector128.Narrow(value.GetLower(), value.GetUpper());

    /// <inheritdoc cref="NarrowLower(Vector128{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> NarrowLower(Vector128<int> value) => Vector128.Narrow(value, value);

    /// <inheritdoc cref="Narrow(Vector512{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Narrow(Vector512<ulong> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector256UInt32(value)
        : Vector256.Narrow(value.GetLower(), value.GetUpper());

    /// <inheritdoc cref="Narrow(Vector512{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Narrow(Vector256<ulong> value) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128UInt32(value)
        : Vector128.Narrow(value.GetLower(), value.GetUpper());

    /// <inheritdoc cref="NarrowLower(Vector128{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> NarrowLower(Vector128<ulong> value) => Vector128.Narrow(value, value);

    /// <inheritdoc cref="Narrow(Vector512{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Narrow(Vector512<long> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector256Int32(value)
        : Vector256.Narrow(value.GetLower(), value.GetUpper());

    /// <inheritdoc cref="Narrow(Vector512{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Narrow(Vector256<long> value) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128Int32(value)
        : Vector128.Narrow(value.GetLower(), value.GetUpper());

    /// <inheritdoc cref="NarrowLower(Vector128{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> NarrowLower(Vector128<long> value) => Vector128.Narrow(value, value);

    /// <inheritdoc cref="Narrow(Vector512{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Narrow(Vector512<double> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector256Single(value)
        : Vector256.Narrow(value.GetLower(), value.GetUpper());

    /// <inheritdoc cref="Narrow(Vector512{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Narrow(Vector256<double> value) => Avx.IsSupported
        ? Avx.ConvertToVector128Single(value)
        : Vector128.Narrow(value.GetLower(), value.GetUpper());

    /// <inheritdoc cref="NarrowLower(Vector128{ushort})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> NarrowLower(Vector128<double> value) => Vector128.Narrow(value, value);

    /// <summary>Every element with a quarter of the bytes: its low bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Narrow4(Vector512<uint> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector128Byte(value)
        : Narrow(Narrow(value));

    /// <inheritdoc cref="Narrow4(Vector512{uint})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Narrow4(Vector256<uint> value) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128Byte(value)
        : NarrowLower(Narrow(value));

    /// <inheritdoc cref="Narrow4(Vector512{uint})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Narrow4(Vector128<uint> value) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128Byte(value)
        : NarrowLower(NarrowLower(value));

    /// <inheritdoc cref="Narrow4(Vector512{uint})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Narrow4(Vector512<int> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector128SByte(value)
        : Narrow(Narrow(value));

    /// <inheritdoc cref="Narrow4(Vector512{uint})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Narrow4(Vector256<int> value) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128SByte(value)
        : NarrowLower(Narrow(value));

    /// <inheritdoc cref="Narrow4(Vector512{uint})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Narrow4(Vector128<int> value) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128SByte(value)
        : NarrowLower(NarrowLower(value));

    /// <inheritdoc cref="Narrow4(Vector512{uint})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Narrow4(Vector512<ulong> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector128UInt16(value)
        : Narrow(Narrow(value));

    /// <inheritdoc cref="Narrow4(Vector512{uint})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Narrow4(Vector256<ulong> value) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128UInt16(value)
        : NarrowLower(Narrow(value));

    /// <inheritdoc cref="Narrow4(Vector512{uint})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Narrow4(Vector128<ulong> value) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128UInt16(value)
        : NarrowLower(NarrowLower(value));

    /// <inheritdoc cref="Narrow4(Vector512{uint})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Narrow4(Vector512<long> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector128Int16(value)
        : Narrow(Narrow(value));

    /// <inheritdoc cref="Narrow4(Vector512{uint})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Narrow4(Vector256<long> value) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128Int16(value)
        : NarrowLower(Narrow(value));

    /// <inheritdoc cref="Narrow4(Vector512{uint})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Narrow4(Vector128<long> value) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128Int16(value)
        : NarrowLower(NarrowLower(value));

    /// <summary>Every element with an eighth of the bytes: its low bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Narrow8(Vector512<ulong> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector128Byte(value)
        : NarrowLower(Narrow4(value));

    /// <inheritdoc cref="Narrow8(Vector512{ulong})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Narrow8(Vector256<ulong> value) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128Byte(value)
        : NarrowLower(Narrow4(value));

    /// <inheritdoc cref="Narrow8(Vector512{ulong})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Narrow8(Vector128<ulong> value) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128Byte(value)
        : NarrowLower(Narrow4(value));

    /// <inheritdoc cref="Narrow8(Vector512{ulong})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Narrow8(Vector512<long> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector128SByte(value)
        : NarrowLower(Narrow4(value));

    /// <inheritdoc cref="Narrow8(Vector512{ulong})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Narrow8(Vector256<long> value) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128SByte(value)
        : NarrowLower(Narrow4(value));

    /// <inheritdoc cref="Narrow8(Vector512{ulong})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Narrow8(Vector128<long> value) => Avx512F.VL.IsSupported
        ? Avx512F.VL.ConvertToVector128SByte(value)
        : NarrowLower(Narrow4(value));
}
