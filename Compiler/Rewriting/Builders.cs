namespace Sinter.Compiler.Rewriting;

/// <summary>Where passes make their nodes.</summary>
internal static class Builders
{
    /// <summary>
    /// The builder that work on these nodes continues in: one with inputs where there is one, because builders of
    /// parameters and constants only may be adopted by it and not the other way round.
    /// </summary>
    public static GraphBuilder Of(IEnumerable<Node> nodes)
    {
        GraphBuilder? result = null;
        foreach (Node node in nodes)
        {
            bool better = result is null || (result.Inputs.Count == 0 && node.Owner?.Inputs.Count > 0);
            result = better ? node.Owner : result;
        }

        return result ?? new GraphBuilder();
    }

    /// <summary>A leaf as the builder holds it; other nodes as they are.</summary>
    public static Node Own(GraphBuilder builder, Node node)
    {
        bool free = node.Inputs.Count == 0 && node.Op != Op.Input && node.Owner != builder;
        return free ? builder.Make(node.Op, node.Attributes) : node;
    }
}
