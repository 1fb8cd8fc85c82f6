namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    private static ReferenceRow[] Precision() =>
    [
        Case("quant_affine_uint8", m =>
        {
            double scale = m.Case.Setting("scale");
            double zero = m.Case.Setting("zero_point");
            Tensor<F32> quantized = Quantized(
                m.Input(0), scale, zero, m.Case.Setting("qmin"), m.Case.Setting("qmax"));
            m.Output("q", quantized.Cast<I64>().Node);
            m.Output("dequantized", ((quantized - zero) * scale).Node);
        }),
        Called("quant_fake_ste", "fake_quantize_per_tensor_affine", (x, call) => FakeQuantized(
            x, call.Number(1, "scale"), call.Number(2, "zero_point"), call.Number(3, "quant_min"),
            call.Number(4, "quant_max"))),
        Case("quant_symmetric_per_channel", m =>
        {
            Tensor<F32> weight = m.Input("weight");
            Tensor<F32> scale = weight.Abs().Max(1, keepDims: true) / m.Case.Number(@"max\|w\| / ([0-9]+)");
            PythonCall bounds = m.Case.Call("clamp");
            Tensor<F32> quantized = (weight / scale).Round().Clamp(bounds.Number(1, "min"), bounds.Number(2, "max"));
            m.Output("q", quantized.Cast<I64>().Node);
            m.Output("scale", scale.Squeeze(1).Node);
            m.Output("dequantized", (quantized * scale).Node);
        }),
        Case("quant_linear_int8", m =>
        {
            Tensor<I64> x = m.Input<I64>("x_q") - (long)m.Case.Number(@"x_q - ([0-9]+)");
            Tensor<I64> accumulator = x.MatMul(m.Input<I64>("w_q").Transposed) + m.Input<I64>("bias_q");
            m.Output("accumulator", accumulator.Node);
            const string scales = @"scales 1/([0-9]+) and 1/([0-9]+)";
            Tensor<F32> inputs = accumulator.Cast<F32>() * (1 / m.Case.Number(scales));
            m.Output("0", (inputs * (1 / m.Case.Number(scales, 2))).Node);
        }),
    ];

    private static Tensor<F32> Quantized(Tensor<F32> x, double scale, double zero, double low, double high) =>
        ((x / scale).Round() + zero).Clamp(low, high);

    // The gradient passes straight through where the value is inside the range.
    private static Tensor<F32> FakeQuantized(Tensor<F32> x, double scale, double zero, double low, double high)
    {
        Tensor<F32> result = ((Quantized(x, scale, zero, low, high) - zero) * scale).Detach();
        Tensor<F32> position = (x / scale).Round() + zero;
        Tensor<Bool> isInside = (position >= low) & (position <= high);
        return Tensor.Where(isInside, x - x.Detach(), 0) + result;
    }
}
