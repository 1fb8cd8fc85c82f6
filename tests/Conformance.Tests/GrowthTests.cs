using System.Runtime.ExceptionServices;
using Sinter.Compiler.Differentiate;
using Sinter.Jit;
using Sinter.Reference;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests;

/// <summary>Large graphs: they compile on the smallest stack that programs run on, text grows with the graph and no
/// faster, and the numbers are right.</summary>
public sealed class GrowthTests
{
    private const int SmallStack = 1 << 20;

    [Fact]
    public void A_hundred_thousand_operations_in_a_row_compile_on_a_stack_of_1_MB()
    {
        OnSmallStack(() =>
        {
            Graph graph = Chain(100_000, (y, _) => y.Cos());
            Assert.True(graph.Nodes.Count >= 100_000);
            Graph parsed = GraphParser.Parse(GraphPrinter.Print(graph));
            Assert.Equal(graph.Nodes.Count, parsed.Nodes.Count);
            CheckAgainstOracle(parsed);
        });
    }

    [Fact]
    public void The_gradient_of_four_thousand_operations_compiles_on_a_stack_of_1_MB()
    {
        OnSmallStack(() =>
        {
            Tensor<F32> x = new GraphBuilder().Input<F32>("x", 4);
            Node loss = Repeat(x, 2_000, (y, _) => (y * 0.9999).Sin()).Sum().Node;
            CheckAgainstOracle(Graph.Of("g", ("g", Differentiator.Gradient(loss, [x.Node])[x.Node])));
        });
    }

    [Fact]
    public void Sums_with_a_residual_and_chains_of_one_scalar_compile_on_a_stack_of_1_MB()
    {
        OnSmallStack(() =>
        {
            CheckAgainstOracle(Chain(1_500, (y, x) => y + ((x * 0.001).Sin() * y)));

            var builder = new GraphBuilder();
            Tensor<F32> scale = Repeat(builder.Input<F32>("s"), 20_000, (y, _) => (y * 0.999) + 0.001);
            CheckAgainstOracle(Graph.Of("s", ("y", (builder.Input<F32>("x", 4) * scale).Node)));
        });
    }

    [Fact]
    public void Chains_in_front_of_products_compile_on_a_stack_of_1_MB()
    {
        OnSmallStack(() =>
        {
            var builder = new GraphBuilder();
            Tensor<F32> w = builder.Input<F32>("w", 4, 3);
            Tensor<F32> y = Repeat(builder.Input<F32>("x", 5, 4), 20_000, (y, _) => y.Cos());
            CheckAgainstOracle(Graph.Of("product", ("y", y.MatMul(w).Node)));

            Tensor<F32> moved = Repeat(builder.Input<F32>("z", 4, 4), 2_000, (y, _) => y.Flip(0).Transposed);
            CheckAgainstOracle(Graph.Of("moved", ("y", moved.MatMul(w).Node)));
        });
    }

    [Fact]
    public void Chains_in_half_precision_compile_on_a_stack_of_1_MB()
    {
        OnSmallStack(() =>
        {
            Tensor<F16> x = new GraphBuilder().Input<F32>("x", 4).Cast<F16>();
            Tensor<F16> y = x;
            for (int i = 0; i < 20_000; i++)
            {
                y = -y;
            }

            CheckAgainstOracle(Graph.Of("half", ("y", y.Cast<F32>().Node)));
        });
    }

    [Fact]
    public void A_chain_over_a_parameter_alone_joins_a_graph_on_a_stack_of_1_MB()
    {
        OnSmallStack(() =>
        {
            var w = new Parameter("w", new TensorType(DType.F32, new Shape(4)), Initializer.Ones);
            Tensor<F32> deep = Repeat(new Tensor<F32>(w.Node), 50_000, (y, _) => y.Sin());
            Graph graph = Graph.Of("w", ("y", (new GraphBuilder().Input<F32>("x", 4) + deep).Node));
            Assert.Equal(50_003, graph.Nodes.Count);
        });
    }

    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    public void Sums_with_themselves_double_values_and_not_the_work(int levels)
    {
        var builder = new GraphBuilder();
        Tensor<F32> s = Repeat(builder.Input<F32>("s"), levels, (y, _) => y + y);
        Tensor<F32> x = builder.Input<F32>("x", 64);
        Graph graph = Graph.Of("doubled", ("y", (x * s).Node), ("z", Repeat(x, levels, (y, _) => y + y).Node));
        Assert.InRange(JitCompiler.PrintProgram(graph).Length, 1, 20_000);

        using Opened run = Open(graph);
        run.Context.Input<float>("s").Fill(0.5f);
        run.Context.Input<float>("x").Fill(3);
        run.Context.Run();
        float expected = (float)Math.Pow(2, levels);
        Assert.All(run.Context.Output<float>("y").ToArray(), value => Assert.Equal(1.5f * expected, value));
        Assert.All(run.Context.Output<float>("z").ToArray(), value => Assert.Equal(3 * expected, value));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Text_grows_no_faster_than_a_concatenation_and_its_gradient(bool squared)
    {
        Assert.InRange(Text(160, squared) / (double)Text(40, squared), 1, 4.4);
        CheckAgainstOracle(ConcatGradient(150, squared));
    }

    [Fact]
    public void Text_of_deepchains_does_not_grow_with_each_operation()
    {
        int Length(int size) => JitCompiler.PrintProgram(Chain(size, (y, _) => y.Sin())).Length;
        Assert.InRange(Length(8_000) / (double)Length(2_000), 0.5, 4.4);
    }

    [Fact]
    public void A_constant_of_a_million_values_is_data()
    {
        const int Size = 1 << 20;
        double[] values = [.. Enumerable.Range(0, Size).Select(i => (double)((i * 7919L) % 100_003))];
        Tensor<F32> x = new GraphBuilder().Input<F32>("x", Size);
        Graph graph = Graph.Of("constant", ("y", (x + Tensor<F32>.Of(values, Size)).Node));

        // Four bytes are 5.4 characters in base 64.
        Assert.InRange(JitCompiler.PrintProgram(graph).Length, 5 * Size, 6 * Size);
        Graph parsed = GraphParser.Parse(GraphPrinter.Print(graph));
        using Opened run = Open(parsed);
        run.Context.Input<float>("x").Fill(0.5f);
        run.Context.Run();
        Assert.Equal(values.Select(value => (float)value + 0.5f), run.Context.Output<float>("y").ToArray());
    }

    private static int Text(int parts, bool squared) =>
        JitCompiler.PrintProgram(ConcatGradient(parts, squared)).Length;

    private static Graph ConcatGradient(int size, bool squared)
    {
        Tensor<F32> x = new GraphBuilder().Input<F32>("x", 4);
        Tensor<F32>[] parts = [.. Enumerable.Range(0, size).Select(i => (x * (1 + (i / 256.0))).Sin())];
        Tensor<F32> all = Tensor.Concat(0, parts);
        Node loss = (squared ? all.Square() : all.Exp()).Sum().Node;
        return Graph.Of("concat", ("loss", loss), ("g", Differentiator.Gradient(loss, [x.Node])[x.Node]));
    }

    private static Graph Chain(int size, Func<Tensor<F32>, Tensor<F32>, Tensor<F32>> step)
    {
        Tensor<F32> x = new GraphBuilder().Input<F32>("x", 4);
        return Graph.Of("chain", ("y", Repeat(x, size, step).Node));
    }

    private static Tensor<F32> Repeat(Tensor<F32> x, int times, Func<Tensor<F32>, Tensor<F32>, Tensor<F32>> step)
    {
        Tensor<F32> y = x;
        for (int i = 0; i < times; i++)
        {
            y = step(y, x);
        }

        return y;
    }

    private static void CheckAgainstOracle(Graph graph)
    {
        using Opened run = Open(graph);
        var inputs = new Dictionary<string, TensorValue>();
        foreach (Node input in graph.Inputs)
        {
            string name = input.Get<InputAttributes>().Name;
            long[] shape = [.. input.Shape.Select(d => d.Value)];
            int count = (int)input.Shape.ElementCount.Value;
            double[] values = [.. Enumerable.Range(0, count).Select(i => 0.25 + (i / 8.0))];
            inputs.Add(name, new TensorValue(input.DType, shape, values));
            for (int i = 0; i < values.Length; i++)
            {
                run.Context.Input<float>(name)[i] = (float)values[i];
            }
        }

        run.Context.Run();
        InterpreterResult expected = Interpreter.Run(graph, inputs, new Dictionary<string, TensorValue>());
        foreach (Output output in graph.Outputs)
        {
            float[] actual = run.Context.Output<float>(output.Name).ToArray();
            for (int i = 0; i < actual.Length; i++)
            {
                double value = expected.Outputs[output.Name].Floats[i];
                double error = Math.Abs(actual[i] - value);
                Assert.True(error <= 1e-3 * Math.Abs(value), $"{output.Name}[{i}] is {actual[i]} and not {value}");
            }
        }
    }

    private static void OnSmallStack(Action action)
    {
        ExceptionDispatchInfo? error = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    action();
                }
                catch (Exception caught)
                {
                    error = ExceptionDispatchInfo.Capture(caught);
                }
            },
            SmallStack);
        thread.Start();
        thread.Join();
        error?.Throw();
    }

    private static Opened Open(Graph graph) =>
        Opened.Of(JitCompiler.Compile(graph, new JitOptions { CacheDirectory = null }));
}
