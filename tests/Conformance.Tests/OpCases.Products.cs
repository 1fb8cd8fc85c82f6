namespace Sinter.Conformance.Tests;

public static partial class OpCases
{
    private static IEnumerable<OpCase> ProductCases() => [.. ContractionCases(), .. ConvolutionCases()];

    private static IEnumerable<OpCase> ContractionCases() =>
    [
        new(Op.Contraction, "matrices", c =>
            [c.Float("a", Draws.Any, 3, 5).MatMul(c.Float("b", Draws.Any, 5, 4)).Node]),
        new(Op.Contraction, "dot", c => [c.Float("a", Draws.Any, 7).Dot(c.Float("b", Draws.Any, 7)).Node]),
        new(Op.Contraction, "outer product", c =>
            [Contract(c.Float("a", Draws.Any, 3), c.Float("b", Draws.Any, 4), [], [], [], [])]),
        new(Op.Contraction, "batched", c =>
            [c.Float("a", Draws.Any, 2, 3, 4).MatMul(c.Float("b", Draws.Any, 2, 4, 5)).Node]),
        new(Op.Contraction, "broadcast batch", c =>
            [c.Float("a", Draws.Any, 2, 1, 3, 2).MatMul(c.Float("b", Draws.Any, 3, 2, 2)).Node]),
        new(Op.Contraction, "matrix and vector", c =>
            [c.Float("a", Draws.Any, 3, 5).MatMul(c.Float("b", Draws.Any, 5)).Node]),
        new(Op.Contraction, "both transposed", c =>
            [Contract(c.Float("a", Draws.Any, 5, 3), c.Float("b", Draws.Any, 4, 5), [], [], [0], [1])]),
        new(Op.Contraction, "two axes contracted", c =>
            [Contract(c.Float("a", Draws.Any, 2, 3, 4), c.Float("b", Draws.Any, 4, 5, 3), [], [], [1, 2], [2, 0])]),
        new(Op.Contraction, "batch axes in odd places", c =>
            [Contract(c.Float("a", Draws.Any, 4, 2, 3), c.Float("b", Draws.Any, 3, 5, 4), [2], [0], [0], [2])]),
        new(Op.Contraction, "two batch axes, crossed", c =>
            [Contract(c.Float("a", Draws.Any, 2, 3, 4), c.Float("b", Draws.Any, 3, 4, 2), [0, 1], [2, 0], [2], [1])]),
        new(Op.Contraction, "batch only", c =>
            [Contract(c.Float("a", Draws.Any, 3, 4), c.Float("b", Draws.Any, 4, 3), [0, 1], [1, 0], [], [])]),
        new(Op.Contraction, "symbolic rows", c =>
            [c.Float("a", Draws.Any, c.Symbol("N", 3), 5).MatMul(c.Float("b", Draws.Any, 5, 2)).Node]),
        new(Op.Contraction, "over a symbol", c =>
        {
            Symbol n = c.Symbol("N", 5);
            return [Contract(c.Float("a", Draws.Any, n, 3), c.Float("b", Draws.Any, n, 2), [], [], [0], [0])];
        }),
        new(Op.Contraction, "with bias and rectifier", c =>
        {
            Tensor<F32> y = c.Float("x", Draws.Distinct, 4, 3).MatMul(c.Float("w", Draws.Positive, 3, 5));
            return [(y + c.Float("b", Draws.Any, 5)).Maximum(Tensor<F32>.Scalar(0)).Node];
        }),
        new(Op.Contraction, "of work", c =>
            [c.Float("a", Draws.Any, 3, 4).Sin().MatMul(c.Float("b", Draws.Any, 4, 3).Exp()).Node]),
        new(Op.Contraction, "value with itself", c =>
        {
            Tensor<F32> x = c.Float("x", Draws.Any, 4, 3);
            return [x.MatMul(x.Transposed).Node];
        }),
        new(Op.Contraction, "of padding that is not zero", c =>
            [c.Float("a", Draws.Any, 3, 4).Pad([1, 2], [2, 0], 1.5).MatMul(c.Float("b", Draws.Any, 6, 4)).Node]),
        new(Op.Contraction, "of work inside padding", c =>
        [
            c.Float("a", Draws.Any, 6, 4).MatMul((c.Float("b", Draws.Any, 3, 5) * 2).Pad([1, 0], [0, 1], 3).Sin()).Node,
        ]),
        new(Op.Contraction, "of spread elements", c =>
            [Pad(c.Float("a", Draws.Any, 3, 4), [1, 0], [0, 1], [1, 2]).MatMul(c.Float("b", Draws.Any, 11, 3)).Node]),
        new(Op.Contraction, "of a scaled weight", c =>
        [
            c.Float("a", Draws.Any, 9, 7).MatMul(
                c.Float("w", Draws.Any, 5, 7).Transposed * c.Float("s", Draws.Any, 5)).Node,
        ]),
        new(Op.Contraction, "of normalised rows", c =>
        {
            Tensor<F32> x = c.Float("x", Draws.Any, 2, 9, 6);
            Tensor<F32> scaled = (x - x.Mean(2, keepDims: true)) * c.Float("g", Draws.Any, 6);
            return [scaled.MatMul(c.Float("w", Draws.Any, 6, 5)).Node, x.Node];
        }),
        Exact(Op.Contraction, "of converted integers", c =>
        [
            c.Integer<I32>("a", -9, 10, 9, 6).Cast<F32>().MatMul(c.Integer<I32>("b", -9, 10, 6, 20).Cast<F32>()).Node,
        ]),
        Forward(Op.Contraction, "larger than a tile", c =>
            [c.Fixed("a", Draws.Any, 67, 129).MatMul(c.Fixed("b", Draws.Any, 129, 45)).Node]),
        Forward(Op.Contraction, "one row", c =>
            [c.Fixed("a", Draws.Any, 1, 65).MatMul(c.Fixed("b", Draws.Any, 65, 131)).Node]),
        Forward(Op.Contraction, "nothing contracted over", c =>
            [c.Fixed("a", Draws.Any, 3, 0).MatMul(c.Fixed("b", Draws.Any, 0, 2)).Node]),
        new(Op.Contraction, "f64", c => [c.Double("a", Draws.Any, 3, 4).MatMul(c.Double("b", Draws.Any, 4, 2)).Node],
            CheckGradient: false, Tolerance: 1e-12),
        Exact(Op.Contraction, "integers", c =>
        [
            c.Integer<I32>("a", -9, 10, 3, 5).MatMul(c.Integer<I32>("b", -9, 10, 5, 4)).Node,
            c.Integer<I64>("d", -9, 10, 3, 5).MatMul(c.Integer<I64>("e", -9, 10, 5, 4)).Node,
        ]),
    ];

    private static IEnumerable<OpCase> ConvolutionCases() =>
    [
        new(Op.Convolution, "3x3 padded", c =>
        [
            Convolve(
                c.Float("x", Draws.Any, 2, 2, 5, 4), c.Float("w", Draws.Any, 3, 2, 3, 3),
                [1, 1], [1, 1], [1, 1], [1, 1]),
        ]),
        new(Op.Convolution, "strided, leaves a remainder", c =>
        [
            Convolve(
                c.Float("x", Draws.Any, 1, 2, 6, 7), c.Float("w", Draws.Any, 2, 2, 3, 2),
                [2, 3], [0, 0], [0, 0], [1, 1]),
        ]),
        new(Op.Convolution, "dilated, uneven padding", c =>
        [
            Convolve(
                c.Float("x", Draws.Any, 1, 2, 6, 5), c.Float("w", Draws.Any, 2, 2, 2, 3),
                [1, 2], [0, 2], [1, 1], [3, 2]),
        ]),
        new(Op.Convolution, "groups", c =>
        [
            Convolve(
                c.Float("x", Draws.Any, 2, 4, 4, 4), c.Float("w", Draws.Any, 6, 2, 3, 3),
                [1, 1], [1, 1], [1, 1], [1, 1], 2),
        ]),
        new(Op.Convolution, "each channel by itself", c =>
        [
            Convolve(
                c.Float("x", Draws.Any, 1, 3, 5, 5), c.Float("w", Draws.Any, 3, 1, 3, 3),
                [2, 2], [1, 1], [1, 1], [1, 1], 3),
        ]),
        Forward(Op.Convolution, "many channels, each by itself, padded", c =>
        [
            Convolve(
                c.Fixed("x", Draws.Any, 2, 5, 19, 18), c.Fixed("w", Draws.Any, 5, 1, 3, 3),
                [1, 1], [1, 1], [1, 1], [1, 1], 5),
        ]),
        new(Op.Convolution, "of a rectified image", c =>
        [
            Convolve(
                c.Float("x", Draws.Distinct, 1, 2, 5, 4).Maximum(Tensor<F32>.Scalar(0)),
                c.Float("w", Draws.Any, 9, 2, 3, 3), [1, 1], [1, 1], [1, 1], [1, 1]),
        ]),
        new(Op.Convolution, "1x1", c =>
        [
            Convolve(
                c.Float("x", Draws.Any, 2, 3, 3, 3), c.Float("w", Draws.Any, 4, 3, 1, 1),
                [1, 1], [0, 0], [0, 0], [1, 1]),
        ]),
        new(Op.Convolution, "one axis, symbolic batch", c =>
        [
            Convolve(
                c.Float("x", Draws.Any, c.Symbol("N", 2), 3, 9), c.Float("w", Draws.Any, 2, 3, 4),
                [2], [1], [2], [1]),
        ]),
        new(Op.Convolution, "three axes", c =>
        [
            Convolve(
                c.Float("x", Draws.Any, 1, 2, 3, 4, 3), c.Float("w", Draws.Any, 2, 2, 2, 2, 3),
                [1, 1, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]),
        ]),
        new(Op.Convolution, "padding wider than the kernel", c =>
            [Convolve(c.Float("x", Draws.Any, 1, 1, 3), c.Float("w", Draws.Any, 2, 1, 2), [1], [3], [2], [1])]),
        Forward(Op.Convolution, "larger", c =>
        [
            Convolve(
                c.Fixed("x", Draws.Any, 2, 5, 17, 19), c.Fixed("w", Draws.Any, 9, 5, 3, 3),
                [1, 1], [1, 1], [1, 1], [1, 1]),
        ]),
    ];

    private static Node Contract(
        Tensor<F32> left,
        Tensor<F32> right,
        int[] leftBatch,
        int[] rightBatch,
        int[] leftContracted,
        int[] rightContracted) =>
        left.Contract(right, leftBatch, rightBatch, leftContracted, rightContracted).Node;

    private static Node Convolve(
        Tensor<F32> image,
        Tensor<F32> weight,
        long[] stride,
        long[] low,
        long[] high,
        long[] dilation,
        int groups = 1) =>
        image.Graph.Make(
            Op.Convolution, new ConvolutionAttributes(stride, low, high, dilation, groups), image.Node, weight.Node);
}
