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
            Tensor<F32> y = x.Pow(2) + (x * 2);
            m.Output(y);
            m.Loss = y.Sum();
        }),
        Unary("op_pow_scalar", x => x.Pow(3)),
        Unary("op_exp", x => x.Exp()),
        Unary("op_log", x => x.Log()),
        Unary("op_log1p", x => x.Log1p()),
        Unary("op_sqrt", x => x.Sqrt()),
        Unary("op_rsqrt", x => x.Rsqrt()),
        Unary("op_sin", x => x.Sin()),
        Unary("op_cos", x => x.Cos()),
        Unary("op_erf", x => x.Erf()),
        Unary("op_neg", x => -x),
        Unary("op_reciprocal", x => 1 / x),
        Unary("op_abs", x => x.Abs()),
        Unary("op_sign", x => x.Sign()),
        Unary("op_clamp", x => x.Clamp(-1, 0.5)),
        Unary("op_floor_round", x => [x.Floor(), x.Ceil(), x.Round(), x.Truncate()]),
        Unary("op_fan_out_reuse", x => (x * x.Tanh()) + (x.Sum(0, keepDims: true) * x)),
        Unary("op_detach", x => x * x.Detach()),
    ];

    private static ReferenceRow[] Logical() =>
    [
        Case("op_where", m => m.Output(Tensor.Where(m.Input<Bool>("0"), m.Input(1), m.Input(2)))),
        Case("op_masked_fill", m => m.Output(m.Input(0).MaskedFill(m.Input<Bool>("1"), -3))),
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
        Case("op_addmm", m => m.Output(m.Input(0).AddMm(m.Input(1), m.Input(2), beta: 0.5, alpha: 2))),
        Binary("op_outer", (a, b) => a.Contract(b, [], [], [], [])),

        // nqhd, nkhd -> nhqk
        Binary("op_einsum_scores", (queries, keys) => queries.Contract(keys, [0, 2], [0, 2], [3], [3])),

        // nhql, nlhd -> nhqd -> nqhd
        Binary("op_einsum_context", (weights, values) =>
            weights.Contract(values, [0, 1], [0, 2], [3], [1]).Transpose(1, 2)),
        Case("op_einsum_trace_bilinear", m => m.Output(Bilinear(m.Input(0), m.Input(1), m.Input(2)))),
    ];

    private static ReferenceRow[] Reductions() =>
    [
        Unary("op_sum_all", x => x.Sum()),
        Unary("op_sum_dim", x => x.Sum(1, keepDims: true)),
        Unary("op_mean_dim", x => x.Mean(1, keepDims: true)),
        Unary("op_var_std", x => [x.Variance(-1), x.Variance(-1, correction: 0), x.Std(-1)]),
        Unary("op_prod_dim", x => x.Product(-1)),
        Case("op_max_dim", m => m.Output(m.Input(0).Max(-1).Node, m.Input(0).ArgMax(-1).Node)),
        Case("op_min_dim", m => m.Output(m.Input(0).Min(0).Node, m.Input(0).ArgMin(0).Node)),
        Unary("op_amax", x => x.Max([0, 2])),
        Unary("op_amax_ties", x => x.Max(-1)),
        Case("op_argmax_argmin", m =>
        {
            Tensor<F32> x = m.Input(0);
            m.Output(x.ArgMax(-1).Node, x.ArgMin(0).Node, x.Flatten().ArgMax(0).Node);
        }),
        Unary("op_logsumexp", x => x.LogSumExp(-1)),
        Unary("op_norm", x => [x.Norm(), x.Norm(1), x.Norm(2, [-1])]),
    ];

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
