
namespace Sinter.Compiler.Tests.Plans;

/// <summary>What reads whole rows of a product runs in the product's kernel, where threads with a cache run
/// it.</summary>
public sealed class RowPlanTests
{
    [Theory]
    [InlineData("wide")]
    [InlineData("medium")]
    [InlineData("narrow")]
    public void Scores_of_attention_have_no_memory(string target)
    {
        Plan plan = Compile(target, Attention(new GraphBuilder(), 8, 256, 64));
        Assert.Equal(2, plan.Kernels.Count(kernel => !kernel.Name.EndsWith("_pack", StringComparison.Ordinal)));
        Assert.Single(plan.Kernels.SelectMany(kernel => kernel.Written), buffer => buffer.Size == 8 * 256 * 256);
    }

    [Fact]
    public void A_layer_normalised_behind_a_residual_is_one_kernel()
    {
        var builder = new GraphBuilder();
        Tensor<F32> x = builder.Input<F32>("x", 4, 64, 128).MatMul(builder.Input<F32>("w", 128, 128))
            + builder.Input<F32>("r", 4, 64, 128);
        Tensor<F32> centred = x - x.Mean(-1, keepDims: true);
        Tensor<F32> y = centred * (centred.Square().Mean(-1, keepDims: true) + 1e-5).Rsqrt();
        Plan plan = Compile("wide", y, x);
        Assert.Single(plan.Kernels, kernel => !kernel.Name.EndsWith("_pack", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("blocks", 256)]
    [InlineData("wide", 10)]
    [InlineData("wide", 20_000)]
    public void Rows_that_no_piece_has_whole_or_that_are_short_are_reduced_by_another_kernel(string target, int classes)
    {
        var builder = new GraphBuilder();
        Tensor<F32> y = builder.Input<F32>("x", 256, 64).MatMul(builder.Input<F32>("w", 64, classes)).Softmax(-1);
        Assert.Equal(2, Compile(target, y).Kernels.Count(
            kernel => !kernel.Name.EndsWith("_pack", StringComparison.Ordinal)));
    }

    private static Tensor<F32> Attention(GraphBuilder builder, int batch, int time, int depth)
    {
        Tensor<F32> q = builder.Input<F32>("q", batch, time, depth);
        Tensor<F32> k = builder.Input<F32>("k", batch, depth, time);
        Tensor<F32> v = builder.Input<F32>("v", batch, time, depth);
        return (q.MatMul(k) * 0.125).Softmax(-1).MatMul(v);
    }

    private static Plan Compile(string target, params Tensor<F32>[] outputs)
    {
        Target facts = target switch
        {
            "wide" => Target.Wide,
            "medium" => Target.Medium,
            "narrow" => Target.Narrow,
            _ => Target.ManyThreads,
        };
        Graph graph = Graph.Of("rows", [.. outputs.Select((output, i) => ($"y{i}", output.Node))]);
        return Pipeline.Compile(graph, new PipelineOptions(facts, Check: true));
    }
}
