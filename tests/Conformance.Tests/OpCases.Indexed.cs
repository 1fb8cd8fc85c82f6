namespace Sinter.Conformance.Tests;

public static partial class OpCases
{
    private static IEnumerable<OpCase> IndexedCases() =>
    [
        new(Op.Gather, "rows", c => [c.Float("x", Draws.Any, 5, 3).IndexSelect(0, c.Integer<I64>("i", 0, 5, 7)).Node]),
        new(Op.Gather, "columns, i32", c =>
            [c.Float("x", Draws.Any, 4, 6).IndexSelect(1, c.Integer<I32>("i", 0, 6, 3)).Node]),
        new(Op.Gather, "matrix of indices, middle axis", c =>
            [c.Float("x", Draws.Any, 2, 5, 3).IndexSelect(1, c.Integer<I64>("i", 0, 5, 2, 4)).Node]),
        new(Op.Gather, "one index", c =>
            [c.Float("x", Draws.Any, 5, 3).IndexSelect(0, c.Integer<I64>("i", 0, 5)).Node]),
        new(Op.Gather, "symbolic indices", c =>
            [c.Float("x", Draws.Any, 5, 3).IndexSelect(0, c.Integer<I64>("i", 0, 5, c.Symbol("N", 4))).Node]),
        new(Op.Gather, "of work, then work", c =>
            [c.Float("x", Draws.Any, 5, 3).Exp().IndexSelect(0, c.Integer<I64>("i", 0, 5, 7)).Sin().Node]),
        new(Op.Gather, "computed indices", c =>
            [c.Float("x", Draws.Any, 6, 2).IndexSelect(0,
                Tensor<I64>.Iota(new Shape(3), 0) * Tensor<I64>.Scalar(2)).Node]),
        Exact(Op.Gather, "integers and bool", c =>
        {
            Tensor<I64> indices = c.Integer<I64>("i", 0, 5, 7);
            return
            [
                c.Integer<I32>("x", -9, 9, 5, 2).IndexSelect(0, indices).Node,
                c.Flags("b", 5).IndexSelect(0, indices).Node,
            ];
        }),
        Exact(Op.Gather, "no indices", c =>
            [c.Fixed("x", Draws.Any, 5, 3).IndexSelect(0, c.Integer<I64>("i", 0, 5, 0)).Node]),

        new(Op.ScatterAdd, "rows, some twice", c =>
            [c.Float("x", Draws.Any, 7, 3).ScatterAdd(0, c.Integer<I64>("i", 0, 4, 7), 4).Node]),
        new(Op.ScatterAdd, "columns, i32", c =>
            [c.Float("x", Draws.Any, 4, 3).ScatterAdd(1, c.Integer<I32>("i", 0, 6, 3), 6).Node]),
        new(Op.ScatterAdd, "matrix of indices, middle axis", c =>
            [c.Float("x", Draws.Any, 2, 2, 4, 3).ScatterAdd(1, c.Integer<I64>("i", 0, 5, 2, 4), 5).Node]),
        new(Op.ScatterAdd, "one index", c =>
            [c.Float("x", Draws.Any, 3).ScatterAdd(0, c.Integer<I64>("i", 0, 5), 5).Node]),
        new(Op.ScatterAdd, "one index, one row of four", c =>
            [c.Float("x", Draws.Any, 4).ScatterAdd(0, c.Integer<I64>("i", 0, 1), 1).Node]),
        new(Op.ScatterAdd, "symbolic indices", c =>
        {
            Symbol n = c.Symbol("N", 6);
            return [c.Float("x", Draws.Any, n, 3).ScatterAdd(0, c.Integer<I64>("i", 0, 4, n), 4).Node];
        }),
        Exact(Op.ScatterAdd, "i32", c =>
            [c.Integer<I32>("x", -9, 9, 7).ScatterAdd(0, c.Integer<I64>("i", 0, 4, 7), 4).Node]),
        Exact(Op.UpdateRows, "rows", c => [c.Float("x", Draws.Any, 9, 3).UpdateRows(
            0, Tensor<I64>.Of([4, 8, 0], 3) + c.Integer<I64>("zero", 0, 1, 1), c.Float("y", Draws.Any, 3, 3)).Node]),
        Exact(Op.UpdateRows, "a slice at a position, middle axis", c => [c.Float("x", Draws.Any, 2, 7, 5).UpdateSlice(
            1, c.Integer<I32>("at", 0, 5), c.Float("y", Draws.Any, 2, 3, 5) * 2).Node]),
        Exact(Op.UpdateRows, "one row, i64", c => [c.Integer<I64>("x", -9, 9, 6, 4).UpdateSlice(
            0, c.Integer<I64>("at", 0, 6), c.Integer<I64>("y", -9, 9, 1, 4)).Node]),
        Exact(Op.UpdateRows, "last axis, flags", c => [c.Flags("x", 4, 6).UpdateSlice(
            1, c.Integer<I64>("at", 0, 4), c.Flags("y", 4, 3)).Node]),
        Exact(Op.UpdateRows, "symbolic slices in front", c =>
        {
            Symbol n = c.Symbol("N", 6);
            return [c.Float("x", Draws.Any, n, 5).UpdateSlice(
                1, c.Integer<I64>("at", 0, 4), c.Float("y", Draws.Any, n, 2)).Node];
        }),
        Exact(Op.UpdateRows, "no rows", c => [c.Fixed("x", Draws.Any, 5, 3).UpdateRows(
            0, c.Integer<I64>("i", 0, 5, 0), c.Fixed("y", Draws.Any, 0, 3)).Node]),
        Exact(Op.NonZero, "two axes", c => [c.Flags("x", 5, 7).NonZero(name: "K1").Node]),
        Exact(Op.NonZero, "numbers, one axis", c => [c.Integer<I32>("x", -1, 2, 50).NonZero(name: "K2").Node]),
        Exact(Op.NonZero, "nothing is true", c => [(c.Fixed("x", Draws.Any, 6, 4) > 100).NonZero(name: "K3").Node]),
        Exact(Op.NonZero, "a fixed number, more than there are", c =>
            [FirstTrue(c.Flags("x", 37), 50)]),
        Exact(Op.NonZero, "a fixed number, fewer than there are", c => [FirstTrue(c.Flags("x", 37), 3)]),
        Exact(Op.NonZero, "one of one", c => [FirstTrue(c.Flags("x", 1), 1)]),
        Exact(Op.NonZero, "none of none", c => [FirstTrue(c.Flags("x", 0), 3), FirstTrue(c.Flags("y", 9), 0)]),
        new(Op.NonZero, "selected, then work", c =>
        {
            Tensor<F32> x = c.Float("x", Draws.AwayFromZero, 6, 4);
            Tensor<F32> some = x.MaskedSelect(x > 0, name: "K4");
            return [(some.Exp() / some.Exp().Sum()).Square().Sum().Node, some.Square().Sum().Node];
        }),
        new(Op.NonZero, "rows kept, then a product", c =>
        {
            Tensor<F32> x = c.Float("x", Draws.Any, 9, 5);
            Tensor<F32> rows = x.Compress(c.Flags("keep", 9), name: "K5");
            return [rows.MatMul(c.Float("w", Draws.Any, 5, 3)).Softmax(0).Square().Sum(0).Node];
        }),
        Exact(Op.SetSize, "a slice as long as data says", c =>
        {
            Dimension count = c.Integer<I32>("count", 3, 9).AsDimension(10, "K6");
            return [c.Fixed("x", Draws.Any, 12, 4).Slice(0, 0, count).Node];
        }),
        Forward(Op.SetSize, "one size after the other", c =>
        {
            Tensor<F32> x = c.Fixed("x", Draws.Any, 60);
            Tensor<F32> some = x.MaskedSelect(x > 0, name: "K7");
            return [some.MaskedSelect(some > some.Mean(), name: "K8").Node, some.Sum().Node];
        }),
        Exact(Op.ScatterAdd, "no indices", c =>
            [c.Fixed("x", Draws.Any, 0, 3).ScatterAdd(0, c.Integer<I64>("i", 0, 4, 0), 4).Node]),
    ];

    private static Node FirstTrue(Tensor<Bool> flags, Dimension size) =>
        flags.Graph.Make(Op.NonZero, new NonZeroAttributes(size), flags.Node);
}
