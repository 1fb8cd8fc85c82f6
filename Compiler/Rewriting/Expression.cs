namespace Sinter.Compiler.Rewriting;

/// <summary>
/// A node with operators, whatever its element type, so that the right-hand sides of rules read like algebra. Operands
/// of elementwise operations have one shape; a number stands for a constant of the other operand's type.
/// </summary>
/// <param name="Builder">Where new nodes are made.</param>
/// <param name="Node">The value's node.</param>
internal readonly record struct Expression(GraphBuilder Builder, Node Node)
{
    public Shape Shape => Node.Shape;

    public DType DType => Node.DType;

    public int Rank => Node.Shape.Rank;

    public static Expression operator +(Expression a, Expression b) => a.Make(Op.Add, b);

    public static Expression operator -(Expression a, Expression b) => a.Make(Op.Subtract, b);

    public static Expression operator *(Expression a, Expression b) => a.Make(Op.Multiply, b);

    public static Expression operator /(Expression a, Expression b) => a.Make(Op.Divide, b);

    public static Expression operator +(Expression a, double b) => a + a.Like(b);

    public static Expression operator -(double a, Expression b) => b.Like(a) - b;

    public static Expression operator *(Expression a, double b) => a * a.Like(b);

    public static Expression operator -(Expression a) => a.Make(Op.Negate);

    /// <summary>A constant of this value's type.</summary>
    public Expression Like(double value) => this with { Node = Constants.Splat(DType, Shape, value) };

    /// <summary>A constant of this value's element type and another shape.</summary>
    public Expression Like(double value, Shape shape) => this with { Node = Constants.Splat(DType, shape, value) };

    /// <summary>An operation without settings on this value and others.</summary>
    public Expression Make(Op op, params Expression[] others) => Make(op, NoAttributes.Instance, others);

    /// <summary>An operation on this value and others.</summary>
    public Expression Make(Op op, Attributes attributes, params Expression[] others) =>
        this with { Node = Builder.Make(op, attributes, [Node, .. others.Select(other => other.Node)]) };

    public Expression Power(double exponent) => Make(Op.Power, Like(exponent));

    public Expression EqualTo(Expression other) => Make(Op.Equal, other);

    public Expression EqualTo(double other) => EqualTo(Like(other));

    public Expression Less(Expression other) => Make(Op.Less, other);

    public Expression Greater(Expression other) => Make(Op.Greater, other);

    /// <summary>This condition chooses between two values.</summary>
    public Expression Where(Expression yes, Expression no) => Make(Op.Where, yes, no);

    /// <summary>This condition chooses between a value and a constant.</summary>
    public Expression Where(Expression yes, double no) => Where(yes, yes.Like(no));

    /// <summary>This condition chooses between a constant and a value.</summary>
    public Expression Where(double yes, Expression no) => Where(no.Like(yes), no);

    public Expression Cast(DType type) => type == DType ? this : Make(Op.Cast, new CastAttributes(type));

    public Expression Reshape(Shape shape) => shape.Equals(Shape) ? this : Make(Op.Reshape, new ShapeAttributes(shape));

    /// <summary>Axes of extent 1 repeated, to a shape of the same rank.</summary>
    public Expression Broadcast(Shape shape) => shape.Equals(Shape) ? this : Make(Op.Broadcast, new ShapeAttributes(shape));

    /// <summary>Result axis i is axis order[i]; nothing where that is the order already.</summary>
    public Expression Permute(IReadOnlyList<int> order) =>
        order.SequenceEqual(Enumerable.Range(0, Rank))
            ? this
            : Make(Op.Permute, new PermuteAttributes(order.ToArray()));

    /// <summary>Axes reversed.</summary>
    public Expression Flip(IReadOnlyCollection<int> axes)
    {
        if (axes.Count == 0)
        {
            return this;
        }

        Shape shape = Shape;
        var starts = new EquatableArray<Dimension>(shape.Select((d, axis) => axes.Contains(axis) ? d - 1 : 0));
        var steps = new EquatableArray<long>(shape.Select((_, axis) => axes.Contains(axis) ? -1L : 1L));
        return Make(Op.Slice, new SliceAttributes(starts, shape, steps));
    }

    /// <summary>Zeros (or another value) added; nothing where all amounts are zero.</summary>
    public Expression Pad(Dimension[] low, Dimension[] high, long[] interior, double value = 0)
    {
        bool nothing = low.Concat(high).All(amount => amount == 0) && interior.All(amount => amount == 0);
        return nothing ? this : Make(Op.Pad, new PadAttributes(low, high, interior, Constants.Bits(DType, value)));
    }

    /// <summary>Sum over axes, which vanish; nothing where there are none.</summary>
    public Expression Sum(IReadOnlyCollection<int> axes) => Reduce(Op.Sum, axes);

    /// <summary>A reduction over axes, which vanish; nothing where there are none.</summary>
    public Expression Reduce(Op op, IReadOnlyCollection<int> axes) =>
        axes.Count == 0 ? this : Make(op, new ReduceAttributes(axes.OrderBy(axis => axis).ToArray()));

    /// <summary>The opposite of a reduction's shape change: reduced axes come back and repeat the value.</summary>
    public Expression Unreduce(IReadOnlyCollection<int> axes, Shape shape) =>
        Reshape(new Shape(shape.Select((d, axis) => axes.Contains(axis) ? 1 : d))).Broadcast(shape);

    /// <summary>
    /// Sum of products with another value; see <see cref="ContractionAttributes"/> for the result's axes.
    /// </summary>
    public Expression Contract(Expression other, int[] batch, int[] otherBatch, int[] contracted, int[] otherContracted) =>
        Make(Op.Contraction, new ContractionAttributes(batch, otherBatch, contracted, otherContracted), other);
}
