using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Sinter.Generators.Diagnostics;
using Sinter.Generators.Models;
using Sinter.Generators.Reading;
using Sinter.Generators.Writing;

namespace Sinter.Generators;

/// <summary>
/// Read this first: classes marked <c>[CompiledModel]</c>, and files of graphs, become programs inside the user's assembly.
/// </summary>
[Generator]
public sealed class ModelGenerator : IIncrementalGenerator
{
    /// <summary>The full name of the attribute.</summary>
    internal const string Attribute = "Sinter.CompiledModelAttribute";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // 1. Read: each class becomes plain data, the graph as canonical text. This is repeated on every change, because a
        //    model may depend on any file of the project; it is fast.
        IncrementalValuesProvider<ModelReading> models = context.SyntaxProvider
            .ForAttributeWithMetadataName(Attribute, static (node, _) => node is TypeDeclarationSyntax, ModelReader.Read)
            .WithTrackingName(TrackingNames.Models);
        IncrementalValuesProvider<GraphFile> files = context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (pair, cancellation) => GraphFiles.Read(pair.Left, pair.Right, cancellation))
            .Where(static file => file is not null).Select(static (file, _) => file!)
            .WithTrackingName(TrackingNames.GraphFiles);
        IncrementalValueProvider<ProjectSettings> settings = context.AnalyzerConfigOptionsProvider
            .Combine(context.CompilationProvider.Select(static (compilation, _) => AllowsUnsafe(compilation)))
            .Select(static (pair, _) => new ProjectSettings(GraphFiles.VectorBits(pair.Left), pair.Right))
            .WithTrackingName(TrackingNames.Settings);

        // 2. Compile: only when the graph, or a setting, has changed. Files are handed on only to the models that name one.
        IncrementalValuesProvider<ModelOutput> programs = models
            .Combine(files.Collect())
            .Select(static (pair, _) => GraphFiles.Join(pair.Left, pair.Right))
            .Combine(settings)
            .Select(static (pair, cancellation) => ModelCompiler.Compile(pair.Left, pair.Right, cancellation))
            .WithTrackingName(TrackingNames.Programs);
        IncrementalValuesProvider<ModelOutput> filePrograms = files
            .Where(static file => file.Class.Length > 0)
            .Combine(settings)
            .Select(static (pair, cancellation) =>
                ModelCompiler.Compile(GraphFiles.AsModel(pair.Left), pair.Right, cancellation))
            .WithTrackingName(TrackingNames.FilePrograms);

        // 3. Add: texts and messages apart, so that a message that moves does not touch a text.
        Add(context, programs);
        Add(context, filePrograms);
    }

    private static void Add(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<ModelOutput> outputs)
    {
        context.RegisterSourceOutput(outputs.Select(static (output, _) => output.Files), static (add, files) =>
        {
            foreach (SourceFile file in files)
            {
                add.AddSource(file.HintName, SourceText.From(file.Text, System.Text.Encoding.UTF8));
            }
        });
        context.RegisterSourceOutput(outputs.Select(static (output, _) => output.Problems), static (add, problems) =>
        {
            foreach (Problem problem in problems)
            {
                Location location = problem.Place?.ToLocation() ?? Location.None;
                add.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.All[problem.Id], location, problem.Text));
            }
        });
    }

    private static bool AllowsUnsafe(Compilation compilation) =>
        compilation.Options is CSharpCompilationOptions { AllowUnsafe: true };
}
