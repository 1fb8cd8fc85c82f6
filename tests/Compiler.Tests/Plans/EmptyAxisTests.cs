
namespace Sinter.Compiler.Tests.Plans;

/// <summary>Axes that are empty for every value of the symbols, though the algebra does not bring them to the number 0:
/// what loops over them would touch lies nowhere, and is never touched.</summary>
public sealed class EmptyAxisTests
{
    private static readonly Symbol T = Symbol.Create("T", 1, 9);

    public static TheoryData<string> Targets() => new("wide", "narrow", "threads");

    [Theory]
    [MemberData(nameof(Targets))]
    public void Kernels_over_them_are_lawful(string target)
    {
        Target processor = target switch
        {
            "wide" => Target.Wide,
            "narrow" => Target.Narrow,
            _ => Target.ManyThreads,
        };
        Dimension none = T - (T / 2) - ((T + 1) / 2);
        Assert.False(none.IsStatic);
        Assert.Equal((0, 0), (none.Min, none.Max));
        foreach (Func<Tensor<F32>, Tensor<F32>, Tensor<F32>> make in Graphs)
        {
            var b = new GraphBuilder(captureSource: false);
            Tensor<F32> y = make(b.Input<F32>("x", none, 5), b.Input<F32>("a", 4, 5));
            Plan plan = Pipeline.Compile(Graph.Of("g", ("y", y.Node)), new PipelineOptions(processor, Check: true));
            if (processor.Blocks is null)
            {
                PlanSimulator.Run(plan, symbol => symbol.Max, backwards: false);
            }
        }
    }

    private static IEnumerable<Func<Tensor<F32>, Tensor<F32>, Tensor<F32>>> Graphs =>
    [
        (x, a) => (x * 2).Pad(0, 3, 0),
        (x, a) => (x * 2).Pad(0, 2, 1).Sum(1),
        (x, a) => Tensor.Concat(0, a, x.Exp(), a),
        (x, a) => Tensor.Concat(0, x, a, x) * 3,
        (x, a) => x.Sum(0) + a,
        (x, a) => x.MatMul(a.Transposed).Pad(0, 1, 1),
        (x, a) => x.Transposed.MatMul(x),
        (x, a) => a.Slice(0, 4, 4 + x.Shape[0]).Pad(0, 7, 0),
        (x, a) => Tensor.Concat(0, a, x).Softmax(0),
        (x, a) => a.Slice(0, 4, 4 + x.Shape[0]) * 2,
        (x, a) => a.Slice(0, 4, 4 + x.Shape[0]).Sum(0) + a,
        (x, a) => a.Slice(1, 5, 5 + x.Shape[0]).MatMul(x),
        (x, a) => a.Slice(0, 4, 4 + x.Shape[0]).Softmax(1),
        (x, a) => x.Softmax(1).Reshape(x.Shape[0] * 5).Pad(0, 6, 0),
    ];
}
