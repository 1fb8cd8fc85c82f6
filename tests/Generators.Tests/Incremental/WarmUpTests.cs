using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Sinter.Generators.Models;
using Sinter.Generators.Writing;

namespace Sinter.Generators.Tests.Incremental;

/// <summary>Nobody waits for the warm-up: one that failed would only be missed as time.</summary>
public class WarmUpTests
{
    [Theory]
    [InlineData("[CompiledModel(\"x: f32[4]\")] partial class M;")]
    [InlineData("[CompiledModel(\"x: f32[4]\", Training = nameof(Objective))] partial class M;")]
    public async Task It_compiles_its_graph(string text)
    {
        TypeDeclarationSyntax type = CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes()
            .OfType<TypeDeclarationSyntax>().Single();
        ModelOutput output = await PassesWarmUp.Start(type);
        Assert.Empty(output.Problems);
        Assert.NotEmpty(output.Files);
    }
}
