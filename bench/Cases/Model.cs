using System.Globalization;
using Sinter.Compiler.Decompose;
using Sinter.Compiler.Differentiate;
using Sinter.Modules;
using Sinter.Optimizers;

namespace Sinter.Bench.Cases;

/// <summary>The models, under the peers' names for them.</summary>
internal sealed class Model
{
    private readonly Layer layer;
    private readonly Dimension[] input;

    private Model(string name, Layer layer, params Dimension[] input)
    {
        Name = name;
        this.layer = layer;
        this.input = input;
    }

    /// <summary>The name, with the batch.</summary>
    public string Name { get; }

    /// <summary>How many classes there are.</summary>
    public int Classes => 10;

    /// <summary>A model by its name: mlp, lenet5 or deep-LAYERS, an underscore, b, and the batch.</summary>
    /// <param name="name">The name.</param>
    /// <param name="dropout">The share of activations dropped behind each ReLU of an MLP.</param>
    public static Model Of(string name, double dropout = 0) => Of(name, Number(name.Split("_b")[1]), dropout);

    /// <summary>A model by its name, with another batch.</summary>
    public static Model Of(string name, Dimension batch, double dropout = 0)
    {
        string[] parts = name.Split("_b");
        return parts[0] switch
        {
            "mlp" => new Model(name, Mlp(dropout, 784, 512, 256, 10), batch, 784),
            "lenet5" => new Model(name, LeNet5(), batch, 1, 28, 28),
            _ => new Model(
                name, Mlp(dropout, Enumerable.Repeat(64, Number(parts[0].Split('-')[1]) + 1).ToArray()), batch, 64),
        };
    }

    /// <summary>The model's result.</summary>
    public Graph Inference() => Graph.Of(Name, ("logits", layer.Call(new GraphBuilder().Input<F32>("x", input)).Node));

    /// <summary>Forward, cross entropy, backward and Adam.</summary>
    public Graph TrainingStep()
    {
        var builder = new GraphBuilder(training: true);
        Tensor<F32> logits = layer.Call(builder.Input<F32>("x", input));
        Tensor<F32> loss = Losses.CrossEntropy(logits, builder.Input<I64>("labels", input[0]));
        return Compiler.Differentiate.TrainingStep.Build(Name, loss, new Adam(1e-3), layer.Parameters.ToArray());
    }

    /// <summary>Multiplications and additions of a graph's products.</summary>
    public static double Operations(Graph graph) => Decomposer.Decompose(graph).Nodes
        .Where(node => node.Op == Op.Contraction)
        .Sum(node => 2.0 * node.Shape.ElementCount.Value * Terms(node));

    private static double Terms(Node node) => node.Get<ContractionAttributes>().LeftContracted
        .Aggregate(1.0, (product, axis) => product * node.Inputs[0].Shape[axis].Value);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    // ReLU between the layers, not behind the last.
    private static Sequential Mlp(double dropout, params int[] widths)
    {
        var layers = new List<Layer>();
        for (int i = 0; i + 1 < widths.Length; i++)
        {
            layers.AddRange([new Linear(widths[i], widths[i + 1]), new ReLU(), new Dropout(dropout)]);
        }

        return new Sequential([.. layers.SkipLast(2)]);
    }

    // LeCun et al. 1998, with ReLU and maxima.
    private static Sequential LeNet5() => new(
        new Conv2d(1, 6, 5, padding: 2), new ReLU(), new MaxPool2d(2),
        new Conv2d(6, 16, 5), new ReLU(), new MaxPool2d(2),
        new Flatten(), new Linear(400, 120), new ReLU(), new Linear(120, 84), new ReLU(), new Linear(84, 10));
}
