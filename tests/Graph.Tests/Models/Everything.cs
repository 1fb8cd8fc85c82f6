using Sinter.Modules;

namespace Sinter.Tests.Models;

/// <summary>A graph with every operation in it.</summary>
internal static class Everything
{
    public static Graph Graph()
    {
        var builder = new GraphBuilder(training: true);
        Symbol batch = Symbol.Create("N", 1, 256);
        Tensor<F32> x = builder.Input<F32>("x", batch, 4, 8, 8);
        Tensor<F32> weight = new Tensor<F32>(new Conv2d(4, 4, 3).Parameters.First().Node);
        var results = new List<Node>();
        results.AddRange(Elementwise(x));
        results.AddRange(Movement(x));
        results.AddRange([x.Conv2d(weight, padding: 1).Node, x.MaxPool2d(2, padding: 1).Node]);
        results.Add(x.MatMul(x.Transpose(2, 3)).Node);
        results.AddRange([x.Sum(1).Node, x.Product(1).Node, x.Max(1).Node, x.Min(0).Node]);
        results.AddRange([x.ArgMax(1).Node, x.ArgMin(-1).Node]);
        Tensor<I64> rows = builder.Input<I64>("rows", batch);
        Tensor<F32> picked = weight.IndexSelect(0, rows);
        results.Add(weight.UpdateSlice(0, Tensor<I64>.Scalar(1), weight.Slice(0, 0, 2) * 2).Node);
        results.AddRange([picked.Node, picked.ScatterAdd(0, rows, 7).Node, x.Dropout(0.25).Node]);
        Tensor<F32> padded = weight.Pad([0, 0, 1, 1], [0, 0, 1, 1], double.NegativeInfinity);
        Tensor<F32> windows = padded.Window([2, 2], [1, 1], [2, 1]);
        var window = new WindowAttributes(new long[] { 2, 2 }, new long[] { 1, 1 }, new long[] { 2, 1 });
        results.Add(builder.Make(Op.Fold, new FoldAttributes(window, new long[] { 5, 5 }), windows.Node));
        results.AddRange([x.MaskedSelect(x > 0, max: 1000).Node]);
        var (last, all) = Functional.Scan(weight.Sum(0), weight, (h, slice) => (h * slice, h));
        results.AddRange([last.Node, all.Node]);
        results.Add(Functional.Cond(x.Sum() > 0, () => last * 2, () => last).Node);
        results.Add(Tensor<F64>.Of([0.1, double.NaN, -0.0], 3).Node);
        Output[] outputs = results.Select((node, i) => new Output("r" + i, Adopted(builder, node))).ToArray();
        return new Graph("everything", builder.Inputs, outputs, []);
    }

    private static IEnumerable<Node> Elementwise(Tensor<F32> x)
    {
        Tensor<F32> y = x * 2 + 1 - x / 3;
        Tensor<Bool> mask = (x > y) & (x >= y) | (x < y) ^ (x <= y) & x.EqualTo(y) | ~x.NotEqualTo(y);
        Tensor<I32> integer = x.Cast<I32>();
        Tensor<F32>[] results =
        [
            -x, x.Abs(), x.Sign(), x.Exp(), x.Expm1(), x.Log(), x.Log1p(), x.Sqrt(), x.Rsqrt(), x.Reciprocal(),
            x.Sin(), x.Cos(),
            x.Tanh(), x.Sigmoid(), x.Erf(), x.Floor(), x.Ceil(), x.Round(), x.Truncate(), x.Detach(), x % y, x.Pow(y),
            x.Maximum(y), x.Minimum(y), Tensor.Where(mask, x, y),
        ];
        return results.Select(r => r.Node)
            .Concat([integer.ShiftLeft(integer).Node, integer.ShiftRight(Tensor<I32>.Scalar(3)).Node]);
    }

    private static Node[] Movement(Tensor<F32> x) =>
    [
        x.Flatten(2).Node, x.Permute(3, 0, 2, 1).Node, x.Slice(1, 1).Node, x.Flip(-1).Node, x.Pad(2, -1, 3, 0.5).Node,
        Tensor.Concat(1, x, x).Node, (x + Tensor<F32>.Iota(new Shape(8, 8), 1)).Node,
    ];

    // Free constants become part of the graph when an operation takes them.
    private static Node Adopted(GraphBuilder builder, Node node) =>
        node.Owner == builder ? node : builder.Make(node.Op, node.Attributes, [.. node.Inputs]);
}
