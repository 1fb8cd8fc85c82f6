using System.Globalization;
using Sinter.Backends.Printing;
using Sinter.Compiler;
using Sinter.Compiler.Values;

namespace Sinter.Backends.CSharp;

/// <summary>A kind of processor that C# text is printed for, and how C# spells element types, vectors and
/// constants.</summary>
/// <param name="Name">How settings and names of classes call it.</param>
/// <param name="VectorBits">Width of the vector types used: 128, 256 or 512.</param>
/// <param name="Processor">What schedules need to know.</param>
/// <param name="Condition">What tells a running program that it is on such a processor, in
/// <c>System.Runtime.Intrinsics</c>. Text itself is of vectors that every processor has or emulates.</param>
public sealed record CSharpTarget(string Name, int VectorBits, Target Processor, string Condition)
{
    /// <summary>Vectors of 512 bits.</summary>
    public static CSharpTarget Bits512 { get; } = new("512", 512, Target.Wide, "Vector512.IsHardwareAccelerated");

    /// <summary>Vectors of 256 bits.</summary>
    public static CSharpTarget Bits256 { get; } = new("256", 256, Target.Medium, "Vector256.IsHardwareAccelerated");

    /// <summary>Vectors of 128 bits, and twice as many of them as others have.</summary>
    public static CSharpTarget Arm64 { get; } = new("arm64", 128, Target.Arm64, "Arm.AdvSimd.Arm64.IsSupported");

    /// <summary>Vectors of 128 bits.</summary>
    public static CSharpTarget Bits128 { get; } = new("128", 128, Target.Narrow, "Vector128.IsHardwareAccelerated");

    /// <summary>Every row, the one that a processor is to take before the others that it could.</summary>
    public static IReadOnlyList<CSharpTarget> All { get; } = [Bits512, Bits256, Arm64, Bits128];

    /// <summary>The row of a name, or null.</summary>
    public static CSharpTarget? Find(string name) => All.FirstOrDefault(target => target.Name == name);

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
