using System.Collections;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Sinter.Generators.Tests.Support;

namespace Sinter.Generators.Tests.Incremental;

/// <summary>What an edit re-runs, step by step.</summary>
public class IncrementalTests
{
    private const string Model = """
        [CompiledModel("x: f32[N, 4]", Symbols = "N = 1..8")]
        partial class M : Layer
        {
            private readonly Linear l = new(4, Sizes.Width);
            protected override Tensor<F32> Forward(Tensor<F32> x) => l.Call(x);
        }
        """;

    private const string Sizes = "static class Sizes { public const int Width = 3; }";

    [Fact]
    public void An_unrelated_edit_compiles_nothing()
    {
        var (driver, compilation) = Start(Model, Sizes, "class Other { }");
        GeneratorRunResult result = Edit(driver, compilation, 2, "class Other { int a; /* more */ }");
        Assert.Equal([IncrementalStepRunReason.Unchanged], Reasons(result, TrackingNames.Models));
        Assert.Equal([IncrementalStepRunReason.Cached], Reasons(result, TrackingNames.Programs));
        Assert.All(Outputs(result), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void A_line_above_the_model_compiles_nothing()
    {
        var (driver, compilation) = Start(Model, Sizes);
        GeneratorRunResult result = Edit(driver, compilation, 0, "// One line more.\n" + Model);
        Assert.Equal([IncrementalStepRunReason.Modified], Reasons(result, TrackingNames.Models));
        Assert.Equal([IncrementalStepRunReason.Cached], Reasons(result, TrackingNames.Programs));
        Assert.All(Outputs(result), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void An_edit_of_another_file_that_the_model_depends_on_compiles_again()
    {
        var (driver, compilation) = Start(Model, Sizes);
        GeneratorRunResult result = Edit(driver, compilation, 1, Sizes.Replace("3", "5", StringComparison.Ordinal));
        Assert.Equal([IncrementalStepRunReason.Modified], Reasons(result, TrackingNames.Models));
        Assert.Equal([IncrementalStepRunReason.Modified], Reasons(result, TrackingNames.Programs));
        Assert.Contains(Outputs(result), reason => reason == IncrementalStepRunReason.Modified);
    }

    [Fact]
    public void A_message_that_moves_leaves_the_texts_alone()
    {
        string wrong = Model.Replace("new(4,", "new(7,", StringComparison.Ordinal);
        var (driver, compilation) = Start(wrong, Sizes);
        GeneratorRunResult result = Edit(driver, compilation, 0, "\n\n" + wrong);
        Assert.Equal([IncrementalStepRunReason.Cached], Reasons(result, TrackingNames.Programs));
        Assert.Equal("SNT0001", Assert.Single(result.Diagnostics).Id);
        Assert.Equal(Source.LinesBefore + 7 - 1, result.Diagnostics[0].Location.GetLineSpan().StartLinePosition.Line);
    }

    [Fact]
    public void Of_two_models_only_the_changed_one_is_compiled()
    {
        string second =
            Model.Replace(" M :", " Second :", StringComparison.Ordinal)
            .Replace("Sizes.Width", "2", StringComparison.Ordinal);
        var (driver, compilation) = Start(Model, Sizes, second);
        GeneratorRunResult result =
            Edit(driver, compilation, 2, second.Replace(", 2", ", 6", StringComparison.Ordinal));
        Assert.Equal(
            [IncrementalStepRunReason.Cached, IncrementalStepRunReason.Modified],
            Reasons(result, TrackingNames.Programs).Order(ByName));
    }

    [Fact]
    public void Nothing_of_the_compiler_is_kept()
    {
        var (driver, _) = Start(Model.Replace("x: f32", "x: f32", StringComparison.Ordinal), Sizes);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        string[] own = [TrackingNames.Models, TrackingNames.GraphFiles, TrackingNames.Settings, TrackingNames.Programs];
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (string name in own.Where(result.TrackedSteps.ContainsKey))
        {
            foreach (var (value, _) in result.TrackedSteps[name].SelectMany(step => step.Outputs))
            {
                AssertPlain(value, name, seen);
            }
        }

        Assert.True(seen.Count > 5);
    }

    [Fact]
    public void Reading_can_be_cancelled()
    {
        using var stop = new CancellationTokenSource();
        stop.CancelAfter(50);
        string endless =
            Source.Layer(
                "protected override Tensor<F32> Forward(Tensor<F32> x) { for (long i = 0; i < 1_000_000_000_000; i++) { } return x; }");
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            stop.Token.WaitHandle.WaitOne();
            Source.Read(Source.Compile(endless), stop.Token);
        });
    }

    private static readonly Comparer<IncrementalStepRunReason> ByName =
        Comparer<IncrementalStepRunReason>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));

    private static (GeneratorDriver Driver, CSharpCompilation Compilation) Start(params string[] files)
    {
        CSharpCompilation compilation = Source.Compile(files);
        var options =
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true);
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new ModelGenerator().AsSourceGenerator()], driverOptions: options,
            parseOptions: (CSharpParseOptions)compilation.SyntaxTrees[0].Options);
        return (driver.RunGenerators(compilation), compilation);
    }

    private static GeneratorRunResult Edit(GeneratorDriver driver, CSharpCompilation compilation, int file, string text)
    {
        SyntaxTree old = compilation.SyntaxTrees[file];
        SyntaxTree changed = Source.Compile(text).SyntaxTrees[0].WithFilePath(old.FilePath);
        return driver.RunGenerators(compilation.ReplaceSyntaxTree(old, changed)).GetRunResult().Results.Single();
    }

    private static IEnumerable<IncrementalStepRunReason> Reasons(GeneratorRunResult result, string step) =>
        result.TrackedSteps[step].SelectMany(s => s.Outputs).Select(output => output.Reason);

    private static IEnumerable<IncrementalStepRunReason> Outputs(GeneratorRunResult result) =>
        result.TrackedOutputSteps.Values.SelectMany(steps => steps).SelectMany(s => s.Outputs)
            .Select(output => output.Reason);

    private static void AssertPlain(object? value, string path, HashSet<object> seen)
    {
        if (value is null or string || value.GetType().IsPrimitive || !seen.Add(value))
        {
            return;
        }

        Type type = value.GetType();
        bool isCompiler = type.Assembly.GetName().Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal);
        Assert.False(isCompiler, $"{path} keeps a {type}");
        if (value is IEnumerable items)
        {
            foreach (object? item in items)
            {
                AssertPlain(item, path + "[]", seen);
            }
        }

        for (Type? t = type; t is not null && t != typeof(object); t = t.BaseType)
        {
            foreach (FieldInfo field in t.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                AssertPlain(field.GetValue(value), $"{path}.{field.Name}", seen);
            }
        }
    }
}
