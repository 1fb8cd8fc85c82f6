using System.Globalization;
using Sinter.Backends.CSharp;
using Sinter.Compiler.Differentiate;
using Sinter.Jit;
using Sinter.Modules;
using Sinter.Optimizers;
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
    public void A_convolution_reads_its_windows_in_place_and_pooling_follows()
    {
        var graph = new GraphBuilder();
        var layer = new Sequential(new Conv2d(1, 6, 5), new ReLU(), new MaxPool2d(2));
        Golden.Verify(Print(Graph.Of("convolution", ("y", layer.Call(graph.Input<F32>("x", 2, 1, 20, 20)).Node))));
    }

    [Fact]
    public void Adam_is_in_the_epilogue_of_the_gradient()
    {
        var graph = new GraphBuilder(training: true);
        var layer = new Linear(32, 4, bias: false);
        Tensor<F32> loss = Losses.MseLoss(layer.Call(graph.Input<F32>("x", 16, 32)), graph.Input<F32>("y", 16, 4));
        Golden.Verify(Print(TrainingStep.Build("adam", loss, new Adam(1e-3), layer.Parameters.ToList())));
    }

    [Fact]
    public void Pooling_and_its_gradient_compare_windows()
    {
        var graph = new GraphBuilder();
        Tensor<F32> x = graph.Input<F32>("x", 2, 3, 8, 8);
        Tensor<F32> loss = x.MaxPool2d(2).Square().Sum();
        Node gradient = Differentiator.Gradient(loss.Node, [x.Node])[x.Node];
        Golden.Verify(Print(Graph.Of("pooling", ("gradient", gradient))));
    }

    [Fact]
    public void Rows_are_gathered_and_their_gradients_scattered()
    {
        var graph = new GraphBuilder();
        Tensor<F32> table = graph.Input<F32>("table", 10, 16);
        Tensor<F32> rows = table.IndexSelect(0, graph.Input<I64>("ids", 5));
        Node gradient = Differentiator.Gradient(rows.Square().Sum().Node, [table.Node])[table.Node];
        Golden.Verify(Print(Graph.Of("gather", ("rows", rows.Node), ("gradient", gradient))));
    }

    [Fact]
    public void Cross_entropy_and_its_gradient_share_the_exponentials()
    {
        var graph = new GraphBuilder();
        Tensor<F32> logits = graph.Input<F32>("logits", 64, 10);
        Tensor<F32> loss = Losses.CrossEntropy(logits, graph.Input<I64>("labels", 64));
        Node gradient = Differentiator.Gradient(loss.Node, [logits.Node])[logits.Node];
        Golden.Verify(Print(Graph.Of("loss", ("loss", loss.Node), ("gradient", gradient))));
    }

    [Fact]
    public void Dropout_makes_its_mask_where_it_is_used()
    {
        var graph = new GraphBuilder(training: true);
        Tensor<F32> x = graph.Input<F32>("x", 8, 64);
        Golden.Verify(Print(Graph.Of("dropout", ("y", new Sequential(new ReLU(), new Dropout(0.5)).Call(x).Node))));
    }

    [Fact]
    public void Long_sums_are_cut_for_threads()
    {
        var graph = new GraphBuilder();
        Golden.Verify(Print(Graph.Of("sum", ("y", graph.Input<F32>("x", 4096, 256).Sum(0).Node))));
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
        Assert.NotNull(
            JitCompiler.Compile(Graph.Of(name, ("y", (x * 2).Node)), new JitOptions { CacheDirectory = null }));
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
