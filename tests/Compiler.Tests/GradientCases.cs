namespace Sinter.Compiler.Tests;

/// <summary>A function whose gradients are compared with finite differences.</summary>
/// <param name="Name">Shown by the test runner.</param>
/// <param name="Shapes">The operands.</param>
/// <param name="Build">The function.</param>
/// <param name="Low">Operands are drawn between this…</param>
/// <param name="High">…and this.</param>
public sealed record GradientCase(
    string Name, long[][] Shapes, Func<Tensor<F32>[], Tensor<F32>> Build, double Low = -2, double High = 2);

/// <summary>At least one function for every operation that has a gradient.</summary>
public static class GradientCases
{
    public static IReadOnlyList<GradientCase> All { get; } =
    [
        .. Elementwise(), .. Movement(), .. Reductions(), .. Contractions(),
        .. Convolutions(), .. Pools(), .. Scans(), .. Branches(), .. Compositions(),
    ];

    private static GradientCase[] Elementwise() =>
    [
        Unary("negate", x => -x),
        Unary("abs", x => x.Abs()),
        Unary("exp", x => x.Exp()),
        Unary("expm1", x => x.Expm1()),
        Unary("log", x => x.Log(), 0.2, 3),
        Unary("log1p", x => x.Log1p(), -0.5, 3),
        Unary("sqrt", x => x.Sqrt(), 0.2, 3),
        Unary("rsqrt", x => x.Rsqrt(), 0.2, 3),
        Unary("reciprocal", x => x.Reciprocal(), 0.2, 3),
        Unary("sin", x => x.Sin()),
        Unary("cos", x => x.Cos()),
        Unary("tanh", x => x.Tanh()),
        Unary("sigmoid", x => x.Sigmoid()),
        Unary("erf", x => x.Erf()),
        Unary("cast", x => x.Cast<F64>().Sin().Cast<F32>()),
        Unary("relu", x => x.Maximum(Tensor<F32>.Scalar(0))),
        Unary("clamp", x => x.Clamp(-1, 1)),
        Unary("square", x => x.Pow(2)),
        Unary("cube", x => x.Pow(3)),
        Unary("power 1", x => x.Pow(1)),
        Unary("power 0", x => x.Pow(0) * x),
        Unary("power -1.5", x => x.Pow(-1.5), 0.2, 3),
        Unary("piecewise constant", x => (x.Sign() * x) + (x.Floor() * x) + (x.Truncate() + x.Ceil() + x.Round())),
        Binary("add", (a, b) => a + b),
        Binary("subtract", (a, b) => a - b),
        Binary("multiply", (a, b) => a * b),
        Binary("divide", (a, b) => a / b, 0.3, 3),
        Binary("remainder", (a, b) => a % b, 0.3, 3),
        Binary("power", (a, b) => a.Pow(b), 0.2, 3),
        Binary("maximum", (a, b) => a.Maximum(b)),
        Binary("minimum", (a, b) => a.Minimum(b)),
        Binary("where", (a, b) => Tensor.Where(a * 2 > b, a * b, b)),
        new("broadcast add", [[2, 3], [3]], t => t[0] + t[1]),
        new("broadcast multiply", [[2, 1], [4, 1, 3]], t => t[0] * t[1]),
    ];

    private static GradientCase[] Scans() =>
    [
        new("scan", [[5, 2, 3], [2, 3], [3, 3]], t => Functional.Scan(t[1], t[0], (h, x) =>
        {
            Tensor<F32> next = (h.MatMul(t[2]) + x).Tanh();
            return (next, next * x);
        }).Outputs),
        new("scan, last value", [[4, 3], [3]], t => Functional.Scan(
            t[1], t[0], (h, x) => ((h * x).Sin() + h, x), reversed: true).Last),
    ];

    private static GradientCase[] Branches() =>
    [
        new("cond, first branch", [[3, 4], [4, 2], [3, 2]], t => Functional.Cond(
            t[0].Sum() > -1000, () => t[0].MatMul(t[1]).Tanh(), () => t[2] * t[2]) * t[2]),
        new("cond, second branch", [[3, 4], [4, 2], [3, 2]], t => Functional.Cond(
            t[0].Sum() > 1000, () => t[0].MatMul(t[1]).Tanh(), () => t[2] * t[2] + t[0].Sum()) * t[2]),
        new("cond, one of two values read", [[5], [5]], t => Functional.Cond(
            t[0].Sum() > -1000, () => (t[0] * t[1], t[0]), () => (t[1], t[1])).First),
        new("cond, inside a scan", [[4, 3], [3], [3]], t => Functional.Scan(t[1], t[0], (h, x) =>
        {
            Tensor<F32> next = Functional.Cond(x.Sum() > 0, () => (h * t[2]).Sin(), () => h + x);
            return (next, next);
        }).Outputs),
        new("cond, around a scan and a cond", [[4, 3], [3]], t => Functional.Cond(
            t[0].Sum() > -1000,
            () => Functional.Scan(t[1], t[0], (h, x) => ((h * x).Sin() + h, x)).Last,
            () => Functional.Cond(t[1].Sum() > 0, () => t[1], () => -t[1]))),
    ];

    private static GradientCase[] Movement() =>
    [
        new("reshape", [[2, 6]], t => t[0].Reshape(3, 4)),
        new("permute", [[2, 3, 4]], t => t[0].Permute(2, 0, 1)),
        new("broadcast", [[3, 1, 2]], t => t[0].Expand(2, 3, 4, 2)),
        new("slice", [[5, 4]], t => t[0].Slice(0, 1, 4).Slice(1, 0, 3)),
        new("slice with steps", [[7, 4]], t => t[0].Slice(0, 1, 6, 2)),
        new("slice of nothing", [[3, 4]], t => t[0].Slice(0, 1, 1).Sum() + t[0].Sum()),
        new("flip", [[3, 4]], t => t[0].Flip(0, 1)),
        new("slice backwards with steps", [[8, 2]], t => SliceAxis0(t[0], 6, 3, -2)),
        new("pad", [[2, 3]], t => t[0].Pad([1, 0], [0, 2], 5)),
        new("pad that cuts", [[4, 5]], t => t[0].Pad([-1, 2], [1, -2])),
        new("pad between", [[3, 3]], t => PadBetween(t[0], [1, 0], [0, 1], [2, 1])),
        new("pad between that cuts", [[3, 4]], t => PadBetween(t[0], [-1, 0], [0, -2], [2, 1])),
        new("concat", [[2, 3], [2, 1], [2, 2]], t => Tensor.Concat(1, t[0], t[1], t[0], t[2])),
        new("window", [[2, 9]], t => t[0].Window([3], [2], [2])),
        new("window of two axes", [[5, 6]], t => t[0].Window([2, 3], [1, 2], [2, 1])),
        new("fold", [[2, 3, 3]], t => Fold(t[0], Windows([3], [2], [1]), [8])),
        new("gather", [[5, 2]], t => t[0].IndexSelect(0, Tensor<I64>.Of([3, 1, 3, 0, 3, 1], 2, 3))),
        new("gather inside", [[2, 4, 2]], t => t[0].IndexSelect(1, Tensor<I32>.Of([3, 1, 3], 3))),
        new("update rows", [[5, 2], [3, 2]], t => t[0].UpdateRows(0, Tensor<I64>.Of([3, 0, 4], 3), t[1]).Square()),
        new("update slice", [[2, 5], [2, 3]], t => t[0].UpdateSlice(1, Tensor<I64>.Scalar(1), t[1]).Square()),
        new("slice at", [[2, 5]], t => t[0].SliceAt(1, Tensor<I64>.Scalar(2), 3).Square()),
        new("scatter add", [[2, 3, 2]], t => t[0].ScatterAdd(1, Tensor<I64>.Of([2, 0, 2], 3), 4)),
    ];

    private static GradientCase[] Reductions() =>
    [
        new("sum", [[2, 3, 4]], t => t[0].Sum([0, 2])),
        new("mean", [[2, 3, 4]], t => t[0].Mean([1], keepDims: true)),
        new("product", [[2, 3, 2]], t => t[0].Product([1])),
        new("product of two axes", [[2, 3, 2]], t => t[0].Product([0, 2])),
        new("max", [[2, 5]], t => t[0].Max([1])),
        new("min", [[3, 4]], t => t[0].Min()),
        new("variance", [[4, 3]], t => t[0].Variance([0])),
        new("softmax", [[3, 4]], t => t[0].Softmax(1)),
        new("log softmax", [[3, 4]], t => t[0].LogSoftmax(0)),
        new("log sum exp", [[3, 4]], t => t[0].LogSumExp(1)),
    ];

    private static GradientCase[] Contractions() =>
    [
        new("matrix product", [[2, 3], [3, 4]], t => t[0].MatMul(t[1])),
        new("matrix product, right transposed", [[2, 3], [4, 3]], t => t[0].Contract(t[1], [], [], [1], [1])),
        new("matrix product, left transposed", [[3, 2], [3, 4]], t => t[0].Contract(t[1], [], [], [0], [0])),
        new("batched matrix product", [[2, 2, 3], [2, 3, 4]], t => t[0].MatMul(t[1])),
        new("dot", [[3], [3]], t => t[0].Dot(t[1])),
        new("outer product", [[3], [2]], t => t[0].Contract(t[1], [], [], [], [])),
        new("contraction of two axes, crossed", [[2, 3, 4], [3, 5, 2]],
            t => t[0].Contract(t[1], [], [], [0, 1], [2, 0])),
        new("contraction with batch in the middle", [[3, 2, 4], [4, 5, 2]],
            t => t[0].Contract(t[1], [1], [2], [2], [0])),
        new("contraction with crossed batches", [[2, 3, 4, 2], [3, 2, 4, 5]],
            t => t[0].Contract(t[1], [1, 0], [0, 1], [2], [2])),
        new("a value with itself", [[3, 3]], t => t[0].MatMul(t[0])),
    ];

    private static GradientCase[] Convolutions() =>
    [
        new("convolution", [[2, 3, 5, 4], [2, 3, 3, 2]], t => Convolve(t, [1, 1], [0, 0], [0, 0], [1, 1], 1)),
        new("convolution with padding", [[1, 2, 4, 4], [3, 2, 3, 3]],
            t => Convolve(t, [1, 1], [1, 2], [1, 0], [1, 1], 1)),
        new("convolution with much padding", [[1, 2, 3], [1, 2, 2]], t => Convolve(t, [1], [3], [2], [1], 1)),
        new("convolution with stride", [[2, 2, 6, 7], [3, 2, 3, 2]],
            t => Convolve(t, [2, 3], [1, 0], [1, 1], [1, 1], 1)),
        new("convolution with a rest", [[1, 1, 8], [1, 1, 3]], t => Convolve(t, [3], [0], [0], [1], 1)),
        new("convolution with dilation", [[1, 2, 7, 6], [2, 2, 2, 3]],
            t => Convolve(t, [2, 1], [1, 1], [0, 2], [3, 2], 1)),
        new("pointwise convolution", [[2, 3, 2, 2], [4, 3, 1, 1]], t => Convolve(t, [1, 1], [0, 0], [0, 0], [1, 1], 1)),
        new("pointwise convolution with stride", [[2, 3, 4], [4, 3, 1]], t => Convolve(t, [2], [0], [0], [1], 1)),
        new("grouped convolution", [[2, 4, 5], [6, 2, 3]], t => Convolve(t, [2], [1], [1], [1], 2)),
        new("grouped pointwise convolution", [[2, 4, 3], [6, 2, 1]], t => Convolve(t, [1], [0], [0], [1], 2)),
        new("depthwise convolution", [[1, 3, 4, 4], [3, 1, 2, 2]], t => Convolve(t, [1, 1], [1, 0], [0, 1], [1, 1], 3)),
    ];

    private static GradientCase[] Pools() =>
    [
        new("max pool, tiles", [[2, 2, 4, 6]], t => MaxPool(t[0], Windows([2, 3], [2, 3], [1, 1]), [0, 0], [0, 0])),
        new("max pool, overlapping", [[2, 5, 5]], t => MaxPool(t[0], Windows([3, 2], [1, 2], [1, 1]), [0, 0], [0, 0])),
        new("max pool, padded", [[2, 4, 4]], t => MaxPool(t[0], Windows([3, 3], [2, 2], [1, 1]), [1, 1], [1, 0])),
        new("max pool, dilated", [[1, 7]], t => MaxPool(t[0], Windows([2], [2], [3]), [0], [1])),
        new("max pool, a rest", [[2, 5]], t => MaxPool(t[0], Windows([2], [2], [1]), [0], [0])),
    ];

    private static GradientCase[] Compositions() =>
    [
        new("two layers", [[3, 4], [4, 5], [5], [5, 2]], t => (t[0].MatMul(t[1]) + t[2]).Tanh().MatMul(t[3])),
        new("layer norm", [[3, 5], [5], [5]], t => Normalize(t[0]) * t[1] + t[2]),
        new("attention", [[2, 3, 4], [2, 3, 4], [2, 3, 4]],
            t => t[0].Contract(t[1], [0], [0], [2], [2]).Softmax(-1).MatMul(t[2])),
    ];

    private static GradientCase Unary(
        string name, Func<Tensor<F32>, Tensor<F32>> build, double low = -2, double high = 2) =>
        new(name, [[2, 5]], t => build(t[0]), low, high);

    private static GradientCase Binary(
        string name, Func<Tensor<F32>, Tensor<F32>, Tensor<F32>> build, double low = -2, double high = 2) =>
        new(name, [[2, 5], [2, 5]], t => build(t[0], t[1]), low, high);

    private static Tensor<F32> Normalize(Tensor<F32> x)
    {
        Tensor<F32> centred = x - x.Mean(-1, keepDims: true);
        return centred * (centred.Square().Mean(-1, keepDims: true) + 1e-5).Rsqrt();
    }

    internal static Tensor<F32> Convolve(
        Tensor<F32>[] t, long[] stride, long[] low, long[] high, long[] dilation, int groups) =>
        Make(t[0], Op.Convolution, new ConvolutionAttributes(stride, low, high, dilation, groups), t[1]);

    internal static Tensor<F32> MaxPool(Tensor<F32> x, WindowAttributes window, long[] low, long[] high) =>
        Make(x, Op.MaxPool, new PoolAttributes(window, low, high));

    internal static Tensor<F32> Make(Tensor<F32> x, Op op, Attributes attributes, params Tensor<F32>[] others) =>
        new(x.Graph.Make(op, attributes, [x.Node, .. others.Select(other => other.Node)]));

    internal static Tensor<F32> SliceAxis0(Tensor<F32> x, long start, long count, long step) =>
        Make(x, Op.Slice, new SliceAttributes(new[] { start, 0 }, x.Shape.With(0, count), new[] { step, 1 }));

    internal static Tensor<F32> PadBetween(Tensor<F32> x, long[] low, long[] high, long[] interior) =>
        Make(x, Op.Pad, new PadAttributes(low, high, interior, 0));

    internal static WindowAttributes Windows(long[] kernel, long[] stride, long[] dilation) =>
        new(kernel, stride, dilation);

    private static Tensor<F32> Fold(Tensor<F32> x, WindowAttributes window, long[] size) =>
        Make(x, Op.Fold, new FoldAttributes(window, size));
}
