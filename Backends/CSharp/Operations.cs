using Sinter.Compiler.Values;

namespace Sinter.Backends.CSharp;

/// <summary>The C# text of elementwise operations: {0} and {1} are operands, {V} the class of their vectors, {T} the
/// type of their elements.</summary>
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
        [Op.Rsqrt] = new("(1f / MathF.Sqrt({0}))", "({V}<{T}>.One / {V}.Sqrt({0}))"),
        [Op.Reciprocal] = new("(1f / {0})", "({V}<{T}>.One / {0})"),
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
        [Op.Remainder] = new("Scalars.Remainder({0}, {1})", "Lanes.Each({0}, {1}, &Scalars.Remainder)"),
        [Op.Power] = new("VectorMath.Pow({0}, {1})", "VectorMath.Pow({0}, {1})"),
        [Op.Maximum] = new("Scalars.Maximum({0}, {1})", "Lanes.Maximum({0}, {1})"),
        [Op.Minimum] = new("Scalars.Minimum({0}, {1})", "Lanes.Minimum({0}, {1})"),
    };

    // What differs in double precision: functions are the runtime's own, one lane after another.
    private static readonly Dictionary<Op, Text> Doubles = new()
    {
        [Op.Exp] = OneByOne("Math.Exp"),
        [Op.Expm1] = OneByOne("Scalars.Expm1"),
        [Op.Log] = OneByOne("Math.Log"),
        [Op.Log1p] = OneByOne("Scalars.Log1p"),
        [Op.Sqrt] = new("Math.Sqrt({0})", "{V}.Sqrt({0})"),
        [Op.Rsqrt] = new("(1d / Math.Sqrt({0}))", "({V}<{T}>.One / {V}.Sqrt({0}))"),
        [Op.Reciprocal] = new("(1d / {0})", "({V}<{T}>.One / {0})"),
        [Op.Sin] = OneByOne("Math.Sin"),
        [Op.Cos] = OneByOne("Math.Cos"),
        [Op.Tanh] = OneByOne("Math.Tanh"),
        [Op.Sigmoid] = OneByOne("Scalars.Sigmoid"),
        [Op.Erf] = OneByOne("Scalars.Erf"),
        [Op.Floor] = new("Math.Floor({0})", "{V}.Floor({0})"),
        [Op.Ceil] = new("Math.Ceiling({0})", "{V}.Ceiling({0})"),
        [Op.Round] = new("Math.Round({0})", "{V}.Round({0})"),
        [Op.Truncate] = new("Math.Truncate({0})", "{V}.Truncate({0})"),
        [Op.Power] = new("Math.Pow({0}, {1})", "Lanes.Each({0}, {1}, &Math.Pow)"),
    };

    private static Text OneByOne(string function) => new(function + "({0})", $"Lanes.Each({{0}}, &{function})");

    // Integers wrap, also where the surrounding project checks overflows and where C# would compute constants itself.
    private static readonly Dictionary<Op, Text> Integers = new()
    {
        [Op.Negate] = new("unchecked(0 - {0})", "-{0}"),
        [Op.Abs] = new("Scalars.Abs({0})", "{V}.Abs({0})"),
        [Op.Sign] = new("Scalars.Sign({0})", "{V}.Min({V}.Max({0}, {V}<{T}>.AllBitsSet), {V}<{T}>.One)"),
        [Op.Not] = new("~{0}", "~{0}"),
        [Op.Add] = new("unchecked({0} + {1})", "({0} + {1})"),
        [Op.Subtract] = new("unchecked({0} - {1})", "({0} - {1})"),
        [Op.Multiply] = new("unchecked({0} * {1})", "({0} * {1})"),
        [Op.Divide] = new("Scalars.Divide({0}, {1})", "Lanes.Each({0}, {1}, &Scalars.Divide)"),
        [Op.Remainder] = new("Scalars.Remainder({0}, {1})", "Lanes.Each({0}, {1}, &Scalars.Remainder)"),
        [Op.Maximum] = new("Math.Max({0}, {1})", "{V}.Max({0}, {1})"),
        [Op.Minimum] = new("Math.Min({0}, {1})", "{V}.Min({0}, {1})"),
        [Op.And] = new("({0} & {1})", "({0} & {1})"),
        [Op.Or] = new("({0} | {1})", "({0} | {1})"),
        [Op.Xor] = new("({0} ^ {1})", "({0} ^ {1})"),
        [Op.ShiftLeft] = new("unchecked({0} << (int){1})", "Lanes.Each({0}, {1}, &Scalars.ShiftLeft)"),
        [Op.ShiftRight] = new("unchecked({0} >> (int){1})", "Lanes.Each({0}, {1}, &Scalars.ShiftRight)"),
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

        Dictionary<Op, Text> table = apply.Type.IsFloat() ? Floats : Integers;
        Text? row = null;
        bool known = (apply.Type == DType.F64 && Doubles.TryGetValue(apply.Op, out row))
            || table.TryGetValue(apply.Op, out row);
        if (!known || apply.Type.IsStorage())
        {
            throw new InvalidOperationException($"{apply.Op} of {apply.Type} has no C# text");
        }

        // All bits are -1 of signed integers only.
        if (apply.Op == Op.Sign && vector && apply.Type.Facts().Kind == ElementKind.Unsigned)
        {
            return "{V}.Min({0}, {V}<{T}>.One)";
        }

        bool isBool = apply.Type == DType.Bool && apply.Op == Op.Not && !vector;
        return isBool ? "!{0}" : vector ? row!.Vector : row!.Scalar;
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
