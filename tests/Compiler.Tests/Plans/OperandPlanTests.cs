using Sinter.Compiler.Differentiate;
using Sinter.Compiler.Kernels;

namespace Sinter.Compiler.Tests.Plans;

/// <summary>What stands in front of a product is computed inside it.</summary>
public sealed class OperandPlanTests
{
    public static TheoryData<string> Targets() => new("wide", "narrow", "blocks");

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_padded_network_and_its_gradients_have_no_kernel_for_padding(string target)
    {
        var builder = new GraphBuilder();
        Tensor<F32> x = builder.Input<F32>("x", 4, 8, 16, 16);
        Tensor<F32> first = builder.Input<F32>("first", 16, 8, 3, 3);
        Tensor<F32> second = builder.Input<F32>("second", 16, 16, 3, 3);
        Tensor<F32> y = x.Conv2d(first, padding: 1).Relu().Conv2d(second, padding: 1);
        var gradients = Differentiator.Gradient(y.Square().Sum().Node, [x.Node, first.Node, second.Node]);
        Kernel[] kernels = Kernels(
            target, ("y", y.Node), ("dx", gradients[x.Node]), ("dw", gradients[first.Node]),
            ("dv", gradients[second.Node]));

        // Two forward, two gradients of weights and two of images, and what packs for the gradients of weights.
        Assert.All(kernels, kernel => Assert.True(
            kernel.Name.Contains("contraction", StringComparison.Ordinal), kernel.Name));
        Assert.DoesNotContain(kernels, kernel => kernel.Name.Contains("operand", StringComparison.Ordinal));
        Assert.DoesNotContain(kernels, kernel => kernel.Nodes.Any(node => node.Op == Op.Pad));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Converted_and_scaled_operands_have_no_kernel_of_their_own(string target)
    {
        var builder = new GraphBuilder();
        Tensor<F32> x = builder.Input<BF16>("x", 40, 50).Cast<F32>();
        Tensor<F32> w = builder.Input<I8>("w", 50, 60).Cast<F32>() * builder.Input<F32>("scale", 60);
        Kernel[] kernels = Kernels(target, ("y", x.MatMul(w).Node));
        Assert.All(kernels, kernel => Assert.True(
            kernel.Name.EndsWith("_contraction", StringComparison.Ordinal)
                || kernel.Name.EndsWith("_contraction_pack", StringComparison.Ordinal), kernel.Name));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Rows_of_several_axes_around_a_padded_one(string target)
    {
        var builder = new GraphBuilder();
        Tensor<F32> x = builder.Input<F32>("x", 2, 2, 2, 1).Pad([0, 0, 0, 1], [0, 0, 0, 0], 1.5);
        Tensor<F32> w = builder.Input<F32>("w", 2, 2);
        Node y = x.MatMul(w).Node;
        Assert.NotEmpty(Kernels(target, ("y", y)));
    }

    [Fact]
    public void A_rectifier_between_products_stays_in_the_epilogue_of_the_first()
    {
        var builder = new GraphBuilder();
        Tensor<F32> x = builder.Input<F32>("x", 40, 50);
        Tensor<F32> hidden = x.MatMul(builder.Input<F32>("v", 50, 60)).Relu();
        Kernel[] kernels = Kernels("wide", ("y", hidden.MatMul(builder.Input<F32>("w", 60, 70)).Node));
        Assert.Contains(kernels, kernel => kernel.Nodes.Any(node => node.Op == Op.Maximum));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void An_epilogue_writes_any_type(string target)
    {
        foreach (DType type in DTypes.All)
        {
            var builder = new GraphBuilder();
            Tensor<F32> y = builder.Input<F32>("x", 70, 50).MatMul(builder.Input<F32>("w", 50, 66));
            Node result = type == DType.Bool ? (y > 0).Node
                : builder.Make(Op.Cast, new CastAttributes(type), (y * 0.5).Node);
            Kernel[] kernels = Kernels(target, ("y", result));
            Assert.Single(kernels, kernel => !kernel.Name.EndsWith("_pack", StringComparison.Ordinal));
        }
    }

    private static Kernel[] Kernels(string target, params (string Name, Node Node)[] outputs)
    {
        Target facts = target switch
        {
            "wide" => Target.Wide,
            "narrow" => Target.Narrow,
            _ => Target.ManyThreads,
        };
        Plan plan = Pipeline.Compile(Graph.Of("operands", outputs), new PipelineOptions(facts, Check: true));
        return [.. plan.Kernels];
    }
}
