using Sinter.Compiler.Values;

namespace Sinter.Backends.Cuda;

/// <summary>The CUDA C text of elementwise operations: {0} and {1} are operands, {f} the ending of a function's name
/// that tells single from double precision.</summary>
internal static class Operations
{
    private static readonly Dictionary<Op, string> Floats = new()
    {
        [Op.Negate] = "-{0}",
        [Op.Abs] = "fabs{f}({0})",
        [Op.Sign] = "sn_sign({0})",
        [Op.Exp] = "exp{f}({0})",
        [Op.Expm1] = "expm1{f}({0})",
        [Op.Log] = "log{f}({0})",
        [Op.Log1p] = "log1p{f}({0})",
        [Op.Sqrt] = "sqrt{f}({0})",
        [Op.Rsqrt] = "(1.0{f} / sqrt{f}({0}))",
        [Op.Reciprocal] = "(1.0{f} / {0})",
        [Op.Sin] = "sin{f}({0})",
        [Op.Cos] = "cos{f}({0})",
        [Op.Tanh] = "tanh{f}({0})",
        [Op.Sigmoid] = "sn_sigmoid({0})",
        [Op.Erf] = "erf{f}({0})",
        [Op.Floor] = "floor{f}({0})",
        [Op.Ceil] = "ceil{f}({0})",
        [Op.Round] = "rint{f}({0})",
        [Op.Truncate] = "trunc{f}({0})",
        [Op.Add] = "({0} + {1})",
        [Op.Subtract] = "({0} - {1})",
        [Op.Multiply] = "({0} * {1})",
        [Op.Divide] = "({0} / {1})",
        [Op.Remainder] = "sn_remainder({0}, {1})",
        [Op.Power] = "pow{f}({0}, {1})",
        [Op.Maximum] = "sn_maximum({0}, {1})",
        [Op.Minimum] = "sn_minimum({0}, {1})",
    };

    private static readonly Dictionary<Op, string> Integers = new()
    {
        [Op.Negate] = "-{0}",
        [Op.Abs] = "sn_abs({0})",
        [Op.Sign] = "sn_sign({0})",
        [Op.Not] = "~{0}",
        [Op.Add] = "({0} + {1})",
        [Op.Subtract] = "({0} - {1})",
        [Op.Multiply] = "({0} * {1})",
        [Op.Divide] = "sn_divide({0}, {1})",
        [Op.Remainder] = "sn_remainder({0}, {1})",
        [Op.Maximum] = "sn_maximum({0}, {1})",
        [Op.Minimum] = "sn_minimum({0}, {1})",
        [Op.And] = "({0} & {1})",
        [Op.Or] = "({0} | {1})",
        [Op.Xor] = "({0} ^ {1})",
        [Op.ShiftLeft] = "sn_shift_left({0}, {1})",
        [Op.ShiftRight] = "sn_shift_right({0}, {1})",
    };

    private static readonly Dictionary<Op, string> Comparisons = new()
    {
        [Op.Equal] = "({0} == {1})",
        [Op.NotEqual] = "({0} != {1})",
        [Op.Less] = "({0} < {1})",
        [Op.LessEqual] = "({0} <= {1})",
        [Op.Greater] = "({0} > {1})",
        [Op.GreaterEqual] = "({0} >= {1})",
    };

    /// <summary>The format of an operation.</summary>
    public static string Format(Apply apply)
    {
        if (Comparisons.TryGetValue(apply.Op, out string? comparison))
        {
            return comparison;
        }

        if (apply is { Op: Op.Not, Type: DType.Bool })
        {
            return "!{0}";
        }

        Dictionary<Op, string> table = apply.Type.IsFloat() ? Floats : Integers;
        return !apply.Type.IsStorage() && table.TryGetValue(apply.Op, out string? text)
            ? text.Replace("{f}", apply.Type == DType.F32 ? "f" : "")
            : throw new InvalidOperationException($"{apply.Op} of {apply.Type} has no CUDA text");
    }
}
