using Sinter.Compiler.Kernels;

namespace Sinter.Backends.CSharp;

/// <summary>The C# text of elementwise operations: {0} and {1} are operands, {V} the vector class.</summary>
internal static class Operations
{
    private sealed record Text(string Scalar, string Vector);

    private static readonly Dictionary<Op, Text> Floats = new()
    {
        [Op.Negate] = new("-{0}", "-{0}"),
        [Op.Abs] = new("Math.Abs({0})", "{V}.Abs({0})"),
        [Op.Sign] = new("Scalars.Sign({0})", "Lanes.Sign({0})"),
        [Op.Exp] = new("VectorMath.Exp({0})", "VectorMath.Exp({0})"),
        [Op.Expm1] = new("VectorMath.Expm1({0})", "VectorMath.Expm1({0})"),
        [Op.Log] = new("VectorMath.Log({0})", "VectorMath.Log({0})"),
        [Op.Log1p] = new("VectorMath.Log1p({0})", "VectorMath.Log1p({0})"),
        [Op.Sqrt] = new("MathF.Sqrt({0})", "{V}.Sqrt({0})"),
        [Op.Rsqrt] = new("(1f / MathF.Sqrt({0}))", "({V}<float>.One / {V}.Sqrt({0}))"),
        [Op.Reciprocal] = new("(1f / {0})", "({V}<float>.One / {0})"),
        [Op.Sin] = new("VectorMath.Sin({0})", "VectorMath.Sin({0})"),
        [Op.Cos] = new("VectorMath.Cos({0})", "VectorMath.Cos({0})"),
        [Op.Tanh] = new("VectorMath.Tanh({0})", "VectorMath.Tanh({0})"),
        [Op.Sigmoid] = new("VectorMath.Sigmoid({0})", "VectorMath.Sigmoid({0})"),
        [Op.Erf] = new("VectorMath.Erf({0})", "VectorMath.Erf({0})"),
        [Op.Floor] = new("MathF.Floor({0})", "{V}.Floor({0})"),
        [Op.Ceil] = new("MathF.Ceiling({0})", "{V}.Ceiling({0})"),
        [Op.Round] = new("MathF.Round({0})", "{V}.Round({0})"),
        [Op.Truncate] = new("MathF.Truncate({0})", "{V}.Truncate({0})"),
        [Op.Add] = new("({0} + {1})", "({0} + {1})"),
        [Op.Subtract] = new("({0} - {1})", "({0} - {1})"),
        [Op.Multiply] = new("({0} * {1})", "({0} * {1})"),
        [Op.Divide] = new("({0} / {1})", "({0} / {1})"),
        [Op.Remainder] = new("Scalars.Remainder({0}, {1})", "Lanes.Remainder({0}, {1})"),
        [Op.Power] = new("VectorMath.Pow({0}, {1})", "VectorMath.Pow({0}, {1})"),
        [Op.Maximum] = new("Scalars.Maximum({0}, {1})", "Lanes.Maximum({0}, {1})"),
        [Op.Minimum] = new("Scalars.Minimum({0}, {1})", "Lanes.Minimum({0}, {1})"),
    };

    // Double precision serves checks, not speed: scalars only, by the runtime's own functions.
    private static readonly Dictionary<Op, string> Doubles = new()
    {
        [Op.Exp] = "Math.Exp({0})",
        [Op.Expm1] = "Scalars.Expm1({0})",
        [Op.Log] = "Math.Log({0})",
        [Op.Log1p] = "Scalars.Log1p({0})",
        [Op.Sqrt] = "Math.Sqrt({0})",
        [Op.Rsqrt] = "(1d / Math.Sqrt({0}))",
        [Op.Reciprocal] = "(1d / {0})",
        [Op.Sin] = "Math.Sin({0})",
        [Op.Cos] = "Math.Cos({0})",
        [Op.Tanh] = "Math.Tanh({0})",
        [Op.Sigmoid] = "Scalars.Sigmoid({0})",
        [Op.Erf] = "Scalars.Erf({0})",
        [Op.Floor] = "Math.Floor({0})",
        [Op.Ceil] = "Math.Ceiling({0})",
        [Op.Round] = "Math.Round({0})",
        [Op.Truncate] = "Math.Truncate({0})",
        [Op.Power] = "Math.Pow({0}, {1})",
        [Op.Maximum] = "Scalars.Maximum({0}, {1})",
        [Op.Minimum] = "Scalars.Minimum({0}, {1})",
    };

    // Integers wrap, also where the surrounding project checks overflows and where C# would compute constants itself.
    private static readonly Dictionary<Op, Text> Integers = new()
    {
        [Op.Negate] = new("unchecked(0 - {0})", "-{0}"),
        [Op.Abs] = new("Scalars.Abs({0})", "{V}.Abs({0})"),
        [Op.Sign] = new("Scalars.Sign({0})", ""),
        [Op.Not] = new("~{0}", "~{0}"),
        [Op.Add] = new("unchecked({0} + {1})", "({0} + {1})"),
        [Op.Subtract] = new("unchecked({0} - {1})", "({0} - {1})"),
        [Op.Multiply] = new("unchecked({0} * {1})", "({0} * {1})"),
        [Op.Divide] = new("Scalars.Divide({0}, {1})", ""),
        [Op.Remainder] = new("Scalars.Remainder({0}, {1})", ""),
        [Op.Maximum] = new("Math.Max({0}, {1})", "{V}.Max({0}, {1})"),
        [Op.Minimum] = new("Math.Min({0}, {1})", "{V}.Min({0}, {1})"),
        [Op.And] = new("({0} & {1})", "({0} & {1})"),
        [Op.Or] = new("({0} | {1})", "({0} | {1})"),
        [Op.Xor] = new("({0} ^ {1})", "({0} ^ {1})"),
        [Op.ShiftLeft] = new("unchecked({0} << (int){1})", ""),
        [Op.ShiftRight] = new("unchecked({0} >> (int){1})", ""),
    };

    private static readonly Dictionary<Op, Text> Comparisons = new()
    {
        [Op.Equal] = new("({0} == {1})", "{V}.Equals({0}, {1})"),
        [Op.NotEqual] = new("({0} != {1})", "~{V}.Equals({0}, {1})"),
        [Op.Less] = new("({0} < {1})", "{V}.LessThan({0}, {1})"),
        [Op.LessEqual] = new("({0} <= {1})", "{V}.LessThanOrEqual({0}, {1})"),
        [Op.Greater] = new("({0} > {1})", "{V}.GreaterThan({0}, {1})"),
        [Op.GreaterEqual] = new("({0} >= {1})", "{V}.GreaterThanOrEqual({0}, {1})"),
    };

    /// <summary>The format of an operation on operands of the given type.</summary>
    public static string Format(Apply apply, DType operandType)
    {
        bool vector = apply.Lanes > 1;
        if (Comparisons.TryGetValue(apply.Op, out Text? comparison))
        {
            return vector
                ? Comparisons[operandType == DType.Bool ? Mirrored(apply.Op) : apply.Op].Vector
                : BoolSafe(apply.Op, operandType) ?? comparison.Scalar;
        }

        if (apply.Type == DType.F64 && !vector && Doubles.TryGetValue(apply.Op, out string? text))
        {
            return text;
        }

        Dictionary<Op, Text> table = apply.Type.IsFloat() ? Floats : Integers;
        if (!table.TryGetValue(apply.Op, out Text? row))
        {
            throw new InvalidOperationException($"{apply.Op} of {apply.Type} has no C# text");
        }

        // Doubles and small integers have no vectors, and an empty text is none.
        bool hasText = !vector || (row.Vector.Length > 0 && DTypes.SizeOf(operandType) == sizeof(int));
        if (!hasText && operandType != DType.Bool)
        {
            throw new InvalidOperationException($"{apply.Op} of vectors of {apply.Type} has no C# text");
        }

        bool isBool = apply.Type == DType.Bool && apply.Op == Op.Not && !vector;
        return isBool ? "!{0}" : vector ? row.Vector : row.Scalar;
    }

    // In lanes, true is -1 and stands below false.
    private static Op Mirrored(Op op) => op switch
    {
        Op.Less => Op.Greater,
        Op.LessEqual => Op.GreaterEqual,
        Op.Greater => Op.Less,
        Op.GreaterEqual => Op.LessEqual,
        _ => op,
    };

    // C# orders numbers only; false is below true.
    private static string? BoolSafe(Op op, DType type) => type != DType.Bool ? null : op switch
    {
        Op.Less => "(!{0} && {1})",
        Op.LessEqual => "(!{0} || {1})",
        Op.Greater => "({0} && !{1})",
        Op.GreaterEqual => "({0} || !{1})",
        _ => null,
    };
}
