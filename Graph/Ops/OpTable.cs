namespace Sinter;

/// <summary>How an operation computes: what passes need to know before they look at the operation itself.</summary>
public enum OpKind
{
    /// <summary>No operands.</summary>
    Leaf,
    /// <summary>Element i of the result depends on element i of each operand.</summary>
    Elementwise,
    /// <summary>Elements move, nothing is computed.</summary>
    Movement,
    /// <summary>Many elements to one.</summary>
    Reduction,
    /// <summary>Sums of products.</summary>
    Product,
    /// <summary>Positions come from data.</summary>
    Indexed,
    /// <summary>A body of operations, or one of its results.</summary>
    Body,
}

/// <summary>The facts about one operation.</summary>
/// <param name="Op">The operation.</param>
/// <param name="Name">Its name in canonical text and errors.</param>
/// <param name="Kind">How it computes.</param>
/// <param name="Arity">The number of operands; -1 for any number from one on.</param>
/// <param name="Attributes">The record type of its settings.</param>
/// <param name="Infer">Type of the result from operands and settings; throws <see cref="GraphException"/> with the
/// bare reason.</param>
public sealed record OpRow(
    Op Op, string Name, OpKind Kind, int Arity, Type Attributes,
    Func<IReadOnlyList<Node>, Attributes, TensorType> Infer)
{
    /// <summary>The cost of an element, of elementwise operations: that of an addition is 1. What is made of elements
    /// by moving or summing them is counted where it is done.</summary>
    public int Cost { get; init; } = Kind == OpKind.Elementwise ? 1 : 0;

    /// <summary>Whether it is a function that takes many instructions.</summary>
    public bool IsTranscendental => Cost == OpTable.Transcendental;

    /// <summary>Whether its two operands may change places.</summary>
    public bool Commutes { get; init; }
}

/// <summary>One row for each operation: the place to start when adding one.</summary>
public static class OpTable
{
    /// <summary>The cost of exponentials, logarithms and their like.</summary>
    internal const int Transcendental = 10;

    // That of one instruction which takes as long as several, and of 10 rounds of Philox.
    private const int Slow = 4;
    private const int Random = 40;

    private static readonly OpRow[] Rows = Build();
    private static readonly Dictionary<string, OpRow> ByName = Rows.ToDictionary(row => row.Name);

    /// <summary>The row of an operation.</summary>
    public static OpRow Row(Op op) => Rows[(int)op];

    /// <summary>The row of the operation with the given name, or null.</summary>
    public static OpRow? Find(string name) => ByName.TryGetValue(name, out OpRow? row) ? row : null;

    /// <summary>All rows, in the order of <see cref="Op"/>.</summary>
    public static IReadOnlyList<OpRow> All => Rows;

    private static OpRow[] Build()
    {
        OpRow[] rows =
        [
            Leaf<InputAttributes>(Op.Input, "input", a => a.Type),
            Leaf<ParameterAttributes>(Op.Parameter, "parameter", a => a.Declaration.Type),
            new(Op.Constant, "constant", OpKind.Leaf, 0, typeof(ConstantAttributes), ShapeRules.Constant),
            new(Op.Iota, "iota", OpKind.Leaf, 0, typeof(IotaAttributes), ShapeRules.Iota),
            new(Op.RandomBits, "random_bits", OpKind.Elementwise, 1, typeof(RandomAttributes), TypeRules.RandomBits)
            {
                Cost = Random,
            },

            Unary(Op.Negate, "negate", TypeRules.Numeric),
            Unary(Op.Abs, "abs", TypeRules.Numeric),
            Unary(Op.Sign, "sign", TypeRules.Numeric),
            Unary(Op.Exp, "exp", TypeRules.Float, Transcendental),
            Unary(Op.Expm1, "expm1", TypeRules.Float, Transcendental),
            Unary(Op.Log, "log", TypeRules.Float, Transcendental),
            Unary(Op.Log1p, "log1p", TypeRules.Float, Transcendental),
            Unary(Op.Sqrt, "sqrt", TypeRules.Float, Slow),
            Unary(Op.Rsqrt, "rsqrt", TypeRules.Float, Slow),
            Unary(Op.Reciprocal, "reciprocal", TypeRules.Float, Slow),
            Unary(Op.Sin, "sin", TypeRules.Float, Transcendental),
            Unary(Op.Cos, "cos", TypeRules.Float, Transcendental),
            Unary(Op.Tanh, "tanh", TypeRules.Float, Transcendental),
            Unary(Op.Sigmoid, "sigmoid", TypeRules.Float, Transcendental),
            Unary(Op.Erf, "erf", TypeRules.Float, Transcendental),
            Unary(Op.Floor, "floor", TypeRules.Float),
            Unary(Op.Ceil, "ceil", TypeRules.Float),
            Unary(Op.Round, "round", TypeRules.Float),
            Unary(Op.Truncate, "truncate", TypeRules.Float),
            Unary(Op.Not, "not", TypeRules.Bits),
            new(Op.Cast, "cast", OpKind.Elementwise, 1, typeof(CastAttributes), TypeRules.Cast),
            new(Op.CheckIndex, "check_index", OpKind.Elementwise, 1, typeof(CheckIndexAttributes), TypeRules.Index),
            Unary(Op.StopGradient, "stop_gradient", TypeRules.Any),

            Commuting(Op.Add, "add", TypeRules.Numeric),
            Binary(Op.Subtract, "subtract", TypeRules.Numeric),
            Commuting(Op.Multiply, "multiply", TypeRules.Numeric),
            Binary(Op.Divide, "divide", TypeRules.Numeric, Slow),
            Binary(Op.Remainder, "remainder", TypeRules.Numeric, Slow),
            Binary(Op.Power, "power", TypeRules.Float, Transcendental),
            Commuting(Op.Maximum, "maximum", TypeRules.Numeric),
            Commuting(Op.Minimum, "minimum", TypeRules.Numeric),
            Commuting(Op.And, "and", TypeRules.Bits),
            Commuting(Op.Or, "or", TypeRules.Bits),
            Commuting(Op.Xor, "xor", TypeRules.Bits),
            Binary(Op.ShiftLeft, "shift_left", TypeRules.Integer),
            Binary(Op.ShiftRight, "shift_right", TypeRules.Integer),
            Commuting(Op.Equal, "equal", TypeRules.Comparison),
            Commuting(Op.NotEqual, "not_equal", TypeRules.Comparison),
            Binary(Op.Less, "less", TypeRules.Comparison),
            Binary(Op.LessEqual, "less_equal", TypeRules.Comparison),
            Binary(Op.Greater, "greater", TypeRules.Comparison),
            Binary(Op.GreaterEqual, "greater_equal", TypeRules.Comparison),
            new(Op.Where, "where", OpKind.Elementwise, 3, typeof(NoAttributes), TypeRules.Where),

            Movement<ShapeAttributes>(Op.Reshape, "reshape", ShapeRules.Reshape),
            Movement<PermuteAttributes>(Op.Permute, "permute", ShapeRules.Permute),
            Movement<ShapeAttributes>(Op.Broadcast, "broadcast", ShapeRules.Broadcast),
            Movement<SliceAttributes>(Op.Slice, "slice", ShapeRules.Slice),
            Movement<PadAttributes>(Op.Pad, "pad", ShapeRules.Pad),
            new(Op.Concat, "concat", OpKind.Movement, -1, typeof(AxisAttributes), ShapeRules.Concat),
            Movement<WindowAttributes>(Op.Window, "window", ShapeRules.Window),

            Reduction<ReduceAttributes>(Op.Sum, "sum", ShapeRules.Reduce),
            Reduction<ReduceAttributes>(Op.Product, "product", ShapeRules.Reduce),
            Reduction<ReduceAttributes>(Op.Max, "max", ShapeRules.Reduce),
            Reduction<ReduceAttributes>(Op.Min, "min", ShapeRules.Reduce),
            Reduction<ReduceAttributes>(Op.ArgMax, "argmax", ShapeRules.ArgReduce),
            Reduction<ReduceAttributes>(Op.ArgMin, "argmin", ShapeRules.ArgReduce),
            Reduction<FoldAttributes>(Op.Fold, "fold", ShapeRules.Fold),

            new(Op.Contraction, "contraction", OpKind.Product, 2, typeof(ContractionAttributes),
                ShapeRules.Contraction),
            new(Op.Convolution, "convolution", OpKind.Product, 2, typeof(ConvolutionAttributes),
                ShapeRules.Convolution),
            Reduction<PoolAttributes>(Op.MaxPool, "max_pool", ShapeRules.Pool),

            new(Op.Gather, "gather", OpKind.Indexed, 2, typeof(AxisAttributes), ShapeRules.Gather),
            new(Op.ScatterAdd, "scatter_add", OpKind.Indexed, 2, typeof(ScatterAttributes), ShapeRules.ScatterAdd),
            new(Op.UpdateRows, "update_rows", OpKind.Indexed, 3, typeof(AxisAttributes), ShapeRules.UpdateRows),
            new(Op.NonZero, "nonzero", OpKind.Indexed, 1, typeof(NonZeroAttributes), ShapeRules.NonZero),
            new(Op.SetSize, "set_size", OpKind.Indexed, 1, typeof(SetSizeAttributes), ShapeRules.SetSize),

            new(Op.Scan, "scan", OpKind.Body, -1, typeof(ScanAttributes), ScanAttributes.Infer),
            new(Op.Cond, "cond", OpKind.Body, -1, typeof(CondAttributes), CondAttributes.Infer),
            new(Op.Result, "result", OpKind.Body, 1, typeof(ResultAttributes), ResultAttributes.Infer),
        ];
        return rows;
    }

    private static OpRow Leaf<T>(Op op, string name, Func<T, TensorType> type)
        where T : Attributes => new(op, name, OpKind.Leaf, 0, typeof(T), (_, attributes) => type((T)attributes));

    private static OpRow Unary(
        Op op, string name, Func<IReadOnlyList<Node>, Attributes, TensorType> infer, int cost = 1) =>
        new(op, name, OpKind.Elementwise, 1, typeof(NoAttributes), infer) { Cost = cost };

    private static OpRow Binary(
        Op op, string name, Func<IReadOnlyList<Node>, Attributes, TensorType> infer, int cost = 1) =>
        new(op, name, OpKind.Elementwise, 2, typeof(NoAttributes), infer) { Cost = cost };

    private static OpRow Commuting(Op op, string name, Func<IReadOnlyList<Node>, Attributes, TensorType> infer) =>
        Binary(op, name, infer) with { Commutes = true };

    private static OpRow Movement<T>(Op op, string name, Func<IReadOnlyList<Node>, Attributes, TensorType> infer)
        where T : Attributes => new(op, name, OpKind.Movement, 1, typeof(T), infer);

    private static OpRow Reduction<T>(Op op, string name, Func<IReadOnlyList<Node>, Attributes, TensorType> infer)
        where T : Attributes => new(op, name, OpKind.Reduction, 1, typeof(T), infer);
}
