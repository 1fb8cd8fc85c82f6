using Sinter.Compiler.Decompose;

namespace Sinter.Compiler.Specs;

/// <summary>How far a graph has come: each stage has fewer operations than the one before.</summary>
public enum GraphStage
{
    /// <summary>As built, simplified or differentiated.</summary>
    Built,

    /// <summary>After decomposition: primitives only.</summary>
    Decomposed,
}

/// <summary>The law of graphs, checked between passes under test.</summary>
public static class GraphSpec
{
    /// <summary>
    /// Checks that operands come before users, all of one builder, that every type is what the operation table infers,
    /// and that the stage allows every operation.
    /// </summary>
    /// <exception cref="InvalidOperationException">A pass broke the law; the message names graph, node and module
    /// path.</exception>
    public static void Check(Graph graph, GraphStage stage = GraphStage.Built)
    {
        var seen = new HashSet<Node>();
        GraphBuilder? builder = graph.Nodes.FirstOrDefault(node => node.Owner is not null)?.Owner;
        foreach (Node node in graph.Nodes)
        {
            CheckNode(graph, node, builder, seen);
            if (stage == GraphStage.Decomposed && Decomposer.Removed.Contains(node.Op))
            {
                throw Broken(graph, node, "this operation should have been decomposed");
            }

            seen.Add(node);
            foreach (Body body in node.Attributes is BodyAttributes inside ? inside.Bodies : [])
            {
                Check(body.Graph, stage);
            }
        }

        foreach (Node input in graph.Nodes.Where(node => node.Op == Op.Input && !graph.Inputs.Contains(node)))
        {
            throw Broken(graph, input, "the input is not part of the signature");
        }
    }

    private static void CheckNode(Graph graph, Node node, GraphBuilder? builder, HashSet<Node> seen)
    {
        if (node.Owner is not null && node.Owner != builder)
        {
            throw Broken(graph, node, "the node is of another builder");
        }

        foreach (Node input in node.Inputs)
        {
            if (!seen.Contains(input))
            {
                throw Broken(graph, node, $"operand %{input.Id} comes later");
            }
        }

        TensorType inferred = Infer(graph, node);
        if (inferred != node.Type)
        {
            throw Broken(graph, node, $"the type should be {inferred}");
        }
    }

    private static TensorType Infer(Graph graph, Node node)
    {
        OpRow row = OpTable.Row(node.Op);
        bool arityFits = row.Arity == node.Inputs.Count || (row.Arity < 0 && node.Inputs.Count > 0);
        if (!arityFits || node.Attributes.GetType() != row.Attributes)
        {
            throw Broken(graph, node, $"wants {row.Arity} operands and {row.Attributes.Name}");
        }

        try
        {
            return row.Infer(node.Inputs, node.Attributes);
        }
        catch (GraphException error)
        {
            throw Broken(graph, node, error.Reason);
        }
    }

    private static InvalidOperationException Broken(Graph graph, Node node, string reason)
    {
        string path = node.ModulePath.Length == 0 ? "" : $" in {node.ModulePath}";
        return new InvalidOperationException($"internal error: graph '{graph.Name}', {node}{path}: {reason}");
    }
}
