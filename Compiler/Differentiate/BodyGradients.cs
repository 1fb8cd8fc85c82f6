namespace Sinter.Compiler.Differentiate;

/// <summary>Collects the gradients of results of operations with bodies: those of their operands need all of
/// them.</summary>
/// <param name="builder">Where gradients are made.</param>
internal sealed class BodyGradients(GraphBuilder builder)
{
    private readonly Dictionary<Node, Node?[]> results = [];

    /// <summary>Notes the whole gradient of one result.</summary>
    public void Add(Node result, Node gradient)
    {
        Node node = result.Inputs[0];
        if (!results.TryGetValue(node, out Node?[]? all))
        {
            all = new Node?[node.Get<BodyAttributes>().Results];
            results.Add(node, all);
        }

        all[result.Get<ResultAttributes>().Index] = gradient;
    }

    /// <summary>The gradients of an operation's operands, for all results noted; null where none flows.</summary>
    /// <param name="node">The operation.</param>
    /// <param name="isWanted">Whether an operand's gradient is wanted.</param>
    public Node?[] Operands(Node node, Func<Node, bool> isWanted) => !results.TryGetValue(node, out Node?[]? gradients)
        ? new Node?[node.Inputs.Count]
        : node.Op == Op.Scan
            ? ScanGradients.Operands(builder, node, gradients, isWanted)
            : CondGradients.Operands(builder, node, gradients, isWanted);
}
