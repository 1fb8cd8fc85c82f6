namespace Sinter.Compiler.Tests;

public static partial class RuleCases
{
    private static RuleCase[] Movement() =>
    [
        RuleCase.Of("reshape to the same shape → x",
            o => o.Make(Op.Reshape, Shaped(2, 3), o.X), o => o.X.Reshape(3, 2)),
        RuleCase.Of("broadcast to the same shape → x",
            o => o.Make(Op.Broadcast, Shaped(2, 3), o.X), o => o.Row.Expand(2, 3)),
        RuleCase.Of("permute in order → x", o => o.X.Permute(0, 1), o => o.X.Permute(1, 0)),
        RuleCase.Of("slice of everything → x", o => o.X.Slice(1, 0), o => o.X.Flip(1)),
        RuleCase.Of("pad by nothing → x", o => o.X.Pad(0, 0, 0), o => o.X.Pad(0, 1, -1)),
        RuleCase.Of("concat of one → x", o => Tensor.Concat(0, o.X), o => Tensor.Concat(0, o.X, o.X)),
        RuleCase.Of("window of one element → reshape", o => o.X.Window([1], [1], [1]), o => o.X.Window([1], [2], [1])),
        RuleCase.Of("reshape of a constant → constant",
            o => o.X.Reshape(6) + Number(2).Reshape(6), o => o.X.Reshape(6)),
        RuleCase.Of("broadcast of a constant → constant", o => o.X + 2, o => o.X + o.Scalar),
        RuleCase.Of("permute of a constant → constant",
            o => o.X.Transposed * Number(2).Transposed, o => o.X.Transposed),
        RuleCase.Of("slice of a constant → constant",
            o => o.X.Slice(0, 1) * Number(2).Slice(0, 1), o => o.X.Slice(0, 1)),
        RuleCase.Of("window of a constant → constant",
            o => o.X.Window([2], [1], [1]) * Number(2).Window([2], [1], [1]), o => o.X.Window([2], [1], [1])),
        RuleCase.Of("pad of a constant with itself → constant",
            o => Number(2).Pad(0, 1, 0, 2) + o.Scalar, o => Number(2).Pad(0, 1, 0, 3) + o.Scalar),
        RuleCase.Of("concat of one constant → constant",
            o => Tensor.Concat(0, Number(2), Number(2)) + o.Scalar,
            o => Tensor.Concat(0, Number(2), Number(3)) + o.Scalar),
    ];

    private static RuleCase[] Chains() =>
    [
        RuleCase.Of("reshape(reshape(x)) → reshape(x)",
            o => o.X.Reshape(6).Reshape(3, 2), o => o.X.Reshape(6).Exp().Reshape(3, 2)),
        RuleCase.Of("broadcast(broadcast(x)) → broadcast(x)",
            o => o.Input<F32>("one", 1, 1).Expand(1, 3).Expand(2, 3), o => o.Input<F32>("one", 1, 1).Expand(2, 3)),
        RuleCase.Of("permute(permute(x)) → permute(x)",
            o => Cube(o).Permute(1, 2, 0).Permute(1, 2, 0), o => Cube(o).Permute(1, 2, 0).Exp().Permute(1, 2, 0)),
        RuleCase.Of("permute of unit axes → reshape", o => o.Row.Transposed, o => o.X.Transposed),
        RuleCase.Of("slice(slice(x)) → slice(x)",
            o => o.X.Slice(1, 1).Flip(1, 0).Slice(1, 1), o => o.X.Slice(1, 1).Exp().Slice(0, 1)),
        RuleCase.Of("pad(pad(x)) → pad(x)",
            o => o.X.Pad(0, 1, 2).Pad(1, 2, 0).Pad(0, -1, 0), o => o.X.Pad(0, 1, 2).Pad(0, 1, 0, 7)),
        RuleCase.Of("pad(pad(x)) → pad(x)", o => o.X.Pad(0, 3, 0).Pad(0, -4, 1), o => o.X.Pad(0, -1, 0).Pad(0, 1, 0)),
        RuleCase.Of("pad that cuts → slice", o => o.X.Pad(1, -1, -1), o => o.X.Pad(1, -1, 1)),
        RuleCase.Of("slice(pad(x)) inside x → slice(x)",
            o => o.X.Pad(1, 2, 1).Slice(1, 3, 5), o => o.X.Pad(1, 2, 1).Slice(1, 1, 5)),
        RuleCase.Of("slice(concat(x, y)) → slice of the parts it touches",
            o => Tensor.Concat(1, o.X, o.X.Exp(), o.X.Sin()).Slice(1, 2, 5),
            o => Tensor.Concat(1, o.X, o.X.Exp()).Slice(1, 2, 4)),
        RuleCase.Of("reshape(broadcast(x)) of unit axes → broadcast(reshape(x))",
            o => o.Row.Expand(2, 3).Reshape(2, 1, 3), o => o.Row.Expand(2, 3).Reshape(3, 2)),
        RuleCase.Of("f(broadcast(x)) → broadcast(f(x))",
            o => (o.Row.Expand(2, 3) * 2).Exp(), o => o.Row.Expand(2, 3) * o.X),
    ];

    private static RuleCase[] Reductions() =>
    [
        RuleCase.Of("reduce over nothing → x", o => o.Make(Op.Sum, Axes(), o.X), o => o.X.Sum()),
        RuleCase.Of("reduce over unit axes → reshape", o => o.Row.Sum(), o => o.X.Max(0)),
        RuleCase.Of("reduce(reduce(x)) → reduce(x)", o => Cube(o).Sum(1).Sum(0), o => Cube(o).Sum(1).Max(0)),
        RuleCase.Of("reduce(reduce(x)) → reduce(x)", o => Cube(o).Min(0).Min(1), o => Cube(o).Min(0).Max(1)),
        RuleCase.Of("reduce(reshape(x)) of unit axes → reshape(reduce(x))",
            o => o.X.Unsqueeze(1).Sum([1, 2]), o => o.X.Reshape(3, 2).Sum(1)),
        RuleCase.Of("sum(constant) → constant", o => Number(2).Sum() + o.Scalar, o => o.X.Sum()),
        RuleCase.Of("max(constant) → constant", o => Number(2).Max() + o.Scalar, o => o.X.Max()),
        RuleCase.Of("min(constant) → constant", o => Number(2).Min() + o.Scalar, o => o.X.Min()),
        RuleCase.Of("sum(broadcast(x)) → sum(x) * extent",
            o => o.Row.Expand(2, 3).Sum(), o => o.Row.Expand(2, 3).Sum(1)),
        RuleCase.Of("max(broadcast(x)) → max(x)", o => o.Row.Expand(2, 3).Max(), o => o.Row.Expand(2, 3).Max(1)),
        RuleCase.Of("min(broadcast(x)) → min(x)", o => o.Row.Expand(2, 3).Min(0), o => o.Row.Expand(2, 3).Min(1)),
        RuleCase.Of("sum(broadcast(x) * broadcast(y)) → contraction(x, y)",
            o => (o.X.Unsqueeze(2) * o.Y.Transposed.Unsqueeze(0)).Sum(1), o => (o.X * o.Row).Sum(0)),
        RuleCase.Of("sum(broadcast(x) * broadcast(y)) → contraction(x, y)",
            o => (Cube(o).Unsqueeze(0) * o.Input<F32>("other", 5, 2, 3, 1)).Sum(2),
            o => (o.X.Unsqueeze(2) * o.Y.Transposed.Unsqueeze(0)).Sum(0)),
    ];

    private static RuleCase[] Folding() =>
    [
        RuleCase.Of("f(constants) → constant",
            o => o.X + (Tensor<F32>.Scalar(2) * 3).Exp(), o => o.X + Tensor<F32>.Scalar(2)),
        RuleCase.Of("f(constants) → constant", o => o.X + (o.Elements * 3), o => o.X + o.Elements),
        RuleCase.Of("f(constants) → constant",
            o => Tensor<F32>.Of(new double[4096], 4096).Transposed.Exp() + o.Scalar,
            o => Tensor<F32>.Of(Enumerable.Range(0, 4097).Select(i => (double)i).ToArray(), 4097).Exp() + o.Scalar),
        RuleCase.Of("constant with equal elements → constant of one value",
            o => o.X + o.Make(Op.Constant, SixOnes()), o => o.X + o.Elements),
        RuleCase.Of("reshape of elements → constant", o => o.Elements.Reshape(6) * o.Scalar, o => o.X.Reshape(6)),
        RuleCase.Of("permute of elements → constant", o => o.Elements.Transposed * o.Scalar, o => o.X.Transposed),
        RuleCase.Of("slice of elements → constant",
            o => o.Elements.Flip(1).Slice(0, 1) * o.Scalar, o => o.X.Flip(1).Slice(0, 1)),
    ];

    // Parsed text may spell out what Tensor.Of would shorten to one value.
    private static ConstantAttributes SixOnes() =>
        new(new TensorType(DType.F32, new Shape(2, 3)), Enumerable.Repeat(Constants.Bits(DType.F32, 1), 6).ToArray());

    private static Tensor<F32> Cube(Operands o) => o.Input<F32>("cube", 2, 3, 4);

    private static ShapeAttributes Shaped(params Dimension[] shape) => new(new Shape(shape));

    private static ReduceAttributes Axes(params int[] axes) => new(axes);
}
