namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    // torch.nn.functional.selu and softplus: their constants.
    private const double SeluAlpha = 1.6732632423543772848170429916717;
    private const double SeluScale = 1.0507009873554804934193349852946;
    private const double SoftplusThreshold = 20;

    private static ReferenceRow[] Activations() =>
    [
        Activation("act_relu", x => x.Relu()),
        Activation("act_leaky_relu_001", x => x.LeakyRelu(0.01)),
        Activation("act_leaky_relu_02", x => x.LeakyRelu(0.2)),
        Activation("act_sigmoid", x => x.Sigmoid()),
        Activation("act_tanh", x => x.Tanh()),
        Activation("act_elu", x => x.Elu()),
        Activation("act_selu", x => x.Elu(SeluAlpha) * SeluScale),
        Activation("act_gelu", x => x.Gelu()),
        Activation("act_gelu_tanh", x => x.Gelu(approximateTanh: true)),
        Activation("act_silu", x => x.Silu()),
        Activation("act_softplus", x => Tensor.Where(x > SoftplusThreshold, x, x.Softplus())),
        Activation("act_mish", x => x * x.Softplus().Tanh()),
        Activation("act_hardtanh", x => HardTanh(x, -1, 1)),
        Activation("act_relu6", x => HardTanh(x, 0, 6)),
        Activation("act_hardsigmoid", HardSigmoid),
        Activation("act_hardswish", x => Tensor.Where(x <= -3, x * 0, Tensor.Where(x < 3, x * ((x / 6) + 0.5), x))),
        Activation("act_logsigmoid", x => -(-x).Softplus()),
        Activation("act_softsign", x => x / (x.Abs() + 1)),
        Unary("act_step", x => (x > 0).Cast<F32>()),
        Case("act_prelu", m => m.Output(Sloped(m.Input(0), m.Parameter("weight")))),
        Case("act_softmax", m => m.Output(m.Input(0).Softmax(-1), m.Input(1).Softmax(1))),
        Unary("act_softmax_vector", x => x.Softmax(0)),
        Unary("act_softmax_masked", x => x.Softmax(1)),
        Case("act_log_softmax", m => m.Output(m.Input(0).LogSoftmax(-1), m.Input(1).LogSoftmax(1))),
        Unary("act_glu", x =>
        {
            Tensor<F32>[] halves = x.Chunk(2, -1);
            return halves[0] * halves[1].Sigmoid();
        }),
    ];

    private static ReferenceRow Activation(string name, Func<Tensor<F32>, Tensor<F32>> function) =>
        Case(name, m => m.Output(function(m.Input(0)), function(m.Input(1))));

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
