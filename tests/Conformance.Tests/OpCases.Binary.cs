namespace Sinter.Conformance.Tests;

public static partial class OpCases
{
    private static double[] SpecialLeft =>
        [0, -0.0, 1, double.NaN, 2, double.PositiveInfinity, double.NegativeInfinity, 1, 0, double.NaN, -3];

    private static double[] SpecialRight =>
        [0, 0, double.NaN, 1, double.PositiveInfinity, double.PositiveInfinity, 2, 0, double.NaN, double.NaN, -3];

    private static IReadOnlyList<(Op Op, Draw Left, Draw Right)> BinaryRows() =>
    [
        (Op.Add, Draws.Any, Draws.Any), (Op.Subtract, Draws.Any, Draws.Any), (Op.Multiply, Draws.Any, Draws.Any),
        (Op.Divide, Draws.Any, Draws.AwayFromZero),

        // Numerators stay clear of the divisor's multiples, where the remainder jumps.
        (Op.Remainder, Draws.AwayFromRounding, Draws.Exactly(0.5, -1, 1, -0.5)),
        (Op.Power, Draws.Positive, Draws.Any),
        (Op.Maximum, Draws.AwayFromRounding, Draws.Tied), (Op.Minimum, Draws.AwayFromRounding, Draws.Tied),
    ];

    private static Op[] Comparisons =>
        [Op.Equal, Op.NotEqual, Op.Less, Op.LessEqual, Op.Greater, Op.GreaterEqual];

    private static IEnumerable<OpCase> BinaryCases() =>
    [
        .. BinaryRows().Select(row => new OpCase(row.Op, "matrices", c =>
            [Apply(row.Op, c.Float("a", row.Left, 3, 5).Node, c.Float("b", row.Right, 3, 5).Node)])),
        .. BinaryRows().Select(row => new OpCase(row.Op, "broadcast both ways", c =>
            [Apply(row.Op, c.Float("a", row.Left, 4, 1).Node, c.Float("b", row.Right, 1, 3).Node)])),
        .. BinaryRows().Select(row => new OpCase(row.Op, "symbolic batch and a row", c =>
            [Apply(row.Op, c.Float("a", row.Left, c.Symbol("N", 3), 5).Node, c.Float("b", row.Right, 5).Node)])),
        .. BinaryRows().Select(row => Forward(row.Op, "long", c =>
            [Apply(row.Op, c.Fixed("a", row.Left, 1031).Node, c.Fixed("b", row.Right, 1031).Node)])),
        .. BinaryRows().Select(row => Forward(row.Op, "special values", c =>
        [
            Apply(row.Op, c.Fixed("a", Draws.Exactly(SpecialLeft), SpecialLeft.Length).Node,
                c.Fixed("b", Draws.Exactly(SpecialRight), SpecialRight.Length).Node),
        ])),
        .. Comparisons.Select(op => Exact(op, "ties", c =>
            [Apply(op, c.Fixed("a", Draws.Tied, 7, 9).Node, c.Fixed("b", Draws.Tied, 9).Node)])),
        .. Comparisons.Select(op => Exact(op, "special values", c =>
        [
            Apply(op, c.Fixed("a", Draws.Exactly(SpecialLeft), SpecialLeft.Length).Node,
                c.Fixed("b", Draws.Exactly(SpecialRight), SpecialRight.Length).Node),
        ])),
        .. Comparisons.Select(op => Exact(op, "integers and bool", c =>
        [
            Apply(op, c.Integer<I32>("a", -2, 3, 17).Node, c.Integer<I32>("b", -2, 3, 17).Node),
            Apply(op, c.Integer<I64>("c", -2, 3, 17).Node, c.Integer<I64>("d", -2, 3, 17).Node),
            Apply(op, c.Values<U32>("e", [0, 4294967295, 2147483648], 3).Node,
                c.Values<U32>("f", [1, 1, 2147483647], 3).Node),
            Apply(op, c.Flags("g", 17).Node, c.Flags("h", 17).Node),
        ])),

        new(Op.Add, "scalar to all", c => [(c.Float("a", Draws.Any, 2, 3) + c.Float("b", Draws.Any)).Node]),
        new(Op.Multiply, "by itself", c => [c.Float("a", Draws.Any, 5).Square().Node]),
        new(Op.Multiply, "value used twice", c =>
        {
            Tensor<F32> x = c.Float("x", Draws.Any, 4);
            Tensor<F32> y = x.Sin();
            return [((y * x) + y).Node, y.Node];
        }),
        new(Op.Power, "constant exponents", c =>
        {
            Tensor<F32> x = c.Float("x", Draws.Positive, 7);
            return [x.Pow(2).Node, x.Pow(0.5).Node, x.Pow(-1).Node, x.Pow(3).Node, x.Pow(0).Node, x.Pow(1).Node];
        }),
        new(Op.Power, "negative base, whole exponent", c => [c.Float("x", Draws.AwayFromZero, 7).Pow(3).Node]),
        Forward(Op.Divide, "f64", c => [(c.Double("a", Draws.Any, 9) / c.Double("b", Draws.AwayFromZero, 9)).Node]),
        Forward(Op.Add, "empty", c => [(c.Fixed("a", Draws.Any, 0, 3) + c.Fixed("b", Draws.Any, 3)).Node]),

        new(Op.Where, "chosen by a mask", c =>
            [Tensor.Where(c.Flags("m", 3, 5), c.Float("a", Draws.Any, 3, 5), c.Float("b", Draws.Any, 3, 5)).Node]),
        new(Op.Where, "everything broadcast", c =>
            [Tensor.Where(c.Flags("m", 3, 1, 1), c.Float("a", Draws.Any, 4, 1), c.Float("b", Draws.Any, 5)).Node]),
        new(Op.Where, "rectifier", c =>
        {
            Tensor<F32> x = c.Float("x", Draws.AwayFromZero, c.Symbol("N", 3), 7);
            return [Tensor.Where(x > Tensor<F32>.Scalar(0), x, 0).Node];
        }),
        Forward(Op.Where, "hides what is not finite", c =>
        {
            Tensor<F32> x = c.Fixed("x", Draws.Exactly(0, 1, -1, 4), 4);
            return [Tensor.Where(x > Tensor<F32>.Scalar(0), x.Log(), -7).Node];
        }),
        Exact(Op.Where, "integers and bool", c =>
        {
            Tensor<Bool> mask = c.Flags("m", 9);
            return
            [
                Tensor.Where(mask, c.Integer<I64>("a", -9, 9, 9), 3).Node,
                Tensor.Where(mask, c.Flags("b", 9), c.Flags("d", 9)).Node,
            ];
        }),
    ];
}
