using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Sinter.Generators.Models;
using Sinter.Generators.Tests.Support;

namespace Sinter.Generators.Tests.Features;

/// <summary>Layers that another assembly declares: their source is part of it where it shares its models.</summary>
public class SharedLayerTests
{
    private const string Blocks = """

        namespace Blocks
        {
            public class Scaled : Layer
            {
                private readonly Tensor<F32> scale;

                public Scaled(int size) => scale = Parameter("scale", Initializer.Ones, size);

                protected override Tensor<F32> Forward(Tensor<F32> input) => Help.Twice(input) * scale;
            }

            public sealed record Pair(Tensor<F32> Left, Tensor<F32> Right);

            public static class Help
            {
        #if TWICE
                public static Tensor<F32> Twice(this Tensor<F32> x) => x * 2;
        #else
                public static Tensor<F32> Twice(this Tensor<F32> x) => x * 3;
        #endif

                internal static Tensor<F32> Half(this Tensor<F32> x) => x * 0.5;

                public static Pair Split(Tensor<F32> x) => new(x.Half(), x.Twice());
            }
        }
        """;

    private const string Model = """
        using Blocks;

        [CompiledModel("x: f32[N, 4]", Symbols = "N = 1..8")]
        partial class M : Scaled
        {
            private readonly Layer inner;

            public M() : base(4) => inner = Register("inner", new Sequential(new Scaled(4), new ReLU()));

            protected override Tensor<F32> Forward(Tensor<F32> x)
            {
                Pair pair = Help.Split(inner.Call(x).Twice());
                return base.Forward(pair.Left) + pair.Right;
            }
        }
        """;

    [Fact]
    public void A_model_is_made_of_layers_that_another_assembly_shares()
    {
        byte[] library = Build(Source.Compile("[assembly: ShareModels]" + Blocks), "TWICE");
        SignatureTests.Check(Source.Using(Source.Compile(Model), library), library);
    }

    [Fact]
    public void Without_its_source_the_message_says_what_to_do()
    {
        byte[] library = Build(Source.Compile(Blocks));
        ModelReading reading = Source.Read(Source.Using(Source.Compile(Model), library));
        Problem problem = Assert.Single(reading.Problems);
        Assert.Equal("SNT0002", problem.Id);
        Assert.Contains("source is not at hand: put [assembly: Sinter.ShareModels] into that project", problem.Text);
    }

    [Fact]
    public void An_error_in_a_shared_layer_is_told_with_its_file_and_line()
    {
        byte[] library = Build(Source.Compile("[assembly: ShareModels]" + Blocks));
        string wrong = Model.Replace("new Scaled(4), new ReLU()", "new Scaled(5), new ReLU()");
        Problem problem = Assert.Single(Source.Read(Source.Using(Source.Compile(wrong), library)).Problems);
        Assert.Equal("SNT0001", problem.Id);
        Assert.EndsWith("File0.cs", problem.Place!.Path);
        Assert.Contains("Help.Twice(input) * scale", Line("[assembly: ShareModels]" + Blocks, problem.Place.FromLine));
    }

    [Fact]
    public void Source_that_does_not_fit_the_project_is_told()
    {
        byte[] extra = Build(Source.Compile(
            "namespace Extra { public static class Thing { public const double Value = 2; } }"));
        string blocks = Blocks.Replace("* scale", "* scale * Extra.Thing.Value");
        byte[] library = Build(Source.Using(Source.Compile("[assembly: ShareModels]" + blocks), extra));
        Problem problem = Assert.Single(Source.Read(Source.Using(Source.Compile(Model), library)).Problems);
        Assert.Equal("SNT0016", problem.Id);
        Assert.Contains("Extra", problem.Text);
        SignatureTests.Check(Source.Using(Source.Using(Source.Compile(Model), library), extra), library, extra);
    }

    private static string Line(string text, int line) => text.Split('\n')[line - Source.LinesBefore];

    private static byte[] Build(CSharpCompilation library, params string[] symbols)
    {
        var options = ((CSharpParseOptions)library.SyntaxTrees[0].Options).WithPreprocessorSymbols(symbols);
        SyntaxTree[] trees = [.. library.SyntaxTrees.Select(tree =>
            CSharpSyntaxTree.ParseText(tree.GetText(), options, "/project/" + tree.FilePath))];
        library = library.RemoveAllSyntaxTrees().AddSyntaxTrees(trees);
        CSharpGeneratorDriver.Create([new ModelGenerator().AsSourceGenerator()], parseOptions: options)
            .RunGeneratorsAndUpdateCompilation(library, out Compilation built, out _);
        using var stream = new MemoryStream();

        // As projects see one another: without bodies, but with the attributes.
        var result = built.Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Take(5)));
        return stream.ToArray();
    }
}
