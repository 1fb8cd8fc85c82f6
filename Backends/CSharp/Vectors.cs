using System.Globalization;
using Sinter.Backends.Printing;

namespace Sinter.Backends.CSharp;

/// <summary>
/// How lanes lie in registers. The widest elements of a loop fill a vector, and say how many lanes there are; narrower
/// ones have as many lanes in a narrower vector, of 128 bits at least, whose upper lanes mean nothing where they are
/// fewer. Truth values are masks, all bits or none, as wide as the widest elements, so that they always fill a vector.
/// </summary>
/// <param name="target">The width of vectors.</param>
internal sealed class Vectors(CSharpTarget target)
{
    private const int SmallestBits = 128;

    /// <summary>The static class of the vectors that hold lanes of a type.</summary>
    public string Class(DType type, int lanes) => Class(Bits(ElementBytes(type, lanes), lanes));

    /// <summary>The type of such a vector.</summary>
    public string Type(DType type, int lanes) => $"{Class(type, lanes)}<{Element(type, lanes)}>";

    /// <summary>The C# type of its elements.</summary>
    public string Element(DType type, int lanes) =>
        type == DType.Bool ? Signed(ElementBytes(type, lanes)) : CSharpTarget.Scalar(type);

    /// <summary>The static class of vectors of bytes, for truth values in memory.</summary>
    public string ByteClass(int lanes) => Class(Bits(1, lanes));

    /// <summary>Whether lanes of a type fill their vector.</summary>
    public bool IsFull(DType type, int lanes) => lanes * ElementBytes(type, lanes) * 8 >= SmallestBits;

    /// <summary>The width of the vector that holds lanes of a type.</summary>
    public int BitsOf(DType type, int lanes) => Bits(ElementBytes(type, lanes), lanes);

    /// <summary>Bytes of an element in a register.</summary>
    public int ElementBytes(DType type, int lanes) =>
        type == DType.Bool ? target.VectorBits / 8 / lanes : DTypes.SizeOf(type);

    /// <summary>The mask that a comparison of elements of a type gives, as wide as masks are.</summary>
    public string ToMask(string comparison, DType type, int lanes)
    {
        string signed = type.IsFloat() || type.Facts().Kind == ElementKind.Unsigned
            ? As(comparison, Signed(DTypes.SizeOf(type))) : comparison;
        return Resized(signed, DTypes.SizeOf(type), ElementBytes(DType.Bool, lanes), lanes);
    }

    /// <summary>A mask for elements of a type, as a vector of that type.</summary>
    public string FromMask(string mask, DType type, int lanes)
    {
        int bytes = ElementBytes(type, lanes);
        string resized = Resized(mask, ElementBytes(DType.Bool, lanes), bytes, lanes);
        string element = Element(type, lanes);
        return element == Signed(bytes) ? resized : As(resized, element);
    }

    /// <summary>The mask of truth values in memory, given as bytes.</summary>
    public string LoadedMask(string bytes, int lanes) =>
        ToMask(
            $"~{ByteClass(lanes)}.Equals({Parentheses.Bare(bytes)}, {ByteClass(lanes)}<byte>.Zero)", DType.U8, lanes);

    /// <summary>Truth values for memory: bytes 0 and 1.</summary>
    public string StoredMask(string mask, int lanes) =>
        $"({FromMask(mask, DType.U8, lanes)} & {ByteClass(lanes)}<byte>.One)";

    /// <summary>Lanes of one type as those of another, converted as <see cref="Op.Cast"/> says.</summary>
    public string Cast(string value, DType from, DType to, int lanes)
    {
        if (from == to)
        {
            return value;
        }

        if (from.IsStorage())
        {
            string lower = IsFull(from, lanes) ? "" : "Lower";
            return Cast($"Lanes.From{from}{lower}({Parentheses.Bare(value)})", DType.F32, to, lanes);
        }

        if (to == DType.Bool)
        {
            string type = Class(from, lanes);
            return ToMask($"(~{type}.Equals({Parentheses.Bare(value)}, {Type(from, lanes)}.Zero))", from, lanes);
        }

        return (from.Facts().Kind, to.Facts().Kind) switch
        {
            (ElementKind.Bool, _) when !to.IsStorage() => $"({FromMask(value, to, lanes)} & {Type(to, lanes)}.One)",
            (ElementKind.Float, ElementKind.Float) => FloatToFloat(value, from, to, lanes),
            (ElementKind.Float, _) => FloatToInteger(value, from, to, lanes),
            (_, ElementKind.Float) => IntegerToFloat(value, from, to, lanes),
            _ => As(Resized(value, DTypes.SizeOf(from), DTypes.SizeOf(to), lanes), from, to),
        };
    }

    private string FloatToFloat(string value, DType from, DType to, int lanes) => (from, to) switch
    {
        (DType.F32, DType.F16 or DType.BF16) => $"Lanes.To{to}({Parentheses.Bare(value)})",
        (DType.F64, DType.F16 or DType.BF16) => Cast(Odd(value, to, lanes), DType.F32, to, lanes),
        _ => Resized(value, DTypes.SizeOf(from), DTypes.SizeOf(to), lanes),
    };

    // Half precision is rounded to once, also from doubles; the other format by way of single precision.
    private string Odd(string value, DType to, int lanes) => to == DType.F16
        ? $"Lanes.ToOdd({Parentheses.Bare(value)})" : Cast(value, DType.F64, DType.F32, lanes);

    private string FloatToInteger(string value, DType from, DType to, int lanes)
    {
        if (from == DType.F32 && to == DType.I64)
        {
            return FloatToInteger(Cast(value, from, DType.F64, lanes), DType.F64, to, lanes);
        }

        bool single = from == DType.F32;
        if (to == DType.U32 && single)
        {
            return $"{Class(from, lanes)}.ConvertToUInt32({Parentheses.Bare(value)})";
        }

        DType wide = single ? DType.I32 : DType.I64;
        string type = Class(wide, lanes);
        string number = $"{type}.ConvertTo{(single ? "Int32" : "Int64")}({Parentheses.Bare(value)})";
        if (to == wide)
        {
            return number;
        }

        ElementFacts facts = to.Facts();
        string low = CSharpTarget.Literal(wide, facts.Lowest);
        string high = CSharpTarget.Literal(wide, facts.Highest);
        string inside = $"{type}.Min({type}.Max({number}, {type}.Create({low})), {type}.Create({high}))";
        return Cast(inside, wide, to, lanes);
    }

    private string IntegerToFloat(string value, DType from, DType to, int lanes)
    {
        if (to.IsStorage())
        {
            return Cast(Cast(value, from, DType.F32, lanes), DType.F32, to, lanes);
        }

        if (to == DType.F64)
        {
            string wide = Cast(value, from, DType.I64, lanes);
            return $"{Class(DType.F64, lanes)}.ConvertToDouble({Parentheses.Bare(wide)})";
        }

        return from switch
        {
            DType.I64 => $"Lanes.ToSingle({Parentheses.Bare(value)})",
            DType.U32 => $"{Class(from, lanes)}.ConvertToSingle({Parentheses.Bare(value)})",
            _ => $"{Class(DType.I32, lanes)}.ConvertToSingle({Parentheses.Bare(Cast(value, from, DType.I32, lanes))})",
        };
    }

    // The type of the vector tells whether signs are carried on.
    private static string Resized(string value, int from, int to, int lanes)
    {
        if (from == to)
        {
            return value;
        }

        int bits = Bits(Math.Max(from, to), lanes);
        int factor = from < to ? to / from : from / to;
        string name = (factor, from < to) switch
        {
            (2, true) => 2 * from * lanes * 8 <= SmallestBits ? "WidenLower" : "Widen",
            (2, false) => from * lanes * 8 <= SmallestBits ? "NarrowLower" : "Narrow",
            (_, true) => FormattableString.Invariant($"Widen{factor}To{bits}"),
            _ => FormattableString.Invariant($"Narrow{factor}"),
        };
        return $"Lanes.{name}({Parentheses.Bare(value)})";
    }

    // After resizing, elements have the size they should, and the sign they had.
    private static string As(string value, DType from, DType to) =>
        from.Facts().Kind == to.Facts().Kind ? value : As(value, CSharpTarget.Scalar(to));

    private static string As(string value, string element) =>
        Parentheses.Postfix(value) + ".As" + Names[element] + "()";

    private static readonly Dictionary<string, string> Names = new()
    {
        ["byte"] = "Byte",
        ["sbyte"] = "SByte",
        ["short"] = "Int16",
        ["ushort"] = "UInt16",
        ["int"] = "Int32",
        ["uint"] = "UInt32",
        ["long"] = "Int64",
        ["float"] = "Single",
        ["double"] = "Double",
    };

    private static string Signed(int bytes) => bytes switch
    {
        1 => "sbyte",
        2 => "short",
        4 => "int",
        _ => "long",
    };

    private static int Bits(int bytes, int lanes) => Math.Max(SmallestBits, bytes * lanes * 8);

    private static string Class(int bits) => "Vector" + bits.ToString(CultureInfo.InvariantCulture);
}
