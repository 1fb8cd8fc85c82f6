using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels;

/// <summary>Joins a product and the sum it goes into to one multiply-add: an instruction less, and one rounding
/// less.</summary>
internal sealed class MultiplyAdds
{
    // One memory for a kernel, so that what values share stays shared.
    private readonly Dictionary<Value, Value> done = [];

    /// <summary>A value, contracted.</summary>
    public Value Run(Value value) => value.Map(index => index.MapData(Run), Replacement, done);

    private MultiplyAdd? Replacement(Value value)
    {
        if (value is not Apply { Op: Op.Add, Type: DType.F32 } sum)
        {
            return null;
        }

        int product = IsProduct(sum.Operands[0]) ? 0 : IsProduct(sum.Operands[1]) ? 1 : -1;
        return product < 0
            ? null
            : new MultiplyAdd(
                Run(sum.Operands[product].Operands[0]), Run(sum.Operands[product].Operands[1]),
                Run(sum.Operands[1 - product]));
    }

    private static bool IsProduct(Value value) => value is Apply { Op: Op.Multiply, Type: DType.F32 };
}
