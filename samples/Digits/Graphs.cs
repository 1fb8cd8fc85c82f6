using Sinter;
using Sinter.Compiler.Differentiate;
using Sinter.Optimizers;

namespace Digits;

/// <summary>The two programs of the sample: one that learns from a batch, and one that only looks at it.</summary>
internal static class Graphs
{
    /// <summary>Forward, loss, backward and Adam in one graph.</summary>
    public static Graph Training(LeNet5 model, Symbol batch)
    {
        var (loss, correct) = Measure(model, batch, training: true);
        var metric = new Output("correct", correct.Node);
        return TrainingStep.Build("training", loss, new Adam(1e-3), [.. model.Parameters], metric);
    }

    /// <summary>Forward and loss.</summary>
    public static Graph Evaluation(LeNet5 model, Symbol batch)
    {
        var (loss, correct) = Measure(model, batch, training: false);
        return Graph.Of("evaluation", ("loss", loss.Node), ("correct", correct.Node));
    }

    private static (Tensor<F32> Loss, Tensor<F32> Correct) Measure(LeNet5 model, Symbol batch, bool training)
    {
        var graph = new GraphBuilder(training);
        Tensor<F32> images = graph.Input<F32>("images", batch, 1, 28, 28);
        Tensor<I64> labels = graph.Input<I64>("labels", batch);
        Tensor<F32> logits = model.Call(images);
        return (Losses.CrossEntropy(logits, labels), Losses.Accuracy(logits, labels));
    }
}
