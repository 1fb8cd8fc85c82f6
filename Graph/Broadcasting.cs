namespace Sinter;

/// <summary>Gives operands a common shape by the rules of NumPy and PyTorch, as explicit nodes.</summary>
public static class Broadcasting
{
    /// <summary>An elementwise operation on broadcast operands.</summary>
    public static Node Binary(Op op, Node left, Node right)
    {
        GraphBuilder builder = GraphBuilder.Of(left, right);
        Shape shape = CommonShape(builder, op, left, right);
        return builder.Make(op, NoAttributes.Instance, To(builder, left, shape), To(builder, right, shape));
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
            var ones = new Shape(Enumerable.Repeat((Dimension)1, missing));
            node = builder.Make(Op.Reshape, new ShapeAttributes(ones.Concat(node.Shape)), node);
        }

        return node.Shape.Equals(shape) ? node : builder.Make(Op.Broadcast, new ShapeAttributes(shape), node);
    }

    /// <summary>The shape to which all operands broadcast.</summary>
    /// <exception cref="GraphException">There is none; the message names the operation and every operand.</exception>
    public static Shape CommonShape(GraphBuilder builder, Op op, params Node[] operands)
    {
        int rank = operands.Max(o => o.Shape.Rank);
        var extents = new Dimension[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            extents[axis] = 1;
            foreach (Node operand in operands)
            {
                int own = axis - (rank - operand.Shape.Rank);
                Dimension extent = own < 0 ? 1 : operand.Shape[own];
                if (extents[axis] == 1)
                {
                    extents[axis] = extent;
                }
                else if (extent != 1 && extent != extents[axis])
                {
                    string shapes = string.Join(" and ", operands.Select(o => o.Shape.ToString()));
                    throw builder.Error($"cannot broadcast {shapes} to one shape", OpTable.Row(op).Name, operands);
                }
            }
        }

        return new Shape(extents);
    }
}
