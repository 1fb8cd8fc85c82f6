using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Sinter.Generators.Analysis;
using Sinter.Generators.Tests.Support;

namespace Sinter.Generators.Tests.Errors;

/// <summary>
/// Each wrong model gives exactly the messages that its lines name in comments such as <c>// !SNT0001 has 5
/// features</c>: the id, and a part of the text. What uses the model beside it compiles.
/// </summary>
public partial class WrongModelTests
{
    // Another file that uses what the generator adds, as programs do.
    private const string Use = """
        class Use
        {
            void Run()
            {
                using var model = M.Compiled.Load("m.safetensors");
                float[] x = new float[4], y = new float[4];
                model.Run(x, y, 1);
                using var context = model.CreateContext();
                context.Run(x, y.AsSpan(), 1);
                _ = model.State.Names.Count + M.Compiled.Program.PeakBytes;
            }
        }
        """;

    public static TheoryData<string> Names => [.. WrongModels.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_wrong_model_gives_one_message_at_its_place(string name)
    {
        string text = WrongModels.All[name];
        bool canBeUsed = !text.Contains("SNT0006", StringComparison.Ordinal);
        CSharpCompilation compilation = canBeUsed ? Source.Compile(text, Use) : Source.Compile(text);
        string[] found = [.. (await Messages(compilation)).Select(Describe).Order(StringComparer.Ordinal)];
        (string Place, string Text)[] wanted = [.. Wanted(text).OrderBy(w => w.Place, StringComparer.Ordinal)];
        Assert.Equal(
            string.Join("\n", wanted.Select(w => w.Place)),
            string.Join(
                "\n",
                found.Select(
                    f =>
                        wanted.Any(w => f.StartsWith(w.Place + " ", StringComparison.Ordinal)) ? f[..f.IndexOf(' ', 16)]
                        : f)));
        Assert.All(
            wanted, w =>
                Assert.Contains(w.Text, found.Single(f => f.StartsWith(w.Place + " ", StringComparison.Ordinal))));
    }

    [Fact]
    public void There_are_forty_wrong_models() => Assert.InRange(WrongModels.All.Count, 40, 1000);

    private static async Task<IEnumerable<Diagnostic>> Messages(CSharpCompilation compilation)
    {
        var driver = CSharpGeneratorDriver.Create(
            [new ModelGenerator().AsSourceGenerator()],
            parseOptions: (CSharpParseOptions)compilation.SyntaxTrees[0].Options);
        driver.RunGeneratorsAndUpdateCompilation(
            compilation, out Compilation updated, out ImmutableArray<Diagnostic> own);
        ImmutableArray<DiagnosticAnalyzer> analyzers =
            [new PartialAnalyzer(), new LayerAnalyzer(), new UnreadAnalyzer()];
        ImmutableArray<Diagnostic> analyzed = await updated.WithAnalyzers(analyzers).GetAnalyzerDiagnosticsAsync();
        return own.Concat(analyzed).Concat(updated.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
    }

    // "line 0012 SNT0001 text", lines counted in the model's own text.
    private static string Describe(Diagnostic diagnostic)
    {
        FileLinePositionSpan span = diagnostic.Location.GetLineSpan();
        int line = span.Path == "File0.cs" ? span.StartLinePosition.Line + 1 - Source.LinesBefore : 9999;
        return $"line {line:0000} {diagnostic.Id} {diagnostic.GetMessage(CultureInfo.InvariantCulture)}";
    }

    private static IEnumerable<(string Place, string Text)> Wanted(string text)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            foreach (Match match in Marker().Matches(lines[i]))
            {
                yield return ($"line {i + 1:0000} {match.Groups[1].Value}", match.Groups[2].Value.Trim());
            }
        }
    }

    [GeneratedRegex("// !([A-Z]+[0-9]+) ?([^!]*)$")]
    private static partial Regex Marker();
}
