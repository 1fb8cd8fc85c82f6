namespace Sinter;

/// <summary>
/// The graph inside an operation such as <see cref="Op.Scan"/>: inputs by position, outputs by position, neither state
/// nor updates. Bodies are equal where their canonical text is, so that equal loops are one node.
/// </summary>
public sealed class Body : IEquatable<Body>
{
    private readonly string text;

    /// <summary>A body.</summary>
    /// <param name="graph">Its inputs and outputs in order; their names tell only people.</param>
    /// <exception cref="GraphException">The graph has state of its own.</exception>
    public Body(Graph graph)
    {
        if (graph.Parameters.Count > 0 || graph.Updates.Count > 0)
        {
            throw new GraphException(
                "the body of an operation has no state of its own: it takes what it reads as operands");
        }

        if (graph.Sizes.FirstOrDefault() is { } size)
        {
            var (symbol, _, what) = size.Get<SetSizeAttributes>();
            throw new GraphException(
                $"{what} in the body of an operation: the size {symbol} would be another one each time; give it a fixed "
                + "number, or compute it outside");
        }

        Graph = graph;
        text = GraphPrinter.Print(graph);
    }

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <inheritdoc/>
    public bool Equals(Body? other) => ReferenceEquals(this, other) || (other is not null && text == other.text);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Body);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(text);

    /// <inheritdoc/>
    public override string ToString() => text;
}
