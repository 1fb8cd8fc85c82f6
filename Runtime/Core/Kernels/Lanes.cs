using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

/// <summary>What generated kernels need beside the vector types: loads and stores of the rest of a row, loads at the
/// border of an array, and horizontal reductions in a fixed order.</summary>
public static unsafe partial class Lanes
{
    /// <summary>The first <paramref name="count"/> elements at <paramref name="source"/>, zero in the other lanes.
    /// Memory behind them is not touched.</summary>
    /// <param name="source">Where the first element is; it need not be aligned.</param>
    /// <param name="count">How many there are, from 0 to 4.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadPartial128(float* source, int count) =>
        LoadMasked(source, Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)).AsSingle());

    /// <inheritdoc cref="LoadPartial128(float*, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadPartial256(float* source, int count) =>
        LoadMasked(source, Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle());

    /// <inheritdoc cref="LoadPartial128(float*, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadPartial512(float* source, int count) =>
        LoadMasked(source, Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle());

    /// <inheritdoc cref="LoadPartial128(float*, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadPartial128(int* source, int count) =>
        LoadMasked(source, Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)));

    /// <inheritdoc cref="LoadPartial128(float*, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadPartial256(int* source, int count) =>
        LoadMasked(source, Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)));

    /// <inheritdoc cref="LoadPartial128(float*, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadPartial512(int* source, int count) =>
        LoadMasked(source, Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)));
}
