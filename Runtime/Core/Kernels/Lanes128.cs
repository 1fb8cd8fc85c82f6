using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sinter.Runtime.Kernels;

/// <summary>The operations of <see cref="ILanes{TFloat, TInt}"/> on 4 lanes.</summary>
internal readonly struct Lanes128 : ILanes<Vector128<float>, Vector128<int>>
{
    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Create(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> left, Vector128<float> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> left, float right) => left + Vector128.Create(right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Subtract(Vector128<float> left, Vector128<float> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Subtract(Vector128<float> left, float right) => left - Vector128.Create(right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> SubtractFrom(Vector128<float> right, float left) => Vector128.Create(left) - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> left, Vector128<float> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> left, float right) => left * Vector128.Create(right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Divide(Vector128<float> left, Vector128<float> right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Reciprocal(Vector128<float> value) => Vector128<float>.One / value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sqrt(Vector128<float> value) => Vector128.Sqrt(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(
        Vector128<float> left, Vector128<float> right, Vector128<float> addend) =>
        Vector128.FusedMultiplyAdd(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> left, Vector128<float> right, float addend) =>
        Vector128.FusedMultiplyAdd(left, right, Vector128.Create(addend));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> left, float right, Vector128<float> addend) =>
        Vector128.FusedMultiplyAdd(left, Vector128.Create(right), addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> left, float right, float addend) =>
        Vector128.FusedMultiplyAdd(left, Vector128.Create(right), Vector128.Create(addend));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Clamp(Vector128<float> value, float low, float high) =>
        Vector128.MaxNative(Vector128.Create(low), Vector128.MinNative(Vector128.Create(high), value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Abs(Vector128<float> value) => Vector128.Abs(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> NegativeAbs(Vector128<float> value) => value | Vector128.Create(-0f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Xor(Vector128<float> left, Vector128<float> right) => left ^ right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sign(Vector128<float> value) => value & Vector128.Create(-0f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Truncate(Vector128<float> value) => Vector128.Truncate(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Less(Vector128<float> left, float right) =>
        Vector128.LessThan(left, Vector128.Create(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Equal(Vector128<float> left, Vector128<float> right) =>
        Vector128.Equals(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Equal(Vector128<float> left, float right) =>
        Vector128.Equals(left, Vector128.Create(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Select(
        Vector128<float> mask, Vector128<float> whenTrue, Vector128<float> whenFalse) =>
        Vector128.ConditionalSelect(mask, whenTrue, whenFalse);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Select(Vector128<float> mask, float whenTrue, Vector128<float> whenFalse) =>
        Vector128.ConditionalSelect(mask, Vector128.Create(whenTrue), whenFalse);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Select(Vector128<float> mask, Vector128<float> whenTrue, float whenFalse) =>
        Vector128.ConditionalSelect(mask, whenTrue, Vector128.Create(whenFalse));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Mask(Vector128<float> mask, float whenTrue) => mask & Vector128.Create(whenTrue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyGreater(Vector128<float> left, float right) =>
        Vector128.GreaterThanAny(left, Vector128.Create(right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Bits(Vector128<float> value) => value.AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FromBits(Vector128<int> bits) => bits.AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ToFloat(Vector128<int> value) => Vector128.ConvertToSingle(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> left, int right) => left + Vector128.Create(right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Subtract(Vector128<int> left, Vector128<int> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> AtLeast(Vector128<int> value, int low) => Vector128.Max(value, Vector128.Create(low));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> SubtractFrom(Vector128<int> right, int left) => Vector128.Create(left) - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ShiftLeft(Vector128<int> value, [ConstantExpected] int count) => value << count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ShiftRight(Vector128<int> value, [ConstantExpected] int count) => value >> count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Get(Vector128<float> value, int lane) => value.GetElement(lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> With(Vector128<float> value, int lane, float element) =>
        value.WithElement(lane, element);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Scale(Vector128<float> value, Vector128<float> exponent)
    {
        if (Avx512F.VL.IsSupported)
        {
            return Avx512F.VL.Scale(value, exponent);
        }
        // Two factors, because 2^-150 and 2^128 are not floats; only the second can round, and it rounds once.
        Vector128<int> whole = Vector128.ConvertToInt32Native(exponent);
        Vector128<int> half = whole >> 1;
        Vector128<int> bias = Vector128.Create(127);
        Vector128<float> first = ((half + bias) << 23).AsSingle();
        Vector128<float> second = ((whole - half + bias) << 23).AsSingle();
        return value * first * second;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Lookup(Vector512<float> table, Vector128<int> index)
    {
        if (Avx2.IsSupported)
        {
            return Lanes256.Lookup(table, index.ToVector256Unsafe()).GetLower();
        }
        Vector128<int> low = index & Vector128.Create(15);
        return Vector128.Create(
            table.GetElement(low.GetElement(0)), table.GetElement(low.GetElement(1)),
            table.GetElement(low.GetElement(2)), table.GetElement(low.GetElement(3)));
    }
}
