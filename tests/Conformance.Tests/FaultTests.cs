using Sinter.Compiler.Differentiate;
using Sinter.Optimizers;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests;

/// <summary>
/// Faults that were found by trying what went wrong in other compilers, each in its smallest form, on every width and
/// the emulated device. The kinds that they stand for have tests of their own.
/// </summary>
public sealed class FaultTests
{
    private readonly GraphBuilder b = new(captureSource: false);

    public static TheoryData<string> Engines => Opened.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public void Rows_of_a_dense_layer_behind_whole_tiles(string engine)
    {
        Symbol n = Symbol.Create("N", 1, 256);
        Tensor<F32> x = b.Input<F32>("x", n, 784);
        using Opened opened = Opened.On(engine, Graph.Of("g", ("y", x.Linear(P("w", 1, 512, 784)).Node)));
        opened.Context.SetSymbol("N", 3);
        Span<float> values = opened.Context.Input<float>("x");
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (i / 784) + 1;
        }

        opened.Context.Run();
        ReadOnlySpan<float> y = opened.Context.Output<float>("y");
        Assert.Equal([784f, 1568f, 2352f], [y[0], y[512], y[1024]]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void What_depends_on_state_and_a_symbol(string engine)
    {
        Symbol n = Symbol.Create("N", 1, 8);
        Tensor<F32> x = b.Input<F32>("x", 2, 2);
        Tensor<F32> rows = P("t", 1, 8, 2).IndexSelect(0, Tensor<I64>.Iota(new Shape(n), 0));
        using Opened opened = Opened.On(engine, Graph.Of("g", ("y", rows.MatMul(x).Node)));
        foreach (int size in new[] { 2, 5 })
        {
            opened.Context.SetSymbol("N", size);
            opened.Context.Input<float>("x").Fill(1);
            opened.Context.Run();
            Assert.Equal(Enumerable.Repeat(2f, 2 * size), opened.Context.Output<float>("y").ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Saturated_right_predictions_have_no_gradient(string engine)
    {
        Tensor<F32> p = b.Input<F32>("p", 2);
        Tensor<F32> loss = Losses.BinaryCrossEntropy(p, b.Input<F32>("t", 2));
        Assert.Equal([0f, 0f], Run(engine, Gradient(loss, p), ("p", [0, 1]), ("t", [0, 1])));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Masks_are_compared_as_numbers(string engine)
    {
        foreach (int length in new[] { 3, 64 })
        {
            var graph = new GraphBuilder();
            Tensor<F32> x = graph.Input<F32>("x", length);
            Tensor<F32> y = graph.Input<F32>("y", length);
            Graph masks = Graph.Of("g", ("g", ((x > 0) < (y > 0)).Cast<F32>().Node));
            float[] ones = [.. Enumerable.Repeat(1f, length)];
            Assert.Equal(ones, Run(engine, masks, ("x", new float[length]), ("y", ones)));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void An_axis_without_rows_is_not_written(string engine)
    {
        Tensor<F32> sums = b.Input<F32>("x", 3, 2000).ScatterAdd(0, b.Input<I64>("i", 3), 0);
        using Opened opened = Opened.On(engine, Graph.Of("g", ("y", sums.Node)));
        Assert.Throws<RunException>(opened.Context.Run);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Axes_without_elements_compile_and_run(string engine)
    {
        Assert.Empty(Run(engine, Graph.Of("g", ("g", b.Input<F32>("x", 0, 3, 4).Permute(2, 0, 1).Sin().Node))));
        var grouped = new GraphBuilder();
        Tensor<F32> y = grouped.Input<F32>("x", 0, 4, 5, 5).Conv2d(grouped.Input<F32>("w", 4, 2, 3, 3), groups: 2);
        Assert.Empty(Run(engine, Graph.Of("g", ("g", y.Node))));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Constants_that_no_integer_holds(string engine)
    {
        foreach (double value in new[] { 3e9, double.NaN, double.PositiveInfinity, -3e9 })
        {
            var graph = new GraphBuilder();
            Tensor<I32> sum = graph.Input<I32>("x", 3) + Tensor<F32>.Scalar(value).Cast<I32>();
            using Opened opened = Opened.On(engine, Graph.Of("g", ("y", sum.Node)));
            opened.Context.Run();
            int expected = double.IsNaN(value) ? 0 : value > 0 ? int.MaxValue : int.MinValue;
            Assert.Equal([expected, expected, expected], opened.Context.Output<int>("y").ToArray());
        }

        using Opened shifted = Opened.On(engine, Graph.Of(
            "g", ("y", b.Input<I64>("x", 3).ShiftLeft(Tensor<I64>.Scalar(4294967296)).Node)));
        shifted.Context.Input<long>("x").Fill(5);
        shifted.Context.Run();
        Assert.Equal([5L, 5L, 5L], shifted.Context.Output<long>("y").ToArray());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Losses_that_overflow_on_the_side_not_taken(string engine)
    {
        foreach (Func<Tensor<F32>, Tensor<F32>, Tensor<F32>> loss in new Func<Tensor<F32>, Tensor<F32>, Tensor<F32>>[]
        {
            (x, y) => Losses.HuberLoss(x, y), (x, y) => Losses.SmoothL1Loss(x, y),
        })
        {
            var graph = new GraphBuilder();
            Tensor<F32> x = graph.Input<F32>("x", 1);
            Graph gradient = Gradient(loss(x, graph.Input<F32>("y", 1)), x);
            Assert.Equal([1f], Run(engine, gradient, ("x", [3e38f]), ("y", [-3e38f])));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_dropped_parameter_is_another_in_every_run(string engine)
    {
        var graph = new GraphBuilder(training: true, captureSource: false);
        Tensor<F32> x = graph.Input<F32>("x", 512);
        using Opened opened = Opened.On(engine, Graph.Of("g", ("g", (x * P("w", 1, 512).Dropout(0.9)).Node)));
        var seen = new List<float[]>();
        for (int run = 0; run < 2; run++)
        {
            opened.Context.Input<float>("x").Fill(1);
            opened.Context.Run();
            seen.Add(opened.Context.Output<float>("g").ToArray());
            Assert.InRange(seen[run].Count(value => value == 0), 400, 500);
        }

        Assert.NotEqual(seen[0], seen[1]);
    }

    [Fact]
    public void Two_optimizers_on_one_state_count_apart()
    {
        var first = new Parameter("a", new TensorType(DType.F32, new Shape(2)), Initializer.Ones);
        var second = new Parameter("b", new TensorType(DType.F32, new Shape(2)), Initializer.Ones);
        Graph Step(Parameter trained) => TrainingStep.Build(
            trained.FullName, (new GraphBuilder(true).Input<F32>("x", 2) * new Tensor<F32>(trained.Node)).Sum(),
            new Adam(), [trained]);
        string[] Counters(Graph graph) => [.. graph.Parameters
            .Select(node => node.Get<ParameterAttributes>().Declaration.FullName).Where(name => name.Contains("step"))];
        Assert.Empty(Counters(Step(first)).Intersect(Counters(Step(second))));
    }

    private static Tensor<F32> P(string name, double value, params Dimension[] shape) => new(new Parameter(
        name, new TensorType(DType.F32, new Shape(shape)), Initializer.Constant(value)).Node);

    private static Graph Gradient(Tensor<F32> loss, Tensor<F32> by) =>
        Graph.Of("g", ("g", Differentiator.Gradient(loss.Node, [by.Node])[by.Node]));

    private static float[] Run(string engine, Graph graph, params (string Name, float[] Values)[] inputs)
    {
        using Opened opened = Opened.On(engine, graph);
        foreach (var (name, values) in inputs)
        {
            values.CopyTo(opened.Context.Input<float>(name));
        }

        opened.Context.Run();
        return opened.Context.Output<float>("g").ToArray();
    }
}
