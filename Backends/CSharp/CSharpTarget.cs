using System.Globalization;
using Sinter.Backends.Printing;
using Sinter.Compiler.Kernels;

namespace Sinter.Backends.CSharp;

/// <summary>How C# spells element types, vectors and constants.</summary>
/// <param name="VectorBits">Width of the vector types used: 128, 256 or 512.</param>
public sealed record CSharpTarget(int VectorBits)
{
    /// <summary>Vectors of 512 bits.</summary>
    public static CSharpTarget Bits512 { get; } = new(512);

    /// <summary>Vectors of 256 bits.</summary>
    public static CSharpTarget Bits256 { get; } = new(256);

    /// <summary>Vectors of 128 bits.</summary>
    public static CSharpTarget Bits128 { get; } = new(128);

    /// <summary>What schedules need to know.</summary>
    public Target Processor => VectorBits switch
    {
        512 => Target.Wide,
        256 => Target.Medium,
        128 => Target.Narrow,
        _ => throw new InvalidOperationException($"there are no vectors of {VectorBits} bits"),
    };

    /// <summary>The name of the static vector class.</summary>
    public string Vector => "Vector" + VectorBits.ToString(CultureInfo.InvariantCulture);

    // In the order of the enumeration; what C# does not compute with is there as its bits.
    private static readonly string[] Scalars =
        ["bool", "byte", "sbyte", "short", "int", "uint", "long", "ushort", "ushort", "float", "double"];

    /// <summary>The C# name of an element type in memory.</summary>
    public static string Scalar(DType type) => Scalars[(int)type];

    /// <summary>A constant, exact.</summary>
    public static string Literal(DType type, long bits)
    {
        if (!type.IsFloat() || type.IsStorage())
        {
            string number = Constants.Stored(type, bits).ToString(CultureInfo.InvariantCulture);
            return type switch
            {
                DType.Bool => bits != 0 ? "true" : "false",
                DType.I64 => bits == long.MinValue ? "long.MinValue" : number + "L",
                DType.U32 => number + "u",
                DType.I32 => bits == int.MinValue ? "int.MinValue" : number,
                _ => $"({Scalar(type)}){number}",
            };
        }

        return Float(BitConverter.Int64BitsToDouble(bits), Scalar(type) == "float");
    }

    private static string Float(double value, bool single)
    {
        string name = single ? "float" : "double";
        if (double.IsNaN(value))
        {
            return name + ".NaN";
        }

        if (double.IsInfinity(value))
        {
            return name + (value > 0 ? ".PositiveInfinity" : ".NegativeInfinity");
        }

        if (value == Math.Floor(value) && Math.Abs(value) < 1e6 && !(value == 0 && 1 / value < 0))
        {
            return ((long)value).ToString(CultureInfo.InvariantCulture) + (single ? "f" : "d");
        }

        return Digits.Shortest(value, single) + (single ? "f" : "d");
    }
}
