namespace Sinter.Generators.Tests.Compiled;

/// <summary>A model with branches, one of them inside the other.</summary>
[CompiledModel]
internal static partial class Branching
{
    private static Graph Create()
    {
        var graph = new GraphBuilder();
        Tensor<F32> x = graph.Input<F32>("x", Symbol.Create("N", 1, 256), 4);
        Tensor<F32> y = Functional.Cond(
            x.Sum() > 0, () => x * 2, () => Functional.Cond((x < -10).Any(), () => x.Sign(), () => -x));
        return Graph.Of("Branching", ("y", y.Node));
    }
}
