using Sinter.Compiler.Kernels;

namespace Sinter.Compiler.Fuse;

/// <summary>
/// Decides which nodes get memory of their own. All others exist only as expressions inside the kernels that use them.
/// </summary>
public static class Storage
{
    // Up to this many simple operations are cheaper to repeat for each user than to write and read back.
    private const int RepeatedCost = 3;

    // Far above what models fuse, far below what compilers of C# and of machine code take in one method, or passes can
    // follow on a stack of 1 MB: operations of one kernel, and how deep they stand in one another.
    private const int MostOperations = 128;
    private const int MostDepth = 48;

    // Up to this many operations stand where text has no place for a local: under guards, and inside positions.
    private const int MostInPlace = 8;

    // A concatenation of more parts is a choice that is not made again for each user.
    private const int CheapParts = 4;

    /// <summary>Operations that a kernel may be made of; what would join it beyond them becomes a kernel of its
    /// own.</summary>
    internal const int MostFused = 192;

    /// <summary>The stored nodes of a graph, inputs, parameters and dense constants included.</summary>
    public static HashSet<Node> Decide(Graph graph)
    {
        var stored = new HashSet<Node>(graph.Roots);
        foreach (Node node in graph.Nodes)
        {
            if (MustStore(node))
            {
                stored.Add(node);
            }

            if (node.Op is Op.Pad or Op.Concat)
            {
                // A guarded value is computed where it is used; only plain reads are cheap enough for that.
                stored.UnionWith(node.Inputs.Where(input => OpTable.Row(input.Op).Kind == OpKind.Elementwise));
            }

            if (node.Op == Op.Contraction)
            {
                StoreOperand(node.Inputs[0], stored);
                StoreOperand(node.Inputs[1], stored);
            }
        }

        StoreSharedWork(graph, stored);
        StoreLargeWork(graph, stored);
        return stored;
    }

    /// <summary>Whether a node's memory is given, not computed: inputs, state, and constants with a value for each
    /// element.</summary>
    public static bool IsGiven(Node node) =>
        node.Op is Op.Input or Op.Parameter || node.Attributes is ConstantAttributes { IsSplat: false };

    private static bool MustStore(Node node) => node.Op switch
    {
        _ when IsGiven(node) => true,
        Op.Gather => true,
        _ => OpTable.Row(node.Op).Kind is OpKind.Reduction or OpKind.Product || node.Op == Op.ScatterAdd,
    };

    /// <summary>A product reads memory: through movement only, at positions that are plain sums of its loops.</summary>
    private static void StoreOperand(Node operand, HashSet<Node> stored)
    {
        Node source = operand;
        while (!stored.Contains(source) && !MustStore(source) && OnlyMoves(source))
        {
            source = source.Inputs[0];
        }

        stored.Add(source);
        var position = operand.Shape.Select((extent, i) => (Index)new LoopVariable("i" + i, extent)).ToArray();
        var evaluator = new Evaluator(stored.Contains, []);
        bool plain = evaluator.At(operand, position) is Access access
            && Evaluator.Linear(access.Position, access.Node.Shape)
                .Terms.All(term => term.Atom is null or VariableAtom);
        if (!plain)
        {
            stored.Add(operand);
        }
    }

    private static bool OnlyMoves(Node node) =>
        OpTable.Row(node.Op).Kind == OpKind.Movement && node.Op is not (Op.Pad or Op.Concat);

    // Walks users before operands, so that the cost of a node counts what its unstored operands add.
    private static void StoreSharedWork(Graph graph, HashSet<Node> stored)
    {
        var users = new Dictionary<Node, int>();
        foreach (Node input in graph.Nodes.SelectMany(node => node.Inputs.Distinct()))
        {
            users[input] = users.TryGetValue(input, out int count) ? count + 1 : 1;
        }

        // The work of computing one element where nothing below is stored; broadcasts repeat it for every copy.
        var cost = new Dictionary<Node, int>();
        foreach (Node node in graph.Nodes)
        {
            int own = Cost(node) + node.Inputs.Where(input => !stored.Contains(input)).Sum(input => cost[input]);
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

    // Bounds what is computed in one place, so that text, and the depth of expressions, grow with the graph and in no
    // kernel: operands before users, whatever becomes too large is stored.
    private static void StoreLargeWork(Graph graph, HashSet<Node> stored)
    {
        var users = new Dictionary<Node, int>();
        foreach (Node input in graph.Nodes.SelectMany(node => node.Inputs.Distinct()))
        {
            users[input] = users.TryGetValue(input, out int count) ? count + 1 : 1;
        }

        var work = new Dictionary<Node, Work>();
        foreach (Node node in graph.Nodes)
        {
            foreach (Node input in InPlace(node).Where(input => Of(input).Operations > MostInPlace))
            {
                StoreComputed(input, stored);
                Forget(input);
            }

            Work sum = Sum(node);
            if (sum.Operations > MostOperations || sum.Depth > MostDepth)
            {
                // The largest operand first: the others may stay.
                foreach (Node input in node.Inputs.Distinct().OrderByDescending(input => Of(input).Operations)
                    .ThenByDescending(input => Of(input).Depth).ToArray())
                {
                    StoreComputed(input, stored);
                    Forget(input);
                    sum = Sum(node);
                    if (sum.Operations <= MostOperations / 2 && sum.Depth <= MostDepth / 2)
                    {
                        break;
                    }
                }
            }

            bool isShared = users.TryGetValue(node, out int uses) && uses > 1;
            bool isLong = node.Op == Op.Concat && node.Inputs.Count > CheapParts;
            if (isShared && !stored.Contains(node) && (isLong || sum.Operations > MostInPlace))
            {
                stored.Add(isLong ? node : Computed(node) ?? node);
                sum = Sum(node);
            }

            work[node] = sum;
        }

        Work Of(Node node) => stored.Contains(node) || IsGiven(node) ? Work.None : work[node];

        // One element of each operand; concatenations choose once for each part, and read each elsewhere.
        Work Sum(Node node)
        {
            int operations = node.Op == Op.Concat ? node.Inputs.Count : 1;
            int depth = 0;
            foreach (Node input in node.Op == Op.Concat ? node.Inputs : node.Inputs.Distinct())
            {
                Work own = Of(input);
                operations = Math.Min(operations + own.Operations, Work.Large);
                depth = Math.Max(depth, own.Depth);
            }

            return new Work(operations, depth + (node.Op == Op.Concat ? node.Inputs.Count : 1));
        }

        // Movement between what is stored now and its user.
        void Forget(Node node)
        {
            while (!stored.Contains(node) && OnlyMoves(node))
            {
                work[node] = Work.Moved;
                node = node.Inputs[0];
            }
        }
    }

    private readonly record struct Work(int Operations, int Depth)
    {
        public const int Large = 1 << 20;

        public static Work None => new(0, 0);

        public static Work Moved => new(1, 1);
    }

    // The operands whose elements are computed under a guard, or inside a position.
    private static IEnumerable<Node> InPlace(Node node) => node.Op switch
    {
        Op.Pad or Op.Concat => node.Inputs,
        Op.Gather or Op.ScatterAdd => node.Inputs.Skip(1),
        _ => [],
    };

    private static Node? Computed(Node node)
    {
        while (OnlyMoves(node))
        {
            node = node.Inputs[0];
        }

        return OpTable.Row(node.Op).Kind == OpKind.Leaf ? null : node;
    }

    private static void StoreComputed(Node node, HashSet<Node> stored)
    {
        if (Computed(node) is { } computed)
        {
            stored.Add(computed);
        }
    }

    private static int Cost(Node node) => node.Op switch
    {
        Op.RandomBits => 40,
        Op.Exp or Op.Expm1 or Op.Log or Op.Log1p or Op.Sin or Op.Cos or Op.Tanh or Op.Sigmoid or Op.Erf or Op.Power =>
            10,
        Op.Divide or Op.Sqrt or Op.Rsqrt or Op.Reciprocal or Op.Remainder => 4,
        _ => OpTable.Row(node.Op).Kind == OpKind.Elementwise ? 1 : 0,
    };
}
