namespace Sinter.Conformance.Tests.Edges;

/// <summary>Each case of the edges as a user writes it, chosen by its expression.</summary>
public static partial class EdgeGraphs
{
    private const double SeluAlpha = 1.6732632423543772848170429916717;
    private const double SeluScale = 1.0507009873554804934193349852946;
    private const double SoftplusThreshold = 20;

    private static readonly (string Prefix, Func<EdgeModel, Node[]> Build)[] Families =
    [
        ("edge_rows_", m => [Reduced(m)]),
        ("edge_empty_", m => [Reduced(m)]),
        ("edge_loss_", m => [Loss(m).Node]),
        ("edge_pool_", m => [Pool(m).Node]),
        ("edge_conv_", m => [Convolution(m).Node]),
        ("edge_zero_", m => [Zero(m).Node]),
        ("edge_bool_", m => [Logical(m)]),
        ("edge_cast_", m => [m.Graph.Make(Op.Cast, new CastAttributes(DType.F32), m.Input(0))]),
        ("edge_int", m => [Integer(m)]),
        ("edge_uint", m => [Integer(m)]),
        ("edge_var_of_one", m => [m.X.Variance(1).Node, m.X.Variance(1, correction: 0).Node, m.X.Std(1).Node]),
        ("edge_", m => [Elementwise(m)]),
    ];

    /// <summary>The graph of a case.</summary>
    public static BuiltCase Build(EdgeCase data)
    {
        var model = new EdgeModel(data);
        return model.Build(
            Families.First(family => data.Name.StartsWith(family.Prefix, StringComparison.Ordinal)).Build(model));
    }

    // The name of what is computed: before a bracket, or before the settings that are joined with _.
    private static string Name(EdgeModel m) =>
        m.Case.Expression.Split('(')[0].Replace("torch.", "", StringComparison.Ordinal);

    private static Node Elementwise(EdgeModel m) =>
        (Unary(Name(m), m) ?? Activation(Name(m), m) ?? Binary(Name(m), m))?.Node
        ?? (Comparison(Name(m), m) ?? throw new NotSupportedException($"{m.Case.Name}: {m.Case.Expression}")).Node;

    private static Tensor<F32>? Unary(string name, EdgeModel m) => name switch
    {
        "neg" => -m.X,
        "abs" => m.X.Abs(),
        "sign" => m.X.Sign(),
        "exp" => m.X.Exp(),
        "expm1" => m.X.Expm1(),
        "log" => m.X.Log(),
        "log1p" => m.X.Log1p(),
        "sqrt" => m.X.Sqrt(),
        "rsqrt" => m.X.Rsqrt(),
        "reciprocal" => m.X.Reciprocal(),
        "sin" => m.X.Sin(),
        "cos" => m.X.Cos(),
        "tanh" => m.X.Tanh(),
        "sigmoid" => m.X.Sigmoid(),
        "erf" => m.X.Erf(),
        "floor" => m.X.Floor(),
        "ceil" => m.X.Ceil(),
        "round" => m.X.Round(),
        "trunc" => m.X.Truncate(),
        "square" => m.X.Square(),
        "where_log" => Tensor.Where(m.X > 0, m.X.Log(), 0),
        "norm_then_scale" => First(m) / First(m).Norm(),
        _ when name.StartsWith("clamp_min_", StringComparison.Ordinal) => m.X.Maximum(m.Numbers()[0]),
        _ when name.StartsWith("clamp_", StringComparison.Ordinal) => m.X.Clamp(m.Numbers()[0], m.Numbers()[1]),
        _ when name.StartsWith("pow_", StringComparison.Ordinal) => m.X.Pow(m.Numbers()[0]),
        _ => null,
    };

    // As many elements as the result has.
    private static Tensor<F32> First(EdgeModel m) => m.X.Slice(0, 0, m.Case.Tensors["output.0"].Shape[0]);

    private static Tensor<F32>? Activation(string name, EdgeModel m) => name switch
    {
        "relu" => m.X.Relu(),
        "relu6" => m.X.Clamp(0, 6),
        "gelu" => m.X.Gelu(),
        "gelu_tanh" => m.X.Gelu(approximateTanh: true),
        "silu" => m.X.Silu(),
        "mish" => m.X * m.X.Softplus().Tanh(),
        "softplus" => Tensor.Where(m.X > SoftplusThreshold, m.X, m.X.Softplus()),
        "softsign" => m.X / (m.X.Abs() + 1),
        "selu" => m.X.Elu(SeluAlpha) * SeluScale,
        "hardswish" => HardSwish(m.X),
        "hardsigmoid" => (m.X + 3).Maximum(Tensor<F32>.Scalar(0)).Minimum(Tensor<F32>.Scalar(6)) / 6,
        "hardtanh" => m.X.Clamp(-1, 1),
        "logsigmoid" => -(-m.X).Softplus(),
        _ when name.StartsWith("elu_", StringComparison.Ordinal) => m.X.Elu(m.Numbers()[0]),
        _ when name.StartsWith("leaky_relu_", StringComparison.Ordinal) => m.X.LeakyRelu(m.Numbers()[^1]),
        _ => null,
    };

    // The curve is computed of 0 where it is not taken, so that nothing overflows there.
    private static Tensor<F32> HardSwish(Tensor<F32> x)
    {
        Tensor<Bool> bends = (x >= -3) & (x < 3);
        Tensor<F32> middle = Tensor.Where(bends, x, 0);
        return Tensor.Where(bends, middle * ((middle / 6) + 0.5), Tensor.Where(x < -3, 0 * x, x));
    }

    private static Tensor<F32>? Binary(string name, EdgeModel m) => name switch
    {
        "add" => m.X + m.Y,
        "sub" => m.X - m.Y,
        "mul" => m.X * m.Y,
        "div" => m.X / m.Y,
        "pow" => m.X.Pow(m.Y),
        "maximum" => m.X.Maximum(m.Y),
        "minimum" => m.X.Minimum(m.Y),
        "remainder" => m.X % m.Y,
        "fmod" => TruncatedRemainder(m.X, m.Y),
        _ => null,
    };

    // With the sign of the dividend.
    private static Tensor<F32> TruncatedRemainder(Tensor<F32> x, Tensor<F32> y) =>
        Tensor.Where(x < 0, -(-x % y.Abs()), x % y.Abs());

    private static Tensor<Bool>? Comparison(string name, EdgeModel m) => name switch
    {
        "isnan" => m.X.IsNaN(),
        "isinf" => m.X.Abs().EqualTo(double.PositiveInfinity),
        "eq" => m.X.EqualTo(m.Y),
        "ne" => m.X.NotEqualTo(m.Y),
        "lt" => m.X < m.Y,
        "le" => m.X <= m.Y,
        "gt" => m.X > m.Y,
        "ge" => m.X >= m.Y,
        _ => null,
    };

    private static Node Logical(EdgeModel m) => Broadcasting.Binary(Name(m) switch
    {
        "and" => Op.And,
        "or" => Op.Or,
        "xor" => Op.Xor,
        "eq" => Op.Equal,
        "lt" => Op.Less,
        "le" => Op.LessEqual,
        "gt" => Op.Greater,
        "ge" => Op.GreaterEqual,
        var name => throw new NotSupportedException(name),
    }, m.Input(0), m.Input(1));

    private static Node Integer(EdgeModel m) => Name(m) switch
    {
        "neg" => m.Graph.Make(Op.Negate, NoAttributes.Instance, m.Input(0)),
        var name => Broadcasting.Binary(name switch
        {
            "add" => Op.Add,
            "sub" => Op.Subtract,
            "mul" => Op.Multiply,
            "div" => Op.Divide,
            "maximum" => Op.Maximum,
            "lt" => Op.Less,
            _ => throw new NotSupportedException(name),
        }, m.Input(0), m.Input(1)),
    };
}
