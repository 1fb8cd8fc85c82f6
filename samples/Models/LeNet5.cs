using Sinter;
using Sinter.Modules;

namespace Digits;

/// <summary>LeCun et al. 1998, with ReLU: images of 28 × 28 from black 0 to white 1, to logits of ten digits.</summary>
[CompiledModel("images: f32[N, 1, 28, 28]", Symbols = "N = 1..64", Output = "logits")]
internal sealed partial class LeNet5 : Layer
{
    // Of the pixels of MNIST. Networks learn faster from numbers around 0 with a deviation of 1.
    private const double Mean = 0.1307;
    private const double Deviation = 0.3081;

    private readonly Conv2d c1;
    private readonly Conv2d c2;
    private readonly Linear f1;
    private readonly Linear f2;
    private readonly Linear f3;

    public LeNet5()
    {
        c1 = Register("c1", new Conv2d(1, 6, kernelSize: 5, padding: 2));
        c2 = Register("c2", new Conv2d(6, 16, kernelSize: 5));
        f1 = Register("f1", new Linear(400, 120));
        f2 = Register("f2", new Linear(120, 84));
        f3 = Register("f3", new Linear(84, 10));
    }

    // (batch, 1, 28, 28) to (batch, 10)
    protected override Tensor<F32> Forward(Tensor<F32> images)
    {
        Tensor<F32> x = (images - Mean) / Deviation;
        x = c1.Call(x).Relu().MaxPool2d(2); // (batch, 6, 14, 14)
        x = c2.Call(x).Relu().MaxPool2d(2); // (batch, 16, 5, 5)
        x = f1.Call(x.Flatten(1)).Relu();   // (batch, 120)
        x = f2.Call(x).Relu();              // (batch, 84)
        return f3.Call(x);
    }
}
