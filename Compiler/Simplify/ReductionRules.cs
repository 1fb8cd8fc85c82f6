using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Simplify;

/// <summary>
/// Rules of reductions. Merging two sums changes the order of additions, which is fixed again by the kernel that runs
/// them: results stay the same from run to run, not from one version of these rules to the next.
/// </summary>
internal static class ReductionRules
{
    private static readonly Op[] Reductions = [Op.Sum, Op.Product, Op.Max, Op.Min];

    public static IReadOnlyList<Rule> Table { get; } =
    [
        .. Each("reduce over nothing → x", OverNothing),
        .. Each("reduce over unit axes → reshape", OverUnitAxes),
        .. Each("reduce(reduce(x)) → reduce(x)", ReduceOfReduce),
        .. Each("reduce(reshape(x)) of unit axes → reshape(reduce(x))", ReduceOfReshape),
        new("sum(constant) → constant", Op.Sum, SumOfConstant),
        new("max(constant) → constant", Op.Max, ExtremeOfConstant),
        new("min(constant) → constant", Op.Min, ExtremeOfConstant),
        new("sum(broadcast(x)) → sum(x) * extent", Op.Sum, SumOfBroadcast),
        new("max(broadcast(x)) → max(x)", Op.Max, ExtremeOfBroadcast),
        new("min(broadcast(x)) → min(x)", Op.Min, ExtremeOfBroadcast),
        new("sum(broadcast(x) * broadcast(y)) → contraction(x, y)", Op.Sum, ProductRecognition.Contraction),
    ];

    private static IEnumerable<Rule> Each(string name, Func<Match, Node?> build) =>
        Reductions.Select(op => new Rule(name, op, build));

    private static EquatableArray<int> Axes(Match match) => match.Root.Get<ReduceAttributes>().Axes;

    private static Node? OverNothing(Match match) => Axes(match).Count == 0 ? match.Root.Inputs[0] : null;

    private static Node? OverUnitAxes(Match match)
    {
        Expression x = match.Expression(match.Root.Inputs[0]);
        int[] rest = Axes(match).Where(axis => x.Shape[axis] != 1).ToArray();
        if (rest.Length == Axes(match).Count)
        {
            return null;
        }

        return x.Reduce(match.Root.Op, rest).Reshape(match.Root.Shape).Node;
    }

    private static Node? ReduceOfReduce(Match match)
    {
        Node inner = match.Root.Inputs[0];
        if (inner.Op != match.Root.Op)
        {
            return null;
        }

        var first = inner.Get<ReduceAttributes>().Axes;
        Node x = inner.Inputs[0];
        int[] kept = Enumerable.Range(0, x.Shape.Rank).Where(axis => !first.Contains(axis)).ToArray();
        int[] both = [.. first, .. Axes(match).Select(axis => kept[axis])];
        return match.Expression(x).Reduce(match.Root.Op, both).Node;
    }

    private static Node? ReduceOfReshape(Match match)
    {
        Node inner = match.Root.Inputs[0];
        if (inner.Op != Op.Reshape || UnitAxes.Map(inner.Inputs[0].Shape, inner.Shape) is not { } map)
        {
            return null;
        }

        int[] axes = Axes(match).Select(axis => map[axis]).Where(axis => axis >= 0).ToArray();
        return match.Expression(inner.Inputs[0]).Reduce(match.Root.Op, axes).Reshape(match.Root.Shape).Node;
    }

    private static Node? SumOfConstant(Match match)
    {
        Node x = match.Root.Inputs[0];
        Dimension count = new Shape(Axes(match).Select(axis => x.Shape[axis])).ElementCount;
        bool known = count.IsStatic && Constants.SplatValue(x) is not null && x.DType is not (DType.F16 or DType.BF16);
        // A product of integers could leave the exact range of a double.
        if (!known || (x.DType.IsInteger() && Math.Abs(Constants.SplatValue(x)!.Value) * count.Value > int.MaxValue))
        {
            return null;
        }

        return Constants.Splat(x.DType, match.Root.Shape, Constants.SplatValue(x)!.Value * count.Value);
    }

    private static Node? ExtremeOfConstant(Match match)
    {
        Node x = match.Root.Inputs[0];
        bool some = Axes(match).All(axis => x.Shape[axis].Min > 0);
        return some && x.Attributes is ConstantAttributes { IsSplat: true } splat
            ? match.Builder.Make(Op.Constant, new ConstantAttributes(match.Root.Type, splat.Bits))
            : null;
    }

    private static Node? SumOfBroadcast(Match match)
    {
        if (Repeated(match) is not { } repeated)
        {
            return null;
        }

        Dimension count = new Shape(repeated.Select(axis => match.Root.Inputs[0].Shape[axis])).ElementCount;
        // A factor must be known now, and exact.
        if (!count.IsStatic || count.Value > 1 << 24 || match.Root.DType is DType.F16 or DType.BF16)
        {
            return null;
        }

        return (WithoutRepeats(match, repeated) * count.Value).Node;
    }

    private static Node? ExtremeOfBroadcast(Match match)
    {
        bool some = Axes(match).All(axis => match.Root.Inputs[0].Shape[axis].Min > 0);
        return some && Repeated(match) is { } repeated ? WithoutRepeats(match, repeated).Node : null;
    }

    // The reduced axes along which the operand repeats; null where there are none.
    private static int[]? Repeated(Match match)
    {
        Node inner = match.Root.Inputs[0];
        if (inner.Op != Op.Broadcast)
        {
            return null;
        }

        Shape from = inner.Inputs[0].Shape;
        int[] repeated = Axes(match).Where(axis => from[axis] == 1 && inner.Shape[axis] != 1).ToArray();
        return repeated.Length == 0 ? null : repeated;
    }

    // The same reduction over the operand before it repeated along these axes.
    private static Expression WithoutRepeats(Match match, int[] repeated)
    {
        Node inner = match.Root.Inputs[0];
        Shape small = new(inner.Shape.Select((d, axis) => repeated.Contains(axis) ? 1 : d));
        Expression x = match.Expression(inner.Inputs[0]).Broadcast(small);
        return x.Reduce(match.Root.Op, Axes(match));
    }
}
