using Sinter.Backends.CSharp;
using Sinter.Backends.Cuda;
using Sinter.Compiler;
using Sinter.Compiler.Differentiate;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;
using Sinter.Modules;
using Sinter.Optimizers;
using Sinter.Runtime;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests;

/// <summary>Training within a budget of memory: values are computed again, and nothing else is different.</summary>
public sealed class BudgetTests
{
    private const int Steps = 3;

    private static readonly Dictionary<string, (Func<Graph> Build, double Share)> Models = new()
    {
        ["perceptron"] = (() => Step(Perceptron(), 96, 40), 0.55),
        ["symbolic"] = (() => Step(Perceptron(), Symbol.Create("N", 1, 96), 40), 0.55),
        ["dropout"] = (() => Step(Chain(8, i => [new Linear(40, 40), new Drop()]), 96, 40), 0.7),
        ["convolution"] = (() => Step(
            Chain(5, i => [new Conv2d(i == 0 ? 3 : 8, 8, 3, padding: 1), new ReLU()], new Flatten(), new Linear(800, 10)),
            4, 3, 10, 10), 0.75),
        ["attention"] = (() => Step(Chain(3, _ => [new Attend()]), 40, 40), 0.8),
    };

    public static TheoryData<string, string> Rows() => Opened.With(Models.Keys, ["512"]);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Half_the_memory_gives_the_same_bits(string engine, string name)
    {
        var (build, share) = Models[name];
        Graph graph = build();
        Target target = engine == "cuda" ? CudaTarget.Processor : CSharpTarget.Find(engine)!.Processor;
        Plan whole = Pipeline.Compile(graph, new PipelineOptions(target));
        long budget = (long)(whole.ArenaBytes * share);
        Plan small = Pipeline.Compile(graph, new PipelineOptions(target, MemoryBudget: budget));
        Assert.InRange(small.ArenaBytes, 1, budget);
        Assert.True(small.Kernels.Count() > whole.Kernels.Count(), "nothing is computed again");

        using Opened first = Opened.On(engine, graph);
        using Opened second = Opened.On(engine, graph, budget);
        for (int step = 0; step < Steps; step++)
        {
            Assert.Equal(Train(first, step), Train(second, step));
        }

        foreach (StateEntry entry in first.Program.Table.State)
        {
            Assert.Equal(Bytes(first.State, entry), Bytes(second.State, entry));
        }
    }

    [Fact]
    public void What_cannot_fit_is_refused_with_the_layers_that_hold_the_memory()
    {
        Graph graph = Models["perceptron"].Build();
        var error = Assert.Throws<MemoryBudgetException>(() =>
            Pipeline.Compile(graph, new PipelineOptions(Target.Wide, MemoryBudget: 20_000)));
        Assert.Equal(20_000, error.Budget);
        Assert.True(error.Needed > error.Budget);
        Assert.Contains("program 'step' may take 20,000 bytes", error.Message);
        Assert.Matches(@"\n  15,616 \d+", error.Message);
        Assert.Contains("inputs and constants", error.Message);

    }

    // What fits depends on the order in which values are let go, and that on the budget.
    [Theory]
    [InlineData("perceptron")]
    [InlineData("dropout")]
    [InlineData("attention")]
    public void What_an_error_says_is_needed_is_enough(string name)
    {
        Graph graph = Models[name].Build();
        Plan Compile(long? budget) => Pipeline.Compile(graph, new PipelineOptions(Target.Wide, MemoryBudget: budget));
        long whole = Compile(null).ArenaBytes;
        foreach (double share in new[] { 0.1, 0.3 })
        {
            long needed = Assert.Throws<MemoryBudgetException>(() => Compile((long)(whole * share))).Needed;
            Assert.InRange(Compile(needed).ArenaBytes, 1, needed);
        }
    }

    private static float Train(Opened opened, int step)
    {
        ProgramContext context = opened.Context;
        if (context.Program.Table.Symbols.Length > 0)
        {
            context.SetSymbol("N", 7 + (40 * step));
        }

        Span<float> x = context.Input<float>("x");
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = MathF.Sin(i + (17 * step));
        }

        Span<long> labels = context.Input<long>("labels");
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = (i * 7) % 10;
        }

        return opened.Run("loss")[0];
    }

    private static byte[] Bytes(ModelState state, StateEntry entry) => entry.Type switch
    {
        ElementType.F32 => System.Runtime.InteropServices.MemoryMarshal.AsBytes(state.Get<float>(entry.Name)).ToArray(),
        ElementType.F64 => System.Runtime.InteropServices.MemoryMarshal.AsBytes(state.Get<double>(entry.Name)).ToArray(),
        _ => System.Runtime.InteropServices.MemoryMarshal.AsBytes(state.Get<long>(entry.Name)).ToArray(),
    };

    private static Graph Step(Layer layer, Dimension batch, params Dimension[] shape)
    {
        var builder = new GraphBuilder(training: true, captureSource: false);
        Tensor<F32> logits = layer.Call(builder.Input<F32>("x", [batch, .. shape]));
        Tensor<F32> loss = Losses.CrossEntropy(logits, builder.Input<I64>("labels", batch));
        return TrainingStep.Build("step", loss, new Adam(1e-3), layer.Parameters.ToArray());
    }

    private static Sequential Perceptron() => Chain(12, _ => [new Linear(40, 40), new ReLU()]);

    private static Sequential Chain(int times, Func<int, Layer[]> part, params Layer[] last) => new(
        [.. Enumerable.Range(0, times).SelectMany(part), .. last.Length == 0 ? [new Linear(40, 10)] : last]);

    private sealed class Drop : Layer
    {
        protected override Tensor<F32> Forward(Tensor<F32> input) => input.Tanh().Dropout(0.3);
    }

    // x: (time, width), of one head.
    private sealed class Attend : Layer
    {
        private readonly Linear query;
        private readonly Linear key;
        private readonly Linear value;

        public Attend()
        {
            query = Register("query", new Linear(40, 40));
            key = Register("key", new Linear(40, 40));
            value = Register("value", new Linear(40, 40));
        }

        protected override Tensor<F32> Forward(Tensor<F32> input) => input
            + query.Call(input).MatMul(key.Call(input).Transposed).Softmax(-1).MatMul(value.Call(input)).Tanh();
    }
}
