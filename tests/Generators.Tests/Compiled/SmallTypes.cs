namespace Sinter.Generators.Tests.Compiled;

/// <summary>A model whose inputs and outputs are of types that C# has no arithmetic for, or none of its own.</summary>
[CompiledModel]
internal static partial class SmallTypes
{
    private static Graph Create()
    {
        var graph = new GraphBuilder();
        Symbol n = Symbol.Create("N", 1, 256);
        Tensor<F16> half = graph.Input<F16>("half", n);
        Tensor<BF16> brain = graph.Input<BF16>("brain", n);
        Tensor<I8> small = graph.Input<I8>("small", n);
        Tensor<I16> medium = graph.Input<I16>("medium", n);
        return Graph.Of(
            "SmallTypes",
            ("scaled", ((half * 3) + brain.Cast<F16>()).Node),
            ("halved", (brain * 0.5).Node),
            ("product", (small.Cast<I32>() * small.Cast<I32>()).Node),
            ("wrapped", (medium + medium).Node),
            ("exact", (small.Cast<I64>() + Tensor<I64>.Scalar(9007199254740993)).Node));
    }
}
