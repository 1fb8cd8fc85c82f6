using Sinter.Compiler.Differentiate;
using Sinter.Optimizers;

namespace Sinter.Conformance.Tests.Scans;

/// <summary>Recurrent networks as a loop, and written out step by step.</summary>
internal sealed class Cells
{
    private readonly Tensor<F32> input;
    private readonly Tensor<F32> hidden;
    private readonly Tensor<F32> bias;
    private readonly int width;

    public Cells(int features, int width)
    {
        this.width = width;
        input = State("input", features, 4 * width);
        hidden = State("hidden", width, 4 * width);
        bias = State("bias", 4 * width);
    }

    public IReadOnlyList<Parameter> Parameters => [.. new[] { input, hidden, bias }.Select(Declaration)];

    /// <summary>The next states of an LSTM.</summary>
    public (Tensor<F32> H, Tensor<F32> C) Lstm(Tensor<F32> x, Tensor<F32> h, Tensor<F32> c)
    {
        Tensor<F32> gates = x.MatMul(input) + h.MatMul(hidden) + bias;
        Tensor<F32> Gate(int i) => gates.Slice(1, i * width, (i + 1) * width);
        Tensor<F32> cell = (Gate(1).Sigmoid() * c) + (Gate(0).Sigmoid() * Gate(2).Tanh());
        return (Gate(3).Sigmoid() * cell.Tanh(), cell);
    }

    /// <summary>All h: (steps, batch, width), and the last c.</summary>
    public (Tensor<F32> All, Tensor<F32> C) Loop(Tensor<F32> x, Tensor<F32> h, Tensor<F32> c, bool reversed = false)
    {
        var (last, all) = Functional.Scan((h, c), x, (state, slice) =>
        {
            var next = Lstm(slice, state.First, state.Second);
            return (next, next.H);
        }, reversed);
        return (all, last.Second);
    }

    /// <summary>The same, written out.</summary>
    public (Tensor<F32> All, Tensor<F32> C) Unrolled(
        Tensor<F32> x, Tensor<F32> h, Tensor<F32> c, bool reversed = false)
    {
        int steps = (int)x.Shape[0].Value;
        var all = new Tensor<F32>[steps];
        for (int i = 0; i < steps; i++)
        {
            int at = reversed ? steps - 1 - i : i;
            (h, c) = Lstm(x.Slice(0, at, at + 1).Squeeze(0), h, c);
            all[at] = h.Unsqueeze(0);
        }

        return (Tensor.Concat(0, all), c);
    }

    /// <summary>States, all outputs, and the gradient of everything.</summary>
    public Graph Gradients(Dimension steps, Dimension batch, int features, bool loop, bool reversed = false)
    {
        var builder = new GraphBuilder(captureSource: false);
        Tensor<F32> x = builder.Input<F32>("x", steps, batch, features);
        Tensor<F32> h = builder.Input<F32>("h", batch, width);
        Tensor<F32> c = builder.Input<F32>("c", batch, width);
        var (all, last) = loop ? Loop(x, h, c, reversed) : Unrolled(x, h, c, reversed);
        Tensor<F32> loss = (all * all).Sum() + (last.Sin()).Sum();
        Node[] wanted = [x.Node, h.Node, c.Node, input.Node, hidden.Node, bias.Node];
        IReadOnlyDictionary<Node, Node> gradients = Differentiator.Gradient(loss.Node, wanted);
        return Graph.Of(
            "lstm",
            [("all", all.Node), ("last", last.Node), .. wanted.Select((node, i) => ($"g{i}", gradients[node]))]);
    }

    /// <summary>A training step.</summary>
    public Graph TrainingStep(Dimension steps, int batch, int features, Optimizer optimizer)
    {
        var builder = new GraphBuilder(training: true, captureSource: false);
        Tensor<F32> x = builder.Input<F32>("x", steps, batch, features);
        Tensor<F32> zero = Tensor<F32>.Full(0, batch, width);
        var (all, _) = Loop(x, zero, zero);
        Tensor<F32> difference = all - builder.Input<F32>("y", steps, batch, width);
        return Sinter.Compiler.Differentiate.TrainingStep.Build(
            "train", (difference * difference).Mean(), optimizer, Parameters);
    }

    private static Tensor<F32> State(string name, params Dimension[] shape) => new(new Parameter(
        name, new TensorType(DType.F32, new Shape(shape)), Initializer.Uniform(-0.3, 0.3), StateKind.Parameter).Node);

    private static Parameter Declaration(Tensor<F32> tensor) => tensor.Node.Get<ParameterAttributes>().Declaration;
}
