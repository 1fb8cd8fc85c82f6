using System.Globalization;
using Sinter.Backends.Printing;
using Sinter.Compiler;
using Sinter.Compiler.Values;

namespace Sinter.Backends.Cuda;

/// <summary>How CUDA C spells element types and constants, with the names of the prelude.</summary>
public static class CudaTarget
{
    /// <summary>What schedules need to know.</summary>
    public static Target Processor => Target.ManyThreads;

    // In the order of the enumeration; formats of 16 bits are there as their bits, which the prelude converts.
    private static readonly string[] Scalars =
    [
        "bool", "sn_u8", "sn_i8", "sn_i16", "sn_i32", "sn_u32", "sn_i64", "sn_u16", "sn_u16", "float", "double",
    ];

    /// <summary>The name of an element type in memory.</summary>
    public static string Scalar(DType type) => Scalars[(int)type];

    /// <summary>How the prelude's functions call what the operands of products are rounded to.</summary>
    public static string Name(ProductPrecision precision) => precision switch
    {
        ProductPrecision.Tf32 => "tf32",
        ProductPrecision.Bf16 => "bf16",
        ProductPrecision.F16 => "f16",
        _ => throw new InvalidOperationException($"{precision} products have no name"),
    };

    /// <summary>A constant, exact.</summary>
    public static string Literal(DType type, long bits)
    {
        if (type.IsFloat() && !type.IsStorage())
        {
            return Float(BitConverter.Int64BitsToDouble(bits), Scalar(type) == "float");
        }

        string number = Constants.Stored(type, bits).ToString(CultureInfo.InvariantCulture);
        return type switch
        {
            DType.Bool => bits != 0 ? "true" : "false",
            DType.I64 => bits == long.MinValue ? $"(-{long.MaxValue}LL - 1)" : number + "LL",
            DType.I32 => bits == int.MinValue ? $"(-{int.MaxValue} - 1)" : number,
            DType.U32 => number + "u",
            _ => $"({Scalar(type)}){number}",
        };
    }

    private static string Float(double value, bool single)
    {
        if (double.IsNaN(value) || double.IsInfinity(value))
        {
            return single
                ? $"sn_float(0x{(double.IsNaN(value) ? 0x7FC00000u : value > 0 ? 0x7F800000u : 0xFF800000u):X8}u)"
                : $"sn_double(0x{BitConverter.DoubleToInt64Bits(value):X16}ull)";
        }

        string text = Digits.Shortest(value, single);
        bool isWhole = text.All(c => char.IsDigit(c) || c == '-');
        return text + (isWhole ? ".0" : "") + (single ? "f" : "");
    }
}
