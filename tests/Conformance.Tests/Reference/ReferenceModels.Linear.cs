using Sinter.Modules;

namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    private static ReferenceRow[] LinearLayers() =>
    [
        .. OneLayer("layer_linear", "layer_linear_nobias_3d"),
        Case("layer_linear_numpy", m => m.Output(InOut(m.Input(0), m.Parameter("weights"), m.Parameter("biases")))),
        Case("layer_bilinear", m =>
            m.Output(Bilinear(m.Input(0), m.Parameter("weight"), m.Input(1)) + m.Parameter("bias"))),
        Case("perceptron_forward", m =>
        {
            Tensor<F32> sum = m.Input("x").MatMul(m.Input("weights")) + m.Input("bias");
            m.Output((sum > 0).Cast<I64>().Node);
        }),
        Case("perceptron_rule", Perceptron),
    ];

    private static ReferenceRow[] Perceptrons() =>
    [
        Network("mlp_classifier", m => m.Layer("layers").Call(m.Input(0)), CrossEntropy),
        Network("mlp_torch_regression", m => m.Layer("network").Call(m.Input(0)), MeanSquare),
        Network("mlp_numpy_sigmoid", Rows, (m, y) => BinaryCrossEntropy(m, y) / y.Shape[0].Value),
        Network("mlp_numpy_relu", Rows, (m, y) => (y - m.Target).Square().Sum() * m.Case.Number(Factor)),
        Network("mlp_column_xor", m => Columns(m, x => x.Sigmoid(), x => x), (m, y) =>
            (y - m.Target).Square().Sum() * m.Case.Number(Factor) / y.Shape[1].Value),
        Network("mlp_column_relu", m => Columns(m, x => x.Relu(), x => x.Sigmoid()), BinaryCrossEntropy),
        Network("mlp_batchnorm_after_relu", m =>
            m.Layer("fc2").Call(m.Layer("bn").Call(m.Layer("fc1").Call(m.Input(0)).Relu())), CrossEntropy),
        Network("mlp_batchnorm_before_relu", m =>
            m.Layer("fc2").Call(m.Layer("bn").Call(m.Layer("fc1").Call(m.Input(0))).Relu()), CrossEntropy),
        Network("mlp_dropout_mask", m => TwoLayers(m, m.Input("x"), m.Input("mask")), CrossEntropy),
        Case("mlp_dropout_eval", m => m.Output(TwoLayers(m, m.Input("x"), null))),
        Network("mlp_keras", Keras, SparseCategorical),
        Network("mlp_wide_and_deep", WideAndDeep, BinaryCrossEntropyWithLogits),
    ];

    // Cases whose root module is a layer of the library.
    private static ReferenceRow[] OneLayer(params string[] names) =>
        [.. names.Select(name => Case(name, m => m.Output(m.Layer().Call(m.Input(0)))))];

    private static ReferenceRow Network(
        string name, Func<ReferenceModel, Tensor<F32>> forward, Func<ReferenceModel, Tensor<F32>, Tensor<F32>> loss) =>
        Case(name, m =>
        {
            Tensor<F32> result = forward(m);
            m.Output(result);
            m.Loss = loss(m, result);
        });

    // In front of a sum of squares.
    private const string Factor = @"^([0-9.]+) \* sum\(";

    private static Tensor<F32> MeanSquare(ReferenceModel m, Tensor<F32> result) =>
        Losses.MseLoss(result, m.Target, ReductionOf(m.Case.Call("mse_loss")));

    // weights: (in, out)
    private static Tensor<F32> InOut(Tensor<F32> x, Tensor<F32> weights, Tensor<F32> biases) =>
        x.MatMul(weights) + biases;

    private static int Count(ReferenceModel m, string list) => m.Case.Under("param." + list).Count;

    // A row for each sample, weights (in, out), the same activation everywhere.
    private static Tensor<F32> Rows(ReferenceModel m)
    {
        Tensor<F32> x = m.Input(0);
        Func<Tensor<F32>, Tensor<F32>> activation = ActivationNamed(m.Case.Constructor().Text(1, "activation"));
        for (int i = 0; i < Count(m, "weights"); i++)
        {
            x = activation(InOut(x, m.Parameter($"weights.{i}"), m.Parameter($"biases.{i}")));
        }

        return x;
    }

    private static Func<Tensor<F32>, Tensor<F32>> ActivationNamed(string name) => name switch
    {
        "relu" => x => x.Relu(),
        "sigmoid" => x => x.Sigmoid(),
        "tanh" => x => x.Tanh(),
        "gelu" => x => x.Gelu(),
        _ => throw new NotComparedException($"there is no activation {name} yet"),
    };

    // A column for each sample, weights (out, in).
    private static Tensor<F32> Columns(
        ReferenceModel m, Func<Tensor<F32>, Tensor<F32>> inner, Func<Tensor<F32>, Tensor<F32>> last)
    {
        Tensor<F32> x = m.Input(0);
        int count = Count(m, "weights");
        for (int i = 0; i < count; i++)
        {
            x = m.Parameter($"weights.{i}").MatMul(x) + m.Parameter($"biases.{i}");
            x = i == count - 1 ? last(x) : inner(x);
        }

        return x;
    }

    private static Tensor<F32> Dropped(Tensor<F32> x, Tensor<F32>? mask, double p) =>
        mask is null ? x : x * mask / (1 - p);

    // The probability that a case's own class was made with.
    private static double DropProbability(ReferenceModel m) => m.Case.Config.GetProperty("modules").EnumerateArray()
        .First(entry => entry.TryGetProperty("p", out _)).GetProperty("p").GetDouble();

    private static Tensor<F32> TwoLayers(ReferenceModel m, Tensor<F32> x, Tensor<F32>? mask) =>
        m.Layer("fc2").Call(Dropped(m.Layer("fc1").Call(x).Relu(), mask, DropProbability(m)));

    private static Tensor<F32> Keras(ReferenceModel m)
    {
        double p = DropProbability(m);
        Tensor<F32> x = Dropped(m.Layer("d1").Call(m.Input("x")).Relu(), m.Input("mask1"), p);
        x = Dropped(m.Layer("d2").Call(x).Relu(), m.Input("mask2"), p);
        return m.Layer("d3").Call(x).Softmax(1);
    }

    private static Tensor<F32> WideAndDeep(ReferenceModel m)
    {
        Tensor<F32> embedded = m.Parameter("emb.weight").IndexSelect(0, m.Input<I64>("ids"));
        Tensor<F32> deep = m.Layer("deep").Call(Tensor.Concat(1, embedded, m.Input("dense")));
        return (m.Layer("wide").Call(m.Input("wide")) + deep).Squeeze(1);
    }

    // Rosenblatt's rule, sample by sample; no gradients.
    private static void Perceptron(ReferenceModel m)
    {
        Tensor<F32> weights = m.Parameter("weights");
        Tensor<F32> bias = m.Parameter("bias", m.Case.Tensors["after1.bias"].Shape);
        Tensor<F32> x = m.Batch("input.0", 1);
        Tensor<F32> target = m.Batch("target", 1);
        Tensor<F32> miss = target - Fired(x, weights, bias).Cast<F32>();
        double rate = m.Case.Setting("lr");
        m.Update(weights, weights + (miss.Unsqueeze(1) * x).Sum(0) * rate);
        m.Update(bias, bias + (miss.Sum() * rate));
        m.EpochSums.Add("mistakes_per_epoch", miss.NotEqualTo(0).Cast<I64>().Node);
        m.FinalOutputs.Add("predictions", Fired(m.Input(0), weights, bias).Node);
    }

    private static Tensor<Bool> Fired(Tensor<F32> x, Tensor<F32> weights, Tensor<F32> bias) =>
        x.MatMul(weights) + bias > 0;
}
