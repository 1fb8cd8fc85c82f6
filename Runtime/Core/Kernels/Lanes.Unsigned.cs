using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

// Unsigned lanes: rare in models (random words), so the signed forms do the work where bits allow.
public static unsafe partial class Lanes
{
    /// <summary>The sum of the lanes, modulo 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Sum(Vector128<uint> value) => (uint)Sum(value.AsInt32());

    /// <summary>The sum of the lanes, modulo 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Sum(Vector256<uint> value) => (uint)Sum(value.AsInt32());

    /// <summary>The sum of the lanes, modulo 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Sum(Vector512<uint> value) => (uint)Sum(value.AsInt32());

    /// <summary>The product of the lanes, modulo 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Product(Vector128<uint> value) => (uint)Product(value.AsInt32());

    /// <summary>The product of the lanes, modulo 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Product(Vector256<uint> value) => (uint)Product(value.AsInt32());

    /// <summary>The product of the lanes, modulo 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Product(Vector512<uint> value) => (uint)Product(value.AsInt32());

    /// <summary>The largest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Max(Vector128<uint> value)
    {
        Vector128<uint> half = Vector128.Max(value, Vector128.Shuffle(value, Vector128.Create(2u, 3, 2, 3)));
        return Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(1u, 1, 1, 1))).ToScalar();
    }

    /// <summary>The largest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Max(Vector256<uint> value) => Max(Vector128.Max(value.GetLower(), value.GetUpper()));

    /// <summary>The largest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Max(Vector512<uint> value) => Max(Vector256.Max(value.GetLower(), value.GetUpper()));

    /// <summary>The smallest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Min(Vector128<uint> value)
    {
        Vector128<uint> half = Vector128.Min(value, Vector128.Shuffle(value, Vector128.Create(2u, 3, 2, 3)));
        return Vector128.Min(half, Vector128.Shuffle(half, Vector128.Create(1u, 1, 1, 1))).ToScalar();
    }

    /// <summary>The smallest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Min(Vector256<uint> value) => Min(Vector128.Min(value.GetLower(), value.GetUpper()));

    /// <summary>The smallest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Min(Vector512<uint> value) => Min(Vector256.Min(value.GetLower(), value.GetUpper()));

    /// <summary>Lanes low to high of neighbouring elements; the others hold the fill and touch no memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> LoadBorder128(uint* source, long low, long high, uint fill) =>
        LoadBorder128((int*)source, low, high, (int)fill).AsUInt32();

    /// <summary>Lanes low to high of neighbouring elements; the others hold the fill and touch no memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> LoadBorder256(uint* source, long low, long high, uint fill) =>
        LoadBorder256((int*)source, low, high, (int)fill).AsUInt32();

    /// <summary>Lanes low to high of neighbouring elements; the others hold the fill and touch no memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> LoadBorder512(uint* source, long low, long high, uint fill) =>
        LoadBorder512((int*)source, low, high, (int)fill).AsUInt32();

    /// <summary>Every second element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> LoadStride2_128(uint* source) => LoadStride2_128((int*)source).AsUInt32();

    /// <summary>Every second element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> LoadStride2_256(uint* source) => LoadStride2_256((int*)source).AsUInt32();

    /// <summary>Every second element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> LoadStride2_512(uint* source) => LoadStride2_512((int*)source).AsUInt32();

    /// <summary>Each element in two neighbouring lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> LoadTwice128(uint* source) => LoadTwice128((int*)source).AsUInt32();

    /// <summary>Each element in two neighbouring lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> LoadTwice256(uint* source) => LoadTwice256((int*)source).AsUInt32();

    /// <summary>Each element in two neighbouring lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> LoadTwice512(uint* source) => LoadTwice512((int*)source).AsUInt32();
}
