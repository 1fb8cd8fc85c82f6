namespace Sinter;

/// <summary>
/// The handle models are written with: a value of a graph whose element type is known to the C# compiler. Operations
/// broadcast their operands as NumPy and PyTorch do.
/// </summary>
/// <typeparam name="T">A marker such as <see cref="F32"/>.</typeparam>
public sealed partial class Tensor<T> : ITensor
    where T : struct, IElement
{
    /// <summary>Wraps a node.</summary>
    /// <exception cref="GraphException">The node has another element type.</exception>
    public Tensor(Node node)
    {
        DType wanted = default(T).Type;
        Node = node.Given().DType == wanted
            ? node
            : throw new GraphException($"a tensor of {wanted.Name()} cannot hold a value of type {node.Type}");
    }

    /// <summary>The value's node.</summary>
    public Node Node { get; }

    /// <summary>The extents.</summary>
    public Shape Shape => Node.Shape;

    /// <summary>The number of axes.</summary>
    public int Rank => Shape.Rank;

    /// <summary>The graph being built.</summary>
    public GraphBuilder Graph => GraphBuilder.Of(Node);

    /// <summary>A constant with the same value everywhere.</summary>
    public static Tensor<T> Full(double value, params Dimension[] shape) =>
        new(Constants.Splat(default(T).Type, new Shape(shape.Given()), value));

    /// <summary>A constant with the same integer everywhere, exact in types of 64 bits, too.</summary>
    public static Tensor<T> Full(long value, params Dimension[] shape) =>
        new(Constants.Splat(default(T).Type, new Shape(shape.Given()), value));

    /// <summary>A constant scalar.</summary>
    public static Tensor<T> Scalar(long value) => new(Constants.Splat(default(T).Type, Shape.Scalar, value));

    /// <inheritdoc cref="Scalar(long)"/>
    public static Tensor<T> Scalar(double value) => new(Constants.Splat(default(T).Type, Shape.Scalar, value));

    /// <summary>A constant with one value for each element, row-major.</summary>
    public static Tensor<T> Of(IReadOnlyList<double> values, params Dimension[] shape) =>
        new(Constants.Dense(default(T).Type, new Shape(shape.Given()), values.Given()));

    /// <summary>A constant with one integer for each element, row-major, exact in types of 64 bits, too.</summary>
    public static Tensor<T> Of(IReadOnlyList<long> values, params Dimension[] shape) =>
        new(Constants.Dense(default(T).Type, new Shape(shape.Given()), values.Given()));

    /// <summary>The positions along one axis: element (…, i, …) is i.</summary>
    public static Tensor<T> Iota(Shape shape, int axis) =>
        new(new Node(
            null, -1, Op.Iota, new IotaAttributes(new TensorType(default(T).Type, shape), shape.Given().Axis(axis)), [],
            new TensorType(default(T).Type, shape), ""));

    /// <summary>A size as a scalar of the program: what a mean over a symbolic axis divides by.</summary>
    /// <param name="size">At least 0 for all values of its symbols. Floating-point numbers round it.</param>
    public static Tensor<T> Size(Dimension size) => size.IsStatic
        ? Scalar(size.Value)
        : Iota(new Shape(size + 1), 0).Slice(0, size).Reshape(Shape.Scalar);

    /// <summary>a + b, broadcast.</summary>
    public static Tensor<T> operator +(Tensor<T> left, Tensor<T> right) => Binary(Op.Add, left, right);

    /// <summary>a - b, broadcast.</summary>
    public static Tensor<T> operator -(Tensor<T> left, Tensor<T> right) => Binary(Op.Subtract, left, right);

    /// <summary>a * b elementwise, broadcast.</summary>
    public static Tensor<T> operator *(Tensor<T> left, Tensor<T> right) => Binary(Op.Multiply, left, right);

    /// <summary>a / b elementwise, broadcast.</summary>
    public static Tensor<T> operator /(Tensor<T> left, Tensor<T> right) => Binary(Op.Divide, left, right);

    /// <summary>Remainder with the sign of the divisor, broadcast.</summary>
    public static Tensor<T> operator %(Tensor<T> left, Tensor<T> right) => Binary(Op.Remainder, left, right);

    /// <summary>a + constant.</summary>
    public static Tensor<T> operator +(Tensor<T> left, double right) => left + Scalar(right);

    /// <summary>constant + a.</summary>
    public static Tensor<T> operator +(double left, Tensor<T> right) => Scalar(left) + right;

    /// <summary>a - constant.</summary>
    public static Tensor<T> operator -(Tensor<T> left, double right) => left - Scalar(right);

    /// <summary>constant - a.</summary>
    public static Tensor<T> operator -(double left, Tensor<T> right) => Scalar(left) - right;

    /// <summary>a * constant.</summary>
    public static Tensor<T> operator *(Tensor<T> left, double right) => left * Scalar(right);

    /// <summary>constant * a.</summary>
    public static Tensor<T> operator *(double left, Tensor<T> right) => Scalar(left) * right;

    /// <summary>a / constant.</summary>
    public static Tensor<T> operator /(Tensor<T> left, double right) => left / Scalar(right);

    /// <summary>constant / a.</summary>
    public static Tensor<T> operator /(double left, Tensor<T> right) => Scalar(left) / right;

    /// <summary>-a.</summary>
    public static Tensor<T> operator -(Tensor<T> value) => value.Given().Unary(Op.Negate);

    /// <summary>Bitwise (Bool: logical) and, broadcast.</summary>
    public static Tensor<T> operator &(Tensor<T> left, Tensor<T> right) => Binary(Op.And, left, right);

    /// <summary>Bitwise (Bool: logical) or, broadcast.</summary>
    public static Tensor<T> operator |(Tensor<T> left, Tensor<T> right) => Binary(Op.Or, left, right);

    /// <summary>Bitwise (Bool: logical) exclusive or, broadcast.</summary>
    public static Tensor<T> operator ^(Tensor<T> left, Tensor<T> right) => Binary(Op.Xor, left, right);

    /// <summary>Bitwise (Bool: logical) complement.</summary>
    public static Tensor<T> operator ~(Tensor<T> value) => value.Given().Unary(Op.Not);

    /// <summary>a &gt; b, broadcast.</summary>
    public static Tensor<Bool> operator >(Tensor<T> left, Tensor<T> right) => Compare(Op.Greater, left, right);

    /// <summary>a &lt; b, broadcast.</summary>
    public static Tensor<Bool> operator <(Tensor<T> left, Tensor<T> right) => Compare(Op.Less, left, right);

    /// <summary>a >= b, broadcast.</summary>
    public static Tensor<Bool> operator >=(Tensor<T> left, Tensor<T> right) => Compare(Op.GreaterEqual, left, right);

    /// <summary>a &lt;= b, broadcast.</summary>
    public static Tensor<Bool> operator <=(Tensor<T> left, Tensor<T> right) => Compare(Op.LessEqual, left, right);

    /// <summary>a == b elementwise, broadcast.</summary>
    public Tensor<Bool> EqualTo(Tensor<T> other) => Compare(Op.Equal, this, other.Given());

    /// <summary>a != b elementwise, broadcast.</summary>
    public Tensor<Bool> NotEqualTo(Tensor<T> other) => Compare(Op.NotEqual, this, other.Given());

    /// <summary>The larger of both, broadcast.</summary>
    public Tensor<T> Maximum(Tensor<T> other) => Binary(Op.Maximum, this, other.Given());

    /// <summary>The smaller of both, broadcast.</summary>
    public Tensor<T> Minimum(Tensor<T> other) => Binary(Op.Minimum, this, other.Given());

    /// <summary>this ^ exponent, broadcast.</summary>
    public Tensor<T> Pow(Tensor<T> exponent) => Binary(Op.Power, this, exponent.Given());

    /// <summary>this ^ exponent; the roots 0.5 and -0.5 are <see cref="Sqrt"/> and <see cref="Rsqrt"/>, as in PyTorch:
    /// NaN of minus infinity.</summary>
    public Tensor<T> Pow(double exponent) => exponent switch
    {
        0.5 => Sqrt(),
        -0.5 => Rsqrt(),
        _ => Binary(Op.Power, this, Like(exponent)),
    };

    /// <summary>this &lt;&lt; bits, broadcast.</summary>
    public Tensor<T> ShiftLeft(Tensor<T> bits) => Binary(Op.ShiftLeft, this, bits.Given());

    /// <summary>this >> bits, broadcast.</summary>
    public Tensor<T> ShiftRight(Tensor<T> bits) => Binary(Op.ShiftRight, this, bits.Given());

    /// <summary>|x|; the gradient at 0 is 0.</summary>
    public Tensor<T> Abs() => Unary(Op.Abs);

    /// <summary>-1, 0 or 1.</summary>
    public Tensor<T> Sign() => Unary(Op.Sign);

    /// <summary>e^x.</summary>
    public Tensor<T> Exp() => Unary(Op.Exp);

    /// <summary>e^x - 1, accurate near 0.</summary>
    public Tensor<T> Expm1() => Unary(Op.Expm1);

    /// <summary>Natural logarithm.</summary>
    public Tensor<T> Log() => Unary(Op.Log);

    /// <summary>log(1 + x), accurate near 0.</summary>
    public Tensor<T> Log1p() => Unary(Op.Log1p);

    /// <summary>Square root.</summary>
    public Tensor<T> Sqrt() => Unary(Op.Sqrt);

    /// <summary>1 / sqrt(x).</summary>
    public Tensor<T> Rsqrt() => Unary(Op.Rsqrt);

    /// <summary>1 / x.</summary>
    public Tensor<T> Reciprocal() => Unary(Op.Reciprocal);

    /// <summary>Sine.</summary>
    public Tensor<T> Sin() => Unary(Op.Sin);

    /// <summary>Cosine.</summary>
    public Tensor<T> Cos() => Unary(Op.Cos);

    /// <summary>Hyperbolic tangent.</summary>
    public Tensor<T> Tanh() => Unary(Op.Tanh);

    /// <summary>1 / (1 + e^-x).</summary>
    public Tensor<T> Sigmoid() => Unary(Op.Sigmoid);

    /// <summary>The error function.</summary>
    public Tensor<T> Erf() => Unary(Op.Erf);

    /// <summary>Round towards minus infinity.</summary>
    public Tensor<T> Floor() => Unary(Op.Floor);

    /// <summary>Round towards plus infinity.</summary>
    public Tensor<T> Ceil() => Unary(Op.Ceil);

    /// <summary>Round to nearest, ties to even.</summary>
    public Tensor<T> Round() => Unary(Op.Round);

    /// <summary>Round towards zero.</summary>
    public Tensor<T> Truncate() => Unary(Op.Truncate);

    /// <summary>x * x.</summary>
    public Tensor<T> Square() => this * this;

    /// <summary>The value limited to [low, high]; high where low is above it. The gradient at both bounds is 1, as
    /// torch.clamp.</summary>
    public Tensor<T> Clamp(double low, double high)
    {
        Tensor<T> raised = MaskedFill(this < low, low);
        return raised.MaskedFill(raised > high, high);
    }

    /// <summary>The same value, through which no gradient flows.</summary>
    public Tensor<T> Detach() => Unary(Op.StopGradient);

    /// <summary>Conversion to another element type.</summary>
    public Tensor<TTo> Cast<TTo>()
        where TTo : struct, IElement =>
        new(Graph.MakeOf(Op.Cast, new CastAttributes(default(TTo).Type), [Node]));

    /// <summary>This index, checked when the program runs: a value outside [0, extent) fails with an error that names
    /// it.</summary>
    public Tensor<T> CheckIndex(Dimension extent, string what) =>
        new(Graph.MakeOf(Op.CheckIndex, new CheckIndexAttributes(extent, what), [Node]));

    /// <summary>A constant scalar of this element type.</summary>
    internal Tensor<T> Like(double value) => Scalar(value);

    internal Tensor<T> Unary(Op op) => new(Graph.MakeOf(op, NoAttributes.Instance, [Node]));

    private static Tensor<T> Binary(Op op, Tensor<T> left, Tensor<T> right) =>
        new(Broadcasting.Binary(op, left.Given().Node, right.Given().Node));

    private static Tensor<Bool> Compare(Op op, Tensor<T> left, Tensor<T> right) =>
        new(Broadcasting.Binary(op, left.Given().Node, right.Given().Node));
}
