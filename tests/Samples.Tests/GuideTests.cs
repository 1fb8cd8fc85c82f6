using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Sinter.Samples.Tests;

/// <summary>The guide's blocks, one after another, are a program that compiles.</summary>
public class GuideTests
{
    [Fact]
    public void The_guide_compiles()
    {
        string[] blocks = Blocks(File.ReadAllText(Path.Combine(Sample.Root, "docs", "guide.md"))).ToArray();
        Assert.True(blocks.Length > 5);

        // Statements at the top come before types, wherever the guide shows them.
        string[] types = blocks.Where(block => block.StartsWith("internal ", StringComparison.Ordinal)).ToArray();
        string[] usings = ["global using System;", "global using System.Linq;"];
        string program = string.Join("\n", [.. usings, .. blocks.Except(types), .. types]);
        var compilation = CSharpCompilation.Create(
            "Guide", [CSharpSyntaxTree.ParseText(program)], References(),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication));
        var errors = compilation.GetDiagnostics().Where(found => found.Severity == DiagnosticSeverity.Error);
        Assert.Empty(errors.Select(error => error.ToString()));
    }

    private static IEnumerable<string> Blocks(string text) =>
        text.Replace("\r\n", "\n").Split("```csharp\n").Skip(1).Select(rest => rest.Split("\n```")[0]);

    // What this test runs on is what a user's program would reference.
    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
}
