using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Decompose;

/// <summary>
/// Cuts long sums with few results in two: partial results that threads share out, then their combination. Where to cut
/// depends on shapes alone, so results have the same bits for any number of threads; and shorter sums round less.
/// </summary>
public static class SplitReductions
{
    // Results of leading axes that are work for every thread as they are.
    private const long EnoughRows = 16;
    private const long MostParts = 64;
    private const long ShortestPart = 256;
    private const long LongReduction = 1 << 17;

    // Products of so few results fill no more than a tile or two.
    private const long FewProducts = 1024;
    private const long LongProduct = 8192;

    private static readonly RuleSet Rules = new(
    [
        .. new[] { Op.Sum, Op.Max, Op.Min, Op.Product }.Select(
            op => new Rule($"long {OpTable.Row(op).Name} → two", op, Reduction)),
        new Rule("long contraction → batch and sum", Op.Contraction, Contraction),
    ]);

    /// <summary>The same function; simplification would undo it, so it comes last.</summary>
    public static Graph Run(Graph graph, RewriteTrace? trace = null) => Rewriter.Rewrite(graph, Rules, trace);

    // Of neighbouring axes the first becomes (parts, rest): the rest is reduced with the others, then the parts.
    private static Node? Reduction(Match match)
    {
        Expression value = match.Expression(match.Root.Inputs[0]);
        int[] axes = match.Root.Get<ReduceAttributes>().Axes.ToArray();
        bool isRun = axes.Length > 0 && axes.Max() - axes.Min() == axes.Length - 1;
        if (!isRun || !IsStatic(value.Shape) || Count(value.Shape) < LongReduction)
        {
            return null;
        }

        int first = axes.Min();
        long parts = Parts(value.Shape[first].Value, axes.Aggregate(1L, (n, axis) => n * value.Shape[axis].Value));
        if (parts == 1 || Count(value.Shape.Range(0, first)) >= EnoughRows)
        {
            return null;
        }

        Expression split = ConvolutionWindows.SplitAxis(value, first, (int)parts);
        return split.Reduce(match.Root.Op, axes.Select(axis => axis + 1).ToArray()).Reduce(match.Root.Op, [first]).Node;
    }

    // The first contracted axis becomes (parts, rest) in both operands, and its parts a batch axis to sum over.
    private static Node? Contraction(Match match)
    {
        var own = match.Root.Get<ContractionAttributes>();
        Expression left = match.Expression(match.Root.Inputs[0]);
        Expression right = match.Expression(match.Root.Inputs[1]);
        if (own.LeftContracted.Count == 0 || !IsStatic(left.Shape) || !IsStatic(right.Shape)
            || Count(match.Root.Shape) > FewProducts)
        {
            return null;
        }

        int a = own.LeftContracted[0];
        int b = own.RightContracted[0];
        long depth = own.LeftContracted.Aggregate(1L, (n, axis) => n * left.Shape[axis].Value);
        long parts = Parts(left.Shape[a].Value, depth);
        if (parts == 1 || depth < LongProduct)
        {
            return null;
        }

        Expression products = ConvolutionWindows.SplitAxis(left, a, (int)parts).Contract(
            ConvolutionWindows.SplitAxis(right, b, (int)parts),
            [.. Behind(own.LeftBatch, a), a], [.. Behind(own.RightBatch, b), b],
            [a + 1, .. Behind(own.LeftContracted, a).Skip(1)], [b + 1, .. Behind(own.RightContracted, b).Skip(1)]);
        return products.Reduce(Op.Sum, [own.LeftBatch.Count]).Node;
    }

    // Axes as they count once the axis at a position has become two.
    private static IEnumerable<int> Behind(IEnumerable<int> axes, int split) =>
        axes.Select(axis => axis > split ? axis + 1 : axis);

    private static long Parts(long extent, long reduced) =>
        Enumerable.Range(1, (int)MostParts).Where(n => extent % n == 0 && (n == 1 || reduced / n >= ShortestPart))
            .Max();

    private static bool IsStatic(Shape shape) => shape.All(extent => extent.IsStatic);

    private static long Count(IEnumerable<Dimension> shape) => shape.Aggregate(1L, (n, extent) => n * extent.Value);
}
