using Sinter.Compiler.Rewriting;
using Sinter.Compiler.Simplify;

namespace Sinter.Compiler.Scans;

/// <summary>What is done to scans, and to branches around and inside them, before anything is lowered.</summary>
internal static class ScanPasses
{
    /// <summary>The same function: scans over the same operands are one, what scans and branches give for nobody is
    /// gone, and what iterations do not need of one another is done for all at once.</summary>
    public static Graph Run(Graph graph, RewriteTrace? trace) =>
        graph.Nodes.Any(node => node.Attributes is BodyAttributes)
            ? Simplifier.Simplify(ScanPruning.Run(ScanSplitting.Run(ScanPruning.Run(graph))), trace)
            : graph;
}
