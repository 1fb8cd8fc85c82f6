namespace Sinter.Conformance.Tests;

public static partial class OpCases
{
    private static IEnumerable<OpCase> BranchCases() =>
    [
        new(Op.Cond, "the first branch", c => Either(c, taken: 1)),
        new(Op.Cond, "the second branch", c => Either(c, taken: 0)),
        new(Op.Cond, "a predicate of the data", c =>
        {
            Tensor<F32> x = c.Float("x", Draws.Any, 3, 5);
            return [Functional.Cond(x.Sum() > -1000, () => x.Sin().Sum(1), () => x.Max(1)).Node];
        }),
        new(Op.Cond, "products with state in both branches", c =>
        {
            Tensor<F32> x = c.Float("x", Draws.Any, 17, 24);
            Tensor<F32> left = c.Parameter("left", Draws.Any, 24, 33);
            Tensor<F32> right = c.Parameter("right", Draws.Any, 24, 33);
            return [Functional.Cond(Flag(c, 0), () => x.MatMul(left).Tanh(), () => x.MatMul(right) + 1).Node];
        }),
        new(Op.Cond, "two values of two types, one of them twice", c =>
        {
            Tensor<F32> x = c.Float("x", Draws.Any, 4, 3);
            Tensor<I64> i = c.Integer<I64>("i", -5, 5, 2);
            var (first, second) = Functional.Cond(Flag(c, 1), () => (x.Exp(), i + 1), () => (x, i * i));
            var (third, fourth) = Functional.Cond(Flag(c, 0, "q"), () => (x, x * 2), () => (x.Cos(), x.Cos()));
            return [first.Node, second.Node, third.Node, fourth.Node];
        }),
        new(Op.Cond, "what a branch passes on, in another shape", c =>
        {
            Tensor<F32> x = c.Float("x", Draws.Any, 6, 4);
            Tensor<F32> y = x.Reshape(8, 3);
            return [Functional.Cond(Flag(c, 1), () => y, () => (x * x).Reshape(8, 3) + y).Node];
        }),
        new(Op.Cond, "branches that read nothing", c =>
        [
            Functional.Cond(
                Flag(c, 0), () => Tensor<F32>.Full(2, 3, 3), () => Tensor<F32>.Iota(new Shape(3, 3), 1)).Node,
            Functional.Cond(Flag(c, 1, "q"), () => Tensor<F32>.Of([1, 2, 4], 3), () => Tensor<F32>.Full(2, 3)).Node,
            c.Float("x", Draws.Any, 2).Sin().Node,
        ]),
        new(Op.Cond, "a symbol of rows", c =>
        {
            Symbol n = c.Symbol("N", 5);
            Tensor<F32> x = c.Float("x", Draws.Any, n, 4);
            Tensor<F32> w = c.Parameter("w", Draws.Any, 4, 4);
            return [Functional.Cond(Flag(c, 1), () => x.MatMul(w).Softmax(1), () => x).Node];
        }),
        new(Op.Cond, "inside a branch", c =>
        {
            Tensor<F32> x = c.Float("x", Draws.Any, 2, 8);
            Tensor<Bool> inner = Flag(c, 0, "q");
            return
            [
                Functional.Cond(Flag(c, 1),
                    () => Functional.Cond(inner, () => x.Exp(), () => x.Sin() * x.Sum(1, keepDims: true)) + 1,
                    () => x).Node,
            ];
        }),
        new(Op.Cond, "inside a loop", c =>
        {
            Tensor<Bool> flags = c.Values<Bool>("flags", [1, 0, 0, 1, 0], 5);
            Tensor<F32> w = c.Float("w", Draws.Any, 4, 4);
            Tensor<F32> x = c.Float("x", Draws.Any, 5, 3, 4);
            return Of(Functional.Scan(c.Float("h", Draws.Any, 3, 4), (x, flags), (h, slice) =>
            {
                Tensor<F32> next = Functional.Cond(
                    slice.Second, () => (h.MatMul(w) + slice.First).Tanh(), () => h * slice.First);
                return (next, next * 2);
            }));
        }),
        new(Op.Cond, "around a loop", c =>
        {
            Tensor<F32> h = c.Float("h", Draws.Any, 3);
            Tensor<F32> x = c.Float("x", Draws.Any, 4, 3);
            var (last, all) = Functional.Cond(
                Flag(c, 1), () => Functional.Scan(h, x, (h, x) => ((h * x).Sin(), h + x)), () => (h, x));
            return [last.Node, all.Node];
        }),
        new(Op.Cond, "rows chosen in a branch", c =>
        {
            Tensor<F32> table = c.Float("t", Draws.Any, 7, 4);
            Tensor<I64> rows = c.Integer<I64>("i", 0, 7, 3);
            return [Functional.Cond(Flag(c, 1), () => table.IndexSelect(0, rows), () => table.Slice(0, 0, 3)).Node];
        }),
        Forward(Op.Cond, "halves in memory", c =>
        {
            Tensor<BF16> x = c.Fixed("x", Draws.Any, 40).Sign().Cast<BF16>();
            return [Functional.Cond(Flag(c, 1), () => x * 2 + 1, () => x).Cast<F32>().Node];
        }),
        Forward(Op.Cond, "draws in the branches", c =>
        {
            Tensor<F32> x = c.Fixed("x", Draws.Any, 8);
            Tensor<U32> before = c.Graph.RandomBits(new Shape(8));
            Tensor<U32> drawn = Functional.Cond(
                Flag(c, 0), () => c.Graph.RandomBits(new Shape(8)), () => c.Graph.RandomBits(new Shape(8)) ^ before);
            return [drawn.Node, before.Node, x.Node];
        }),
        new(Op.Cond, "an operand, and a predicate of state", c =>
        {
            Tensor<F32> x = c.Float("x", Draws.Any, 5);
            Tensor<Bool> predicate = c.Parameter("s", Draws.Positive).Reshape() > -1;
            return [Functional.Cond(predicate, x, x => x.Sin(), x => x * 2).Node];
        }),
    ];

    private static Tensor<Bool> Flag(CaseBuilder c, int value, string name = "p") => c.Values<Bool>(name, [value]);

    private static Node[] Either(CaseBuilder c, int taken)
    {
        Tensor<F32> x = c.Float("x", Draws.Any, 3, 20);
        Tensor<F32> w = c.Float("w", Draws.Any, 20);
        Tensor<F32> y = Functional.Cond(
            Flag(c, taken), () => (x * w).Sin(), () => x.Exp() + x.Sum(1, keepDims: true));
        return [y.Node, x.Cos().Node];
    }
}
