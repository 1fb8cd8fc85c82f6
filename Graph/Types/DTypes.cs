namespace Sinter;

/// <summary>What the elements of a type are.</summary>
public enum ElementKind : byte
{
    /// <summary>A truth value.</summary>
    Bool,
    /// <summary>A whole number from 0.</summary>
    Unsigned,
    /// <summary>A whole number of two's complement.</summary>
    Signed,
    /// <summary>A binary floating-point number.</summary>
    Float,
}

/// <summary>The facts about one element type: the row that passes, printers and tests read.</summary>
/// <param name="Name">The name in canonical text.</param>
/// <param name="Kind">What its elements are.</param>
/// <param name="Bytes">Bytes of one element in memory.</param>
/// <param name="Computes">The type that arithmetic is done in and sums are kept in: its own, or a wider one where it
/// is for memory only.</param>
/// <param name="SignificantBits">How many binary digits numbers hold exactly; 0 where that does not matter.</param>
public sealed record ElementFacts(string Name, ElementKind Kind, int Bytes, DType Computes, int SignificantBits)
{
    /// <summary>The smallest integer, or 0 of Bool.</summary>
    public long Lowest => Kind == ElementKind.Signed ? long.MinValue >> Unused : 0;

    /// <summary>The largest integer, or 1 of Bool.</summary>
    public long Highest => Kind switch
    {
        ElementKind.Bool => 1,
        ElementKind.Signed => long.MaxValue >> Unused,
        _ => (long)(ulong.MaxValue >> Unused),
    };

    private int Unused => 64 - (8 * Bytes);
}

/// <summary>Facts about element types, one place for all passes.</summary>
public static class DTypes
{
    // In the order of the enumeration.
    private static readonly ElementFacts[] Rows =
    [
        new("bool", ElementKind.Bool, 1, DType.Bool, 1),
        new("u8", ElementKind.Unsigned, 1, DType.U8, 8),
        new("i8", ElementKind.Signed, 1, DType.I8, 7),
        new("i16", ElementKind.Signed, 2, DType.I16, 15),
        new("i32", ElementKind.Signed, 4, DType.I32, 31),
        new("u32", ElementKind.Unsigned, 4, DType.U32, 32),
        new("i64", ElementKind.Signed, 8, DType.I64, 63),
        new("f16", ElementKind.Float, 2, DType.F32, 11),
        new("bf16", ElementKind.Float, 2, DType.F32, 8),
        new("f32", ElementKind.Float, 4, DType.F32, 24),
        new("f64", ElementKind.Float, 8, DType.F64, 53),
    ];

    /// <summary>Every element type.</summary>
    public static IReadOnlyList<DType> All { get; } = Enumerable.Range(0, Rows.Length).Select(i => (DType)i).ToArray();

    /// <summary>The facts about a type.</summary>
    /// <exception cref="GraphException">There is no such type.</exception>
    public static ElementFacts Facts(this DType type) => (uint)type < (uint)Rows.Length
        ? Rows[(int)type]
        : throw new GraphException(FormattableString.Invariant($"there is no element type {(int)type}"));

    /// <summary>Bytes of one element in memory.</summary>
    public static int SizeOf(DType type) => type.Facts().Bytes;

    /// <summary>Whether the type is a floating-point type.</summary>
    public static bool IsFloat(this DType type) => type.Facts().Kind == ElementKind.Float;

    /// <summary>Whether the type is an integer type (not Bool).</summary>
    public static bool IsInteger(this DType type) => type.Facts().Kind is ElementKind.Unsigned or ElementKind.Signed;

    /// <summary>Whether the type is for memory only: arithmetic is done in another.</summary>
    public static bool IsStorage(this DType type) => type.Facts().Computes != type;

    /// <summary>The name in canonical text: <c>f32</c>, <c>i64</c>, <c>bool</c>.</summary>
    /// <exception cref="GraphException">There is no such type.</exception>
    public static string Name(this DType type) => type.Facts().Name;

    /// <summary>The type whose <see cref="Name"/> is given, or null.</summary>
    public static DType? Parse(string name)
    {
        int row = Array.FindIndex(Rows, facts => facts.Name == name);
        return row < 0 ? null : (DType)row;
    }

    /// <summary>The low bits of an integer as the type reads them; of Bool, whether it is not 0.</summary>
    public static long Wrap(DType type, long value)
    {
        ElementFacts facts = type.Facts();
        int unused = 64 - (8 * facts.Bytes);
        return facts.Kind switch
        {
            ElementKind.Bool => value != 0 ? 1 : 0,
            ElementKind.Signed => unchecked(value << unused) >> unused,
            _ => (long)(unchecked((ulong)value << unused) >> unused),
        };
    }

    /// <summary>What a number becomes as an integer: rounded towards zero, the nearest there is where it is too large,
    /// 0 for NaN.</summary>
    public static long Saturate(DType type, double value)
    {
        ElementFacts facts = type.Facts();

        // The largest of 64 bits is 2^63 as a double, which no conversion but this one may meet.
        return double.IsNaN(value) ? 0
            : value <= facts.Lowest ? facts.Lowest
            : value < facts.Highest ? (long)value
            : facts.Highest;
    }

    /// <summary>The value that the type can hold nearest to <paramref name="value"/> (integers truncate and
    /// wrap).</summary>
    public static double Round(DType type, double value) => type switch
    {
        DType.Bool => value != 0 ? 1 : 0,
        DType.F16 or DType.BF16 => Float16.Value(type, Float16.Bits(type, value)),
        DType.F32 => (float)value,
        DType.F64 => value,
        _ => Wrap(type, Saturate(DType.I64, value)),
    };
}
