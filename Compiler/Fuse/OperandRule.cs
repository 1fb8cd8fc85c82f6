using Sinter.Compiler.Values;

namespace Sinter.Compiler.Fuse;

/// <summary>
/// Decides which operands of products get memory. An operand is a value like any other, computed where the product
/// reads it, unless writing it once and reading it back costs less.
/// </summary>
internal sealed class OperandRule
{
    // Simple operations that take as long as writing an element and reading it back.
    private const double Memory = 4;

    private readonly Graph graph;
    private readonly HashSet<Node> stored;
    private readonly Target target;
    private readonly Dictionary<Node, int> users;

    private OperandRule(Graph graph, HashSet<Node> stored, Target target)
    {
        this.graph = graph;
        this.stored = stored;
        this.target = target;
        users = Storage.Users(graph);
    }

    /// <summary>Adds to the stored nodes of a graph the operands of products that are better stored.</summary>
    public static void Store(Graph graph, HashSet<Node> stored, Target target)
    {
        var rule = new OperandRule(graph, stored, target);
        foreach (Node product in graph.Nodes.Where(node => node.Op == Op.Contraction))
        {
            rule.Visit(product, product.Inputs[0], product.Inputs[1]);
            rule.Visit(product, product.Inputs[1], product.Inputs[0]);
        }
    }

    /// <summary>The padding that nothing but products reads, through movement.</summary>
    public static HashSet<Node> ReadByProducts(Graph graph)
    {
        var others = new HashSet<Node>(graph.Roots);
        var result = new HashSet<Node>();
        foreach (Node node in graph.Nodes.Reverse())
        {
            if (node.Op == Op.Pad && !others.Contains(node))
            {
                result.Add(node);
            }

            bool passes = Evaluator.OnlyMoves(node) && !others.Contains(node);
            if (node.Op != Op.Contraction && !passes)
            {
                others.UnionWith(node.Inputs);
            }
        }

        return result;
    }

    private void Visit(Node product, Node operand, Node other)
    {
        Node source = ProductOperand.SourceOf(operand, stored.Contains);
        if (stored.Contains(source))
        {
            return;
        }

        // Positions that movement takes apart are walked once, not by every tile.
        if (Evaluator.OnlyMoves(source) || source.Op == Op.Concat)
        {
            stored.Add(source);
        }
        else if (StoringPays(source, Evaluations(product, operand, other)))
        {
            stored.Add(Computed(source));
        }
    }

    // Padding is never stored for its own sake: what stands in it is.
    private Node Computed(Node source)
    {
        Node node = source;
        while (node.Op == Op.Pad || Evaluator.OnlyMoves(node))
        {
            node = node.Inputs[0];
        }

        return stored.Contains(node) || OpTable.Row(node.Op).Kind == OpKind.Leaf ? source : node;
    }

    /// <summary>
    /// The decision: what is computed again, against writing and reading. Padding and conversions are part of reading
    /// and never stored for their own sake.
    /// </summary>
    /// <param name="source">What computes the operand's elements.</param>
    /// <param name="evaluations">How often the product computes one.</param>
    private bool StoringPays(Node source, double evaluations)
    {
        var reads = new HashSet<Node>();
        int work = Work(source, reads, []);
        if (work == 0)
        {
            return reads.Count == 0;
        }

        // What nobody else reads would be written for this alone: then rather the operand, in the kernel that makes it.
        bool insteadOf = reads.Any(read => !Storage.IsGiven(read) && users[read] == 1
            && read.Shape.ElementCount.Max * 2 >= source.Shape.ElementCount.Max);
        bool shared = users[source] > 1;
        return shared || insteadOf || work * (evaluations - 1) > Memory;
    }

    // Tiles of one operand pass by the other: so often its elements are computed, where nothing keeps them. What is no
    // product of matrices is a loop that computes them for each result.
    private double Evaluations(Node product, Node operand, Node other)
    {
        var attributes = product.Get<ContractionAttributes>();
        bool isLeft = operand == product.Inputs[0];
        double free = Extents(operand, isLeft ? attributes.LeftBatch : attributes.RightBatch,
            isLeft ? attributes.LeftContracted : attributes.RightContracted);
        double others = Extents(other, isLeft ? attributes.RightBatch : attributes.LeftBatch,
            isLeft ? attributes.RightContracted : attributes.LeftContracted);
        bool areMatrices = product.DType == DType.F32 && free > 1 && others > 1;
        return areMatrices ? Math.Max(1, Math.Ceiling(others / target.OperandReuse)) : others;
    }

    private static double Extents(Node operand, EquatableArray<int> batch, EquatableArray<int> contracted) =>
        ContractionAttributes.FreeAxes(operand.Shape.Rank, batch, contracted)
            .Aggregate(1.0, (n, axis) => n * operand.Shape[axis].Max);

    // Operations of one element, and what memory it reads.
    private int Work(Node node, HashSet<Node> reads, HashSet<Node> seen)
    {
        if (stored.Contains(node) || Storage.IsGiven(node))
        {
            reads.Add(node);
            return 0;
        }

        if (!seen.Add(node))
        {
            return 0;
        }

        int own = node.Op == Op.Cast ? 0 : OpTable.Row(node.Op).Cost;
        return Math.Min(1000, own + node.Inputs.Sum(input => Work(input, reads, seen)));
    }
}
