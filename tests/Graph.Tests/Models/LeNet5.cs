using Sinter.Modules;

namespace Sinter.Tests.Models;

/// <summary>LeCun et al. 1998, with ReLU; the extents can be set wrong, to see what the errors say.</summary>
internal sealed class LeNet5 : Layer
{
    private readonly Conv2d c1;
    private readonly Conv2d c2;
    private readonly Linear f1;
    private readonly Linear f2;
    private readonly Sequential head;

    public LeNet5(int channels = 6, int flat = 400)
    {
        c1 = Register("c1", new Conv2d(1, 6, 5, padding: 2));
        c2 = Register("c2", new Conv2d(channels, 16, 5));
        f1 = Register("f1", new Linear(flat, 120));
        f2 = Register("f2", new Linear(120, 84));
        head = Register("head", new Sequential(new ReLU(), new Dropout(0.5), new Linear(84, 10)));
    }

    protected override Tensor<F32> Forward(Tensor<F32> input)
    {
        Tensor<F32> x = c1.Call(input).Relu().MaxPool2d(2);
        x = c2.Call(x).Relu().MaxPool2d(2).Flatten(1);
        x = f1.Call(x).Relu();
        x = f2.Call(x);
        return head.Call(x);
    }
}

internal static class LeNet5Graphs
{
    public static Tensor<F32> Logits(LeNet5 model, bool training = false)
    {
        var graph = new GraphBuilder(training);
        Tensor<F32> image = graph.Input<F32>("image", Symbol.Create("N", 1, 256), 1, 28, 28);
        return model.Call(image);
    }

    public static Graph Inference() => Graph.Of("lenet5", ("logits", Logits(new LeNet5()).Node));

    public static Graph Training()
    {
        Tensor<F32> logits = Logits(new LeNet5(), training: true);
        Tensor<I64> labels = logits.Graph.Input<I64>("labels", logits.Shape[0]);
        Tensor<F32> loss = Losses.CrossEntropy(logits, labels);
        return Graph.Of("lenet5", ("loss", loss.Node), ("correct", Losses.Accuracy(logits, labels).Node));
    }
}
