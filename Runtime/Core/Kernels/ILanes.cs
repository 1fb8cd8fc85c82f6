using System.Diagnostics.CodeAnalysis;
using System.Runtime.Intrinsics;

namespace Sinter.Runtime.Kernels;

/// <summary>What <see cref="VectorMath"/> needs of a vector, so that one text serves every width and every lane
/// of every width gets the same bits.</summary>
/// <remarks>RyuJIT stops inlining in a method of more than 512 locals, and each nested call is a local. Constants are
/// therefore parameters of type float, and functions assign one operation a statement: an exponential then costs about
/// nine locals, as if it had been written for one width.</remarks>
/// <typeparam name="TFloat">A vector of floats.</typeparam>
/// <typeparam name="TInt">A vector of as many 32-bit integers.</typeparam>
internal interface ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
{
    /// <summary>How many lanes there are.</summary>
    static abstract int Count { get; }

    /// <summary>The value in every lane.</summary>
    static abstract TFloat Create(float value);

    static abstract TFloat Add(TFloat left, TFloat right);

    static abstract TFloat Add(TFloat left, float right);

    static abstract TFloat Subtract(TFloat left, TFloat right);

    static abstract TFloat Subtract(TFloat left, float right);

    /// <summary>left - right.</summary>
    static abstract TFloat SubtractFrom(TFloat right, float left);

    static abstract TFloat Multiply(TFloat left, TFloat right);

    static abstract TFloat Multiply(TFloat left, float right);

    static abstract TFloat Divide(TFloat left, TFloat right);

    /// <summary>1 / value.</summary>
    static abstract TFloat Reciprocal(TFloat value);

    static abstract TFloat Sqrt(TFloat value);

    /// <summary>left * right + addend, rounded once.</summary>
    static abstract TFloat MultiplyAdd(TFloat left, TFloat right, TFloat addend);

    static abstract TFloat MultiplyAdd(TFloat left, TFloat right, float addend);

    static abstract TFloat MultiplyAdd(TFloat left, float right, TFloat addend);

    static abstract TFloat MultiplyAdd(TFloat left, float right, float addend);

    /// <summary>value between low and high; NaN stays NaN.</summary>
    static abstract TFloat Clamp(TFloat value, float low, float high);

    /// <summary>The larger; NaN stays NaN.</summary>
    static abstract TFloat Abs(TFloat value);

    /// <summary>-|value|.</summary>
    static abstract TFloat NegativeAbs(TFloat value);

    /// <summary>Bitwise.</summary>
    static abstract TFloat Xor(TFloat left, TFloat right);

    /// <summary>The sign bit alone: +0 or -0.</summary>
    static abstract TFloat Sign(TFloat value);

    /// <summary>Towards zero.</summary>
    static abstract TFloat Truncate(TFloat value);

    /// <summary>All bits set where left is less than right.</summary>
    static abstract TFloat Less(TFloat left, float right);

    /// <summary>All bits set where equal.</summary>
    static abstract TFloat Equal(TFloat left, TFloat right);

    static abstract TFloat Equal(TFloat left, float right);

    /// <summary>By lane, for a mask of all bits or none.</summary>
    static abstract TFloat Select(TFloat mask, TFloat whenTrue, TFloat whenFalse);

    static abstract TFloat Select(TFloat mask, float whenTrue, TFloat whenFalse);

    static abstract TFloat Select(TFloat mask, TFloat whenTrue, float whenFalse);

    /// <summary>whenTrue where the mask is set, +0 elsewhere.</summary>
    static abstract TFloat Mask(TFloat mask, float whenTrue);

    /// <summary>Whether some lane is greater.</summary>
    static abstract bool AnyGreater(TFloat left, float right);

    /// <summary>The same bits as integers.</summary>
    static abstract TInt Bits(TFloat value);

    /// <summary>The same bits as floats.</summary>
    static abstract TFloat FromBits(TInt bits);

    /// <summary>The integers converted.</summary>
    static abstract TFloat ToFloat(TInt value);

    static abstract TInt Add(TInt left, int right);

    static abstract TInt Subtract(TInt left, TInt right);

    /// <summary>The larger; NaN stays NaN.</summary>
    static abstract TInt AtLeast(TInt value, int low);

    /// <summary>left - right.</summary>
    static abstract TInt SubtractFrom(TInt right, int left);

    static abstract TInt ShiftLeft(TInt value, [ConstantExpected] int count);

    static abstract TInt ShiftRight(TInt value, [ConstantExpected] int count);

    /// <summary>One lane.</summary>
    static abstract float Get(TFloat value, int lane);

    /// <summary>A copy with one lane replaced.</summary>
    static abstract TFloat With(TFloat value, int lane, float element);

    /// <summary>value * 2^exponent with one rounding, for whole exponents from -150 to 128 and values near 1: denormal
    /// results are right, overflow gives infinity.</summary>
    static abstract TFloat Scale(TFloat value, TFloat exponent);

    // For each lane the element of a table of 16 that the low four bits of its index name.
    static abstract TFloat Lookup(Vector512<float> table, TInt index);
}
