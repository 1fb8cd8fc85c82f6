using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Sinter.Generators.Analysis;
using Sinter.Generators.CodeFixes;
using Sinter.Generators.Tests.Support;

namespace Sinter.Generators.Tests.Errors;

/// <summary>The fix for SNT0006, and the warning for layers that are not marked yet.</summary>
public class CodeFixTests
{
    [Theory]
    [InlineData(
        "[CompiledModel(\"x: f32[4]\")]\n// About M.\nclass M : Layer { }",
        "[CompiledModel(\"x: f32[4]\")]\n// About M.\npartial class M : Layer { }")]
    [InlineData("[CompiledModel]\npublic sealed class M { }", "[CompiledModel]\npublic sealed partial class M { }")]
    [InlineData(
        "static class Outer { [CompiledModel] public partial class M { } }",
        "static partial class Outer { [CompiledModel] public partial class M { } }")]
    public async Task The_fix_makes_the_class_partial(string before, string after)
    {
        using var workspace = new AdhocWorkspace();
        var compilation = Source.Compile(before);
        Project project =
            workspace.AddProject("p", LanguageNames.CSharp).WithMetadataReferences(compilation.References);
        Document document = project.AddDocument("File0.cs", compilation.SyntaxTrees[0].GetText());
        Diagnostic diagnostic =
            Assert.Single(await Analyzed(await document.Project.GetCompilationAsync(), new PartialAnalyzer()));
        var actions = new List<CodeAction>();
        var context = new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), default);
        await new MakePartial().RegisterCodeFixesAsync(context);
        var operations = await Assert.Single(actions).GetOperationsAsync(default);
        Solution changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
        string text = (await changed.GetDocument(document.Id)!.GetTextAsync()).ToString();
        Assert.EndsWith(after, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Console.WriteLine(x.Rank);", "System.Console")]
    [InlineData("_ = DateTime.Now;", "System.DateTime")]
    [InlineData("_ = new Random();", "System.Random")]
    [InlineData("dynamic d = x; d.Relu();", "dynamic")]
    public async Task A_layer_that_cannot_be_read_is_told_before_it_is_marked(string statement, string part)
    {
        string text =
            $"class L : Layer {{ protected override Tensor<F32> Forward(Tensor<F32> x) {{ {statement} return x; }} }}";
        Diagnostic diagnostic = Assert.Single(await Analyzed(Source.Compile(text), new LayerAnalyzer()));
        Assert.Equal("SNT0101", diagnostic.Id);
        Assert.Contains(part, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Layers_that_can_be_read_and_other_classes_are_not_told()
    {
        string[] readable = [.. Features.FeatureModels.All.Values.Select(text =>
            text.Replace("[CompiledModel", "[System.Serializable] //", StringComparison.Ordinal))];
        foreach (string text in readable)
        {
            Assert.Empty(await Analyzed(Source.Compile(text), new LayerAnalyzer()));
        }

        Assert.Empty(
            await Analyzed(Source.Compile("class C { void F() => Console.WriteLine(); }"), new LayerAnalyzer()));
    }

    private static async Task<IReadOnlyList<Diagnostic>> Analyzed(
        Compilation? compilation, DiagnosticAnalyzer analyzer) =>
        await compilation!.WithAnalyzers(ImmutableArray.Create(analyzer)).GetAnalyzerDiagnosticsAsync();
}
