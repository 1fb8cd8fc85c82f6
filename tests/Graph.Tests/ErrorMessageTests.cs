using Sinter.Modules;
using Sinter.Testing;
using Sinter.Tests.Models;

namespace Sinter.Tests;

public class ErrorMessageTests
{
    [Fact]
    public void Wrong_features() => Golden.Verify(Message(() => LeNet5Graphs.Logits(new LeNet5(flat: 256))));

    [Fact]
    public void Wrong_channels() => Golden.Verify(Message(() => LeNet5Graphs.Logits(new LeNet5(channels: 3))));

    [Fact]
    public void Window_larger_than_image() => Golden.Verify(Message(() =>
    {
        var graph = new GraphBuilder(captureSource: false);
        return new LeNet5().Call(graph.Input<F32>("image", 8, 1, 9, 28));
    }));

    [Fact]
    public void Operations_and_losses()
    {
        var graph = new GraphBuilder(captureSource: false);
        Tensor<F32> x = graph.Input<F32>("x", 4, 10);
        Tensor<F32> y = graph.Input<F32>("y", 4, 1);
        Tensor<I64> labels = graph.Input<I64>("labels", 5);
        Func<object>[] wrong =
        [
            () => x + graph.Input<F32>("z", 3, 10),
            () => x.MatMul(y),
            () => x.Reshape(3, -1),
            () => x.Reshape(7, 7),
            () => x.Sum(2),
            () => x.Permute(0, 0),
            () => x.Select(0, 4),
            () => x.Split(3, -1)[3].Concat(x),
            () => x.Split([4, 4], 1),
            () => x.MaxPool2d(2),
            () => x.Unsqueeze(0).MaxPool2d(2, padding: 2),
            () => x.Unsqueeze(0).Unsqueeze(0).Conv2d(Tensor<F32>.Full(1, 2, 1, 3, 3), null, 2, Padding2d.Same),
            () => Losses.MseLoss(x, y),
            () => Losses.CrossEntropy(x, labels),
            () => x.Dropout(1.5),
            () => labels.Cast<F32>().Norm(0),
            () => labels.Exp(),
            () => graph.Input<F32>("x", 1),
            () => x + new GraphBuilder().Input<F32>("other", 10),
        ];
        Golden.Verify(string.Concat(wrong.Select(make => Message(make) + "\n\n")));
    }

    [Fact]
    public void Modules_and_declarations()
    {
        var shared = new ReLU();
        Func<object>[] wrong =
        [
            () => new Sequential(shared, shared),
            () => new Linear(0, 10),
            () => new Conv2d(3, 8, 3, groups: 2),
            () => new Dropout(double.NaN),
            () => Symbol.Create("a-b", 1, 2),
            () => Symbol.Create("N", 3, 2),
            () => new Shape(2, -1),
            () => new Shape(long.MaxValue / 2, 4),
            () => new Parameter("p", new(DType.F32, new Shape(Symbol.Create("N", 1, 2))), Initializer.Zeros),
            () => Tensor<F32>.Of([1, 2, 3], 2, 2),
        ];
        Golden.Verify(string.Concat(wrong.Select(make => Message(make) + "\n\n")));
    }

    private static string Message(Func<object> make) => Assert.Throws<GraphException>(make).Message;
}

internal static class ConcatExtension
{
    public static Tensor<F32> Concat(this Tensor<F32> first, Tensor<F32> second) => Tensor.Concat(0, first, second);
}
