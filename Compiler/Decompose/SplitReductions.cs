using Sinter.Compiler.Kernels;
using Sinter.Compiler.Rewriting;
using Sinter.Compiler.Values;

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

    // Of neighbouring axes the first becomes (parts, rest): the rest is reduced with the others, then the parts. Where
    // a run says the first extent, it is all parts if the others are long; if not, equal parts are cut off it, and what
    // that leaves is reduced by itself.
    private static Node? Reduction(Match match)
    {
        Expression value = match.Expression(match.Root.Inputs[0]);
        Op op = match.Root.Op;
        int[] axes = match.Root.Get<ReduceAttributes>().Axes.OrderBy(axis => axis).ToArray();
        bool isRun = axes.Length > 0 && axes[axes.Length - 1] - axes[0] == axes.Length - 1;
        if (!isRun || Count(value.Shape) < LongReduction || Count(value.Shape.Range(0, axes[0])) >= EnoughRows)
        {
            return null;
        }

        int first = axes[0];
        Dimension extent = value.Shape[first];
        if (!extent.IsStatic)
        {
            double others = Usual.Count(axes.Skip(1).Select(axis => value.Shape[axis]));
            return others >= ShortestPart ? value.Reduce(op, axes.Skip(1).ToArray()).Reduce(op, [first]).Node
                : others * Usual.Of(extent) >= MostParts * ShortestPart ? Cut(value, op, axes) : null;
        }

        double reduced = Count(axes.Select(axis => value.Shape[axis]));
        long parts = IsStatic(value.Shape) ? Parts(extent.Value, (long)reduced) : 1;
        return parts == 1 ? null : InParts(value, op, axes, (int)parts).Node;
    }

    private static Expression InParts(Expression value, Op op, int[] axes, int parts) =>
        ConvolutionWindows.SplitAxis(value, axes[0], parts)
            .Reduce(op, axes.Select(axis => axis + 1).ToArray()).Reduce(op, [axes[0]]);

    private static Node Cut(Expression value, Op op, int[] axes)
    {
        Dimension whole = value.Shape[axes[0]] / MostParts * MostParts;
        Expression Range(Dimension from, Dimension extent) => value.Make(Op.Slice, new SliceAttributes(
            new EquatableArray<Dimension>(value.Shape.Select((_, axis) => axis == axes[0] ? from : 0)),
            new Shape(value.Shape.Select((own, axis) => axis == axes[0] ? extent : own)),
            new EquatableArray<long>(value.Shape.Select(_ => 1L))));
        Expression rest = Range(whole, value.Shape[axes[0]] - whole).Reduce(op, axes);
        return InParts(Range(0, whole), op, axes, (int)MostParts).Make(Joining(op), rest).Node;
    }

    private static Op Joining(Op op) => op switch
    {
        Op.Sum => Op.Add,
        Op.Product => Op.Multiply,
        Op.Max => Op.Maximum,
        _ => Op.Minimum,
    };

    // The first contracted axis becomes (parts, rest) in both operands, and its parts a batch axis to sum over; where a
    // run says its extent, it is all parts.
    private static Node? Contraction(Match match)
    {
        var own = match.Root.Get<ContractionAttributes>();
        Expression left = match.Expression(match.Root.Inputs[0]);
        Expression right = match.Expression(match.Root.Inputs[1]);
        Dimension[] contracted = own.LeftContracted.Select(axis => left.Shape[axis]).ToArray();
        if (contracted.Length == 0 || Count(match.Root.Shape) > FewProducts || Count(contracted) < LongProduct)
        {
            return null;
        }

        int a = own.LeftContracted[0];
        int b = own.RightContracted[0];
        if (!contracted[0].IsStatic)
        {
            return Usual.Count(contracted.Skip(1)) < ShortestPart ? null : left.Contract(
                right, [.. own.LeftBatch, a], [.. own.RightBatch, b],
                [.. own.LeftContracted.Skip(1)], [.. own.RightContracted.Skip(1)])
                .Reduce(Op.Sum, [own.LeftBatch.Count]).Node;
        }

        bool isStatic = IsStatic(left.Shape) && IsStatic(right.Shape);
        long parts = isStatic ? Parts(contracted[0].Value, (long)Count(contracted)) : 1;
        if (parts == 1)
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

    // At the symbols' largest values.
    private static double Count(IEnumerable<Dimension> shape) =>
        shape.Aggregate(1.0, (n, extent) => n * extent.Max);
}
