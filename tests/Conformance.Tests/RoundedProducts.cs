using Sinter.Compiler;
using Sinter.Compiler.Differentiate;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;
using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>Products of many shapes, and what they are where operands are rounded: the oracle's results from operands
/// that were rounded before.</summary>
internal static class RoundedProducts
{
    /// <summary>What sums in another order may differ by.</summary>
    public const double Tolerance = 1e-5;

    // Results that are products of inputs whose names begin so are computed from rounded ones.
    private const string Rounded = "rounded";

    /// <summary>The expected results.</summary>
    public static InterpreterResult Expected(BuiltCase built, ProductPrecision precision)
    {
        var inputs = built.Inputs.ToDictionary(
            input => input.Key,
            input => IsRounded(input.Key) ? Round(input.Value, precision) : input.Value);
        return Interpreter.Run(built.Graph, inputs, built.Parameters);
    }

    /// <summary>The products. Every input has a name of its own, so that each is either rounded or not.</summary>
    public static BuiltCase Build()
    {
        var c = new CaseBuilder(7);
        int count = 0;
        Tensor<F32> Operand(params Dimension[] shape) => c.Fixed(Rounded + count++, Draws.Any, shape);
        Tensor<F32> Plain(params Dimension[] shape) => c.Fixed("plain" + count++, Draws.Any, shape);
        Symbol rows = c.Symbol("N", 37);
        Symbol many = c.Symbol("M", 111, max: 128);
        Symbol depth = c.Symbol("K", 41);
        Tensor<F32> image = Operand(2, 9, 11, 10);
        Tensor<F32> filter = Operand(12, 9, 3, 3);
        Tensor<F32> windows = image.Conv2d(filter, padding: 1);
        Tensor<F32> loss = (windows * Operand(2, 12, 11, 10)).Sum();
        IReadOnlyDictionary<Node, Node> gradients = Differentiator.Gradient(loss.Node, [image.Node, filter.Node]);
        Tensor<F32> parameter = c.Parameter("weight", Draws.Any, 40, 24);
        Tensor<F32> step = Operand(52, 40).Contract(Operand(52, 24), [], [], [0], [0]);
        c.Update(parameter, parameter - (step * 0.125));
        (string, Node)[] outputs =
        [
            ("odd", Operand(70, 45).MatMul(Operand(45, 130)).Node),
            ("whole", Operand(128, 64).MatMul(Operand(64, 256)).Node),
            ("many", Operand(132, 45).MatMul(Operand(45, 136)).Node),
            ("manyOdd", Operand(131, 37).MatMul(Operand(37, 133)).Node),
            ("manyBatched", Operand(2, 100, 40).MatMul(Operand(2, 40, 104)).Node),
            ("manyShared", Operand(2, 100, 24).MatMul(Operand(24, 100)).Node),
            ("manyLeftTransposed", Operand(50, 128).Contract(Operand(50, 100), [], [], [0], [0]).Node),
            ("manyRightTransposed", Operand(100, 52).Contract(Operand(132, 52), [], [], [1], [1]).Node),
            ("manyTwoAxes", Operand(12, 6, 11, 7).Contract(Operand(7, 18, 6, 8), [], [], [1, 3], [2, 0]).Node),
            ("manyEpilogue", (Operand(100, 40).MatMul(Operand(40, 108)) + Plain(108)).Relu().Node),
            ("manySymbolicRows", Operand(many, 44).MatMul(Operand(44, 100)).Node),
            ("stretch", Operand(33, 16).MatMul(Operand(16, 40)).Node),
            ("batched", Operand(3, 40, 50).MatMul(Operand(3, 50, 36)).Node),
            ("transposed", Operand(50, 40).Contract(Operand(36, 50), [], [], [0], [1]).Node),
            ("leftTransposed", Operand(64, 48).Contract(Operand(64, 36), [], [], [0], [0]).Node),
            ("rightTransposed", Operand(40, 52).Contract(Operand(36, 52), [], [], [1], [1]).Node),
            ("symbolicRows", Operand(rows, 44).MatMul(Operand(44, 28)).Node),
            ("symbolicDepth", Operand(depth, 24).Contract(Operand(depth, 28), [], [], [0], [0]).Node),
            ("twoAxes", Operand(20, 6, 7).Contract(Operand(7, 18, 6), [], [], [1, 2], [2, 0]).Node),
            ("epilogue", (Operand(30, 40).MatMul(Operand(40, 50)) + Plain(50)).Relu().Node),
            ("residual", (Operand(30, 40).MatMul(Operand(40, 50)).Sigmoid() * Plain(30, 50)).Node),
            ("convolution", (windows + Plain(12, 1, 1)).Relu().Node),
            ("imageGradient", gradients[image.Node]),
            ("filterGradient", gradients[filter.Node]),
        ];
        var graph = new Graph(
            "products", c.Graph.Inputs, [.. outputs.Select(pair => new Output(pair.Item1, pair.Item2))], c.Updates);
        return new BuiltCase(graph, c.Inputs, c.Parameters);
    }

    private static bool IsRounded(string input) => input.StartsWith(Rounded, StringComparison.Ordinal);

    private static TensorValue Round(TensorValue value, ProductPrecision precision) =>
        new(value.Type, value.Shape, value.Floats.Select(number => (double)Round((float)number, precision)).ToArray());

    private static float Round(float value, ProductPrecision precision)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return precision switch
        {
            // To the nearest; ties away from zero, and to even.
            ProductPrecision.Tf32 => BitConverter.UInt32BitsToSingle((bits + 0x1000) & 0xFFFFE000),
            ProductPrecision.Bf16 =>
                BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000),
            ProductPrecision.F16 => (float)(Half)value,
            _ => value,
        };
    }
}
