using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sinter.Runtime.Kernels;

// Elements of twice the bytes, as many of them: vectors get twice as wide, but of those of 128 bits the lower half
// alone counts.
public static partial class Lanes
{
    /// <summary>Every element with twice the bytes, and its value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ushort> Widen(Vector128<byte> value) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int16(value).AsUInt16()
        : Vector256.Create(Vector128.WidenLower(value), Vector128.WidenUpper(value));

    /// <inheritdoc cref="Widen(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Widen(Vector256<byte> value) => Avx512BW.IsSupported
        ? Avx512BW.ConvertToVector512UInt16(value)
        : Vector512.Create(Widen(value.GetLower()), Widen(value.GetUpper()));

    /// <summary>The elements of the lower half with twice the bytes, and their values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> WidenLower(Vector128<byte> value) => Vector128.WidenLower(value);

    /// <inheritdoc cref="Widen(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Widen(Vector128<sbyte> value) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int16(value)
        : Vector256.Create(Vector128.WidenLower(value), Vector128.WidenUpper(value));

    /// <inheritdoc cref="Widen(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Widen(Vector256<sbyte> value) => Avx512BW.IsSupported
        ? Avx512BW.ConvertToVector512Int16(value)
        : Vector512.Create(Widen(value.GetLower()), Widen(value.GetUpper()));

    /// <inheritdoc cref="WidenLower(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> WidenLower(Vector128<sbyte> value) => Vector128.WidenLower(value);

    /// <inheritdoc cref="Widen(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Widen(Vector128<ushort> value) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int32(value).AsUInt32()
        : Vector256.Create(Vector128.WidenLower(value), Vector128.WidenUpper(value));

    /// <inheritdoc cref="Widen(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Widen(Vector256<ushort> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512UInt32(value)
        : Vector512.Create(Widen(value.GetLower()), Widen(value.GetUpper()));

    /// <inheritdoc cref="WidenLower(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> WidenLower(Vector128<ushort> value) => Vector128.WidenLower(value);

    /// <inheritdoc cref="Widen(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Widen(Vector128<short> value) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int32(value)
        : Vector256.Create(Vector128.WidenLower(value), Vector128.WidenUpper(value));

    /// <inheritdoc cref="Widen(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Widen(Vector256<short> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Int32(value)
        : Vector512.Create(Widen(value.GetLower()), Widen(value.GetUpper()));

    /// <inheritdoc cref="WidenLower(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> WidenLower(Vector128<short> value) => Vector128.WidenLower(value);

    /// <inheritdoc cref="Widen(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Widen(Vector128<uint> value) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int64(value).AsUInt64()
        : Vector256.Create(Vector128.WidenLower(value), Vector128.WidenUpper(value));

    /// <inheritdoc cref="Widen(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Widen(Vector256<uint> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512UInt64(value)
        : Vector512.Create(Widen(value.GetLower()), Widen(value.GetUpper()));

    /// <inheritdoc cref="WidenLower(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> WidenLower(Vector128<uint> value) => Vector128.WidenLower(value);

    /// <inheritdoc cref="Widen(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Widen(Vector128<int> value) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int64(value)
        : Vector256.Create(Vector128.WidenLower(value), Vector128.WidenUpper(value));

    /// <inheritdoc cref="Widen(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Widen(Vector256<int> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Int64(value)
        : Vector512.Create(Widen(value.GetLower()), Widen(value.GetUpper()));

    /// <inheritdoc cref="WidenLower(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> WidenLower(Vector128<int> value) => Vector128.WidenLower(value);

    /// <inheritdoc cref="Widen(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Widen(Vector128<float> value) => Avx.IsSupported
        ? Avx.ConvertToVector256Double(value)
        : Vector256.Create(Vector128.WidenLower(value), Vector128.WidenUpper(value));

    /// <inheritdoc cref="Widen(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Widen(Vector256<float> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Double(value)
        : Vector512.Create(Widen(value.GetLower()), Widen(value.GetUpper()));

    /// <inheritdoc cref="WidenLower(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> WidenLower(Vector128<float> value) => Vector128.WidenLower(value);

    /// <summary>The lower elements with four times the bytes, and their values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Widen4To512(Vector128<byte> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512UInt32(value)
        : Widen(Widen(value));

    /// <summary>The lower elements with four times the bytes, and their values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Widen4To256(Vector128<byte> value) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int32(value).AsUInt32()
        : Widen(WidenLower(value));

    /// <summary>The lower elements with four times the bytes, and their values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Widen4To128(Vector128<byte> value) => Sse41.IsSupported
        ? Sse41.ConvertToVector128Int32(value).AsUInt32()
        : WidenLower(WidenLower(value));

    /// <inheritdoc cref="Widen4To512(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Widen4To512(Vector128<sbyte> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Int32(value)
        : Widen(Widen(value));

    /// <inheritdoc cref="Widen4To256(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Widen4To256(Vector128<sbyte> value) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int32(value)
        : Widen(WidenLower(value));

    /// <inheritdoc cref="Widen4To128(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen4To128(Vector128<sbyte> value) => Sse41.IsSupported
        ? Sse41.ConvertToVector128Int32(value)
        : WidenLower(WidenLower(value));

    /// <inheritdoc cref="Widen4To512(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Widen4To512(Vector128<ushort> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512UInt64(value)
        : Widen(Widen(value));

    /// <inheritdoc cref="Widen4To256(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Widen4To256(Vector128<ushort> value) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int64(value).AsUInt64()
        : Widen(WidenLower(value));

    /// <inheritdoc cref="Widen4To128(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Widen4To128(Vector128<ushort> value) => Sse41.IsSupported
        ? Sse41.ConvertToVector128Int64(value).AsUInt64()
        : WidenLower(WidenLower(value));

    /// <inheritdoc cref="Widen4To512(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Widen4To512(Vector128<short> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Int64(value)
        : Widen(Widen(value));

    /// <inheritdoc cref="Widen4To256(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Widen4To256(Vector128<short> value) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int64(value)
        : Widen(WidenLower(value));

    /// <inheritdoc cref="Widen4To128(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> Widen4To128(Vector128<short> value) => Sse41.IsSupported
        ? Sse41.ConvertToVector128Int64(value)
        : WidenLower(WidenLower(value));

    /// <summary>The lower elements with eight times the bytes, and their values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Widen8To512(Vector128<byte> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512UInt64(value)
        : Widen(Widen4To256(value));

    /// <summary>The lower elements with eight times the bytes, and their values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Widen8To256(Vector128<byte> value) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int64(value).AsUInt64()
        : Widen(Widen4To128(value));

    /// <summary>The lower elements with eight times the bytes, and their values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Widen8To128(Vector128<byte> value) => Sse41.IsSupported
        ? Sse41.ConvertToVector128Int64(value).AsUInt64()
        : WidenLower(Widen4To128(value));

    /// <inheritdoc cref="Widen8To512(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Widen8To512(Vector128<sbyte> value) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Int64(value)
        : Widen(Widen4To256(value));

    /// <inheritdoc cref="Widen8To256(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Widen8To256(Vector128<sbyte> value) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int64(value)
        : Widen(Widen4To128(value));

    /// <inheritdoc cref="Widen8To128(Vector128{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> Widen8To128(Vector128<sbyte> value) => Sse41.IsSupported
        ? Sse41.ConvertToVector128Int64(value)
        : WidenLower(Widen4To128(value));
}
