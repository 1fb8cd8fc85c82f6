using Sinter.Compiler.Differentiate;
using Sinter.Modules;
using Sinter.Optimizers;

namespace Sinter.Conformance.Tests.Sizes;

/// <summary>A model of symbolic sizes, and the same of numbers.</summary>
/// <param name="Symbols">The symbols.</param>
/// <param name="Build">The graph of sizes in the symbols' order.</param>
/// <param name="Values">Values of the symbols to run at.</param>
/// <param name="TellsSymbols">Whether the shapes of inputs tell all symbols.</param>
/// <param name="IndexLimit">Indices in inputs stay below this.</param>
public sealed record SymbolicNet(
    Symbol[] Symbols, Func<Dimension[], Graph> Build, long[][] Values, bool TellsSymbols = true,
    Func<long[], long>? Limit = null)
{
    public Graph Symbolic => Build([.. Symbols.Select(symbol => (Dimension)symbol)]);

    public Graph At(long[] values) => Build(Dimension.Of(values));

    public long IndexLimit(long[] values) => Limit?.Invoke(values) ?? 10;
}

/// <summary>The models.</summary>
internal static class SymbolicNets
{
    private static readonly Symbol N = Symbol.Create("N", 1, 6);
    private static readonly Symbol H = Symbol.Create("H", 8, 40);
    private static readonly Symbol W = Symbol.Create("W", 8, 40);
    private static readonly Symbol T = Symbol.Create("T", 1, 48);
    private static readonly Symbol U = Symbol.Create("U", 2, 24);

    public static IReadOnlyDictionary<string, SymbolicNet> All { get; } = new Dictionary<string, SymbolicNet>
    {
        ["a padded, strided, pooled network trains"] = new(
            [N, H, W], sizes => Training(Images(sizes)), [[2, 9, 12], [1, 8, 8], [3, 17, 21], [6, 40, 33]]),
        ["a network that pools with borders"] = new(
            [N, H, W], sizes => Gradients(Borders(sizes)), [[1, 9, 12], [2, 8, 8], [1, 21, 17]]),
        ["a decoder with a cache of T and T + 1 keys"] = new(
            [N, T], sizes => Decoder(sizes), [[2, 5], [1, 1], [2, 48], [3, 31]]),
        ["next tokens are predicted from T - 1"] = new(
            [N, U], sizes => Training(NextToken(sizes)), [[2, 5], [1, 2], [2, 24], [3, 17]]),
        ["two sequences one after another"] = new(
            [T, U], sizes => Gradients(Sequences(sizes)), [[5, 4], [1, 2], [48, 24], [16, 16], [17, 3]]),
        ["windows, flips and rolls of a sequence"] = new(
            [U, N], sizes => Gradients(Windows(sizes)), [[5, 2], [2, 1], [24, 3], [16, 6], [17, 2]]),
        ["rows of a table of T rows"] = new(
            [T, N], sizes => Gradients(Table(sizes)), [[5, 4], [1, 2], [48, 6], [16, 1]], Limit: values => values[0]),
        ["a window of a buffer at P"] = new(
            [Symbol.Create("P", 0, 56)], sizes => Gradients(At(sizes[0])), [[0], [56], [7], [32]],
            TellsSymbols: false),
        ["halves come back to their size"] = new(
            [Symbol.Create("S", 2, 12)], sizes => Training(HourGlass(sizes[0])), [[2], [12], [5]]),
    };

    private sealed record Built(GraphBuilder Graph, Tensor<F32> Loss, IEnumerable<Parameter> Parameters);

    private static GraphBuilder Builder() => new(training: true, captureSource: false);

    private static Graph Training(Built built) =>
        TrainingStep.Build("step", built.Loss, new Sgd(0.05, momentum: 0.9), [.. built.Parameters]);

    // The loss, and its gradient by every input of floats.
    private static Graph Gradients(Built built)
    {
        Node[] by = [.. built.Graph.Inputs.Where(input => input.DType == DType.F32)];
        IReadOnlyDictionary<Node, Node> gradients = Differentiator.Gradient(built.Loss.Node, by);
        return Graph.Of(
            "g", [("loss", built.Loss.Node), .. by.Select(node => ($"d{node.Get<InputAttributes>().Name}", gradients[node]))]);
    }

    // Weighted, so that each element has a gradient of its own.
    private static Tensor<F32> Weighted(Tensor<F32> x)
    {
        Tensor<F32> flat = x.Flatten();
        Tensor<F32> weights = (Tensor<F32>.Iota(flat.Shape, 0) % Tensor<F32>.Scalar(29) * 0.37).Sin();
        return (flat * weights).Sum() + (x * x).Mean();
    }

    private static Built Images(Dimension[] sizes)
    {
        GraphBuilder graph = Builder();
        Tensor<F32> x = graph.Input<F32>("x", sizes[0], 3, sizes[1], sizes[2]);
        var layers = new Sequential(
            new Conv2d(3, 8, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Conv2d(8, 12, 3, stride: 2, padding: 1),
            new Tanh(), new Conv2d(12, 10, 1));
        Tensor<F32> pooled = layers.Call(x).Mean([2, 3]);
        Tensor<F32> loss = Losses.CrossEntropy(pooled, graph.Input<I64>("labels", sizes[0]));
        return new(graph, loss, layers.Parameters);
    }

    private static Built Borders(Dimension[] sizes)
    {
        GraphBuilder graph = Builder();
        Tensor<F32> x = graph.Input<F32>("x", sizes[0], 2, sizes[1], sizes[2]);
        Tensor<F32> w = graph.Input<F32>("w", 4, 1, 3, 3);
        Tensor<F32> y = x.Conv2d(w, padding: 2, dilation: 2, groups: 2).MaxPool2d(3, 2, 1, ceilMode: true);
        return new(graph, Weighted(y.AvgPool2d(3, 2, 1, ceilMode: true, countIncludePad: false)), []);
    }

    private static Graph Decoder(Dimension[] sizes)
    {
        GraphBuilder graph = Builder();
        Dimension t = sizes[1];
        Tensor<F32> token = graph.Input<F32>("token", sizes[0], 1, 24);
        Tensor<F32> cache = graph.Input<F32>("cache", sizes[0], t, 24);
        Tensor<F32> next = Tensor.Concat(1, cache, token.Tanh());
        Tensor<F32> scores = token.MatMul(next.Transpose(1, 2)) * 0.3;
        Tensor<F32> y = scores.Softmax(-1).MatMul(next);
        return Graph.Of("decoder", ("y", y.Node), ("next", next.Node), ("last", next.Select(1, t).Node));
    }

    private static Built NextToken(Dimension[] sizes)
    {
        GraphBuilder graph = Builder();
        Dimension t = sizes[1];
        Tensor<F32> x = graph.Input<F32>("x", sizes[0], t, 7);
        Tensor<I64> labels = graph.Input<I64>("labels", sizes[0], t);
        var layer = new Linear(7, 10);
        Tensor<F32> logits = layer.Call(x).Slice(1, 0, t - 1);
        Tensor<F32> loss = Losses.CrossEntropy(logits.Transpose(1, 2), labels.Slice(1, 1));
        return new(graph, loss, layer.Parameters);
    }

    private static Built Sequences(Dimension[] sizes)
    {
        GraphBuilder graph = Builder();
        Tensor<F32> a = graph.Input<F32>("a", sizes[0], 6);
        Tensor<F32> b = graph.Input<F32>("b", sizes[1], 6);
        Tensor<F32> both = Tensor.Concat(0, a, b.Exp(), a * 2);
        Tensor<F32>[] parts = both.Split([sizes[0] + sizes[1], sizes[0]]);
        Tensor<F32> products = parts[0].MatMul(parts[1].Transposed);
        Tensor<F32> flat = products.Reshape((sizes[0] + sizes[1]) * sizes[0]).Reshape(-1, sizes[0]);
        return new(graph, Weighted(flat.Softmax(-1)) + Weighted(both.Chunk(3)[1].Sum(0)), []);
    }

    private static Built Windows(Dimension[] sizes)
    {
        GraphBuilder graph = Builder();
        Dimension t = sizes[0];
        Tensor<F32> x = graph.Input<F32>("x", sizes[1], t);
        Tensor<F32> odd = x.Slice(1, 1, null, 2);
        Tensor<F32> windows = x.Pad(1, 1, 2).Window([3], [2], [1]).Mean(-1);
        Tensor<F32> shared = x.Flip(1).Roll(2, 1).Pad(1, t, 0).Slice(1, t / 2, t + (t / 2));
        Tensor<F32> kept = x.Slice(1, 0, Dimension.Minimum(t, 9));
        return new(graph, Weighted(odd) + Weighted(windows) + Weighted(shared) + Weighted(kept.Cos()), []);
    }

    private static Built Table(Dimension[] sizes)
    {
        GraphBuilder graph = Builder();
        Tensor<F32> table = graph.Input<F32>("table", sizes[0] + 1, 5);
        Tensor<I64> rows = graph.Input<I64>("rows", sizes[1]);
        Tensor<F32> chosen = table.Slice(0, 1).IndexSelect(0, rows);
        Tensor<F32> counts = rows.OneHot<F32>(sizes[0]).Sum(0);
        return new(graph, Weighted(chosen * chosen) + Weighted(counts.MatMul(table.Slice(0, 0, sizes[0]))), []);
    }

    private static Built At(Dimension start)
    {
        GraphBuilder graph = Builder();
        Tensor<F32> buffer = graph.Input<F32>("buffer", 64, 3);
        return new(graph, Weighted(buffer.Slice(0, start, start + 8).Tanh()), []);
    }

    private static Built HourGlass(Dimension half)
    {
        GraphBuilder graph = Builder();
        Tensor<F32> x = graph.Input<F32>("x", 2, 3, half * 4, half * 4);
        var down = new Conv2d(3, 4, 3, stride: 2, padding: 1);
        var deep = new Conv2d(4, 4, 3, padding: 1);
        var up = new Conv2d(7, 2, 3, padding: 1);
        var all = new Sequential(down, deep, up);
        Tensor<F32> inner = deep.Call(down.Call(x).Relu().MaxPool2d(2));
        Tensor<F32> large = inner.Repeat(1, 1, 4, 4);
        return new(graph, Weighted(up.Call(Tensor.Concat(1, large, x))), all.Parameters);
    }
}
