using Sinter.Compiler.Differentiate;
using Sinter.Optimizers;

namespace Sinter.Bench.Cases;

/// <summary>Graphs of any size, each of one kind: what grows, and nothing else.</summary>
internal static class GrowthGraphs
{
    private const int Batch = 8;
    private const int Width = 16;

    /// <summary>The kinds by name.</summary>
    public static IReadOnlyDictionary<string, Func<int, Graph>> All { get; } = new Dictionary<string, Func<int, Graph>>
    {
        ["sin"] = Sines,
        ["sin-gradient"] = size => Gradient(size, x => Repeat(x, size, y => y.Sin())),
        ["residual"] = Residuals,
        ["products"] = Products,
        ["doubled"] = Doubled,
        ["concat"] = Concat,
        ["constant"] = Constant,
        ["rnn"] = Recurrent,
        ["adam"] = Parameters,
    };

    private static Graph Sines(int size)
    {
        Tensor<F32> x = new GraphBuilder().Input<F32>("x", 64);
        return Graph.Of("sines", ("y", Repeat(x, size, y => y.Sin()).Node));
    }

    private static Graph Residuals(int size)
    {
        var builder = new GraphBuilder();
        Tensor<F32> x = builder.Input<F32>("x", 64);
        Tensor<F32> w = builder.Input<F32>("w", 64);
        return Graph.Of("residuals", ("y", Repeat(x, size, y => y + (y * w).Sin()).Node));
    }

    private static Graph Products(int size)
    {
        var builder = new GraphBuilder();
        Tensor<F32> x = builder.Input<F32>("x", Batch, Width);
        Tensor<F32> w = builder.Input<F32>("w", Width, Width);
        return Graph.Of("products", ("y", Repeat(x, size, y => y.MatMul(w)).Node));
    }

    // Of levels, the number of paths doubles with each: at 64 no walk that takes every path ends.
    private static Graph Doubled(int size)
    {
        var builder = new GraphBuilder();
        Tensor<F32> s = builder.Input<F32>("s");
        Tensor<F32> x = builder.Input<F32>("x", 64);
        return Graph.Of("doubled", ("y", (x * Repeat(s, size, y => y + y)).Node));
    }

    private static Graph Concat(int size) => Gradient(size, x =>
    {
        Tensor<F32>[] parts = [.. Enumerable.Range(0, size).Select(i => (x * (1 + (i / (float)size))).Sin())];
        return Tensor.Concat(0, parts).Square();
    });

    private static Graph Constant(int size)
    {
        var random = new Random(1);
        double[] values = [.. Enumerable.Range(0, size).Select(_ => (double)random.NextSingle())];
        Tensor<F32> x = new GraphBuilder().Input<F32>("x", size);
        return Graph.Of("constant", ("y", (x + Tensor<F32>.Of(values, size)).Node));
    }

    // Elman's: each step one product with the state, one row of the input.
    private static Graph Recurrent(int size)
    {
        var builder = new GraphBuilder(training: true);
        Tensor<F32> x = builder.Input<F32>("x", size, Batch, Width);
        Parameter own = Weight("own", Width, Width);
        Parameter other = Weight("other", Width, Width);
        Tensor<F32> state = builder.Input<F32>("state", Batch, Width);
        var steps = new List<Tensor<F32>>();
        for (int i = 0; i < size; i++)
        {
            Tensor<F32> row = x.Select(0, i);
            state = (row.MatMul(new Tensor<F32>(other.Node)) + state.MatMul(new Tensor<F32>(own.Node))).Tanh();
            steps.Add(state);
        }

        Tensor<F32> loss = Tensor.Concat(0, [.. steps]).Square().Mean();
        return TrainingStep.Build("rnn", loss, new Sgd(0.1), [own, other]);
    }

    private static Graph Parameters(int size)
    {
        var builder = new GraphBuilder(training: true);
        Tensor<F32> x = builder.Input<F32>("x", Width);
        Parameter[] all = [.. Enumerable.Range(0, size).Select(i => Weight("w" + i, Width))];
        Tensor<F32> loss = all.Aggregate(x, (sum, w) => (sum * new Tensor<F32>(w.Node)).Tanh()).Square().Mean();
        return TrainingStep.Build("adam", loss, new Adam(1e-3), all);
    }

    private static Parameter Weight(string name, params Dimension[] shape) =>
        new(name, new TensorType(DType.F32, new Shape(shape)), Initializer.Uniform(-1, 1));

    private static Graph Gradient(int size, Func<Tensor<F32>, Tensor<F32>> of)
    {
        Tensor<F32> x = new GraphBuilder().Input<F32>("x", 64);
        Node loss = of(x).Sum().Node;
        Node gradient = Differentiator.Gradient(loss, [x.Node])[x.Node];
        return Graph.Of("gradient" + size, ("loss", loss), ("g", gradient));
    }

    private static Tensor<F32> Repeat(Tensor<F32> x, int times, Func<Tensor<F32>, Tensor<F32>> step)
    {
        for (int i = 0; i < times; i++)
        {
            x = step(x);
        }

        return x;
    }
}
