using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Differentiate;

/// <summary>
/// The gradient table: one row for each operation. G is the gradient of the result Y, A and B are the operands. Where a
/// function has a kink the choice is PyTorch's, and stated in the row.
/// </summary>
internal static class GradientRules
{
    private const double TwoOverSqrtPi = 1.1283791670955126;

    private static readonly GradientRow[] Rows = Build();

    /// <summary>The row of an operation.</summary>
    /// <exception cref="GraphException">There is none.</exception>
    public static GradientRow Row(Op op) => Find(op)
        ?? throw new GraphException($"there is no gradient rule for the operation {OpTable.Row(op).Name}");

    /// <summary>The row of an operation, or null.</summary>
    public static GradientRow? Find(Op op) => (int)op < Rows.Length ? Rows[(int)op] : null;

    private static GradientRow[] Build()
    {
        GradientRow[] rows =
        [
            .. Leaves(), .. Unary(), .. Binary(), .. Movement(), .. Reductions(), .. Products(), .. Bodies(),
        ];
        var byOp = new GradientRow[Enum.GetValues(typeof(Op)).Length];
        foreach (GradientRow row in rows)
        {
            byOp[(int)row.Op] = row;
        }

        return byOp;
    }

    private static GradientRow[] Leaves() =>
    [
        None(Op.Input, "it has no operands"),
        None(Op.Parameter, "it has no operands"),
        None(Op.Constant, "it has no operands"),
        None(Op.Iota, "it has no operands"),
        None(Op.RandomBits, "random words are integers"),
    ];

    // All results of an operation with a body together: BodyGradients.
    private static GradientRow[] Bodies() =>
    [
        Row(Op.Scan, AllTogether),
        Row(Op.Cond, AllTogether),
        Row(Op.Result, AllTogether),
    ];

    private static Expression AllTogether(GradientContext context) =>
        throw new InvalidOperationException($"{context.Node.Op} is differentiated with all results of its body");

    private static GradientRow[] Unary() =>
    [
        Row(Op.Negate, c => -c.G),
        Row(Op.Abs, c => c.G * c.A.Make(Op.Sign)),                     // |x|' = sign(x), 0 at 0
        None(Op.Sign, "it is piecewise constant"),
        Row(Op.Exp, c => c.G * c.Y),
        Row(Op.Expm1, c => c.G * (c.Y + 1)),
        Row(Op.Log, c => c.G / c.A),
        Row(Op.Log1p, c => c.G / (c.A + 1)),
        Row(Op.Sqrt, c => c.G / (c.Y * 2)),
        Row(Op.Rsqrt, c => c.G * -0.5 * (c.Y * c.Y * c.Y)),
        Row(Op.Reciprocal, c => -(c.G * (c.Y * c.Y))),
        Row(Op.Sin, c => c.G * c.A.Make(Op.Cos)),
        Row(Op.Cos, c => -(c.G * c.A.Make(Op.Sin))),
        Row(Op.Tanh, c => c.G * (1 - (c.Y * c.Y))),
        Row(Op.Sigmoid, c => c.G * (c.Y * (1 - c.Y))),
        Row(Op.Erf, c => c.G * TwoOverSqrtPi * (-(c.A * c.A)).Make(Op.Exp)),
        None(Op.Floor, "it is piecewise constant"),
        None(Op.Ceil, "it is piecewise constant"),
        None(Op.Round, "it is piecewise constant"),
        None(Op.Truncate, "it is piecewise constant"),
        None(Op.Not, "it works on bits"),
        Row(Op.Cast, c => c.G.Cast(c.A.DType)),
        None(Op.CheckIndex, "indices are integers"),
        None(Op.StopGradient, "that is its purpose"),
    ];

    private static GradientRow[] Binary() =>
    [
        Row(Op.Add, c => c.G, c => c.G),
        Row(Op.Subtract, c => c.G, c => -c.G),
        Row(Op.Multiply, c => c.G * c.B, c => c.G * c.A),
        Row(Op.Divide, c => c.G / c.B, c => -(c.G * (c.Y / c.B))),
        Row(Op.Remainder, c => c.G, c => -(c.G * (c.A / c.B).Make(Op.Floor))),
        Row(Op.Power, ElementwiseGradients.Base, ElementwiseGradients.Exponent),
        Row(Op.Maximum, ElementwiseGradients.Extreme, ElementwiseGradients.Extreme),
        Row(Op.Minimum, ElementwiseGradients.Extreme, ElementwiseGradients.Extreme),
        None(Op.And, "it works on bits"),
        None(Op.Or, "it works on bits"),
        None(Op.Xor, "it works on bits"),
        None(Op.ShiftLeft, "it works on bits"),
        None(Op.ShiftRight, "it works on bits"),
        None(Op.Equal, "comparisons are piecewise constant"),
        None(Op.NotEqual, "comparisons are piecewise constant"),
        None(Op.Less, "comparisons are piecewise constant"),
        None(Op.LessEqual, "comparisons are piecewise constant"),
        None(Op.Greater, "comparisons are piecewise constant"),
        None(Op.GreaterEqual, "comparisons are piecewise constant"),
        Row(Op.Where, null, c => c.A.Where(c.G, 0), c => c.A.Where(0, c.G)),
    ];

    private static GradientRow[] Movement() =>
    [
        Row(Op.Reshape, c => c.G.Reshape(c.A.Shape)),
        Row(Op.Permute, MovementGradients.Permute),
        Row(Op.Broadcast, MovementGradients.Broadcast),
        Row(Op.Slice, MovementGradients.Slice),
        Row(Op.Pad, MovementGradients.Pad),
        Row(Op.Concat, MovementGradients.Concat),
        Row(Op.Window, MovementGradients.Window),
    ];

    private static GradientRow[] Reductions() =>
    [
        Row(Op.Sum, c => c.G.Unreduce(c.Get<ReduceAttributes>().Axes, c.A.Shape)),
        Row(Op.Product, ReductionGradients.Product),
        Row(Op.Max, ReductionGradients.Extreme),
        Row(Op.Min, ReductionGradients.Extreme),
        None(Op.ArgMax, "positions are integers"),
        None(Op.ArgMin, "positions are integers"),
        Row(Op.Fold, c => c.G.Make(Op.Window, c.Get<FoldAttributes>().Window)),
        Row(Op.MaxPool, ReductionGradients.MaxPool),
    ];

    private static GradientRow[] Products() =>
    [
        Row(Op.Contraction, ProductGradients.ContractionLeft, ProductGradients.ContractionRight),
        Row(Op.Convolution, ProductGradients.ConvolutionInput, ProductGradients.ConvolutionWeight),
        Row(Op.Gather, MovementGradients.Gather, null),
        None(Op.NonZero, "positions are integers"),
        None(Op.SetSize, "a size is an integer"),
        Row(
            Op.UpdateRows,
            c => c.G.Make(Op.UpdateRows, c.Get<AxisAttributes>(), c.B.Like(0), c.Input(2)),
            c => c.G.Make(Op.Gather, c.Get<AxisAttributes>(), c.Input(2)), null),
        Row(Op.ScatterAdd, c => c.G.Make(Op.Gather, new AxisAttributes(c.Get<ScatterAttributes>().Axis), c.B), null),
    ];

    private static GradientRow Row(Op op, params OperandGradient?[] operands) => new(op, operands, null);

    private static GradientRow None(Op op, string why) => new(op, [], why);
}
