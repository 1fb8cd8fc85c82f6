using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Sinter.Generators.Tests.Support;

namespace Sinter.Generators.Tests.Errors;

/// <summary>Settings of the project, versions, and files of graphs.</summary>
public class SettingsTests
{
    private const string Model = """
        [CompiledModel("x: f32[N, 4]", Symbols = "N = 1..8")]
        partial class M : Layer { protected override Tensor<F32> Forward(Tensor<F32> x) => x * 2; }
        """;

    private static readonly string Affine = string.Join('\n',
    [
        "graph \"g\"", "symbol N = 1..8", "%0 = input() {name=\"x\", type=f32, shape=[N, 2]} : f32[N, 2]",
        "%1 = add(%0, %0) : f32[N, 2]", "output \"y\" = %1", "",
    ]);

    [Fact]
    public void Unsafe_code_has_to_be_allowed()
    {
        CSharpCompilation compilation = Source.Compile(Model);
        var result = Run(compilation.WithOptions(compilation.Options.WithAllowUnsafe(false)), new Options());
        Assert.Equal("SNT0010", Assert.Single(result.Diagnostics).Id);
    }

    [Theory]
    [InlineData("333")]
    [InlineData("256,wide")]
    [InlineData("arm")]
    public void Widths_are_checked(string bits) =>
        Assert.Equal("SNT0010", Assert.Single(Run(Source.Compile(Model), new Options(bits)).Diagnostics).Id);

    [Theory]
    [InlineData("lots", "SNT0010")]
    [InlineData("-1", "SNT0010")]
    [InlineData("9999999999G", "SNT0010")]
    [InlineData("1K", "SNT0012")]
    [InlineData("64k", null)]
    [InlineData("1000000", null)]
    public void A_budget_of_memory_is_checked_and_obeyed(string budget, string? expected)
    {
        string model = Model.Replace("N, 4", "N, 64", StringComparison.Ordinal);
        ImmutableArray<Diagnostic> found = Run(Source.Compile(model), new Options(memory: budget)).Diagnostics;
        Assert.Equal(expected is null ? [] : new[] { expected }, found.Select(diagnostic => diagnostic.Id));
    }

    [Fact]
    public void Several_widths_give_several_programs()
    {
        GeneratorRunResult result = Run(Source.Compile(Model), new Options("128, 512"));
        Assert.Empty(result.Diagnostics);
        Assert.Equal(
            ["M.Compiled.g.cs", "M.Compiled128.g.cs", "M.Compiled512.g.cs"],
            result.GeneratedSources.Select(source => source.HintName).Order(StringComparer.Ordinal));
        string api = result.GeneratedSources.Single(source => source.HintName == "M.Compiled.g.cs").SourceText.ToString();
        Assert.Contains("Vector512.IsHardwareAccelerated ? new global::SinterPrograms.M.Compiled512()", api);
    }

    [Fact]
    public void A_processor_can_be_named_and_its_program_is_taken_on_it()
    {
        GeneratorRunResult result = Run(Source.Compile(Model), new Options("128,arm64,256"));
        Assert.Empty(result.Diagnostics);
        Assert.Equal(
            ["M.Compiled.g.cs", "M.Compiled128.g.cs", "M.Compiled256.g.cs", "M.CompiledArm64.g.cs"], HintNames(result));
        string api = result.GeneratedSources.Single(source => source.HintName == "M.Compiled.g.cs").SourceText.ToString();
        Assert.Contains(
            "Vector256.IsHardwareAccelerated ? new global::SinterPrograms.M.Compiled256() : "
            + "global::System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.IsSupported ? new global::SinterPrograms.M.CompiledArm64() : "
            + "new global::SinterPrograms.M.Compiled128()", api);
    }

    [Fact]
    public void Models_for_devices_need_what_runs_them_there()
    {
        string marked = Model.Replace("1..8\"", "1..8\", Cuda = true", StringComparison.Ordinal);
        foreach (var (model, options) in new[] { (marked, new Options()), (Model, new Options(cuda: "true")) })
        {
            GeneratorRunResult result = Run(Source.Compile(model), options);
            Diagnostic diagnostic = Assert.Single(result.Diagnostics);
            Assert.Equal("SNT0015", diagnostic.Id);
            Assert.Equal("File0.cs", diagnostic.Location.GetLineSpan().Path);
            Assert.Equal(["M.Compiled.g.cs", "M.Compiled256.g.cs"], HintNames(result));
        }
    }

    [Fact]
    public void Models_for_devices_have_a_program_more()
    {
        var device = CSharpCompilation.Create("Sinter.Runtime.Cuda");
        CSharpCompilation compilation = Source.Compile(Model).AddReferences(device.ToMetadataReference());
        GeneratorRunResult result = Run(compilation, new Options(cuda: "True"));
        Assert.Empty(result.Diagnostics);
        Assert.Equal(["M.Compiled.g.cs", "M.Compiled256.g.cs", "M.CompiledCuda.g.cs"], HintNames(result));

        // A stub has the same members.
        CSharpCompilation wrong = Source.Compile(Model.Replace("x * 2", "x.Sum(7)", StringComparison.Ordinal));
        result = Run(wrong.AddReferences(device.ToMetadataReference()), new Options(cuda: "true"));
        Assert.Equal("SNT0001", Assert.Single(result.Diagnostics).Id);
        string api = Assert.Single(result.GeneratedSources).SourceText.ToString();
        Assert.Contains("Create(ulong seed, global::Sinter.Runtime.Cuda.Device device)", api);
        Assert.DoesNotContain("CudaSession(", api);
    }

    private static IEnumerable<string> HintNames(GeneratorRunResult result) =>
        result.GeneratedSources.Select(source => source.HintName).Order(StringComparer.Ordinal);

    [Fact]
    public void Another_version_of_the_library_is_refused()
    {
        var old = CSharpCompilation.Create(
            "Sinter.Graph", [CSharpSyntaxTree.ParseText("[assembly: System.Reflection.AssemblyVersion(\"0.0.7\")]")],
            Source.Compile("").References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        CSharpCompilation compilation = Source.Compile("[CompiledModel] partial class M { }");
        MetadataReference graph = compilation.References.Single(r => r.Display!.EndsWith("Sinter.Graph.dll", StringComparison.Ordinal));
        GeneratorRunResult result = Run(compilation.ReplaceReference(graph, old.ToMetadataReference()), new Options());
        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal("SNT0009", diagnostic.Id);
        Assert.Contains("0.0.7", diagnostic.GetMessage(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_file_that_is_no_graph_is_told_with_line_and_column()
    {
        string broken = Affine.Replace("add(", "sum_of(", StringComparison.Ordinal);
        GeneratorRunResult result = Run(Source.Compile(""), new Options(type: "My.Net"), new TextFile("net.graph", broken));
        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal("SNT0011", diagnostic.Id);
        Assert.Equal("net.graph: (3,5)-(3,5)", diagnostic.Location.GetLineSpan().ToString());
        Assert.Equal("My.Net.Compiled.g.cs", Assert.Single(result.GeneratedSources).HintName);
    }

    [Fact]
    public void Types_that_are_for_memory_only_are_compiled()
    {
        string half = Affine.Replace("f32", "f16", StringComparison.Ordinal);
        GeneratorRunResult result = Run(Source.Compile(""), new Options(type: "Net"), new TextFile("net.graph", half));
        Assert.Empty(result.Diagnostics);
        Assert.Contains(result.GeneratedSources, source => source.SourceText.ToString().Contains("FromF16", StringComparison.Ordinal));
    }

    [Fact]
    public void Classes_of_files_have_names_of_classes()
    {
        GeneratorRunResult result = Run(Source.Compile(""), new Options(type: "My.1Net"), new TextFile("net.graph", Affine));
        Assert.Equal("SNT0007", Assert.Single(result.Diagnostics).Id);
    }

    private static GeneratorRunResult Run(CSharpCompilation compilation, Options options, params AdditionalText[] files) =>
        CSharpGeneratorDriver.Create(
            [new ModelGenerator().AsSourceGenerator()], files, (CSharpParseOptions)Source.Compile("").SyntaxTrees[0].Options, options)
            .RunGenerators(compilation).GetRunResult().Results.Single();

    private sealed class TextFile(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }

    private sealed class Options(string bits = "", string type = "", string cuda = "", string memory = "") : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } =
            new Table(
                ("build_property.SinterVectorBits", bits), ("build_property.SinterCuda", cuda),
                ("build_property.SinterMemoryBudget", memory));

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) =>
            new Table(("build_metadata.AdditionalFiles.SinterClass", type));
    }

    private sealed class Table(params (string Key, string Value)[] rows) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string wanted, out string found)
        {
            found = rows.FirstOrDefault(row => row.Key == wanted).Value ?? "";
            return found.Length > 0;
        }
    }
}
