using Sinter.Compiler.Values;

namespace Sinter.Compiler.Fuse;

/// <summary>
/// Decides which nodes get memory of their own. All others exist only as expressions inside the kernels that use them.
/// </summary>
public static class Storage
{
    // Up to this many simple operations are cheaper to repeat for each user than to write and read back.
    private const int RepeatedCost = 3;

    /// <summary>Operations that a kernel may be made of; what would join it beyond them becomes a kernel of its
    /// own.</summary>
    internal const int MostFused = 192;

    /// <summary>The stored nodes of a graph, inputs, parameters and dense constants included.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="target">What computing costs, against memory.</param>
    public static HashSet<Node> Decide(Graph graph, Target target)
    {
        var stored = new HashSet<Node>(graph.Roots);
        HashSet<Node> products = OperandRule.ReadByProducts(graph);
        foreach (Node node in graph.Nodes)
        {
            if (MustStore(node))
            {
                stored.Add(node);
            }

            if (node.Op is Op.Pad or Op.Concat && !products.Contains(node))
            {
                // A guarded value is computed where it is used; only plain reads are cheap enough for that, except in
                // products, which compute their operands' borders apart.
                stored.UnionWith(node.Inputs.Where(input => OpTable.Row(input.Op).Kind == OpKind.Elementwise));
            }

            if (node.Attributes is BodyAttributes)
            {
                stored.UnionWith(node.Inputs.Select(Whole));
            }

            if (node.Op == Op.NonZero)
            {
                // Read to count in each block, and again to write.
                StoreComputed(node.Inputs[0], stored);
            }

            if (node.Op == Op.UpdateRows)
            {
                // It becomes the result, in place or by a copy.
                stored.Add(node.Inputs[0]);
            }
        }

        StoreSharedWork(graph, stored);

        // Limited first: what decides about operands may follow expressions to their ends then.
        WorkLimit.Store(graph, stored);
        OperandRule.Store(graph, stored, target);
        return stored;
    }

    /// <summary>Whether a node's memory is given, not computed: inputs, state, and constants with a value for each
    /// element.</summary>
    public static bool IsGiven(Node node) =>
        node.Op is Op.Input or Op.Parameter || node.Attributes is ConstantAttributes { IsSplat: false };

    /// <summary>What a loop or branch reads from memory as it lies there: a reshaped value lies like its
    /// operand.</summary>
    internal static Node Whole(Node node)
    {
        while (node.Op == Op.Reshape)
        {
            node = node.Inputs[0];
        }

        return node;
    }

    private static bool MustStore(Node node) => node.Op switch
    {
        _ when IsGiven(node) => true,
        Op.Gather or Op.Scan or Op.Cond or Op.Result => true,

        // A rate in double precision: once a run, not for each element, for which many devices take long.
        Op.Cast when node.Inputs[0].DType == DType.F64 => node.Shape.Rank == 0 && node.DType != DType.F64,
        _ => OpTable.Row(node.Op).Kind is OpKind.Reduction or OpKind.Product
            || node.Op is Op.ScatterAdd or Op.UpdateRows or Op.NonZero or Op.SetSize,
    };

    /// <summary>How many nodes read each node.</summary>
    internal static Dictionary<Node, int> Users(Graph graph)
    {
        var users = new Dictionary<Node, int>();
        foreach (Node input in graph.Nodes.SelectMany(node => node.Inputs.Distinct()))
        {
            users[input] = users.TryGetValue(input, out int count) ? count + 1 : 1;
        }

        return users;
    }

    // Walks users before operands, so that the cost of a node counts what its unstored operands add.
    private static void StoreSharedWork(Graph graph, HashSet<Node> stored)
    {
        Dictionary<Node, int> users = Users(graph);

        // The work of computing one element where nothing below is stored; broadcasts repeat it for every copy.
        var cost = new Dictionary<Node, int>();
        foreach (Node node in graph.Nodes)
        {
            int own = OpTable.Row(node.Op).Cost + node.Inputs.Where(input => !stored.Contains(input)).Sum(input => cost[input]);
            bool shared = users.TryGetValue(node, out int count) && count > 1;
            bool elementwise = OpTable.Row(node.Op).Kind == OpKind.Elementwise;
            bool repeated = node.Op is Op.Broadcast or Op.Window && !stored.Contains(node.Inputs[0])
                && own > RepeatedCost;
            if (repeated && !node.Inputs[0].Shape.ElementCount.Equals((Dimension)1))
            {
                StoreComputed(node.Inputs[0], stored);
                own = 0;
            }

            if (shared && elementwise && own > RepeatedCost)
            {
                stored.Add(node);
            }

            cost.Add(node, Math.Min(own, 1000));
        }
    }

    /// <summary>What computes the elements that a node moves; null where they are given.</summary>
    internal static Node? Computed(Node node)
    {
        while (Evaluator.OnlyMoves(node))
        {
            node = node.Inputs[0];
        }

        return OpTable.Row(node.Op).Kind == OpKind.Leaf ? null : node;
    }

    /// <summary>Gives memory to what computes the elements that a node moves.</summary>
    internal static void StoreComputed(Node node, HashSet<Node> stored)
    {
        if (Computed(node) is { } computed)
        {
            stored.Add(computed);
        }
    }
}
