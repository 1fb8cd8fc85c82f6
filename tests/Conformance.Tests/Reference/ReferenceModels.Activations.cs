namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    // torch.nn.functional.selu: its constants.
    private const double SeluAlpha = 1.6732632423543772848170429916717;
    private const double SeluScale = 1.0507009873554804934193349852946;

    private static ReferenceRow[] Activations() =>
    [
        Activation("act_relu", x => x.Relu()),
        Activation("act_leaky_relu_001", "leaky_relu", LeakyRelu),
        Activation("act_leaky_relu_02", "leaky_relu", LeakyRelu),
        Activation("act_sigmoid", x => x.Sigmoid()),
        Activation("act_tanh", x => x.Tanh()),
        Activation("act_elu", "elu", (x, call) => x.Elu(call.Number(1, "alpha", 1))),
        Activation("act_selu", x => x.Elu(SeluAlpha) * SeluScale),
        Activation("act_gelu", "gelu", Gelu),
        Activation("act_gelu_tanh", "gelu", Gelu),
        Activation("act_silu", x => x.Silu()),
        Activation("act_softplus", "softplus", Softplus),
        Activation("act_mish", x => x * x.Softplus().Tanh()),
        Activation("act_hardtanh", "hardtanh", (x, call) =>
            HardTanh(x, call.Number(1, "min_val", -1), call.Number(2, "max_val", 1))),
        Activation("act_relu6", x => HardTanh(x, 0, 6)),
        Activation("act_hardsigmoid", HardSigmoid),
        Activation("act_hardswish", x => Tensor.Where(x <= -3, x * 0, Tensor.Where(x < 3, x * ((x / 6) + 0.5), x))),
        Activation("act_logsigmoid", x => -(-x).Softplus()),
        Activation("act_softsign", x => x / (x.Abs() + 1)),
        Case("act_step", m => m.Output((m.Input(0) > m.Case.Number("> (-?[0-9.e-]+)")).Cast<F32>())),
        Case("act_prelu", m => m.Output(Sloped(m.Input(0), m.Parameter("weight")))),
        .. new[] { "act_softmax", "act_softmax_vector", "act_softmax_masked" }
            .Select(name => Case(name, m => m.Output(EachInput(m, "softmax", (x, axis) => x.Softmax(axis))))),
        Case("act_log_softmax", m => m.Output(EachInput(m, "log_softmax", (x, axis) => x.LogSoftmax(axis)))),
        Case("act_glu", m =>
        {
            Tensor<F32>[] halves = m.Input(0).Chunk(2, m.Case.Call("glu").Integer(1, "dim", -1));
            m.Output(halves[0] * halves[1].Sigmoid());
        }),
    ];

    private static Tensor<F32> LeakyRelu(Tensor<F32> x, PythonCall call) =>
        x.LeakyRelu(call.Number(1, "negative_slope", 0.01));

    private static Tensor<F32> Gelu(Tensor<F32> x, PythonCall call) =>
        x.Gelu(call.Text(1, "approximate", "none") == "tanh");

    private static Tensor<F32> Softplus(Tensor<F32> x, PythonCall call)
    {
        double beta = call.Number(1, "beta", 1);
        Tensor<F32> scaled = x * beta;
        return Tensor.Where(scaled > call.Number(2, "threshold", 20), x, scaled.Softplus() / beta);
    }

    // One call for each input, with an axis of its own.
    private static Tensor<F32>[] EachInput(
        ReferenceModel m, string function, Func<Tensor<F32>, int, Tensor<F32>> apply) =>
        [.. m.Case.Under("input").Select((name, i) =>
            apply(m.Input(name), m.Case.Call(function, i).Integer(1, "dim")))];

    private static ReferenceRow Activation(
        string name, string function, Func<Tensor<F32>, PythonCall, Tensor<F32>> apply) =>
        Case(name, m => m.Output([.. m.Case.Under("input")
            .Select(input => apply(m.Input(input), m.Case.Call(function)))]));

    private static ReferenceRow Activation(string name, Func<Tensor<F32>, Tensor<F32>> function) =>
        Case(name, m => m.Output([.. m.Case.Under("input").Select(input => function(m.Input(input)))]));

    // Choices, for PyTorch's slope of 0 at both edges.
    private static Tensor<F32> HardTanh(Tensor<F32> x, double low, double high)
    {
        Tensor<F32> edge = Tensor.Where(x <= low, Tensor<F32>.Scalar(low), Tensor<F32>.Scalar(high));
        return Tensor.Where((x > low) & (x < high), x, edge);
    }

    private static Tensor<F32> HardSigmoid(Tensor<F32> x) => HardTanh((x / 6) + 0.5, 0, 1);

    // weight: (channels), along axis 1
    private static Tensor<F32> Sloped(Tensor<F32> x, Tensor<F32> weight)
    {
        Tensor<F32> slopes = weight.Reshape([-1, .. Enumerable.Repeat((Dimension)1, x.Rank - 2)]);
        return Tensor.Where(x > 0, x, x * slopes);
    }
}
