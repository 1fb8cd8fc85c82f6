using Sinter.Compiler.Values;

namespace Sinter.Compiler.Fuse;

/// <summary>
/// Bounds what is computed in one place, so that text, and the depth of expressions, grow with the graph and in no
/// kernel: operands before users, whatever becomes too large is stored.
/// </summary>
internal sealed class WorkLimit
{
    // Far above what models fuse, far below what compilers of C# and of machine code take in one method, or passes can
    // follow on a stack of 1 MB: operations of one expression, and how deep they stand in one another.
    private const int MostOperations = 128;
    private const int MostDepth = 48;

    // Up to this many operations stand where text has no place for a local: under guards, and inside positions.
    private const int MostInPlace = 8;

    // A concatenation of more parts is a choice that is not made again for each user.
    private const int CheapParts = 4;

    private readonly HashSet<Node> stored;
    private readonly Dictionary<Node, int> users;
    private readonly Dictionary<Node, Work> work = [];

    private WorkLimit(Graph graph, HashSet<Node> stored)
    {
        this.stored = stored;
        users = Storage.Users(graph);
    }

    /// <summary>Adds to the stored nodes of a graph what keeps every expression small.</summary>
    public static void Store(Graph graph, HashSet<Node> stored)
    {
        var limit = new WorkLimit(graph, stored);
        foreach (Node node in graph.Nodes)
        {
            limit.Visit(node);
        }
    }

    private void Visit(Node node)
    {
        foreach (Node input in InPlace(node).Where(input => Of(input).Operations > MostInPlace))
        {
            Cut(input);
        }

        Work sum = Sum(node);
        if (sum.Operations > MostOperations || sum.Depth > MostDepth)
        {
            sum = CutOperands(node);
        }

        bool isShared = users.TryGetValue(node, out int uses) && uses > 1;
        bool isLong = node.Op == Op.Concat && node.Inputs.Count > CheapParts;
        if (isShared && !stored.Contains(node) && (isLong || sum.Operations > MostInPlace))
        {
            stored.Add(isLong ? node : Storage.Computed(node) ?? node);
            sum = Sum(node);
        }

        work[node] = sum;
    }

    // The largest operand first: the others may stay.
    private Work CutOperands(Node node)
    {
        Work sum = Sum(node);
        foreach (Node input in node.Inputs.Distinct().OrderByDescending(input => Of(input).Operations)
            .ThenByDescending(input => Of(input).Depth).ToArray())
        {
            Cut(input);
            sum = Sum(node);
            if (sum.Operations <= MostOperations / 2 && sum.Depth <= MostDepth / 2)
            {
                break;
            }
        }

        return sum;
    }

    // Stores what an operand computes; movement between that and the user is all that is left.
    private void Cut(Node node)
    {
        Storage.StoreComputed(node, stored);
        while (!stored.Contains(node) && Evaluator.OnlyMoves(node))
        {
            work[node] = Work.Moved;
            node = node.Inputs[0];
        }
    }

    private Work Of(Node node) => stored.Contains(node) || Storage.IsGiven(node) ? Work.None : work[node];

    // One element of each operand; concatenations choose once for each part, and read each elsewhere.
    private Work Sum(Node node)
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

    // The operands whose elements are computed under a guard, or inside a position.
    private static IEnumerable<Node> InPlace(Node node) => node.Op switch
    {
        Op.Pad or Op.Concat => node.Inputs,
        Op.Gather or Op.ScatterAdd => node.Inputs.Skip(1),
        Op.UpdateRows => node.Inputs.Skip(2),
        _ => [],
    };

    private readonly record struct Work(int Operations, int Depth)
    {
        public const int Large = 1 << 20;

        public static Work None => new(0, 0);

        public static Work Moved => new(1, 1);
    }
}
