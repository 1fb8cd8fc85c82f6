namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    private static ReferenceRow[] Networks() => [.. Classifiers().Select(row => row with { IsHeavy = true })];

    private static ReferenceRow[] Classifiers() =>
    [
        Network("model_lenet5", LeNet5, CrossEntropy),
        Network("model_simplecnn_seed004", m => ConvolutionStack(m, 2), CrossEntropy),
        Network("model_convnet_seed002", m => ConvolutionStack(m, 3), CrossEntropy),
        Network("model_cnn_seed001", m => Cnn(m, m.Input("x"), m.Input("mask")), CrossEntropy),
        Network("model_cnn_seed001_eval", m => Cnn(m, m.Input(0), null), CrossEntropy),
        Network("model_alexnet", AlexNet, CrossEntropy),
        Network("model_vgg", m =>
            m.Layer("classifier").Call(m.Layer("features").Call(m.Input(0)).Flatten(1)), CrossEntropy),
    ];

    private static Tensor<F32> LeNet5(ReferenceModel m)
    {
        Tensor<F32> x = Pooled(m, m.Layer("conv1").Call(m.Input(0)).Relu(), 0);
        x = Pooled(m, m.Layer("conv2").Call(x).Relu(), 1).Flatten(1);
        x = m.Layer("fc1").Call(x).Relu();
        x = m.Layer("fc2").Call(x).Relu();
        return m.Layer("fc3").Call(x);
    }

    // A pool that the source calls as a function.
    private static Tensor<F32> Pooled(ReferenceModel m, Tensor<F32> x, int which)
    {
        PythonCall call = m.Case.SourceCall("max_pool2d", which);
        return x.MaxPool2d(PairOf(call, 1, "kernel_size", 1));
    }

    private static Tensor<F32> ConvolutionStack(ReferenceModel m, int convolutions)
    {
        Tensor<F32> x = m.Input("x");
        for (int i = 1; i <= convolutions; i++)
        {
            x = m.Layer("pool").Call(m.Layer($"conv{i}").Call(x).Relu());
        }

        x = m.Layer("fc1").Call(x.Flatten(1)).Relu();
        return m.Layer("fc2").Call(Dropped(x, m.Input("mask"), DropProbability(m)));
    }

    private static Tensor<F32> Cnn(ReferenceModel m, Tensor<F32> x, Tensor<F32>? mask)
    {
        x = m.Layer("fc1").Call(m.Layer("flatten").Call(m.Layer("conv_layers").Call(x))).Relu();
        return m.Layer("fc2").Call(Dropped(x, mask, DropProbability(m)));
    }

    private static Tensor<F32> AlexNet(ReferenceModel m)
    {
        double p = DropProbability(m);
        Tensor<F32> x = m.Layer("features").Call(m.Input("x")).Flatten(1);
        x = m.Layer("fc1").Call(Dropped(x, m.Input("mask1"), p)).Relu();
        x = m.Layer("fc2").Call(Dropped(x, m.Input("mask2"), p)).Relu();
        return m.Layer("fc3").Call(x);
    }
}
