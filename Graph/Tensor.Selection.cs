namespace Sinter;

/// <content>Elements chosen by their values: how many there are is known when the program runs.</content>
public sealed partial class Tensor<T>
{
    /// <summary>
    /// The positions of the elements that are not 0, in row-major order: shape (count, rank), as PyTorch's
    /// <c>nonzero</c> (ONNX's NonZero has the axes the other way round). The run computes the count, a symbol of the
    /// graph: <c>result.Shape[0]</c>.
    /// </summary>
    /// <param name="max">The largest count, for which memory is planned; a run fails with a named error where there are
    /// more. Null for the number of elements.</param>
    /// <param name="name">The symbol's name; null for one made up.</param>
    /// <exception cref="GraphException">The name is taken or no identifier, or this is a scalar.</exception>
    public Tensor<I64> NonZero(Dimension? max = null, string? name = null)
    {
        if (Rank == 0)
        {
            throw Fail(Op.NonZero, "a scalar has no positions: reshape it to one element");
        }

        Tensor<I64> flat = Positions(max, name, "nonzero");
        Dimension[] strides = Shape.Strides();
        var columns = new Tensor<I64>[Rank];
        for (int axis = 0; axis < columns.Length; axis++)
        {
            Tensor<I64> row = strides[axis] == 1 ? flat : flat / Tensor<I64>.Size(strides[axis]);
            columns[axis] = (axis == 0 ? row : row % Tensor<I64>.Size(Shape[axis])).Reshape(flat.Shape[0], 1);
        }

        return columns.Length == 1 ? columns[0] : Tensor.Concat(1, columns);
    }

    /// <summary>The elements where a mask is true, in row-major order: shape (count), as PyTorch's
    /// <c>masked_select</c>. Elements that are left out have the gradient 0.</summary>
    /// <param name="mask">Broadcast against this.</param>
    /// <param name="max">The largest count, as for <see cref="NonZero"/>.</param>
    /// <param name="name">The symbol's name; null for one made up.</param>
    /// <exception cref="GraphException">The shapes do not broadcast, or the name is taken.</exception>
    public Tensor<T> MaskedSelect(Tensor<Bool> mask, Dimension? max = null, string? name = null)
    {
        Shape shape = Broadcasting.CommonShape(GraphBuilder.Of(Node, mask.Given().Node), Op.NonZero, Node, mask.Node);
        Tensor<I64> at = mask.Expand(shape).Positions(max, name, "masked_select");
        return Expand(shape).Reshape(shape.ElementCount).Rows(0, at);
    }

    /// <summary>The slices along an axis for which a condition is true, in order, as ONNX's Compress.</summary>
    /// <param name="condition">One truth value for each slice.</param>
    /// <param name="axis">The axis; its extent becomes the count.</param>
    /// <param name="max">The largest count, as for <see cref="NonZero"/>.</param>
    /// <param name="name">The symbol's name; null for one made up.</param>
    /// <exception cref="GraphException">The condition is of another length, or the name is taken.</exception>
    public Tensor<T> Compress(Tensor<Bool> condition, int axis = 0, Dimension? max = null, string? name = null)
    {
        int at = Axis(axis, Op.NonZero);
        if (condition.Given().Rank != 1 || condition.Shape[0] != Shape[at])
        {
            throw Fail(Op.NonZero, $"a condition {condition.Node.Type} for axis {axis} of {Node.Type}");
        }

        return Rows(at, condition.Positions(max, name, "compress"));
    }

    /// <summary>
    /// A scalar integer as a size: a symbol of the graph whose value a run computes, for shapes, slices and loops.
    /// </summary>
    /// <param name="max">The largest value, for which memory is planned; a run fails with a named error where it is
    /// more, or negative.</param>
    /// <param name="name">The symbol's name; null for one made up.</param>
    /// <exception cref="GraphException">This is no scalar integer, or the name is taken or no identifier.</exception>
    public Dimension AsDimension(Dimension max, string? name = null) => !default(T).Type.IsInteger() || Rank != 0
        ? throw Fail(Op.SetSize, $"a size is a scalar integer, not {Node.Type}")
        : Size(Cast<I64>().Node, max, name, "as_dimension");

    // The row-major positions of elements that are not 0: (count).
    private Tensor<I64> Positions(Dimension? max, string? name, string what)
    {
        Tensor<Bool> flags = Cast<Bool>().Reshape(Shape.ElementCount);
        Tensor<I64> sum = flags.Cast<I64>().Sum();
        Symbol count = Size(sum.Node, max ?? Shape.ElementCount, name, what);
        return new(sum.Graph.MakeOf(Op.NonZero, new NonZeroAttributes(count), [flags.Node]));
    }

    private static Symbol Size(Node count, Dimension max, string? name, string what) =>
        GraphBuilder.Of(count).Size(count, max, name, what);

    // Slices at positions that are known to be in range.
    private Tensor<T> Rows(int axis, Tensor<I64> at) =>
        new(GraphBuilder.Of(Node, at.Node).MakeOf(Op.Gather, new AxisAttributes(axis), [Node, at.Node]));
}
