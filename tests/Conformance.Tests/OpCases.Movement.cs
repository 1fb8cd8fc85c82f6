namespace Sinter.Conformance.Tests;

public static partial class OpCases
{
    private static IEnumerable<OpCase> MovementCases() =>
    [
        .. ReshapeCases(), .. PermuteCases(), .. BroadcastCases(), .. SliceCases(), .. PadCases(), .. ConcatCases(),
        .. WindowCases(),
    ];

    private static IEnumerable<OpCase> ReshapeCases() =>
    [
        new(Op.Reshape, "splits and joins", c => [c.Float("x", Draws.Any, 6, 5).Reshape(2, 15).Node]),
        new(Op.Reshape, "of a moved operand", c => [c.Float("x", Draws.Any, 4, 6).Transposed.Reshape(8, 3).Exp().Node]),
        new(Op.Reshape, "axes that do not nest", c => [c.Float("x", Draws.Any, 4, 9).Reshape(6, 6).Transposed.Node]),
        new(Op.Reshape, "heads side by side, with work and sums", c =>
        {
            Tensor<F32> x = c.Float("x", Draws.Any, 2, 3, 17, 18).Permute(0, 2, 1, 3).Reshape(34, 54);
            return [x.Node, (x * c.Float("y", Draws.Any, 34, 54)).Sin().Node, x.Sum(1).Node, x.Sum(0).Node];
        }),
        new(Op.Reshape, "symbolic, flattened", c => [c.Float("x", Draws.Any, c.Symbol("N", 3), 2, 5).Flatten(1).Node]),
        new(Op.Reshape, "symbolic, joined with a number", c =>
            [c.Float("x", Draws.Any, c.Symbol("N", 3), 4).Reshape(-1).Sin().Node]),
        new(Op.Reshape, "scalar to ones", c => [c.Float("x", Draws.Any).Reshape(1, 1, 1).Node]),
        Exact(Op.Reshape, "bool and i64", c =>
            [c.Flags("b", 6).Reshape(2, 3).Node, c.Integer<I64>("i", -9, 9, 6).Reshape(3, 2).Node]),
        Exact(Op.Reshape, "empty", c => [c.Fixed("x", Draws.Any, 0, 4).Reshape(2, 0).Node]),
    ];

    private static IEnumerable<OpCase> PermuteCases() =>
    [
        new(Op.Permute, "transpose", c => [c.Float("x", Draws.Any, 5, 7).Transposed.Node]),
        new(Op.Permute, "three axes around", c => [c.Float("x", Draws.Any, 2, 3, 5).Permute(2, 0, 1).Node]),
        new(Op.Permute, "four axes, inner kept", c => [c.Float("x", Draws.Any, 2, 3, 4, 3).Permute(0, 2, 1, 3).Node]),
        new(Op.Permute, "symbolic", c => [c.Float("x", Draws.Any, c.Symbol("N", 4), 3, 2).Permute(1, 2, 0).Node]),
        new(Op.Permute, "twice, with work between", c =>
            [c.Float("x", Draws.Any, 3, 4, 2).Permute(1, 2, 0).Sin().Permute(1, 0, 2).Node]),
        Exact(Op.Permute, "larger than a tile", c => [c.Fixed("x", Draws.Any, 67, 45).Transposed.Node]),
        Exact(Op.Permute, "i32", c => [c.Integer<I32>("x", -9, 9, 3, 5).Transposed.Node]),
    ];

    private static IEnumerable<OpCase> BroadcastCases() =>
    [
        new(Op.Broadcast, "row", c => [c.Float("x", Draws.Any, 5).Expand(3, 5).Node]),
        new(Op.Broadcast, "column", c => [c.Float("x", Draws.Any, 3, 1).Expand(3, 5).Node]),
        new(Op.Broadcast, "outer and inner at once", c => [c.Float("x", Draws.Any, 1, 3, 1).Expand(2, 3, 4).Node]),
        new(Op.Broadcast, "to a symbol", c =>
        {
            Symbol n = c.Symbol("N", 4);
            return [(c.Float("x", Draws.Any, n, 1) + c.Float("b", Draws.Any, 1, 3).Expand(n, 3)).Node];
        }),
        new(Op.Broadcast, "symbol that is 1", c =>
        {
            Symbol n = c.Symbol("N", 1);
            return [(c.Float("x", Draws.Any, n, 3) * c.Float("y", Draws.Any, 3)).Node];
        }),
        new(Op.Broadcast, "repeat", c => [c.Float("x", Draws.Any, 2, 3).Repeat(2, 3).Node]),
        Exact(Op.Broadcast, "to an empty shape", c => [c.Fixed("x", Draws.Any, 1, 3).Expand(0, 3).Node]),
        Exact(Op.Broadcast, "bool", c => [c.Flags("x", 3, 1).Expand(3, 4).Node]),
    ];

    private static IEnumerable<OpCase> SliceCases() =>
    [
        new(Op.Slice, "from the middle", c => [c.Float("x", Draws.Any, 4, 9).Slice(1, 2, 7).Node]),
        new(Op.Slice, "every third", c => [c.Float("x", Draws.Any, 11, 2).Slice(0, 1, step: 3).Node]),
        new(Op.Slice, "flip", c => [c.Float("x", Draws.Any, 3, 5).Flip(0, 1).Node]),
        new(Op.Slice, "negative step", c => [Slice(c.Float("x", Draws.Any, 4, 10), [3, 8], [2, 3], [-2, -3]).Node]),
        new(Op.Slice, "symbolic axis kept", c => [c.Float("x", Draws.Any, c.Symbol("N", 3), 8).Slice(1, 1, 6, 2).Node]),
        new(Op.Slice, "select", c => [c.Float("x", Draws.Any, 3, 4, 2).Select(1, -1).Node]),
        new(Op.Slice, "of a computed value, used beside it", c =>
        {
            Tensor<F32> y = c.Float("x", Draws.Any, 6).Exp();
            return [(y.Slice(0, 1) - y.Slice(0, 0, 5)).Node];
        }),
        new(Op.Slice, "roll", c => [c.Float("x", Draws.Any, 7, 2).Roll(3, 0).Node]),
        Exact(Op.Slice, "nothing", c => [c.Fixed("x", Draws.Any, 4, 3).Slice(0, 2, 2).Node]),
        Exact(Op.Slice, "i64", c => [c.Integer<I64>("x", -9, 9, 9).Slice(0, 2, 8, 2).Node]),
    ];

    private static IEnumerable<OpCase> PadCases() =>
    [
        new(Op.Pad, "zeros at both ends", c => [c.Float("x", Draws.Any, 3, 4).Pad([1, 2], [2, 0]).Node]),
        new(Op.Pad, "another value", c => [c.Float("x", Draws.Any, 5).Pad(0, 2, 3, -1.5).Node]),
        new(Op.Pad, "negative amounts cut", c => [c.Float("x", Draws.Any, 9, 3).Pad([-2, 1], [-3, -1]).Node]),
        new(Op.Pad, "between elements", c => [Pad(c.Float("x", Draws.Any, 3, 4), [1, 0], [0, 2], [2, 1]).Node]),
        new(Op.Pad, "between elements, then cut", c => [Pad(c.Float("x", Draws.Any, 5), [-2], [-1], [2]).Node]),
        new(Op.Pad, "symbolic axis left alone", c => [c.Float("x", Draws.Any, c.Symbol("N", 3), 4).Pad(1, 1, 1).Node]),
        new(Op.Pad, "of a computed value", c =>
            [(c.Float("x", Draws.Any, 4).Exp().Pad(0, 1, 2) * c.Float("y", Draws.Any, 7)).Node]),
        Exact(Op.Pad, "minus infinity", c => [c.Fixed("x", Draws.Any, 3).Pad(0, 1, 1, double.NegativeInfinity).Node]),
        Exact(Op.Pad, "i32 and bool", c =>
            [c.Integer<I32>("i", -9, 9, 3).Pad(0, 1, 2, -7).Node, c.Flags("b", 3).Pad(0, 2, 1, 1).Node]),
        Exact(Op.Pad, "of nothing", c => [c.Fixed("x", Draws.Any, 0, 2).Pad(0, 2, 1, 3).Node]),
    ];

    private static IEnumerable<OpCase> ConcatCases() =>
    [
        new(Op.Concat, "first axis", c =>
            [Tensor.Concat(0, c.Float("a", Draws.Any, 2, 3), c.Float("b", Draws.Any, 3, 3)).Node]),
        new(Op.Concat, "last axis, three operands", c =>
            [Tensor.Concat(-1, c.Float("a", Draws.Any, 4, 1), c.Float("b", Draws.Any, 4, 5),
                c.Float("d", Draws.Any, 4, 2)).Node]),
        new(Op.Concat, "middle axis, symbolic batch", c =>
        {
            Symbol n = c.Symbol("N", 3);
            return [Tensor.Concat(1, c.Float("a", Draws.Any, n, 2, 3), c.Float("b", Draws.Any, n, 1, 3)).Node];
        }),
        new(Op.Concat, "of computed values, computed with", c =>
        {
            Tensor<F32> x = c.Float("x", Draws.Any, 3, 4);
            return [Tensor.Concat(1, x.Sin(), x, x.Exp()).Square().Node];
        }),
        new(Op.Concat, "one operand", c => [Tensor.Concat(0, c.Float("x", Draws.Any, 3)).Node]),
        new(Op.Concat, "stack", c => [Tensor.Stack(1, c.Float("a", Draws.Any, 3), c.Float("b", Draws.Any, 3)).Node]),
        Exact(Op.Concat, "an empty part", c =>
            [Tensor.Concat(0, c.Fixed("a", Draws.Any, 2), c.Fixed("b", Draws.Any, 0)).Node]),
        Exact(Op.Concat, "i64", c =>
            [Tensor.Concat(0, c.Integer<I64>("a", 0, 9, 2), Tensor<I64>.Iota(new Shape(3), 0)).Node]),
    ];

    private static IEnumerable<OpCase> WindowCases() =>
    [
        new(Op.Window, "one axis, overlapping", c => [c.Float("x", Draws.Any, 2, 7).Window([3], [1], [1]).Node]),
        new(Op.Window, "strided and dilated", c => [c.Float("x", Draws.Any, 2, 12).Window([3], [2], [3]).Node]),
        new(Op.Window, "two axes", c => [c.Float("x", Draws.Any, 2, 5, 6).Window([2, 3], [1, 2], [2, 1]).Node]),
        new(Op.Window, "disjoint, symbolic batch", c =>
            [c.Float("x", Draws.Any, c.Symbol("N", 2), 9).Window([3], [3], [1]).Sum(-1).Node]),
        new(Op.Window, "leaves a remainder", c => [c.Float("x", Draws.Any, 10).Window([3], [4], [1]).Node]),
        new(Op.Window, "summed at once", c => [c.Float("x", Draws.Any, 3, 8).Window([4], [1], [1]).Sum(-1).Node]),
        Exact(Op.Window, "i32", c => [c.Integer<I32>("x", -9, 9, 8).Window([2], [3], [2]).Node]),
    ];

    private static Tensor<F32> Slice(Tensor<F32> operand, long[] starts, Dimension[] shape, long[] steps) =>
        new(operand.Graph.Make(Op.Slice, new SliceAttributes(starts, new Shape(shape), steps), operand.Node));

    private static Tensor<F32> Pad(Tensor<F32> operand, long[] low, long[] high, long[] interior) =>
        new(operand.Graph.Make(Op.Pad, new PadAttributes(low, high, interior, Constants.Bits(DType.F32, 0)),
            operand.Node));
}
