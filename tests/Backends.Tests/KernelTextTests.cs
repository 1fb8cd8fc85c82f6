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
    public static TheoryData<string> ReviewedNames => [.. GoldenGraphs.OfEveryTarget];

    [Theory]
    [MemberData(nameof(ReviewedNames))]
    public void Kernels_are_the_reviewed_ones(string name) =>
        Golden.Verify(Print(GoldenGraphs.Of(name)), method: name);

    [Fact]
    public void A_layer_for_Arm64_holds_its_tile_in_32_registers() => Golden.Verify(Print(
        GoldenGraphs.Bias_and_rectifier_are_in_the_epilogue_of_a_linear_layer(), CSharpTarget.Arm64));

    // What instructions there are for vectors is the runtime's to know; text runs on any processor.
    [Fact]
    public void Text_names_no_instruction_set()
    {
        foreach (CSharpTarget target in CSharpTarget.All)
        {
            foreach (string name in GoldenGraphs.Names)
            {
                string text = Print(GoldenGraphs.Of(name), target);
                Assert.DoesNotMatch(@"\b(X86|Arm|Wasm|Avx\w*|Sse\w*|Fma|Bmi\w*|AdvSimd)\b", text);
            }
        }
    }

    [Fact]
    public void A_symbolic_batch_keeps_the_tiles_of_a_convolution()
    {
        var graph = new GraphBuilder();
        var layer = new Conv2d(1, 6, 5);
        Tensor<F32> x = graph.Input<F32>("x", Symbol.Create("N", 1, 64), 1, 20, 20);
        Assert.Contains("c5_0 = Vector512.FusedMultiplyAdd(", Print(Graph.Of("conv", ("y", layer.Call(x).Node))));
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

    private static string Print(Graph graph, CSharpTarget? target = null) => JitCompiler.PrintProgram(
        graph, new JitOptions { Target = target ?? CSharpTarget.Bits512, CacheDirectory = null });
}
