using Sinter.Compiler.Differentiate;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;
using Sinter.Modules;
using Sinter.Optimizers;

namespace Sinter.Compiler.Tests.Plans;

/// <summary>Launches of training steps come when they free memory, and nothing else changes with their order.</summary>
public sealed class LaunchOrderTests
{
    private const int Layers = 12;
    private const int Width = 64;
    private const int Batch = 256;

    public static TheoryData<string> Targets => ["wide", "narrow", "threads"];

    // Gradients of activations that wait for their weights' gradients would be as many as activations.
    [Theory]
    [MemberData(nameof(Targets))]
    public void A_deep_perceptrons_step_holds_its_activations_and_few_gradients(string target)
    {
        Plan plan = Compile(Perceptron(), target);
        long activation = Batch * Width * sizeof(float);
        long expected = (Layers + 4) * activation;
        Assert.True(plan.ArenaBytes < expected, $"{plan.ArenaBytes} bytes; {Layers + 4} activations are {expected}");
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void No_state_changes_before_the_last_check_and_none_is_copied(string target)
    {
        Plan plan = Compile(Perceptron(), target);
        var state = new HashSet<Buffer>(plan.Placements.Where(p => p.Value.Space == Space.Parameter).Select(p => p.Key));
        int check = LastIndex(plan, kernel => kernel.Name.StartsWith("check_index", StringComparison.Ordinal));
        Assert.True(check >= 0);
        Assert.DoesNotContain(plan.Run.Take(check), kernel => kernel.Written.Any(state.Contains));
        Assert.DoesNotContain(plan.Kernels, kernel => kernel.Name.StartsWith("copy_state", StringComparison.Ordinal));
    }

    [Fact]
    public void A_small_steps_memory_holds_what_launches_rely_on()
    {
        foreach (Graph graph in new[] { Convolution(), Perceptron(layers: 3, width: 16, batch: 24) })
        {
            Plan plan = Compile(graph, "narrow");
            PlanSimulator.Run(plan, symbol => symbol.Max, backwards: false);
            PlanSimulator.Run(plan, symbol => symbol.Max, backwards: true);
        }
    }

    [Fact]
    public void A_slice_of_state_is_written_where_it_is()
    {
        var builder = new GraphBuilder();
        var cache = new Parameter("cache", new TensorType(DType.F32, new Shape(2, 9, 5)), Initializer.Zeros, StateKind.Cache);
        Tensor<F32> next = new Tensor<F32>(cache.Node).UpdateSlice(
            1, builder.Input<I64>("at", 1), builder.Input<F32>("x", 2, 3, 5).Exp());
        var graph = new Graph(
            "cache", builder.Inputs, [new Output("y", next.Sum(1).Node)], [new Update(cache.Node, next.Node)]);
        Plan plan = Compile(graph, "narrow");
        Assert.DoesNotContain(plan.Kernels, kernel => kernel.IsCopy);
        PlanSimulator.Run(plan, symbol => symbol.Max, backwards: false);
        PlanSimulator.Run(plan, symbol => symbol.Max, backwards: true);
    }

    [Theory]
    [InlineData(0.6)]
    [InlineData(0.8)]
    public void What_is_computed_again_relies_on_what_is_there(double share)
    {
        Graph graph = Perceptron(layers: 8, width: 12, batch: 20);
        Plan whole = Compile(graph, "narrow");
        var options = new PipelineOptions(Target.Narrow, Check: true, MemoryBudget: (long)(whole.ArenaBytes * share));
        Plan plan = Pipeline.Compile(graph, options);
        Assert.Contains(plan.Kernels, kernel => kernel.Code != kernel);
        PlanSimulator.Run(plan, symbol => symbol.Max, backwards: false);
        PlanSimulator.Run(plan, symbol => symbol.Max, backwards: true);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(256)]
    public void The_arena_is_hardly_larger_than_what_is_alive_at_one_time(int batch)
    {
        var numbers = new List<long>();
        Pipeline.Compile(Convolution(batch, side: 28), new PipelineOptions(Target.Wide, (topic, line) =>
        {
            if (topic == "memory" && line.EndsWith("bytes", StringComparison.Ordinal)
                && !line.StartsWith("prepared", StringComparison.Ordinal))
            {
                numbers.Add(long.Parse(line.Split(' ')[^2], System.Globalization.CultureInfo.InvariantCulture));
            }
        }));
        Assert.InRange(numbers[1], numbers[0], numbers[0] + (numbers[0] / 40));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Layers_alike_are_lowered_once(string target)
    {
        int Texts(int layers) => Compile(Perceptron(layers: layers), target).Kernels
            .Select(kernel => kernel.Code).Distinct().Count();
        Assert.Equal(Texts(5), Texts(12));
    }

    private static int LastIndex(Plan plan, Predicate<Kernel> wanted) =>
        plan.Run.ToList().FindLastIndex(step => step is Kernel kernel && wanted(kernel));

    internal static Graph Perceptron(int layers = Layers, int width = Width, int batch = Batch)
    {
        var all = Enumerable.Range(0, layers).SelectMany(_ => new Layer[] { new Linear(width, width), new ReLU() });
        return Step(new Sequential([.. all, new Linear(width, 10)]), batch, batch, width);
    }

    internal static Graph Convolution(int batch = 2, int side = 8) => Step(
        new Sequential(
            new Conv2d(1, 6, 5, padding: 2), new ReLU(), new MaxPool2d(2), new Conv2d(6, 16, 3), new ReLU(),
            new Flatten(), new Linear(16 * ((side / 2) - 2) * ((side / 2) - 2), 10)),
        batch, batch, 1, side, side);

    private static Graph Step(Layer layer, int batch, params Dimension[] input)
    {
        var builder = new GraphBuilder(training: true);
        Tensor<F32> logits = layer.Call(builder.Input<F32>("x", input));
        Tensor<F32> loss = Losses.CrossEntropy(logits, builder.Input<I64>("labels", batch));
        return TrainingStep.Build("step", loss, new Adam(1e-3), layer.Parameters.ToArray());
    }

    internal static Target Named(string name) => name switch
    {
        "wide" => Target.Wide,
        "narrow" => Target.Narrow,
        _ => Target.ManyThreads,
    };

    private static Plan Compile(Graph graph, string name) =>
        Pipeline.Compile(graph, new PipelineOptions(Named(name), Check: true));
}
