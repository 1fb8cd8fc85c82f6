namespace Sinter;

/// <summary>Numbers given to nodes of one builder, and to inputs of others that a graph may declare.</summary>
internal sealed class NodeNumbers(GraphBuilder builder)
{
    // Number + 1 by the builder's own number: a table keyed by nodes would be ten times as large.
    private readonly int[] own = new int[builder.NodeCount];
    private readonly Dictionary<Node, int> foreign = [];

    /// <summary>The number of the builder's nodes.</summary>
    public int Capacity => own.Length;

    /// <summary>Whether the node has a number.</summary>
    public bool Contains(Node node) => node.Owner == builder ? own[node.Id] != 0 : foreign.ContainsKey(node);

    /// <summary>The number of a node that has one.</summary>
    public int this[Node node]
    {
        get => node.Owner == builder ? own[node.Id] - 1 : foreign[node];
        set
        {
            if (node.Owner == builder)
            {
                own[node.Id] = value + 1;
            }
            else
            {
                foreign[node] = value;
            }
        }
    }
}
