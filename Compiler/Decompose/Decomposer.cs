using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Decompose;

/// <summary>Replaces the operations that only graphs have by primitives that kernels are made of.</summary>
public static class Decomposer
{
    /// <summary>The operations that no graph has after <see cref="Decompose"/>.</summary>
    public static IReadOnlyList<Op> Removed { get; } =
        DecompositionRules.Table.Rules.Select(rule =>
        rule.Root!.Value).ToArray();

    /// <summary>
    /// The same function without convolutions, poolings and stopped gradients: contractions and reductions of windows
    /// instead. Differentiation comes before it, because a convolution's gradients are cheaper as convolutions.
    /// </summary>
    public static Graph Decompose(Graph graph) => Rewriter.Rewrite(graph, DecompositionRules.Table);

    /// <summary>The same function without operations of so many operands that no kernel could be made of
    /// them.</summary>
    public static Graph Limit(Graph graph, RewriteTrace? trace = null) =>
        Rewriter.Rewrite(graph, DecompositionRules.Large, trace);
}
