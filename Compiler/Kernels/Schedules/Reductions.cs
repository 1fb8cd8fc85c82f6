namespace Sinter.Compiler.Kernels.Schedules;

/// <summary>How reductions start and combine.</summary>
internal static class Reductions
{
    /// <summary>The elementwise operation that joins two partial results.</summary>
    public static Op Combine(Op reduction) => reduction switch
    {
        Op.Sum => Op.Add,
        Op.Product => Op.Multiply,
        Op.Max or Op.ArgMax => Op.Maximum,
        Op.Min or Op.ArgMin => Op.Minimum,
        _ => throw new InvalidOperationException($"{reduction} does not reduce"),
    };

    /// <summary>The value that changes nothing.</summary>
    public static Literal Neutral(Op reduction, DType type) => reduction switch
    {
        Op.Sum => new Literal(type, 0),
        Op.Product => new Literal(type, Constants.Bits(type, 1)),
        Op.Max or Op.ArgMax => new Literal(type, Lowest(type)),
        _ => new Literal(type, Highest(type)),
    };

    private static long Lowest(DType type) => type switch
    {
        _ when type.IsFloat() => BitConverter.DoubleToInt64Bits(double.NegativeInfinity),
        DType.I64 => long.MinValue,
        DType.I32 => int.MinValue,
        DType.I16 => short.MinValue,
        DType.I8 => sbyte.MinValue,
        _ => 0,
    };

    private static long Highest(DType type) => type switch
    {
        _ when type.IsFloat() => BitConverter.DoubleToInt64Bits(double.PositiveInfinity),
        DType.I64 => long.MaxValue,
        DType.I32 => int.MaxValue,
        DType.U32 => uint.MaxValue,
        DType.I16 => short.MaxValue,
        DType.I8 => sbyte.MaxValue,
        DType.U8 => byte.MaxValue,
        _ => 1,
    };
}
