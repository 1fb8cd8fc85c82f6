namespace Sinter.Generators.Tests.Compiled;

/// <summary>A model that keeps the rows whose sums are positive: how many is known when it has run.</summary>
[CompiledModel]
internal static partial class Chosen
{
    private static Graph Create()
    {
        var graph = new GraphBuilder();
        Tensor<F32> x = graph.Input<F32>("x", Symbol.Create("N", 1, 256), 5);
        Tensor<F32> kept = x.Compress(x.Sum(1) > 0, max: 200, name: "Kept");
        return Graph.Of("Chosen", ("kept", kept.Node), ("mean", kept.Mean(0).Node));
    }
}
