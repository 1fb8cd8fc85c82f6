using Sinter.Reference;

namespace Sinter.Conformance.Tests.Sizes;

/// <summary>A graph large enough for the schedules' other ways, which small cases never take.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Build">Makes the outputs.</param>
/// <param name="Tolerance">The error allowed, relative to the largest expected number of the tensor.</param>
public sealed record SizeCase(string Name, Func<CaseBuilder, Node[]> Build, double Tolerance = 1e-5)
{
    /// <summary>Builds the graph and draws its inputs.</summary>
    public BuiltCase Construct()
    {
        var builder = new CaseBuilder(7);
        Output[] outputs = Build(builder).Select((node, i) => new Output($"out{i}", node)).ToArray();
        return new BuiltCase(
            new Graph("sizes", builder.Graph.Inputs, outputs, builder.Updates), builder.Inputs, builder.Parameters);
    }
}

/// <summary>The cases: what is large is made of small inputs, so that drawing and comparing takes no time.</summary>
public static class SizeCases
{
    public static IReadOnlyList<SizeCase> All { get; } =
    [
        new("dense, packed rows and a rest", c =>
            [c.Fixed("x", Draws.Any, 131, 112).Linear(c.Fixed("w", Draws.Any, 115, 112)).Node]),
        new("dense, symbolic rows that are packed", c =>
            [c.Fixed("x", Draws.Any, c.Symbol("N", 101, 1, 256), 112).Linear(c.Fixed("w", Draws.Any, 115, 112)).Node]),
        new("dense, packed rows that lie side by side", c =>
            [c.Fixed("x", Draws.Any, 112, 131).Transposed.MatMul(c.Fixed("w", Draws.Any, 112, 115)).Node]),
        new("dense, symbolic rows that lie side by side", c =>
            [c.Fixed("x", Draws.Any, 112, c.Symbol("N", 101, 1, 256)).Transposed
                .MatMul(c.Fixed("w", Draws.Any, 112, 115)).Node]),
        new("dense, few symbolic rows", c =>
            [c.Fixed("x", Draws.Any, c.Symbol("N", 5, 1, 300), 100).Linear(c.Fixed("w", Draws.Any, 160, 100)).Node]),
        new("dense, one row and many features", c =>
            [c.Fixed("x", Draws.Any, 1, 90).Linear(c.Fixed("w", Draws.Any, 3001, 90)).Node]),
        new("dense, few lanes", c =>
            [c.Fixed("x", Draws.Any, 2003, 40).MatMul(c.Fixed("w", Draws.Any, 40, 5)).Node]),
        new("dense with a long epilogue", c =>
        {
            Tensor<F32> y = c.Fixed("x", Draws.Any, 70, 50).MatMul(c.Fixed("w", Draws.Any, 50, 66));
            Tensor<F32> z = (y * y) + c.Fixed("b", Draws.Any, 66);
            return [((z * 0.5f) + (y.Abs() * 0.25f) - (z * y * 0.0625f)).Maximum(z * 0.125f).Node];
        }),
        new("product of whole tiles", c =>
            [c.Fixed("x", Draws.Any, 240, 128).MatMul(c.Fixed("w", Draws.Any, 128, 320)).Node]),
        new("products in a batch", c =>
            [c.Fixed("x", Draws.Any, 30, 17, 20).MatMul(c.Fixed("w", Draws.Any, 30, 20, 33)).Node]),
        new("product with symbolic lanes", c =>
            [c.Fixed("x", Draws.Any, 70, 60).MatMul(c.Fixed("w", Draws.Any, 60, c.Symbol("M", 77, 1, 200))).Node]),
        new("product with symbolic depth", c =>
        {
            Symbol n = c.Symbol("N", 3000, 1, 5000);
            return [c.Fixed("x", Draws.Any, n, 30).Transposed.MatMul(c.Fixed("w", Draws.Any, n, 40)).Node];
        }),
        new("product with symbolic depth, few terms", c =>
        {
            Symbol n = c.Symbol("N", 700, 1, 5000);
            return [c.Fixed("x", Draws.Any, n, 30).Transposed.MatMul(c.Fixed("w", Draws.Any, n, 40)).Node];
        }),
        new("deep product", c =>
            [c.Fixed("x", Draws.Any, 40, 1500).MatMul(c.Fixed("w", Draws.Any, 1500, 50)).Node]),
        new("soft maxima of scores", c => Attention(c, 37, 70, 90, 20)),
        new("soft maxima of scores, several blocks of rows", c => Attention(c, 2, 150, 1003, 12)),
        new("soft maxima of symbolic scores", c =>
            Attention(c, 5, c.Symbol("T", 70, 1, 300), c.Symbol("S", 101, 1, 400), 20)),
        new("soft maxima of deep scores", c => Attention(c, 3, 30, 70, 1100)),
        new("rows normalised behind a dense layer", c =>
        {
            Tensor<F32> x = c.Fixed("x", Draws.Any, 331, 112).MatMul(c.Fixed("w", Draws.Any, 112, 131))
                + c.Fixed("r", Draws.Any, 331, 131);
            return [Normalised(x).Node, (x * x).Sum(1).Node, x.Node];
        }, 1e-4),
        new("rows normalised behind a dense layer, symbolic batch and time", c =>
        {
            Symbol n = c.Symbol("N", 3, 1, 9);
            Symbol t = c.Symbol("T", 67, 1, 200);
            Tensor<F32> x = c.Fixed("x", Draws.Any, n, t, 112).Linear(c.Fixed("w", Draws.Any, 160, 112));
            return [Normalised(x).Node];
        }, 1e-4),
        new("soft maxima of few rows of many classes", c =>
            [c.Fixed("x", Draws.Any, 9, 60).MatMul(c.Fixed("w", Draws.Any, 60, 1003)).Softmax(1).Node]),
        new("convolution with short runs", c =>
            [Functional.Conv2d(c.Fixed("x", Draws.Any, 6, 8, 10, 8), c.Fixed("w", Draws.Any, 16, 8, 3, 3)).Node]),
        new("convolution with few channels", c =>
            [Functional.Conv2d(c.Fixed("x", Draws.Any, 3, 2, 12, 16), c.Fixed("w", Draws.Any, 3, 2, 5, 5)).Node]),
        new("convolution, padded", c =>
            [Conv(c, 3, 8, 16, 21, 3, padding: 1).Node]),
        new("convolution, padded, a part at a time", c =>
            [Conv(c, 2, 40, 8, 34, 3, padding: 1).Node]),
        new("convolution, padded and strided, a part at a time", c =>
            [Conv(c, 1, 40, 8, 69, 3, padding: 1, stride: 2).Node]),
        new("convolution, wide and flat", c =>
            [Functional.Conv2d(
                c.Fixed("x", Draws.Any, 1, 30, 1, 3001), c.Fixed("w", Draws.Any, 9, 30, 1, 5), padding: (0, 2)).Node]),
        new("gradients of a padded convolution", c => Gradients(c, 4, 6, 10, 18, padding: 1, stride: 1)),
        new("gradients of a padded and strided convolution", c => Gradients(c, 3, 6, 10, 19, padding: 1, stride: 2)),
        new("gradients of a padded and strided convolution, too large for scratch", c =>
            Gradients(c, 1, 8, 24, 55, padding: 1, stride: 2)),
        new("gradients of a padded convolution of many images", c =>
            Gradients(c, 101, 1, 8, 24, padding: 1, stride: 1)),
        new("rows computed in scratch", c =>
        {
            Tensor<F32> x = c.Fixed("x", Draws.Any, 3, 50, 41);
            return [((x * c.Fixed("s", Draws.Any, 41)) + c.Fixed("b", Draws.Any, 41))
                .MatMul(c.Fixed("w", Draws.Any, 41, 34)).Node];
        }),
        new("rows computed in scratch, a part at a time", c =>
        {
            Tensor<F32> x = c.Fixed("x", Draws.Any, 307, 500);
            return [(x * c.Fixed("s", Draws.Any, 307, 1)).MatMul(c.Fixed("w", Draws.Any, 500, 20)).Node];
        }),
        new("lanes computed while packing", c =>
        {
            Tensor<F32> w = c.Fixed("w", Draws.Any, 61, 77);
            return [c.Fixed("x", Draws.Any, 40, 61).MatMul(w * c.Fixed("s", Draws.Any, 77)).Node];
        }),
        new("elements past the caches", c =>
            [(c.Fixed("x", Draws.Any, 2600, 1).Sin() + c.Fixed("y", Draws.Any, 2560)).Node]),
        new("rows of soft maxima", c => [c.Fixed("x", Draws.Any, 41, 1003).Softmax(1).Node]),
        new("rows of soft maxima, symbolic", c =>
            [c.Fixed("x", Draws.Any, 9, c.Symbol("T", 301, 1, 900)).Softmax(1).Node]),
        new("many short rows", c => [c.Fixed("x", Draws.Any, 4001, 10).Softmax(1).Node]),
        new("many short rows, summed after work", c => [(c.Fixed("x", Draws.Any, 3, 4001).Exp().Sum(0)).Node]),
        new("long rows", c =>
            [(c.Fixed("x", Draws.Any, 3, 1).Sin() + c.Fixed("y", Draws.Any, 300_007)).Sum(1).Node]),
        new("long rows past the caches", c => [c.Fixed("x", Draws.Any, 3, 2_200_000).Sum(1).Node]),
        new("soft maxima along a middle axis", c => [c.Fixed("x", Draws.Any, 5, 30, 100).Softmax(1).Node]),
        new("heads side by side", c =>
        {
            Tensor<F32> x = c.Fixed("x", Draws.Any, 5, 3, 37, 48).Permute(0, 2, 1, 3).Reshape(185, 144);
            return [x.Node, (x * c.Fixed("y", Draws.Any, 185, 144)).Sum(1).Node, x.Softmax(1).Node];
        }),
        new("many sums of few", c => [c.Fixed("x", Draws.Any, 5, 3, 1001).Sum(1).Node]),
        new("one after another, rearranged", c =>
            [c.Fixed("x", Draws.Any, 91, 4003).Transposed.Reshape(13, 28_021).Sum(1).Node]),
        new("double precision", c => [c.Double("x", Draws.Any, 5, 4003).Sum(1).Node], 1e-12),
        new("double precision, blocks", c => [c.Double("x", Draws.Any, 5, 40_003).Sum(1).Node], 1e-12),
        new("columns", c => [c.Fixed("x", Draws.Any, 200, 1300).Sum(0).Node]),
        new("columns, many rows", c => [c.Fixed("x", Draws.Any, c.Symbol("N", 2000, 1, 3000), 300).Sum(0).Node]),
        new("columns of rows", c => [c.Fixed("x", Draws.Any, 4, 100, 130).Sum(1).Node]),
        new("columns of rows, blocks", c =>
            [c.Fixed("x", Draws.Any, 2, c.Symbol("N", 700, 1, 900), 130).Sum(1).Node]),
        new("the best of long rows", c => [c.Fixed("x", Draws.Distinct, 20, 501).ArgMax(1).Node]),
        new("rows added where data says", c =>
        {
            Tensor<I64> at = c.Integer<I64>("at", 0, 50, 400);
            return [c.Fixed("x", Draws.Any, 400, 33).ScatterAdd(0, at, 50).Node];
        }),
        new("slices added where data says, each in front by itself", c =>
        {
            Tensor<I64> at = c.Integer<I64>("at", 0, 50, 400);
            return [c.Fixed("x", Draws.Any, 7, 400, 5).ScatterAdd(1, at, 50).Node];
        }),
        new("elements that a mask chooses", c =>
            [c.Fixed("x", Draws.Any, 7001).MaskedSelect(c.Flags("mask", 7001)).Node], 0),
    ];

    private static Node[] Attention(CaseBuilder c, int batch, Dimension rows, Dimension columns, int depth)
    {
        Tensor<F32> q = c.Fixed("q", Draws.Any, batch, rows, depth);
        Tensor<F32> k = c.Fixed("k", Draws.Any, batch, columns, depth);
        return [(q.MatMul(k.Transpose(1, 2)) * 0.3).Softmax(-1).Node];
    }

    private static Tensor<F32> Normalised(Tensor<F32> x)
    {
        Tensor<F32> centred = x - x.Mean(-1, keepDims: true);
        return centred * (centred.Square().Mean(-1, keepDims: true) + 1e-5).Rsqrt();
    }

    private static Tensor<F32> Conv(
        CaseBuilder c, int batch, int channels, int features, int side, int kernel, int padding, int stride = 1) =>
        Functional.Conv2d(
            c.Fixed("x", Draws.Any, batch, channels, side, side),
            c.Fixed("w", Draws.Any, features, channels, kernel, kernel), stride: stride, padding: padding);

    private static Node[] Gradients(
        CaseBuilder c, int batch, int channels, int features, int side, int padding, int stride)
    {
        Tensor<F32> y = Conv(c, batch, channels, features, side, 3, padding, stride);
        Tensor<F32> loss = (y * c.Fixed("g", Draws.Any, [.. y.Shape.Select(d => (int)d.Value)])).Sum();
        Node[] of = [.. c.Graph.Inputs.Where(node => node.Get<InputAttributes>().Name is "x" or "w")];
        var gradients = Compiler.Differentiate.Differentiator.Gradient(loss.Node, of);
        return [y.Node, .. of.Select(node => gradients[node])];
    }
}
