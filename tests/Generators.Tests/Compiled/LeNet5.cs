using Sinter.Modules;
using Sinter.Optimizers;

namespace Sinter.Generators.Tests.Compiled;

/// <summary>A model of this project, compiled when it is built.</summary>
[CompiledModel("images: f32[N, 1, 28, 28]", Symbols = "N = 1..16", Output = "logits", Training = nameof(Objective))]
public sealed partial class LeNet5 : Layer
{
    private readonly Sequential features;
    private readonly Sequential head;

    public LeNet5()
    {
        features = Register("features", new Sequential(
            new Conv2d(1, 6, 5, padding: 2), new ReLU(), new MaxPool2d(2), new Conv2d(6, 16, 5), new ReLU(), new MaxPool2d(2)));
        head = Register("head", new Sequential(new Flatten(), new Linear(400, 120), new ReLU(), new Linear(120, 10)));
    }

    /// <summary>The loss of a batch, and Adam.</summary>
    public static TrainingObjective Objective()
    {
        var model = new LeNet5();
        var graph = new GraphBuilder(training: true);
        Symbol batch = Symbol.Create("N", 1, 16);
        Tensor<F32> images = graph.Input<F32>("images", batch, 1, 28, 28);
        Tensor<I64> labels = graph.Input<I64>("labels", batch);
        return new TrainingObjective(Losses.CrossEntropy(model.Call(images), labels), new Adam(1e-3), model.Parameters);
    }

    protected override Tensor<F32> Forward(Tensor<F32> input) => head.Call(features.Call(input));
}
