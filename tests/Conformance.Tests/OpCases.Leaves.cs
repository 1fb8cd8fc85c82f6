namespace Sinter.Conformance.Tests;

public static partial class OpCases
{
    private static IEnumerable<OpCase> LeafCases() =>
    [
        new(Op.Input, "vector", c => [c.Float("x", Draws.Any, 7).Node], Tolerance: 0),
        Exact(Op.Input, "unused one beside a used one", c =>
        {
            _ = c.Fixed("unused", Draws.Any, 3);
            return [c.Fixed("x", Draws.Any, 2).Node];
        }),
        Exact(Op.Input, "of each element type", c =>
        [
            c.Flags("bool", 5).Node, c.Integer<U8>("u8", 0, 256, 5).Node, c.Integer<I32>("i32", -9, 9, 5).Node,
            c.Integer<U32>("u32", 0, 4294967296, 5).Node, c.Integer<I64>("i64", -1L << 40, 1L << 40, 5).Node,
            c.Double("f64", Draws.Any, 5).Node,
        ]),
        Exact(Op.Input, "empty", c => [c.Fixed("x", Draws.Any, 3, 0).Node]),
        Exact(Op.Input, "symbols in products", c =>
        {
            Symbol n = c.Symbol("N", 3);
            Symbol t = c.Symbol("T", 5);
            return [c.Fixed("x", Draws.Any, (Dimension)n * 2 * t, n).Node];
        }),

        new(Op.Parameter, "scales an input", c =>
            [(c.Float("x", Draws.Any, 4, 3) * c.Parameter("w", Draws.Any, 3)).Node]),
        Forward(Op.Parameter, "updated", c =>
        {
            Tensor<F32> w = c.Parameter("w", Draws.Any, 5);
            c.Update(w, w - (c.Fixed("gradient", Draws.Any, 5) * 0.125));
            return [w.Sum().Node];
        }),
        Forward(Op.Parameter, "two exchanged", c =>
        {
            Tensor<F32> a = c.Parameter("a", Draws.Any, 33);
            Tensor<F32> b = c.Parameter("b", Draws.Any, 33);
            c.Update(a, b);
            c.Update(b, a);
            return [(a + b + c.Fixed("x", Draws.Any, 33)).Node];
        }),

        Exact(Op.Constant, "one value for all", c =>
            [(c.Fixed("x", Draws.Any, 3) * 0 + Tensor<F32>.Full(2.5, 3)).Node]),
        Exact(Op.Constant, "a value for each", c =>
            [(c.Fixed("x", Draws.Tied, 3) + Tensor<F32>.Of([1, -2, 0.5], 3)).Node]),
        Exact(Op.Constant, "as an output", c =>
            [Tensor<F32>.Of([1, -2, 0.5, 7], 2, 2).Node, Tensor<F32>.Full(3, 5).Node]),
        Exact(Op.Constant, "not finite", c =>
            [Tensor<F32>.Of([double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0], 4).Node]),
        Exact(Op.Constant, "integers and bool", c =>
        [
            Tensor<I64>.Full(-(1L << 40), 2).Node, Tensor<U32>.Full(4294967295, 3).Node,
            Tensor<U8>.Of([0, 255], 2).Node, Tensor<Bool>.Of([1, 0, 1], 3).Node,
        ]),
        Exact(Op.Constant, "more values than stand in text", c =>
        {
            double[] values = [.. Enumerable.Range(0, 5_000).Select(i => (double)((i * 37 % 251) - 125))];
            return
            [
                (c.Fixed("x", Draws.Tied, 5_000) + Tensor<F32>.Of(values, 5_000)).Node,
                Tensor<I8>.Of(values, 50, 100).Node,
            ];
        }),
        Exact(Op.Constant, "of symbolic shape", c =>
        {
            Symbol n = c.Symbol("N", 5);
            return [(c.Fixed("x", Draws.Tied, n) + Tensor<F32>.Full(1.5, n)).Node];
        }),

        Exact(Op.Iota, "first axis", c => [Tensor<I64>.Iota(new Shape(5, 3), 0).Node]),
        Exact(Op.Iota, "last axis, float", c =>
            [(Tensor<F32>.Iota(new Shape(2, 37), 1) + c.Fixed("x", Draws.Tied, 37)).Node]),
        Exact(Op.Iota, "middle axis, i32", c => [Tensor<I32>.Iota(new Shape(2, 4, 3), 1).Node]),
        Exact(Op.Iota, "symbolic", c =>
        {
            Symbol n = c.Symbol("N", 6);
            return [(Tensor<F32>.Iota(new Shape(n, 2), 0) + c.Fixed("x", Draws.Tied, n, 2)).Node];
        }),

        Exact(Op.RandomBits, "words", c => [c.Graph.RandomBits(new Shape(5, 7)).Node]),
        Exact(Op.RandomBits, "two streams", c =>
            [c.Graph.RandomBits(new Shape(13)).Node, c.Graph.RandomBits(new Shape(13)).Node]),
        Exact(Op.RandomBits, "as uniform numbers", c => [Tensor.Uniform(c.Graph, new Shape(1031)).Node]),
        Exact(Op.RandomBits, "moved", c => [c.Graph.RandomBits(new Shape(3, 6)).Transposed.Node]),
        Exact(Op.RandomBits, "symbolic", c =>
        {
            Symbol n = c.Symbol("N", 3);
            Tensor<F32> drawn = Tensor.Uniform(c.Graph, new Shape(n, 5));
            return [Tensor.Where(drawn < Tensor<F32>.Scalar(0.5), c.Fixed("x", Draws.Any, n, 5), 0).Node];
        }),
    ];
}
