namespace Sinter;

/// <summary>The element types of tensors. Names follow the field: <c>F32</c> is an IEEE single, <c>BF16</c> its upper
/// half.</summary>
public enum DType : byte
{
    /// <summary>Truth value, stored as one byte, 0 or 1.</summary>
    Bool,
    /// <summary>Unsigned 8-bit integer.</summary>
    U8,
    /// <summary>Signed 8-bit integer.</summary>
    I8,
    /// <summary>Signed 16-bit integer.</summary>
    I16,
    /// <summary>Signed 32-bit integer.</summary>
    I32,
    /// <summary>Unsigned 32-bit integer.</summary>
    U32,
    /// <summary>Signed 64-bit integer.</summary>
    I64,
    /// <summary>IEEE half precision.</summary>
    F16,
    /// <summary>The upper 16 bits of an IEEE single.</summary>
    BF16,
    /// <summary>IEEE single precision.</summary>
    F32,
    /// <summary>IEEE double precision.</summary>
    F64,
}

/// <summary>A marker struct that stands for an element type at compile time: <c>Tensor&lt;F32&gt;</c>.</summary>
public interface IElement
{
    /// <summary>The element type that this marker stands for.</summary>
    DType Type { get; }
}

/// <summary>Truth value.</summary>
public readonly struct Bool : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.Bool;
}

/// <summary>Unsigned 8-bit integer.</summary>
public readonly struct U8 : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.U8;
}

/// <summary>Signed 32-bit integer.</summary>
public readonly struct I32 : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.I32;
}

/// <summary>Unsigned 32-bit integer.</summary>
public readonly struct U32 : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.U32;
}

/// <summary>Signed 64-bit integer.</summary>
public readonly struct I64 : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.I64;
}

/// <summary>IEEE single precision.</summary>
public readonly struct F32 : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.F32;
}

/// <summary>IEEE double precision.</summary>
public readonly struct F64 : IElement
{
    /// <inheritdoc/>
    public DType Type => DType.F64;
}

/// <summary>Facts about element types, one place for all passes.</summary>
public static class DTypes
{
    private static readonly string[] Names =
        ["bool", "u8", "i8", "i16", "i32", "u32", "i64", "f16", "bf16", "f32", "f64"];

    /// <summary>Bytes of one element in memory.</summary>
    public static int SizeOf(DType type) => type switch
    {
        DType.Bool or DType.U8 or DType.I8 => 1,
        DType.I16 or DType.F16 or DType.BF16 => 2,
        DType.I32 or DType.U32 or DType.F32 => 4,
        _ => 8,
    };

    /// <summary>Whether the type is a floating-point type.</summary>
    public static bool IsFloat(this DType type) => type >= DType.F16;

    /// <summary>Whether the type is an integer type (not Bool).</summary>
    public static bool IsInteger(this DType type) => type is > DType.Bool and < DType.F16;

    /// <summary>The name in canonical text: <c>f32</c>, <c>i64</c>, <c>bool</c>.</summary>
    /// <exception cref="GraphException">There is no such type.</exception>
    public static string Name(this DType type) => (uint)type < (uint)Names.Length
        ? Names[(int)type]
        : throw new GraphException(FormattableString.Invariant($"there is no element type {(int)type}"));

    /// <summary>The type whose <see cref="Name"/> is given, or null.</summary>
    public static DType? Parse(string name)
    {
        for (var type = DType.Bool; type <= DType.F64; type++)
        {
            if (Name(type) == name)
            {
                return type;
            }
        }

        return null;
    }

    /// <summary>What a number becomes as an integer: rounded towards zero, the nearest there is where it is too large,
    /// 0 for NaN.</summary>
    public static long Saturate(DType type, double value)
    {
        double smallest = type switch
        {
            DType.U8 or DType.U32 => 0,
            DType.I8 => sbyte.MinValue,
            DType.I16 => short.MinValue,
            DType.I32 => int.MinValue,
            _ => long.MinValue,
        };
        double largest = type switch
        {
            DType.U8 => byte.MaxValue,
            DType.I8 => sbyte.MaxValue,
            DType.I16 => short.MaxValue,
            DType.I32 => int.MaxValue,
            DType.U32 => uint.MaxValue,
            _ => long.MaxValue,
        };

        // The largest of 64 bits is 2^63 as a double, which no conversion but this one may meet.
        return double.IsNaN(value) ? 0
            : value <= smallest ? (long)smallest
            : value < largest ? (long)value
            : type == DType.I64 ? long.MaxValue : (long)largest;
    }

    /// <summary>The value that the type can hold nearest to <paramref name="value"/> (integers truncate and
    /// wrap).</summary>
    public static double Round(DType type, double value) => type switch
    {
        DType.Bool => value != 0 ? 1 : 0,
        DType.U8 => (byte)Saturate(DType.I64, value),
        DType.I8 => (sbyte)Saturate(DType.I64, value),
        DType.I16 => (short)Saturate(DType.I64, value),
        DType.I32 => (int)Saturate(DType.I64, value),
        DType.U32 => (uint)Saturate(DType.I64, value),
        DType.I64 => Saturate(DType.I64, value),
        DType.F32 => (float)value,
        DType.F64 => value,
        _ => throw new GraphException($"constants of type {type.Name()} are not supported"),
    };
}
