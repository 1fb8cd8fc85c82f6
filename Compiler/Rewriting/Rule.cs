namespace Sinter.Compiler.Rewriting;

/// <summary>One rewrite: what it looks for, when, and what comes instead.</summary>
public sealed class Rule
{
    private readonly Pattern pattern;
    private readonly Func<Match, Node?> build;

    /// <summary>A rule from a pattern to a pattern.</summary>
    /// <param name="name">What the trace counts it under, by convention the rule itself: <c>x * 1 → x</c>.</param>
    /// <param name="pattern">What it looks for.</param>
    /// <param name="result">What comes instead, of the same type.</param>
    /// <param name="condition">When, or null for always.</param>
    public Rule(string name, Pattern pattern, Pattern result, Func<Match, bool>? condition = null)
        : this(name, pattern, match => condition is null || condition(match)
            ? result.Build(match, match.Root.Type)
            : null)
    {
    }

    /// <summary>A rule whose result is computed.</summary>
    /// <param name="name">What the trace counts it under.</param>
    /// <param name="pattern">What it looks for.</param>
    /// <param name="build">What comes instead, of the same type, or null where the rule does not apply.</param>
    public Rule(string name, Pattern pattern, Func<Match, Node?> build)
    {
        Name = name;
        this.pattern = pattern;
        this.build = build;
        Root = (pattern as OpPattern)?.Op;
    }

    /// <summary>A rule for every node of one operation.</summary>
    public Rule(string name, Op op, Func<Match, Node?> build)
        : this(name, new RootPattern(), build) => Root = op;

    /// <summary>A rule for every node.</summary>
    public Rule(string name, Func<Match, Node?> build)
        : this(name, new RootPattern(), build)
    {
    }

    /// <summary>What the trace counts it under.</summary>
    public string Name { get; }

    /// <summary>The operation at the root of the pattern; null where any will do.</summary>
    public Op? Root { get; }

    /// <summary>What comes instead of a node, or null where the rule does not apply.</summary>
    /// <exception cref="InvalidOperationException">The result has another type: an error in the rule.</exception>
    public Node? Apply(GraphBuilder builder, Node node)
    {
        var match = new Match(builder, node);
        if (!pattern.Matches(node, match) || Build(match) is not { } result || result == node)
        {
            return null;
        }

        return result.Type == node.Type
            ? result
            : throw new InvalidOperationException(
                $"internal error: rule '{Name}' turns {node.Type} into {result.Type}");
    }

    // That elements are there may be certain of each of two slices in a row, and not of the one that they are: the
    // algebra of sizes does not see everything. Then they stay two.
    private Node? Build(Match match)
    {
        try
        {
            return build(match);
        }
        catch (GraphException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private sealed class RootPattern : Pattern
    {
        internal override bool Matches(Node node, Match match) => true;

        internal override Node Build(Match match, TensorType type) => match.Root;
    }
}
