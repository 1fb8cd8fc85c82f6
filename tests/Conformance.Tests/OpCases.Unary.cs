namespace Sinter.Conformance.Tests;

public static partial class OpCases
{
    private static double[] Specials =>
    [
        0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 1e-20, -1e-20, 30, -30,
        double.PositiveInfinity, double.NegativeInfinity, double.NaN,
    ];

    private static IReadOnlyList<(Op Op, Draw Draw)> UnaryRows() =>
    [
        (Op.Negate, Draws.Any), (Op.Abs, Draws.AwayFromZero), (Op.Sign, Draws.AwayFromZero),
        (Op.Exp, Draws.Between(-4, 4)), (Op.Expm1, Draws.Between(-3, 3)),
        (Op.Log, Draws.Positive), (Op.Log1p, Draws.Between(-0.7, 3)),
        (Op.Sqrt, Draws.Positive), (Op.Rsqrt, Draws.Positive), (Op.Reciprocal, Draws.AwayFromZero),
        (Op.Sin, Draws.Between(-7, 7)), (Op.Cos, Draws.Between(-7, 7)),
        (Op.Tanh, Draws.Between(-5, 5)), (Op.Sigmoid, Draws.Between(-8, 8)), (Op.Erf, Draws.Between(-3, 3)),
        (Op.Floor, Draws.AwayFromRounding), (Op.Ceil, Draws.AwayFromRounding), (Op.Round, Draws.AwayFromRounding),
        (Op.Truncate, Draws.AwayFromRounding),
    ];

    private static IEnumerable<OpCase> UnaryCases() =>
    [
        .. UnaryRows().Select(row => new OpCase(row.Op, "matrix", c =>
            [Apply(row.Op, c.Float("x", row.Draw, 3, 5)).Node])),
        .. UnaryRows().Select(row => Forward(row.Op, "long", c => [Apply(row.Op, c.Fixed("x", row.Draw, 1031)).Node])),
        .. UnaryRows().Select(row => Forward(row.Op, "special values", c =>
            [Apply(row.Op, c.Fixed("x", Draws.Exactly(Specials), Specials.Length)).Node])),
        new(Op.Exp, "scalar", c => [c.Float("x", Draws.Any).Exp().Node]),
        new(Op.Tanh, "symbolic batch", c => [c.Float("x", Draws.Any, c.Symbol("N", 5), 3).Tanh().Node]),
        new(Op.Sin, "chain", c => [c.Float("x", Draws.Any, 2, 9).Sin().Exp().Tanh().Negate().Node]),
        new(Op.Exp, "f64", c => [c.Double("x", Draws.Any, 9).Exp().Node], CheckGradient: false, Tolerance: 1e-12),
        Forward(Op.Exp, "empty", c => [c.Fixed("x", Draws.Any, 0, 4).Exp().Node]),
        Forward(Op.Exp, "overflow", c =>
            [c.Fixed("x", Draws.Exactly(88, 89, 100, -100, -88, 1000, -1000), 7).Exp().Node]),
        Forward(Op.Sigmoid, "far out", c =>
            [c.Fixed("x", Draws.Exactly(100, -100, 1000, -1000, 17, -17), 6).Sigmoid().Node]),

        // Scaled back, so that the tolerance is relative to the tiny result.
        Forward(Op.Expm1, "near 0", c => [((c.Fixed("x", Draws.AwayFromZero, 17) * 1e-6).Expm1() * 1e6).Node]),
        Forward(Op.Log1p, "near 0", c => [((c.Fixed("x", Draws.AwayFromZero, 17) * 1e-6).Log1p() * 1e6).Node]),
        Forward(Op.Erf, "near 0", c => [((c.Fixed("x", Draws.AwayFromZero, 17) * 1e-6).Erf() * 1e6).Node]),
        Forward(Op.Tanh, "near 0", c => [((c.Fixed("x", Draws.AwayFromZero, 17) * 1e-6).Tanh() * 1e6).Node]),
        Exact(Op.Round, "ties to even", c =>
            [c.Fixed("x", Draws.Exactly(0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 3.49), 7).Round().Node]),

        Exact(Op.Negate, "i32", c => [(-c.Values<I32>("x", [0, 5, -7, int.MinValue, int.MaxValue], 5)).Node]),
        Exact(Op.Abs, "i64", c => [c.Integer<I64>("x", -1L << 40, 1L << 40, 9).Abs().Node]),
        Exact(Op.Sign, "i32", c => [c.Integer<I32>("x", -2, 3, 11).Sign().Node]),
        Exact(Op.Not, "bool", c => [(~c.Flags("x", 11)).Node]),
        Exact(Op.Not, "i32", c => [(~c.Integer<I32>("x", -100, 100, 11)).Node]),
        Exact(Op.Not, "u32 and u8", c =>
            [(~c.Integer<U32>("x", 0, 1000, 5)).Node, (~c.Integer<U8>("y", 0, 256, 5)).Node]),

        .. CastCases(),

        Exact(Op.CheckIndex, "in range", c => [c.Integer<I64>("i", 0, 7, 9).CheckIndex(7, "row").Node]),
        Exact(Op.CheckIndex, "i32, symbolic", c =>
            [c.Integer<I32>("i", 0, 3, c.Symbol("N", 4)).CheckIndex(3, "class").Node]),

        // The derivative is 0 by definition, so it is left out of the check; that of the other factor is not.
        new(Op.StopGradient, "factor", c => [(c.Fixed("x", Draws.Any, 5).Detach() * c.Float("y", Draws.Any, 5)).Node]),
        Exact(Op.StopGradient, "i64", c => [c.Integer<I64>("x", -9, 9, 5).Detach().Node]),
    ];

    private static IEnumerable<OpCase> CastCases() =>
    [
        Exact(Op.Cast, "f32 to integers truncates", c =>
        {
            Tensor<F32> x = c.Fixed("x", Draws.Exactly(0.9, 1.5, -0.9, -1.5, 100.25, -100.75, 0), 7);
            return [x.Cast<I32>().Node, x.Cast<I64>().Node, x.Abs().Cast<U8>().Node, x.Abs().Cast<U32>().Node];
        }),
        Exact(Op.Cast, "f32 to bool", c =>
            [c.Fixed("x", Draws.Exactly(0, -0.0, 0.1, -3, double.NaN, 1), 6).Cast<Bool>().Node]),
        Exact(Op.Cast, "bool to numbers", c =>
        {
            Tensor<Bool> x = c.Flags("x", 9);
            return [x.Cast<F32>().Node, x.Cast<I64>().Node, x.Cast<U8>().Node];
        }),
        Exact(Op.Cast, "integers to f32", c =>
        [
            c.Integer<I32>("i32", -1 << 20, 1 << 20, 9).Cast<F32>().Node,
            c.Integer<U8>("u8", 0, 256, 9).Cast<F32>().Node,
            c.Integer<I64>("i64", -1 << 20, 1 << 20, 9).Cast<F32>().Node,
        ]),
        Forward(Op.Cast, "large integers to f32", c =>
        [
            c.Integer<U32>("u32", 0, 4294967296, 9).Cast<F32>().Node,
            c.Integer<I64>("i64", -1L << 52, 1L << 52, 9).Cast<F32>().Node,
        ]),
        Exact(Op.Cast, "integers narrow by wrapping", c =>
        {
            Tensor<I64> x = c.Values<I64>("x", [0, 255, 256, -1, -129, 1L << 32, (1L << 31) + 5, -(1L << 40) - 3], 8);
            return [x.Cast<U8>().Node, x.Cast<I32>().Node, x.Cast<U32>().Node, x.Cast<Bool>().Node];
        }),
        Exact(Op.Cast, "integers widen", c =>
            [c.Integer<U32>("u", 0, 4294967296, 5).Cast<I64>().Node, c.Integer<I32>("i", -9, 9, 5).Cast<I64>().Node]),
        new(Op.Cast, "f32 to f64 and back", c => [c.Float("x", Draws.Any, 7).Cast<F64>().Square().Cast<F32>().Node]),
        Exact(Op.Cast, "to the same type", c => [c.Fixed("x", Draws.Any, 7).Cast<F32>().Node]),
    ];

    private static Tensor<F32> Negate(this Tensor<F32> operand) => -operand;
}
