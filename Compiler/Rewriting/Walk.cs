namespace Sinter.Compiler.Rewriting;

/// <summary>Ways over graphs that need no recursion: a thousand layers must not overflow the stack.</summary>
internal static class Walk
{
    /// <summary>Every node that the roots depend on, operands before users.</summary>
    public static List<Node> Order(IEnumerable<Node> roots)
    {
        var order = new List<Node>();
        var seen = new HashSet<Node>();
        var stack = new Stack<(Node Node, bool Expanded)>();
        foreach (Node root in roots)
        {
            stack.Push((root, false));
            while (stack.Count > 0)
            {
                var (node, expanded) = stack.Pop();
                if (expanded)
                {
                    order.Add(node);
                }
                else if (seen.Add(node))
                {
                    stack.Push((node, true));
                    for (int i = node.Inputs.Count - 1; i >= 0; i--)
                    {
                        stack.Push((node.Inputs[i], false));
                    }
                }
            }
        }

        return order;
    }

    /// <summary>
    /// The builder that work on these nodes continues in: one with inputs where there is one, because builders of
    /// parameters and constants only may be adopted by it and not the other way round.
    /// </summary>
    public static GraphBuilder Builder(IEnumerable<Node> nodes)
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
