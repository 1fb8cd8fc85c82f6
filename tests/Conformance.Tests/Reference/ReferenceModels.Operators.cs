namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    private static ReferenceRow[] Operators() =>
    [
        .. Arithmetic(), .. Logical(), .. Products(), .. Reductions(), .. Movements(), .. Indexed(),
    ];

    private static ReferenceRow[] Arithmetic() =>
    [
        Binary("op_add_broadcast", (a, b) => a + b),
        Binary("op_sub_broadcast", (a, b) => a - b),
        Binary("op_mul_broadcast", (a, b) => a * b),
        Binary("op_div_broadcast", (a, b) => a / b),
        Binary("op_maximum", (a, b) => a.Maximum(b)),
        Binary("op_minimum", (a, b) => a.Minimum(b)),
        Binary("op_pow_tensor", (a, b) => a.Pow(b)),
        Case("op_autograd_polynomial", m =>
        {
            Tensor<F32> x = m.Input(0);
            const string pattern = @"\*\* ([0-9.]+) \+ ([0-9.]+) \*";
            Tensor<F32> y = x.Pow(m.Case.Number(pattern)) + (x * m.Case.Number(pattern, 2));
            m.Output(y);
            m.Loss = y.Sum();
        }),
        Case("op_pow_scalar", m => m.Output(m.Input(0).Pow(m.Case.Number(@"\*\* (-?[0-9.]+)")))),
        Unary("op_exp", x => x.Exp()),
        Unary("op_log", x => x.Log()),
        Unary("op_log1p", x => x.Log1p()),
        Unary("op_sqrt", x => x.Sqrt()),
        Unary("op_rsqrt", x => x.Rsqrt()),
        Unary("op_sin", x => x.Sin()),
        Unary("op_cos", x => x.Cos()),
        Unary("op_erf", x => x.Erf()),
        Unary("op_neg", x => -x),
        Case("op_reciprocal", m => m.Output(m.Case.Number("^(-?[0-9.]+) /") / m.Input(0))),
        Unary("op_abs", x => x.Abs()),
        Unary("op_sign", x => x.Sign()),
        Called("op_clamp", "clamp", (x, call) => x.Clamp(call.Number(1, "min"), call.Number(2, "max"))),
        Unary("op_floor_round", x => [x.Floor(), x.Ceil(), x.Round(), x.Truncate()]),
        Unary("op_fan_out_reuse", x => (x * x.Tanh()) + (x.Sum(0, keepDims: true) * x)),
        Unary("op_detach", x => x * x.Detach()),
    ];

    private static ReferenceRow[] Logical() =>
    [
        Case("op_where", m => m.Output(Tensor.Where(m.Input<Bool>("0"), m.Input(1), m.Input(2)))),
        Case("op_masked_fill", m => m.Output(m.Input(0).MaskedFill(
            m.Input<Bool>("1"), m.Case.Call("masked_fill").Number(1, "value")))),
        Case("op_compare", m =>
        {
            Tensor<F32> a = m.Input(0);
            Tensor<F32> b = m.Input(1);
            Tensor<Bool>[] results = [a > b, a >= b, a < b, a <= b, a.EqualTo(b), a.NotEqualTo(b)];
            m.Output([.. results.Select(result => result.Node)]);
        }),
        Case("op_logical", m =>
        {
            Tensor<Bool> a = m.Input<Bool>("0");
            Tensor<Bool> b = m.Input<Bool>("1");
            m.Output((a & b).Node, (a | b).Node, (~a).Node, (a ^ b).Node);
        }),
    ];

    private static ReferenceRow[] Products() =>
    [
        Binary("op_matmul_2d", (a, b) => a.MatMul(b)),
        Binary("op_matmul_larger", (a, b) => a.MatMul(b)),
        Binary("op_matmul_vec_mat", (a, b) => a.MatMul(b)),
        Binary("op_matmul_mat_vec", (a, b) => a.MatMul(b)),
        Binary("op_dot", (a, b) => a.Dot(b)),
        Binary("op_matmul_transposed", (a, b) => a.Transposed.MatMul(b.Transposed)),
        Binary("op_bmm", (a, b) => a.MatMul(b)),
        Binary("op_matmul_broadcast", (a, b) => a.MatMul(b)),
        Case("op_addmm", m =>
        {
            PythonCall call = m.Case.Call("addmm");
            m.Output(m.Input(0).AddMm(
                m.Input(1), m.Input(2), beta: call.Number(-1, "beta", 1), alpha: call.Number(-1, "alpha", 1)));
        }),
        Binary("op_outer", (a, b) => a.Contract(b, [], [], [], [])),
        .. new[] { "op_einsum_scores", "op_einsum_context", "op_einsum_trace_bilinear" }
            .Select(name => Case(name, m => m.Output(Einsum(
                m.Case.Call("einsum").Text(0, "equation"), [.. m.Case.Under("input").Select(m.Input)])))),
    ];

    private static ReferenceRow[] Reductions() =>
    [
        Unary("op_sum_all", x => x.Sum()),
        Called("op_sum_dim", "sum", (x, call) => x.Sum(Axes(call, 0), Keeps(call, 1))),
        Called("op_mean_dim", "mean", (x, call) => x.Mean(Axes(call, 0), Keeps(call, 1))),
        Case("op_var_std", m =>
        {
            Tensor<F32> x = m.Input(0);
            int axis = (int)m.Case.Number(@"dim=(-?\d+)");
            m.Output(x.Variance(axis), x.Variance(axis, correction: 0), x.Std(axis));
        }),
        Called("op_prod_dim", "prod", (x, call) => x.Product(Axes(call, 0), Keeps(call, 1))),
        Case("op_max_dim", m =>
        {
            int axis = m.Case.Call("max").Integer(0, "dim");
            m.Output(m.Input(0).Max(axis).Node, m.Input(0).ArgMax(axis).Node);
        }),
        Case("op_min_dim", m =>
        {
            int axis = m.Case.Call("min").Integer(0, "dim");
            m.Output(m.Input(0).Min(axis).Node, m.Input(0).ArgMin(axis).Node);
        }),
        Called("op_amax", "amax", (x, call) => x.Max(Axes(call, 1), Keeps(call, 2))),
        Called("op_amax_ties", "amax", (x, call) => x.Max(Axes(call, 1), Keeps(call, 2))),
        Case("op_argmax_argmin", m =>
        {
            Tensor<F32> x = m.Input(0);
            m.Output(
                x.ArgMax(m.Case.Call("argmax").Integer(0, "dim")).Node,
                x.ArgMin(m.Case.Call("argmin").Integer(0, "dim")).Node, x.Flatten().ArgMax(0).Node);
        }),
        Called("op_logsumexp", "logsumexp", (x, call) => x.LogSumExp(call.Integer(1, "dim"), Keeps(call, 2))),
        Case("op_norm", m => m.Output([.. new[] { 0, 1, 2 }.Select(i => m.Case.Call("norm", i)).Select(call =>
            m.Input(0).Norm(call.Number(0, "p", 2), call.Has(1, "dim") ? Axes(call, 1) : null, Keeps(call, 2)))])),
    ];

    private static int[] Axes(PythonCall call, int position) =>
        [.. call.Integers(position, "dim").Select(axis => (int)axis)];

    private static bool Keeps(PythonCall call, int position) => call.Flag(position, "keepdim", false);

    // A function of the first input, with settings among its arguments.
    private static ReferenceRow Called(
        string name, string function, Func<Tensor<F32>, PythonCall, Tensor<F32>> apply) =>
        Case(name, m => m.Output(apply(m.Input(0), m.Case.Call(function))));

    // One product after the other; what the result and later ones do not name is summed.
    private static Tensor<F32> Einsum(string equation, Tensor<F32>[] operands)
    {
        string[] sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        string[] labels = sides[0].Split(',');
        Tensor<F32> result = operands[0];
        string names = labels[0];
        for (int i = 1; i < operands.Length; i++)
        {
            string right = labels[i];
            string later = sides[1] + string.Concat(labels[(i + 1)..]);
            string both = string.Concat(names.Intersect(right));
            string batch = string.Concat(both.Intersect(later));
            string summed = string.Concat(both.Except(later));
            result = result.Contract(
                operands[i], Places(names, batch), Places(right, batch), Places(names, summed), Places(right, summed));
            names = batch + string.Concat(names.Except(both)) + string.Concat(right.Except(both));
        }

        return result.Permute(Places(names, sides[1]));
    }

    private static int[] Places(string names, string wanted) =>
        [.. wanted.Select(name => names.IndexOf(name, StringComparison.Ordinal))];

    private static ReferenceRow Unary(string name, Func<Tensor<F32>, Tensor<F32>> function) =>
        Case(name, m => m.Output(function(m.Input(0))));

    private static ReferenceRow Unary(string name, Func<Tensor<F32>, Tensor<F32>[]> function) =>
        Case(name, m => m.Output(function(m.Input(0))));

    private static ReferenceRow Binary(string name, Func<Tensor<F32>, Tensor<F32>, Tensor<F32>> function) =>
        Case(name, m => m.Output(function(m.Input(0), m.Input(1))));

    // bi, oij, bj -> bo
    private static Tensor<F32> Bilinear(Tensor<F32> left, Tensor<F32> weight, Tensor<F32> right)
    {
        // (o, i, j) with (b, j): (o, i, b), then with (b, i): (b, o)
        Tensor<F32> half = weight.Contract(right, [], [], [2], [1]);
        return half.Contract(left, [2], [0], [1], [1]);
    }
}
