using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests;

/// <summary>Shapes without elements, known when compiling or when running: every operation takes them.</summary>
public sealed class EmptyShapeTests
{
    private static readonly Dictionary<string, Func<GraphBuilder, Dimension, Tensor<F32>>> Graphs = new()
    {
        ["permute"] = (b, n) => b.Input<F32>("x", n, 3, 4).Permute(2, 0, 1).Sin(),
        ["reshape"] = (b, n) => b.Input<F32>("x", n, 3, 4).Reshape(n, 12).Exp(),
        ["reshape between permutes"] = (b, n) =>
            b.Input<F32>("x", n, 3, 4).Permute(1, 0, 2).Reshape(3, n * 4).Permute(1, 0).Exp(),
        ["sum of rows"] = (b, n) => b.Input<F32>("x", n, 40).Sum(0),
        ["sum of nothing"] = (b, n) => b.Input<F32>("x", n, 3).Sum(),
        ["mean of columns"] = (b, n) => b.Input<F32>("x", n, 300).Mean(1),
        ["largest of columns"] = (b, n) => b.Input<F32>("x", n, 30).Max(1),
        ["softmax"] = (b, n) => b.Input<F32>("x", n, 30).Softmax(1),
        ["product, no rows"] = (b, n) => b.Input<F32>("x", n, 64).MatMul(b.Input<F32>("y", 64, 64)).Relu(),
        ["product, no depth"] = (b, n) => b.Input<F32>("x", 64, n).MatMul(b.Input<F32>("y", n, 64)) + 1,
        ["product, no columns"] = (b, n) => b.Input<F32>("x", 64, 64).MatMul(b.Input<F32>("y", 64, n)),
        ["batched product"] = (b, n) => b.Input<F32>("x", n, 8, 8).MatMul(b.Input<F32>("y", n, 8, 8)),
        ["product with a weight"] = (b, n) => b.Input<F32>("x", n, 100).Linear(Weight(64, 100)),
        ["convolution"] = (b, n) => b.Input<F32>("x", n, 4, 6, 6).Conv2d(Weight(8, 4, 3, 3)),
        ["grouped convolution"] = (b, n) => b.Input<F32>("x", n, 4, 6, 6).Conv2d(Weight(8, 2, 3, 3), groups: 2),
        ["depthwise convolution"] = (b, n) => b.Input<F32>("x", n, 4, 6, 6).Conv2d(Weight(4, 1, 3, 3), groups: 4),
        ["pooling"] = (b, n) => new Sinter.Modules.MaxPool2d(2).Call(b.Input<F32>("x", n, 4, 6, 6)),
        ["pad"] = (b, n) => b.Input<F32>("x", n, 4).Pad([0, 1], [0, 2]),
        ["pairs before padding"] = (b, n) => b.Input<F32>("x", n, 1).Expand(n, 2).Reshape(2 * n).Pad(0, 0, 3),
        ["rows by index"] = (b, n) => b.Input<F32>("x", 5, 4).IndexSelect(0, b.Input<I64>("i", n)),
        ["rows added"] = (b, n) => b.Input<F32>("x", n, 4).ScatterAdd(0, b.Input<I64>("i", n), 6),
        ["cross entropy"] = (b, n) => Losses.CrossEntropy(
            b.Input<F32>("x", n, 10), b.Input<I64>("i", n), reduction: Reduction.Sum),
        ["uniform"] = (b, n) => b.Input<F32>("x", n, 4) + Tensor.Uniform(b, new Shape(n, 4)),
    };

    public static TheoryData<string, string> Rows() => Opened.With(Graphs.Keys);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Nothing_gives_the_same_whether_it_is_known_when_compiling_or_running(string engine, string name)
    {
        using Opened known = Open(engine, name, 0);
        using Opened symbolic = Open(engine, name, Symbol.Create("N", 0, 9));
        symbolic.Context.SetSymbol("N", 0);
        Assert.Equal(known.Run("y"), symbolic.Run("y"));
        Assert.Equal(known.Run("y"), symbolic.Run("y"));
    }

    [Theory]
    [InlineData("sum of rows", 40, 0)]
    [InlineData("sum of nothing", 1, 0)]
    [InlineData("product, no depth", 64 * 64, 1)]
    [InlineData("rows added", 24, 0)]
    [InlineData("permute", 0, 0)]
    [InlineData("grouped convolution", 0, 0)]
    public void Sums_of_nothing_are_zero(string name, int count, float value)
    {
        foreach (string engine in Opened.Names)
        {
            using Opened opened = Open(engine, name, 0);
            Assert.Equal(Enumerable.Repeat(value, count), opened.Run("y"));
        }
    }

    private static Opened Open(string engine, string name, Dimension n)
    {
        var builder = new GraphBuilder(captureSource: false);
        return Opened.On(engine, Graph.Of("g", ("y", Graphs[name](builder, n).Node)));
    }

    private static Tensor<F32> Weight(params Dimension[] shape) => new(new Parameter(
        "w", new TensorType(DType.F32, new Shape(shape)), Initializer.Uniform(0.5, 1)).Node);
}
