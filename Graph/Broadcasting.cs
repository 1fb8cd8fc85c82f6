namespace Sinter;

/// <summary>Gives operands a common shape by the rules of NumPy and PyTorch, as explicit nodes.</summary>
public static class Broadcasting
{
    /// <summary>An elementwise operation on broadcast operands.</summary>
    public static Node Binary(Op op, Node left, Node right)
    {
        GraphBuilder builder = GraphBuilder.Of(left.Given(), right.Given());
        Shape shape = Common(left.Shape, right.Shape) ?? CommonShape(builder, op, left, right);
        return builder.MakeOf(op, NoAttributes.Instance, [To(builder, left, shape), To(builder, right, shape)]);
    }

    /// <summary>The node broadcast to a shape of at least its rank; itself where nothing changes.</summary>
    public static Node To(GraphBuilder builder, Node node, Shape shape)
    {
        if (node.Shape.Equals(shape))
        {
            return node;
        }

        int missing = shape.Rank - node.Shape.Rank;
        if (missing > 0)
        {
            var extents = new Dimension[shape.Rank];
            for (int axis = 0; axis < extents.Length; axis++)
            {
                extents[axis] = axis < missing ? 1 : node.Shape[axis - missing];
            }

            node = builder.MakeOf(Op.Reshape, new ShapeAttributes(Shape.Of(extents)), [node]);
        }

        return node.Shape.Equals(shape) ? node : builder.MakeOf(Op.Broadcast, new ShapeAttributes(shape), [node]);
    }

    /// <summary>The shape to which all operands broadcast.</summary>
    /// <exception cref="GraphException">There is none; the message names the operation and every operand.</exception>
    public static Shape CommonShape(GraphBuilder builder, Op op, params Node[] operands)
    {
        Shape? common = operands[0].Shape;
        for (int i = 1; i < operands.Length && common is not null; i++)
        {
            common = Common(common, operands[i].Shape);
        }

        if (common is null)
        {
            string shapes = string.Join(" and ", operands.Select(o => o.Shape.ToString()));
            string ranges = DifferentRanges(operands);
            throw builder.Error($"cannot broadcast {shapes} to one shape{ranges}", OpTable.Row(op).Name, operands);
        }

        return common;
    }

    /// <summary>The shape to which both broadcast, where there are no operands that have just these shapes.</summary>
    internal static Shape CommonShape(GraphBuilder builder, Op op, Shape left, Shape right) =>
        Common(left, right) ?? CommonShape(
            builder, op, Constants.Splat(DType.Bool, left, 0), Constants.Splat(DType.Bool, right, 0));

    /// <summary>The shape to which both broadcast, or null.</summary>
    internal static Shape? Common(Shape left, Shape right)
    {
        if (left.Equals(right))
        {
            return left;
        }

        var extents = new Dimension[Math.Max(left.Rank, right.Rank)];
        for (int axis = 0; axis < extents.Length; axis++)
        {
            Dimension a = Extent(left, axis - (extents.Length - left.Rank));
            Dimension b = Extent(right, axis - (extents.Length - right.Rank));
            if (a != 1 && b != 1 && a != b)
            {
                return null;
            }

            extents[axis] = a == 1 ? b : a;
        }

        return Shape.Of(extents);
    }

    /// <summary>Says which symbols of one name have different ranges, where shapes that print alike do not
    /// fit.</summary>
    internal static string DifferentRanges(params Node[] operands)
    {
        var clashes = operands.SelectMany(operand => operand.Shape).SelectMany(extent => extent.Symbols).Distinct()
            .GroupBy(symbol => symbol.Name, StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => $"symbol {group.Key} is declared with different ranges: "
                + string.Join(" and ", group.Select(s => FormattableString.Invariant($"{s.Min}..{s.Max}"))));
        string text = string.Join("; ", clashes);
        return text.Length == 0 ? "" : "; " + text;
    }

    private static Dimension Extent(Shape shape, int axis) => axis < 0 ? 1 : shape[axis];
}
