using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests;

/// <summary>What depends on state is computed once for each change of it; what depends on symbols too, also when they
/// change.</summary>
public sealed class PreparedTests
{
    private static readonly Symbol N = Symbol.Create("N", 1, 8);

    private static readonly Dictionary<string, Func<GraphBuilder, Tensor<F32>>> Graphs = new()
    {
        ["table of positions"] = b =>
            Table().IndexSelect(0, Tensor<I64>.Iota(new Shape(N), 0)).MatMul(b.Input<F32>("x", 2, 2)),
        ["relative biases"] = b =>
        {
            Tensor<I64> i = Tensor<I64>.Iota(new Shape(N, N), 0) - Tensor<I64>.Iota(new Shape(N, N), 1) + 7;
            Tensor<F32> biases = Row(16).IndexSelect(0, i);
            return (biases * 2).Sin().MatMul(b.Input<F32>("x", N, 2));
        },
        ["sum over a symbol"] = b =>
            (Row(8).IndexSelect(0, Tensor<I64>.Iota(new Shape(N), 0)).Sum() * b.Input<F32>("x", 2)).Reshape(2),
        ["sum of a sum over a symbol"] = b =>
        {
            Tensor<F32> rows = Table().IndexSelect(0, Tensor<I64>.Iota(new Shape(N), 0));
            return rows.Sum(0).Reshape(1, 2).MatMul(State("other", 2, 8)).Exp().MatMul(
                b.Input<F32>("x", 8, 2));
        },
        ["initial state"] = b => Row(2).Reshape(1, 2).Expand(N, 2).Tanh() + b.Input<F32>("x", N, 2),
        ["sinusoids"] = b =>
        {
            Tensor<F32> angles = Tensor<F32>.Iota(new Shape(N, 2), 0) * Row(2);
            return angles.Cos().MatMul(b.Input<F32>("x", 2, 2));
        },
    };

    public static TheoryData<string, string> Rows() => Opened.With(Graphs.Keys);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_symbol_in_any_order_gives_what_a_new_context_gives(string engine, string name)
    {
        Tensor<F32> y = Graphs[name](new GraphBuilder(captureSource: false));
        Graph graph = Graph.Of("g", ("y", y.Node));
        using Opened kept = Opened.On(engine, graph);
        int step = 0;
        foreach (int size in new[] { 2, 5, 8, 1, 5, 2 })
        {
            if (step++ == 3)
            {
                foreach (StateEntry entry in kept.Context.Program.Table.State)
                {
                    float[] values = kept.State.Get<float>(entry.Name).ToArray();
                    kept.State.Set<float>(entry.Name, values.Select(x => x + 0.5f).ToArray());
                }
            }

            float[] expected = Fresh(engine, graph, kept.State, size);
            Assert.Equal(expected, Run(kept.Context, size));
            Assert.Contains(expected, value => value != 0);
        }
    }

    private static float[] Fresh(string engine, Graph graph, ModelState from, int size)
    {
        using Opened opened = Opened.On(engine, graph);
        foreach (StateEntry entry in opened.Context.Program.Table.State)
        {
            opened.State.Set(entry.Name, from.Get<float>(entry.Name));
        }

        return Run(opened.Context, size);
    }

    private static float[] Run(ProgramContext context, int size)
    {
        context.SetSymbol("N", size);
        Span<float> x = context.Input<float>("x");
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = i + 1;
        }

        context.Run();
        return context.Output<float>("y").ToArray();
    }

    private static Tensor<F32> Table() => State("table", 8, 2);

    private static Tensor<F32> Row(int length) => State("row", length);

    private static Tensor<F32> State(string name, params Dimension[] shape) => new(new Parameter(
        name, new TensorType(DType.F32, new Shape(shape)), Initializer.Uniform(0.5, 1)).Node);
}
