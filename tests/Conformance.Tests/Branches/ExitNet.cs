using Sinter.Compiler.Differentiate;
using Sinter.Modules;
using Sinter.Optimizers;

namespace Sinter.Conformance.Tests.Branches;

/// <summary>A classifier that leaves early where all rows of a batch are sure enough.</summary>
internal sealed class ExitNet : Module
{
    private const int Width = 200;

    private readonly Linear first;
    private readonly Linear early;
    private readonly Linear[] deep;
    private readonly Linear late;

    public ExitNet(int features, int depth)
    {
        first = Register("first", new Linear(features, Width));
        early = Register("early", new Linear(Width, 10));
        deep = [.. Enumerable.Range(0, depth).Select(i => Register($"deep{i}", new Linear(Width, Width)))];
        late = Register("late", new Linear(Width, 10));
    }

    /// <summary>The class scores of x: (batch, features). Without branches both ways are computed, and one
    /// chosen.</summary>
    public Tensor<F32> Forward(Tensor<F32> x, Tensor<F32> threshold, bool branches)
    {
        Tensor<F32> hidden = first.Call(x).Relu();
        Tensor<F32> soon = early.Call(hidden);
        Tensor<Bool> sure = (soon.Softmax(1).Max(1) > threshold).All();
        Tensor<F32> Deep() => late.Call(deep.Aggregate(hidden, (h, layer) => layer.Call(h).Relu()));
        return branches ? Functional.Cond(sure, () => soon, Deep) : Tensor.Where(sure, soon, Deep());
    }

    /// <summary>The scores as a graph of inputs x and threshold.</summary>
    public Graph Inference(Dimension batch, int features, bool branches = true)
    {
        var builder = new GraphBuilder(captureSource: false);
        return Graph.Of("exit", ("y", Forward(
            builder.Input<F32>("x", batch, features), builder.Input<F32>("threshold"), branches).Node));
    }

    /// <summary>A step of training: the mean of squared scores less targets.</summary>
    public Graph Training(Dimension batch, int features, Optimizer optimizer, bool branches = true)
    {
        var builder = new GraphBuilder(training: true, captureSource: false);
        Tensor<F32> scores = Forward(
            builder.Input<F32>("x", batch, features), builder.Input<F32>("threshold"), branches);
        Tensor<F32> loss = (scores - builder.Input<F32>("t", batch, 10)).Square().Mean();
        return TrainingStep.Build("step", loss, optimizer, [.. Parameters]);
    }
}
