using Sinter.Compiler.Values;

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
        Op.Max or Op.ArgMax => new Literal(
            type, type.IsFloat() ? Constants.Bits(type, double.NegativeInfinity) : type.Facts().Lowest),
        _ => new Literal(
            type, type.IsFloat() ? Constants.Bits(type, double.PositiveInfinity) : type.Facts().Highest),
    };
}
