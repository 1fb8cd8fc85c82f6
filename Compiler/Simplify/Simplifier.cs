using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Simplify;

/// <summary>Makes a graph smaller and more regular without changing what it computes.</summary>
public static class Simplifier
{
    /// <summary>
    /// Every rule, in the order in which they are tried. What each keeps of floating-point behaviour is said in its
    /// table.
    /// </summary>
    public static RuleSet Rules { get; } = new(
    [
        .. ConstantFolding.Table,
        .. AlgebraRules.Table,
        .. LogicRules.Table,
        .. MovementRules.Table,
        .. ReductionRules.Table,
        .. BranchRules.Table,
    ]);

    /// <summary>Applies all rules until none applies.</summary>
    /// <param name="graph">A graph at any stage.</param>
    /// <param name="trace">Counts the rules applied, where given.</param>
    /// <returns>A graph with the same inputs, outputs and state; operations that no result needs are gone.</returns>
    public static Graph Simplify(Graph graph, RewriteTrace? trace = null) => Rewriter.Rewrite(graph, Rules, trace);
}
