using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Scans;

/// <summary>Makes a graph again, operands before users, with other nodes for some.</summary>
internal sealed class Rebuilding
{
    private readonly Graph graph;
    private readonly Dictionary<Node, Node> made = [];

    /// <summary>Nothing is made yet.</summary>
    public Rebuilding(Graph graph)
    {
        this.graph = graph;
        Builder = Builders.Of(graph.Nodes);
    }

    /// <summary>The graph's builder.</summary>
    public GraphBuilder Builder { get; }

    /// <summary>What a node has become.</summary>
    public Node this[Node node] => made[node];

    /// <summary>Makes every node.</summary>
    /// <param name="other">What stands for a node, given its new operands; null for the same operation.</param>
    public Graph Run(Func<Node, Node[], Node?> other)
    {
        foreach (Node node in graph.Nodes)
        {
            Node[] operands = [.. node.Inputs.Select(input => made[input])];
            bool same = node.Op == Op.Input
                || (node.Owner == Builder && !operands.Where((operand, i) => operand != node.Inputs[i]).Any());
            using IDisposable scope = Builder.EnterPath(node.ModulePath);
            made.Add(node, other(node, operands)
                ?? (same ? node : Builder.Make(node.Op, node.Attributes, operands)));
        }

        return new Graph(
            graph.Name, graph.Inputs, [.. graph.Outputs.Select(output => output with { Node = made[output.Node] })],
            [.. graph.Updates.Select(update => new Update(made[update.Parameter], made[update.Value]))],
            [.. graph.Sizes.Select(size => made[size])]);
    }
}
