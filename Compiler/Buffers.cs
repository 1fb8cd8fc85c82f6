using System.Globalization;
using Sinter.Compiler.Kernels;

namespace Sinter.Compiler;

/// <summary>The memory of stored nodes.</summary>
internal sealed class Buffers
{
    private readonly Dictionary<Node, Buffer> buffers = [];

    public Buffers(Graph graph, HashSet<Node> stored)
    {
        foreach (Node node in graph.Nodes.Where(stored.Contains))
        {
            string name = Prefix(node) + buffers.Count.ToString(CultureInfo.InvariantCulture);
            buffers.Add(node, new Buffer(name, node.DType, node.Shape.ElementCount));
        }
    }

    public Buffer Of(Node node) => buffers[node];

    // Only words of ours: a model's names stay in the table of ports.
    private static string Prefix(Node node) => node.Op switch
    {
        Op.Input => "input",
        Op.Parameter => "state",
        Op.Constant => "constant",
        _ => OpTable.Row(node.Op).Name,
    };
}
