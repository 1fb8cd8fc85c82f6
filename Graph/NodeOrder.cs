namespace Sinter;

/// <summary>Walks over graphs without recursion: a thousand layers must not overflow the stack.</summary>
public static class NodeOrder
{
    /// <summary>The roots and what they depend on, operands before users; nodes that are not entered come without
    /// theirs.</summary>
    /// <param name="roots">Where to begin.</param>
    /// <param name="isEntered">Which nodes' operands are wanted; null for all.</param>
    public static List<Node> Of(IEnumerable<Node> roots, Func<Node, bool>? isEntered = null)
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
                    bool enters = isEntered is null || isEntered(node);
                    for (int i = node.Inputs.Count - 1; enters && i >= 0; i--)
                    {
                        stack.Push((node.Inputs[i], false));
                    }
                }
            }
        }

        return order;
    }
}
