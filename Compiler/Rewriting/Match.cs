namespace Sinter.Compiler.Rewriting;

/// <summary>What a pattern found: the matched node, and the nodes that its variables stand for.</summary>
public sealed class Match
{
    private readonly List<(Pattern Variable, Node Node)> bindings = [];

    internal Match(GraphBuilder builder, Node root)
    {
        Builder = builder;
        Root = root;
    }

    /// <summary>Where new nodes are made.</summary>
    public GraphBuilder Builder { get; }

    /// <summary>The node that matched as a whole.</summary>
    public Node Root { get; }

    /// <summary>The number of bindings so far.</summary>
    internal int Count => bindings.Count;

    /// <summary>The node that a variable stands for.</summary>
    /// <exception cref="InvalidOperationException">The variable is not part of the pattern.</exception>
    public Node this[Pattern variable] => Find(variable)
        ?? throw new InvalidOperationException(
            $"internal error: a rule uses the variable {variable} that it did not match");

    /// <summary>The number that a constant's variable stands for.</summary>
    public double Number(Pattern variable) => Constants.SplatValue(this[variable])!.Value;

    internal bool Bind(Pattern variable, Node node)
    {
        if (Find(variable) is { } bound)
        {
            return bound == node;
        }

        bindings.Add((variable, node));
        return true;
    }

    internal void Forget(int count) => bindings.RemoveRange(count, bindings.Count - count);

    internal Expression Expression(Node node) => new(Builder, node);

    private Node? Find(Pattern variable)
    {
        foreach (var binding in bindings)
        {
            if (ReferenceEquals(binding.Variable, variable))
            {
                return binding.Node;
            }
        }

        return null;
    }
}
