namespace Sinter.Conformance.Tests;

public static partial class OpCases
{
    private static IReadOnlyList<(Op Op, Draw Draw)> ReductionRows() =>
    [
        (Op.Sum, Draws.Any), (Op.Product, Draws.AwayFromZero), (Op.Max, Draws.Distinct), (Op.Min, Draws.Distinct),
    ];

    private static Op[] Positions => [Op.ArgMax, Op.ArgMin];

    private static IEnumerable<OpCase> ReductionCases() =>
    [
        .. ReductionRows().Select(row => new OpCase(row.Op, "last axis", c =>
            [Reduce(row.Op, c.Float("x", row.Draw, 5, 7), 1)])),
        .. ReductionRows().Select(row => new OpCase(row.Op, "first axis", c =>
            [Reduce(row.Op, c.Float("x", row.Draw, 5, 7), 0)])),
        .. ReductionRows().Select(row => new OpCase(row.Op, "middle axis", c =>
            [Reduce(row.Op, c.Float("x", row.Draw, 3, 4, 5), 1)])),
        .. ReductionRows().Select(row => new OpCase(row.Op, "outer two of three", c =>
            [Reduce(row.Op, c.Float("x", row.Draw, 3, 2, 5), 0, 2)])),
        .. ReductionRows().Select(row => new OpCase(row.Op, "everything", c =>
            [Reduce(row.Op, c.Float("x", row.Draw, 3, 5), 0, 1)])),
        .. ReductionRows().Select(row => new OpCase(row.Op, "over a symbol", c =>
            [Reduce(row.Op, c.Float("x", row.Draw, c.Symbol("N", 5), 3), 0)])),
        .. ReductionRows().Select(row => new OpCase(row.Op, "beside a symbol", c =>
            [Reduce(row.Op, c.Float("x", row.Draw, c.Symbol("N", 3), 6), 1)])),
        .. ReductionRows().Select(row => new OpCase(row.Op, "of work, then work", c =>
            [new Tensor<F32>(Reduce(row.Op, c.Float("x", row.Draw, 4, 5).Tanh(), 1)).Sin().Node])),
        .. ReductionRows().Select(row => Forward(row.Op, "of nothing", c =>
            [Reduce(row.Op, c.Fixed("x", row.Draw, 3, 0), 1)])),
        .. ReductionRows().Select(row => Forward(row.Op, "with a NaN", c =>
            [Reduce(row.Op, c.Fixed("x", Draws.Exactly(1, 2, double.NaN, 4, 5, 6, -1, 0), 4, 4), 1)])),
        .. ReductionRows().Select(row => Exact(row.Op, "integers", c =>
        [
            Reduce(row.Op, c.Integer<I32>("a", -9, 10, 5, 7), 1), Reduce(row.Op, c.Integer<I64>("b", -9, 10, 5, 7), 0),
            Reduce(row.Op, c.Integer<U8>("d", 0, 256, 9), 0), Reduce(row.Op, c.Integer<U32>("e", 0, 4294967296, 9), 0),
        ])),
        .. Positions.SelectMany(PositionCases),

        Forward(Op.Sum, "long row", c => [c.Fixed("x", Draws.Any, 3, 1031).Sum(1).Node]),
        Forward(Op.Sum, "many rows", c => [c.Fixed("x", Draws.Any, 517, 9).Sum(0).Node]),
        new(Op.Sum, "kept axis", c => [c.Float("x", Draws.Any, 3, 4).Sum(1, keepDims: true).Node]),
        new(Op.Sum, "of a product with a row", c =>
            [(c.Float("x", Draws.Any, 4, 5) * c.Float("y", Draws.Any, 5)).Sum(1).Node]),
        new(Op.Sum, "twice in a row", c => [c.Float("x", Draws.Any, 3, 4, 2).Sum(2).Square().Sum(0).Node]),
        new(Op.Sum, "softmax", c => [c.Float("x", Draws.Any, c.Symbol("N", 3), 7).Softmax(1).Node]),
        new(Op.Sum, "variance over a symbol", c => [c.Float("x", Draws.Any, c.Symbol("N", 5), 3).Variance([0]).Node]),
        Forward(Op.Max, "ties and one element", c =>
            [c.Fixed("x", Draws.Tied, 5, 9).Max(1).Node, c.Fixed("y", Draws.Any, 5, 1).Max(1).Node]),
        Forward(Op.Max, "infinities", c => [c.Fixed("x", Draws.Exactly(double.NegativeInfinity), 2, 3).Max(1).Node]),

        .. FoldCases(), .. PoolCases(),
    ];

    private static IEnumerable<OpCase> PositionCases(Op op) =>
    [
        Exact(op, "last axis", c => [Reduce(op, c.Fixed("x", Draws.Distinct, 5, 7), 1)]),
        Exact(op, "first axis", c => [Reduce(op, c.Fixed("x", Draws.Distinct, 5, 7), 0)]),
        Exact(op, "middle axis", c => [Reduce(op, c.Fixed("x", Draws.Distinct, 3, 4, 5), 1)]),
        Exact(op, "the first of equal ones", c => [Reduce(op, c.Fixed("x", Draws.Tied, 9, 33), 1)]),
        Exact(op, "integers", c =>
            [Reduce(op, c.Integer<I32>("x", -3, 4, 5, 9), 1), Reduce(op, c.Integer<I64>("y", -3, 4, 9), 0)]),
        Exact(op, "over a symbol", c => [Reduce(op, c.Fixed("x", Draws.Distinct, c.Symbol("N", 5), 3), 0)]),
        Exact(op, "the first NaN", c =>
            [Reduce(op, c.Fixed("x", Draws.Exactly(3, double.NaN, -5, double.NaN, 9, 1), 3, 6), 1)]),
        Exact(op, "infinities", c =>
            [Reduce(op, c.Fixed("x", Draws.Exactly(double.NegativeInfinity, double.PositiveInfinity), 3, 4), 1)]),
    ];

    private static IEnumerable<OpCase> FoldCases() =>
    [
        new(Op.Fold, "one axis, overlapping", c => [Fold(c.Float("x", Draws.Any, 2, 5, 3), [3], [1], [1], [7])]),
        new(Op.Fold, "strided and dilated", c => [Fold(c.Float("x", Draws.Any, 2, 3, 3), [3], [2], [3], [12])]),
        new(Op.Fold, "two axes", c => [Fold(c.Float("x", Draws.Any, 2, 3, 2, 2, 3), [2, 3], [1, 2], [2, 1], [5, 6])]),
        new(Op.Fold, "disjoint, symbolic batch", c =>
            [Fold(c.Float("x", Draws.Any, c.Symbol("N", 2), 3, 3), [3], [3], [1], [9])]),
        new(Op.Fold, "gaps stay zero", c => [Fold(c.Float("x", Draws.Any, 2, 2), [2], [4], [1], [7])]),
        Exact(Op.Fold, "i32", c => [Fold(c.Integer<I32>("x", -9, 10, 4, 2), [2], [1], [1], [5])]),
    ];

    private static IEnumerable<OpCase> PoolCases() =>
    [
        new(Op.MaxPool, "2x2", c =>
            [MaxPool(c.Float("x", Draws.Distinct, 2, 3, 6, 4), [2, 2], [2, 2], [1, 1], [0, 0], [0, 0])]),
        new(Op.MaxPool, "overlapping and padded", c =>
            [MaxPool(c.Float("x", Draws.Distinct, 1, 2, 5, 7), [3, 3], [2, 2], [1, 1], [1, 1], [1, 1])]),
        new(Op.MaxPool, "uneven padding, dilated", c =>
            [MaxPool(c.Float("x", Draws.Distinct, 2, 6, 5), [2, 3], [1, 2], [2, 1], [0, 2], [1, 0])]),
        new(Op.MaxPool, "one axis, symbolic batch", c =>
            [MaxPool(c.Float("x", Draws.Distinct, c.Symbol("N", 2), 3, 9), [3], [2], [1], [0], [0])]),
        Forward(Op.MaxPool, "ties", c =>
            [MaxPool(c.Fixed("x", Draws.Tied, 1, 1, 6, 6), [2, 2], [2, 2], [1, 1], [0, 0], [0, 0])]),
        Forward(Op.MaxPool, "all below zero, padded", c =>
            [MaxPool(c.Fixed("x", Draws.Between(-3, -1), 1, 1, 4, 4), [3, 3], [1, 1], [1, 1], [1, 1], [1, 1])]),
        Forward(Op.MaxPool, "a NaN spreads", c =>
            [MaxPool(c.Fixed("x", Draws.Exactly(1, double.NaN, 3, 4, 5, 6), 1, 6), [2], [1], [1], [0], [0])]),
        Forward(Op.MaxPool, "a window of padding alone", c =>
            [MaxPool(c.Fixed("x", Draws.Any, 1, 3), [2], [1], [1], [2], [0])]),
    ];

    private static Node Reduce<T>(Op op, Tensor<T> operand, params int[] axes)
        where T : struct, IElement => operand.Graph.Make(op, new ReduceAttributes(axes), operand.Node);

    private static Node Fold<T>(Tensor<T> operand, long[] kernel, long[] stride, long[] dilation, long[] size)
        where T : struct, IElement =>
        operand.Graph.Make(Op.Fold, new FoldAttributes(new WindowAttributes(kernel, stride, dilation), size),
            operand.Node);

    private static Node MaxPool(
        Tensor<F32> operand, long[] kernel, long[] stride, long[] dilation, long[] low, long[] high) =>
        operand.Graph.Make(
            Op.MaxPool, new PoolAttributes(new WindowAttributes(kernel, stride, dilation), low, high), operand.Node);
}
