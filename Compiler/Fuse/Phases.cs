namespace Sinter.Compiler.Fuse;

/// <summary>
/// In what order nodes can be computed where a run computes sizes: in phase 0 without any of them, in each later phase
/// when the sizes of those before are known. Phases follow from operands and from the symbols that nodes name.
/// </summary>
internal sealed class Phases
{
    private readonly Dictionary<Node, int> phases = [];

    /// <summary>The phases of a graph's nodes.</summary>
    public Phases(Graph graph)
    {
        if (graph.Sizes.Count == 0)
        {
            return;
        }

        Dictionary<Symbol, Node> sizes = graph.Sizes.ToDictionary(size => size.Get<SetSizeAttributes>().Symbol);
        foreach (Node node in graph.Nodes)
        {
            int phase = node.Inputs.Select(input => phases[input]).DefaultIfEmpty(0).Max();
            foreach (Symbol symbol in node.Symbols)
            {
                phase = sizes.TryGetValue(symbol, out Node? size) ? Math.Max(phase, phases[size] + 1) : phase;
            }

            phases.Add(node, phase);
        }
    }

    /// <summary>The phase of a node.</summary>
    public int this[Node node] => phases.TryGetValue(node, out int phase) ? phase : 0;

    /// <summary>Nodes by phase, otherwise in the order given.</summary>
    public IEnumerable<Node> InOrder(IEnumerable<Node> nodes) =>
        phases.Count == 0 ? nodes : nodes.OrderBy(node => this[node]);
}
