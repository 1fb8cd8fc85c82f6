namespace Sinter.Runtime;

/// <summary>The type of one element of an array in memory or in a file.</summary>
public enum ElementType : byte
{
    /// <summary>One byte, 0 or 1.</summary>
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

    /// <summary>IEEE 754 binary16.</summary>
    F16,

    /// <summary>The upper half of a binary32: 8 bits of exponent, 7 of fraction.</summary>
    BF16,

    /// <summary>IEEE 754 binary32.</summary>
    F32,

    /// <summary>IEEE 754 binary64.</summary>
    F64,
}

/// <summary>Facts about element types.</summary>
public static class ElementTypes
{
    /// <summary>The bytes one element takes, in memory and in files.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a member of the enumeration.</exception>
    public static int SizeInBytes(this ElementType type) => type switch
    {
        ElementType.Bool or ElementType.U8 or ElementType.I8 => 1,
        ElementType.I16 or ElementType.F16 or ElementType.BF16 => 2,
        ElementType.I32 or ElementType.U32 or ElementType.F32 => 4,
        ElementType.I64 or ElementType.F64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not an element type"),
    };

    /// <summary>Whether values of the .NET type <typeparamref name="T"/> have exactly this element type's bits.
    /// BF16 is read as <see cref="ushort"/>; Bool as <see cref="bool"/> or <see cref="byte"/>.</summary>
    public static bool IsStoredAs<T>(this ElementType type) where T : unmanaged => type switch
    {
        ElementType.Bool => typeof(T) == typeof(bool) || typeof(T) == typeof(byte),
        ElementType.U8 => typeof(T) == typeof(byte),
        ElementType.I8 => typeof(T) == typeof(sbyte),
        ElementType.I16 => typeof(T) == typeof(short),
        ElementType.I32 => typeof(T) == typeof(int),
        ElementType.U32 => typeof(T) == typeof(uint),
        ElementType.I64 => typeof(T) == typeof(long),
        ElementType.F16 => typeof(T) == typeof(Half) || typeof(T) == typeof(ushort),
        ElementType.BF16 => typeof(T) == typeof(ushort),
        ElementType.F32 => typeof(T) == typeof(float),
        ElementType.F64 => typeof(T) == typeof(double),
        _ => false,
    };
}
