using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests;

/// <summary>Shapes without elements, known when compiling or when running: every operation takes them.</summary>
public sealed class EmptyShapeTests
{
    private static readonly Dictionary<string, Func<Inputs, Dimension, Tensor<F32>>> Graphs = new()
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
        ["product with a weight"] = (b, n) => b.Input<F32>("x", n, 100).Linear(b.Weight(64, 100)),
        ["convolution"] = (b, n) => b.Input<F32>("x", n, 4, 6, 6).Conv2d(b.Weight(8, 4, 3, 3)),
        ["grouped convolution"] = (b, n) => b.Input<F32>("x", n, 4, 6, 6).Conv2d(b.Weight(8, 2, 3, 3), groups: 2),
        ["depthwise convolution"] = (b, n) => b.Input<F32>("x", n, 4, 6, 6).Conv2d(b.Weight(4, 1, 3, 3), groups: 4),
        ["pooling"] = (b, n) => new Sinter.Modules.MaxPool2d(2).Call(b.Input<F32>("x", n, 4, 6, 6)),
        ["pad"] = (b, n) => b.Input<F32>("x", n, 4).Pad([0, 1], [0, 2]),
        ["pairs before padding"] = (b, n) => b.Input<F32>("x", n, 1).Expand(n, 2).Reshape(2 * n).Pad(0, 0, 3),
        ["rows by index"] = (b, n) => b.Input<F32>("x", 5, 4).IndexSelect(0, b.Input<I64>("i", n)),
        ["rows added"] = (b, n) => b.Input<F32>("x", n, 4).ScatterAdd(0, b.Input<I64>("i", n), 6),
        ["cross entropy"] = (b, n) => Losses.CrossEntropy(
            b.Input<F32>("x", n, 10), b.Input<I64>("i", n), reduction: Reduction.Sum),
        ["uniform"] = (b, n) => b.Input<F32>("x", n, 4) + Tensor.Uniform(b.Builder, new Shape(n, 4)),
    };

    public static TheoryData<string, string> Rows() => Opened.With(Graphs.Keys);

    // All graphs of an engine are one program.
    private static readonly Dictionary<string, Lazy<Results>> Known =
        Opened.Names.ToDictionary(engine => engine, engine => new Lazy<Results>(() => new Results(engine, 0)));

    private static readonly Dictionary<string, Lazy<Results>> Symbolic = Opened.Names.ToDictionary(
        engine => engine, engine => new Lazy<Results>(() => new Results(engine, Symbol.Create("N", 0, 9))));

    [Theory]
    [MemberData(nameof(Rows))]
    public void Nothing_gives_the_same_whether_it_is_known_when_compiling_or_running(string engine, string name)
    {
        float[] expected = Known[engine].Value.First[name];
        Assert.Equal(expected, Symbolic[engine].Value.First[name]);
        Assert.Equal(expected, Symbolic[engine].Value.Second[name]);
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
            Assert.Equal(Enumerable.Repeat(value, count), Known[engine].Value.First[name]);
        }
    }

    /// <summary>What two runs without elements give.</summary>
    private sealed class Results
    {
        public Results(string engine, Dimension n)
        {
            var builder = new GraphBuilder(captureSource: false);
            using Opened opened = Opened.On(engine, Graph.Of(
                "empty", [.. Graphs.Select(row => (row.Key, row.Value(new Inputs(builder, row.Key), n).Node))]));
            if (!n.IsStatic)
            {
                opened.Context.SetSymbol("N", 0);
            }

            First = Run(opened);
            Second = Run(opened);
        }

        public Dictionary<string, float[]> First { get; }

        public Dictionary<string, float[]> Second { get; }

        private static Dictionary<string, float[]> Run(Opened opened)
        {
            opened.Context.Run();
            return Graphs.Keys.ToDictionary(name => name, name => opened.Context.Output<float>(name).ToArray());
        }
    }

    /// <summary>The inputs of one graph among others.</summary>
    private sealed record Inputs(GraphBuilder Builder, string Graph)
    {
        public Tensor<T> Input<T>(string name, params Dimension[] shape)
            where T : struct, IElement => Builder.Input<T>($"{Graph}: {name}", shape);

        public Tensor<F32> Weight(params Dimension[] shape) => new(new Parameter(
            Graph, new TensorType(DType.F32, new Shape(shape)), Initializer.Uniform(0.5, 1)).Node);
    }
}
