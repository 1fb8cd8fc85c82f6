namespace Sinter;

public sealed partial class Tensor<T>
{
    /// <summary>
    /// Matrix product over the last axis of this and the second-to-last of <paramref name="other"/>, leading axes
    /// broadcast; vectors act as in torch.matmul.
    /// </summary>
    public Tensor<T> MatMul(Tensor<T> other)
    {
        if (other.Given().Rank == 0 || Rank == 0)
        {
            throw GraphBuilder.Of(Node, other.Node).Error("a scalar is no matrix; use *", "matmul", Node, other.Node);
        }

        if (other.Rank <= 2)
        {
            int axis = other.Rank == 1 ? 0 : other.Rank - 2;
            return Contract(other, [], [], [Rank - 1], [axis]);
        }

        return Rank == 1 ? Unsqueeze(0).BatchedMatMul(other).Squeeze(-2) : BatchedMatMul(other);
    }

    /// <summary>Sum of products over pairs of axes; the result has batch axes, own free axes, the other's free
    /// axes.</summary>
    public Tensor<T> Contract(Tensor<T> other, int[] batch, int[] otherBatch, int[] contracted, int[] otherContracted)
    {
        GraphBuilder builder = GraphBuilder.Of(Node, other.Given().Node);
        var attributes = new ContractionAttributes(
            Checked(batch.Given()), other.Checked(otherBatch.Given()), Checked(contracted.Given()),
            other.Checked(otherContracted.Given()));
        return new(builder.MakeOf(Op.Contraction, attributes, [Node, other.Node]));
    }

    private int[] Checked(int[] axes)
    {
        var result = new int[axes.Length];
        for (int i = 0; i < axes.Length; i++)
        {
            result[i] = Axis(axes[i], Op.Contraction);
        }

        return result;
    }

    /// <summary>Sum of products of two vectors.</summary>
    public Tensor<T> Dot(Tensor<T> other) => Contract(other.Given(), [], [], [0], [0]);

    private Tensor<T> BatchedMatMul(Tensor<T> other)
    {
        GraphBuilder builder = GraphBuilder.Of(Node, other.Node);
        Shape leftBatch = Shape.Range(0, Rank - 2);
        Shape rightBatch = other.Shape.Range(0, other.Rank - 2);
        Shape batch = Broadcasting.CommonShape(builder, Op.Contraction, leftBatch, rightBatch);
        Tensor<T> left = Expand(batch.Concat(Shape.Range(Rank - 2, 2)));
        Tensor<T> right = other.Expand(batch.Concat(other.Shape.Range(other.Rank - 2, 2)));
        int[] axes = AxisList.All(batch.Rank);
        return left.Contract(right, axes, axes, [-1], [-2]);
    }
}

/// <summary>Operations that do not belong to one tensor.</summary>
public static class Tensor
{
    /// <summary>condition ? a : b, broadcast.</summary>
    public static Tensor<T> Where<T>(Tensor<Bool> condition, Tensor<T> a, Tensor<T> b)
        where T : struct, IElement
    {
        GraphBuilder builder = GraphBuilder.Of(condition.Given().Node, a.Given().Node, b.Given().Node);
        Shape shape = Broadcasting.CommonShape(builder, Op.Where, condition.Node, a.Node, b.Node);
        Node[] operands = [condition.Node, a.Node, b.Node];
        return new(builder.Make(
            Op.Where, NoAttributes.Instance, operands.Select(o => Broadcasting.To(builder, o, shape)).ToArray()));
    }

    /// <summary>condition ? a : constant, broadcast.</summary>
    public static Tensor<T> Where<T>(Tensor<Bool> condition, Tensor<T> a, double b)
        where T : struct, IElement => Where(condition, a, Tensor<T>.Scalar(b));

    /// <summary>Tensors one after another along an axis.</summary>
    public static Tensor<T> Concat<T>(int axis, params Tensor<T>[] tensors)
        where T : struct, IElement
    {
        if (tensors.AllGiven().Length == 0)
        {
            throw new GraphException("there is nothing to concatenate");
        }

        Node[] nodes = tensors.Select(t => t.Node).ToArray();
        return new(GraphBuilder.Of(nodes).Make(Op.Concat, new AxisAttributes(tensors[0].Shape.Axis(axis)), nodes));
    }

    /// <summary>Tensors of one shape along a new axis.</summary>
    public static Tensor<T> Stack<T>(int axis, params Tensor<T>[] tensors)
        where T : struct, IElement => Concat(axis, tensors.AllGiven().Select(t => t.Unsqueeze(axis)).ToArray());

    /// <summary>Uniform on [0, 1), 24 bits, drawn from the graph's random state.</summary>
    public static Tensor<F32> Uniform(GraphBuilder graph, Shape shape)
    {
        Tensor<U32> bits = graph.Given().RandomBits(shape.Given());
        return bits.ShiftRight(Tensor<U32>.Scalar(8)).Cast<F32>() * (1.0 / (1 << 24));
    }
}
