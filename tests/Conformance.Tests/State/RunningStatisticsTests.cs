using Sinter.Compiler.Differentiate;
using Sinter.Modules;
using Sinter.Optimizers;
using Sinter.Reference;
using Sinter.Runtime;

namespace Sinter.Conformance.Tests.State;

/// <summary>Batch normalisation where it is hard: a symbolic batch to its ends, twice in one graph, over many steps,
/// through files. Its values against PyTorch are among the reference cases.</summary>
public sealed class RunningStatisticsTests
{
    private static readonly Symbol N = Symbol.Create("N", 1, 50);

    public static TheoryData<string> Engines => Opened.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public void Steps_of_any_batch_move_statistics_as_the_oracle_says(string engine)
    {
        Graph graph = Step(Model(), N);
        Graph text = GraphParser.Parse(GraphPrinter.Print(graph));
        using Opened opened = Opened.On(engine, text);
        Dictionary<string, TensorValue> state = Read(opened);
        var random = new Random(1);
        foreach (int rows in new[] { 50, 2, 33, 1, 50 })
        {
            float[] x = Values(random, rows * 3 * 5 * 7);
            opened.Context.SetSymbol("N", rows);
            x.CopyTo(opened.Context.Input<float>("x"));
            opened.Context.Run();
            InterpreterResult expected = Interpreter.Run(
                text, new Dictionary<string, TensorValue> { ["x"] = Tensor(x, rows, 3, 5, 7) }, state,
                new InterpreterOptions(RoundToType: true));
            foreach (var (name, value) in expected.Updates)
            {
                state[name] = value;
                Close(value, Read(opened)[name], name);
            }

            Assert.Equal(expected.Outputs["loss"].Number(0), opened.Context.Output<float>("loss")[0], 1e-4);
        }

        Assert.Equal(5, opened.State.Get("1.num_batches_tracked"));
        Assert.Equal(10, opened.State.Get("2.num_batches_tracked"));
    }

    [Fact]
    public void A_file_of_the_model_holds_statistics_and_an_evaluating_program_reads_them()
    {
        string path = Path.GetTempFileName();
        var model = Model();
        try
        {
            using Opened training = Opened.On("256", Step(model, N));
            float[] x = Values(new Random(2), 50 * 3 * 5 * 7);
            for (int step = 0; step < 3; step++)
            {
                x.CopyTo(training.Context.Input<float>("x"));
                training.Context.Run();
            }

            training.State.Save(path);
            var builder = new GraphBuilder();
            Graph evaluating = Graph.Of("e", ("y", model.Call(builder.Input<F32>("x", N, 3, 5, 7)).Node));
            Assert.Empty(evaluating.Updates);
            using Opened evaluation = Opened.On("256", evaluating);
            evaluation.State.Load(path);
            x.CopyTo(evaluation.Context.Input<float>("x"));
            InterpreterResult expected = Interpreter.Run(
                evaluating, new Dictionary<string, TensorValue> { ["x"] = Tensor(x, 50, 3, 5, 7) },
                Read(training));
            float[] y = evaluation.Run("y");
            Close(expected.Outputs["y"], Tensor(y, y.Length), "y");
            Assert.Equal(
                training.State.Get<float>("1.running_var").ToArray(),
                evaluation.State.Get<float>("1.running_var").ToArray());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_momentum_of_none_is_the_mean_of_all_batches()
    {
        var graph = new GraphBuilder(training: true);
        var norm = new BatchNorm1d(1, momentum: null, affine: false);
        using Opened opened = Opened.On("256", Graph.Of("g", ("y", norm.Call(graph.Input<F32>("x", 2, 1)).Node)));
        foreach (float[] x in new float[][] { [0, 2], [4, 8], [1, 3] })
        {
            x.CopyTo(opened.Context.Input<float>("x"));
            opened.Context.Run();
        }

        Assert.Equal((1 + 6 + 2) / 3.0, opened.State.Get("running_mean"), 1e-6);
        Assert.Equal((2 + 8 + 2) / 3.0, opened.State.Get("running_var"), 1e-6);
    }

    // The last layer is called twice.
    private static Twice Model() => new(
        new Conv2d(3, 4, 3, padding: 1, bias: false), new BatchNorm2d(4), new BatchNorm2d(4, momentum: 0.3));

    private static Graph Step(Twice model, Dimension rows)
    {
        var builder = new GraphBuilder(training: true);
        Tensor<F32> y = model.Call(builder.Input<F32>("x", rows, 3, 5, 7));
        Tensor<F32> loss = (y * Weights()).Sum(1).Tanh().Mean();
        return TrainingStep.Build("step", loss, new Sgd(0.05, 0.9), [.. model.Parameters]);
    }

    // What normalises last makes a loss of squares the same for all that is before it.
    private static Tensor<F32> Weights() =>
        Tensor<F32>.Of([.. Enumerable.Range(0, 140).Select(i => Math.Sin(i * i))], 140);

    private static Dictionary<string, TensorValue> Read(Opened opened) => opened.Program.Table.State.ToDictionary(
        entry => entry.Name, entry => entry.Type switch
        {
            ElementType.I64 => TensorValue.FromNumbers(
                DType.I64, entry.Shape, [.. opened.State.Get<long>(entry.Name).ToArray().Select(v => (double)v)]),
            ElementType.F64 => TensorValue.FromNumbers(
                DType.F64, entry.Shape, opened.State.Get<double>(entry.Name).ToArray()),
            _ => Tensor(opened.State.Get<float>(entry.Name).ToArray(), entry.Shape),
        });

    private static TensorValue Tensor(float[] values, params long[] shape) =>
        TensorValue.FromNumbers(DType.F32, shape, [.. values.Select(v => (double)v)]);

    private static float[] Values(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 4) - 1))];

    // Relative to the tensor.
    private static void Close(TensorValue expected, TensorValue actual, string name)
    {
        double scale = Enumerable.Range(0, expected.Count).Max(i => Math.Abs(expected.Number(i)));
        double error = Enumerable.Range(0, expected.Count).Max(i => Math.Abs(expected.Number(i) - actual.Number(i)));
        Assert.True(error <= 2e-5 * Math.Max(scale, 1e-3), $"{name}: {error} of {scale}");
    }

    private sealed class Twice : Layer
    {
        private readonly Layer convolution;
        private readonly Layer first;
        private readonly Layer second;

        public Twice(Layer convolution, Layer first, Layer second)
        {
            this.convolution = Register("0", convolution);
            this.first = Register("1", first);
            this.second = Register("2", second);
        }

        protected override Tensor<F32> Forward(Tensor<F32> input) =>
            second.Call(second.Call(first.Call(convolution.Call(input)).Tanh()) + 1).Flatten(1);
    }
}
