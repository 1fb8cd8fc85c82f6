using Sinter.Modules;

namespace Sinter.Generators.Tests.Compiled;

/// <summary>What goes round from run to run.</summary>
public sealed record Memory(Tensor<F32> Sum, Tensor<I64> Steps);

/// <summary>A module of several tensors, compiled when this project was built.</summary>
[CompiledModel("x: f32[N, 2], keep: bool[N], memory.sum: f32[N, 2], memory.steps: i64[]", Symbols = "N = 1..4")]
internal sealed partial class Reader : Module
{
    private readonly Linear head;
    private readonly BatchNorm1d norm;

    public Reader()
    {
        head = Register("head", new Linear(2, 3));
        norm = Register("norm", new BatchNorm1d(3));
    }

    public (Tensor<F32> Logits, Tensor<I64> Best, Memory Memory) Forward(
        Tensor<F32> x, Tensor<Bool> keep, Memory memory)
    {
        Tensor<F32> sum = Tensor.Where(keep.Unsqueeze(-1), memory.Sum + x, 0);
        Tensor<F32> logits = norm.Call(head.Call(sum));
        return (logits, logits.ArgMax(-1), new Memory(sum, memory.Steps + 1));
    }
}
