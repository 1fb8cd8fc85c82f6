using System.Globalization;
using Sinter.Backends.CSharp;
using Sinter.Jit;
using Sinter.Modules;
using Sinter.Testing;

namespace Sinter.Backends.Tests;

/// <summary>Golden kernels, and what may never be in program text.</summary>
public sealed class KernelTextTests
{
    [Fact]
    public void Softmax_over_rows_is_one_kernel()
    {
        var graph = new GraphBuilder();
        Tensor<F32> x = graph.Input<F32>("x", 64, 32);
        Golden.Verify(Print(Graph.Of("softmax", ("y", x.Softmax(-1).Node))));
    }

    [Fact]
    public void Bias_and_rectifier_are_in_the_epilogue_of_a_linear_layer()
    {
        var graph = new GraphBuilder();
        var layer = new Sequential(new Linear(8, 32), new ReLU());
        Golden.Verify(Print(Graph.Of("linear", ("y", layer.Call(graph.Input<F32>("x", 4, 8)).Node))));
    }

    [Fact]
    public void Equal_kernels_are_printed_once()
    {
        var graph = new GraphBuilder();
        var layers = Enumerable.Range(0, 20).SelectMany(_ => new Layer[] { new Linear(16, 16), new Tanh() }).ToArray();
        string text = Print(Graph.Of("deep", ("y", new Sequential(layers).Call(graph.Input<F32>("x", 8, 16)).Node)));
        int kernels = text.Split("private static void").Length - 1;
        Assert.InRange(kernels, 1, 4);
    }

    [Theory]
    [InlineData("quote\" + Evil() + \"")]
    [InlineData("*/ evil /*")]
    [InlineData("line\nbreak\u2028")]
    public void Names_of_a_model_are_escaped(string name)
    {
        var graph = new GraphBuilder();
        Tensor<F32> x = graph.Input<F32>(name, 4);
        string text = Print(Graph.Of(name, ("y", (x * 2).Node)));
        Assert.DoesNotContain(name, text, StringComparison.Ordinal);
        Assert.NotNull(JitCompiler.Compile(Graph.Of(name, ("y", (x * 2).Node)), new JitOptions { CacheDirectory = null }));
    }

    [Fact]
    public void Text_does_not_depend_on_the_culture()
    {
        var graph = new GraphBuilder();
        Graph whole = Graph.Of("culture", ("y", (graph.Input<F32>("x", 64) * 1.5 + 0.1).Node));
        string expected = Print(whole);
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(expected, Print(whole));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string Print(Graph graph) =>
        JitCompiler.PrintProgram(graph, new JitOptions { Target = CSharpTarget.Bits512, CacheDirectory = null });
}
