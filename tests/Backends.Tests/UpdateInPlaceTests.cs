using Sinter.Compiler;
using Sinter.Compiler.Differentiate;
using Sinter.Compiler.Kernels;
using Sinter.Modules;
using Sinter.Optimizers;

namespace Sinter.Backends.Tests;

/// <summary>An optimizer overwrites its state: no plan copies it, whether elements are taken one by one, in vectors of
/// the processor or four at a time by threads.</summary>
public class UpdateInPlaceTests
{
    public static TheoryData<string> Targets => ["cpu", "threads", "one processor of threads"];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Weights_and_moments_are_overwritten_behind_a_product(string target)
    {
        var graph = new GraphBuilder(training: true);
        var layer = new Linear(64, 128);
        Tensor<F32> loss = Losses.MseLoss(layer.Call(graph.Input<F32>("x", 256, 64)), graph.Input<F32>("y", 256, 128));
        AssertInPlace(TrainingStep.Build("adam", loss, new Adam(1e-3), layer.Parameters.ToList()), target);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Elements_are_overwritten_one_for_one(string target)
    {
        Graph graph = Weight((graph, weight) =>
            (weight * 0.9) + (graph.Input<F32>("x", 48) * graph.Input<F32>("y", 64, 1)));
        AssertInPlace(graph, target);
    }

    // Another piece would read what this one has written.
    [Theory]
    [MemberData(nameof(Targets))]
    public void What_is_read_elsewhere_is_copied_at_the_end(string target) =>
        Assert.Contains(Compile(Weight((_, weight) => weight.Flip(0) * 0.9), target).Kernels, IsCopy);

    private static Graph Weight(Func<GraphBuilder, Tensor<F32>, Tensor<F32>> next)
    {
        var graph = new GraphBuilder(training: true);
        var parameter = new Parameter(
            "weight", new TensorType(DType.F32, new Shape(64, 48)), Initializer.Zeros);
        Tensor<F32> value = next(graph, new Tensor<F32>(parameter.Node));
        return new Graph("weight", graph.Inputs, [], [new Update(parameter.Node, value.Node)]);
    }

    private static void AssertInPlace(Graph graph, string target)
    {
        Assert.NotEmpty(graph.Updates);
        Assert.DoesNotContain(Compile(graph, target).Kernels, IsCopy);
    }

    private static bool IsCopy(Kernel kernel) => kernel.Name.Contains("copy_state", StringComparison.Ordinal);

    private static Plan Compile(Graph graph, string name)
    {
        Target target = name switch
        {
            "cpu" => Target.Wide,
            "threads" => Target.ManyThreads,
            _ => Target.ManyThreads with { Blocks = Target.ManyThreads.Blocks! with { Processors = 1 } },
        };
        return Pipeline.Compile(graph, new PipelineOptions(target, Check: true));
    }
}
