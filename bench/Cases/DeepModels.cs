using Sinter.Compiler.Differentiate;
using Sinter.Modules;
using Sinter.Optimizers;

namespace Sinter.Bench.Cases;

/// <summary>Models deep enough that what waits for the backward pass, and what is compiled again for each layer, can be
/// seen.</summary>
internal static class DeepModels
{
    private const int Classes = 10;

    /// <summary>The training steps by name.</summary>
    public static IReadOnlyDictionary<string, Func<Graph>> Steps { get; } = new Dictionary<string, Func<Graph>>
    {
        ["cnn-20"] = () => Step("cnn-20", Cnn(20, 32), 16, 3, 32, 32),
        ["mlp-12"] = () => Step("mlp-12", Mlp(12, 256), 1_024, 256),
        ["lenet5"] = () => Model.Of("lenet5_b64").TrainingStep(),
        ["resnet-20"] = () => Step("resnet-20", ResNet(3), 16, 3, 32, 32),
        ["transformer-1"] = () => Step("transformer-1", Transformer(1), 8, 64, 128),
        ["transformer-6"] = () => Step("transformer-6", Transformer(6), 8, 64, 128),
        ["transformer-12"] = () => Step("transformer-12", Transformer(12), 8, 64, 128),
    };

    /// <summary>Forward, cross entropy, backward and Adam.</summary>
    public static Graph Step(string name, Layer layer, params Dimension[] input)
    {
        var builder = new GraphBuilder(training: true);
        Tensor<F32> logits = layer.Call(builder.Input<F32>("x", input));
        Tensor<F32> loss = Losses.CrossEntropy(logits, builder.Input<I64>("labels", input[0]));
        return TrainingStep.Build(name, loss, new Adam(1e-3), layer.Parameters.ToArray());
    }

    private static Sequential Mlp(int layers, int width) => new(
        [
            .. Enumerable.Range(0, layers - 1).SelectMany(_ => new Layer[] { new Linear(width, width), new ReLU() }),
            new Linear(width, Classes),
        ]);

    /// <summary>Convolutions of one width, their mean and a dense layer.</summary>
    public static Sequential Cnn(int layers, int channels) => new(
        [
            .. Enumerable.Range(0, layers - 1).SelectMany(
                i => new Layer[] { new Conv2d(i == 0 ? 3 : channels, channels, 3, padding: 1), new ReLU() }),
            new MeanOf(2, 3), new Linear(channels, Classes),
        ]);

    // He et al. 2016, for 32 by 32 images: 6n + 2 layers.
    private static Sequential ResNet(int n) => new(
        [
            new Conv2d(3, 16, 3, padding: 1, bias: false), new BatchNorm(16), new ReLU(),
            .. Enumerable.Range(0, 3 * n).Select(
                i => new Residual(16 << (Math.Max(0, i - 1) / n), 16 << (i / n))),
            new MeanOf(2, 3), new Linear(64, Classes),
        ]);

    /// <summary>Blocks of attention over sequences.</summary>
    public static Sequential Transformer(int layers) => new(
        [
            .. Enumerable.Range(0, layers).Select(_ => new Block(128, heads: 4)),
            new LayerNorm(128), new MeanOf(1), new Linear(128, Classes),
        ]);

    private sealed class MeanOf(params int[] axes) : Layer
    {
        protected override Tensor<F32> Forward(Tensor<F32> input) => input.Mean(axes);
    }

    // By the batch's own statistics. x: (batch, channels, rows, columns).
    private sealed class BatchNorm : Layer
    {
        private readonly Tensor<F32> scale;
        private readonly Tensor<F32> shift;

        public BatchNorm(int channels)
        {
            scale = Parameter("weight", Initializer.Constant(1), channels, 1, 1);
            shift = Parameter("bias", Initializer.Zeros, channels, 1, 1);
        }

        protected override Tensor<F32> Forward(Tensor<F32> input)
        {
            Tensor<F32> centred = input - input.Mean([0, 2, 3], keepDims: true);
            Tensor<F32> variance = centred.Square().Mean([0, 2, 3], keepDims: true);
            return (centred * (variance + 1e-5).Rsqrt() * scale) + shift;
        }
    }

    private sealed class LayerNorm : Layer
    {
        private readonly Tensor<F32> scale;
        private readonly Tensor<F32> shift;

        public LayerNorm(int width)
        {
            scale = Parameter("weight", Initializer.Constant(1), width);
            shift = Parameter("bias", Initializer.Zeros, width);
        }

        protected override Tensor<F32> Forward(Tensor<F32> input)
        {
            Tensor<F32> centred = input - input.Mean(-1, keepDims: true);
            Tensor<F32> variance = centred.Square().Mean(-1, keepDims: true);
            return (centred * (variance + 1e-5).Rsqrt() * scale) + shift;
        }
    }

    private sealed class Residual : Layer
    {
        private readonly Sequential inner;
        private readonly Layer? shortcut;

        public Residual(int from, int to)
        {
            int stride = from == to ? 1 : 2;
            inner = Register("inner", new Sequential(
                new Conv2d(from, to, 3, stride: stride, padding: 1, bias: false), new BatchNorm(to), new ReLU(),
                new Conv2d(to, to, 3, padding: 1, bias: false), new BatchNorm(to)));
            shortcut = from == to ? null : Register("shortcut", new Conv2d(from, to, 1, stride: stride, bias: false));
        }

        protected override Tensor<F32> Forward(Tensor<F32> input) =>
            (inner.Call(input) + (shortcut is null ? input : shortcut.Call(input))).Relu();
    }

    // Pre-norm. x: (batch, time, width).
    private sealed class Block : Layer
    {
        private readonly LayerNorm first;
        private readonly LayerNorm second;
        private readonly Linear query;
        private readonly Linear key;
        private readonly Linear value;
        private readonly Linear output;
        private readonly Linear wide;
        private readonly Linear narrow;
        private readonly int heads;

        public Block(int width, int heads)
        {
            this.heads = heads;
            first = Register("first", new LayerNorm(width));
            query = Register("query", new Linear(width, width));
            key = Register("key", new Linear(width, width));
            value = Register("value", new Linear(width, width));
            output = Register("output", new Linear(width, width));
            second = Register("second", new LayerNorm(width));
            wide = Register("wide", new Linear(width, 4 * width));
            narrow = Register("narrow", new Linear(4 * width, width));
        }

        protected override Tensor<F32> Forward(Tensor<F32> input)
        {
            Tensor<F32> x = input + Attend(first.Call(input));
            return x + narrow.Call(wide.Call(second.Call(x)).Gelu());
        }

        private Tensor<F32> Attend(Tensor<F32> x)
        {
            Dimension size = x.Shape[2].Value / heads;
            Tensor<F32> Heads(Layer layer) =>
                layer.Call(x).Reshape(x.Shape[0], x.Shape[1], heads, size).Permute(0, 2, 1, 3);
            Tensor<F32> scores = Heads(query).MatMul(Heads(key).Transpose(2, 3)) * (1 / Math.Sqrt(size.Value));
            return output.Call(scores.Softmax(-1).MatMul(Heads(value)).Permute(0, 2, 1, 3).Reshape(x.Shape));
        }
    }
}
