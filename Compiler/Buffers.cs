using System.Globalization;
using Sinter.Compiler.Values;

namespace Sinter.Compiler;

/// <summary>The memory of stored nodes.</summary>
internal sealed class Buffers
{
    private readonly Dictionary<Node, Buffer> buffers = [];

    /// <param name="graph">The graph.</param>
    /// <param name="stored">The nodes that have memory.</param>
    /// <param name="given">Memory that stands outside the graph already: what it is given, or where results
    /// go.</param>
    public Buffers(Graph graph, HashSet<Node> stored, IReadOnlyDictionary<Node, Buffer> given)
    {
        foreach (var pair in given)
        {
            buffers.Add(pair.Key, pair.Value);
        }

        foreach (Node node in graph.Nodes.Where(node => stored.Contains(node) && node.Attributes is not BodyAttributes
            && !given.ContainsKey(node)))
        {
            string name = Prefix(node) + buffers.Count.ToString(CultureInfo.InvariantCulture);
            buffers.Add(node, new Buffer(name, node.DType, node.Shape.ElementCount));
        }
    }

    /// <summary>The memory of a node. A reshaped one is its operand's, element by element.</summary>
    public Buffer Of(Node node)
    {
        Buffer? buffer;
        while (!buffers.TryGetValue(node, out buffer) && node.Op == Op.Reshape)
        {
            node = node.Inputs[0];
        }

        return buffer ?? throw new InvalidOperationException($"internal error: {node} has no memory");
    }

    // Only words of ours: a model's names stay in the table of ports.
    private static string Prefix(Node node) => node.Op switch
    {
        Op.Input => "input",
        Op.Parameter => "state",
        Op.Constant => "constant",
        _ => OpTable.Row(node.Op).Name,
    };
}
