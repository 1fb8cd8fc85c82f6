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
/// Read this first: classes marked <c>[CompiledModel]</c>, and files of graphs, become programs inside the user's
/// assembly.
/// </summary>
[Generator]
public sealed class ModelGenerator : IIncrementalGenerator
{
    /// <summary>The full name of the attribute.</summary>
    internal const string Attribute = "Sinter.CompiledModelAttribute";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // 1. Read: each class becomes plain data, the graph as canonical text. This is repeated on every change,
        // because a
        //    model may depend on any file of the project; it is fast.
        IncrementalValuesProvider<ModelReading> models = context.SyntaxProvider
            .ForAttributeWithMetadataName(Attribute, ModelReader.MayBeModel, ModelReader.Read)
            .WithTrackingName(TrackingNames.Models);
        IncrementalValuesProvider<GraphFile> files = context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (pair, cancellation) => GraphFiles.Read(pair.Left, pair.Right, cancellation))
            .Where(static file => file is not null).Select(static (file, _) => file!)
            .WithTrackingName(TrackingNames.GraphFiles);
        IncrementalValueProvider<ProjectSettings> settings = context.AnalyzerConfigOptionsProvider
            .Combine(context.CompilationProvider.Select(
                static (compilation, _) => new ProjectSettings("", AllowsUnsafe(compilation), HasCuda(compilation))))
            .Select(static (pair, _) => pair.Right with
            {
                VectorBits = GraphFiles.VectorBits(pair.Left),
                WantsCuda = GraphFiles.WantsCuda(pair.Left),
                MemoryBudget = GraphFiles.MemoryBudget(pair.Left),
            })
            .WithTrackingName(TrackingNames.Settings);

        // Projects that share their models carry their source to those that use them.
        IncrementalValueProvider<string> shared = context.CompilationProvider.Select(static (compilation, cancellation)
            => SharedSources.IsShared(compilation) ? SharedSources.Attributes(compilation, cancellation) : "");
        context.RegisterSourceOutput(shared, static (add, text) =>
        {
            if (text.Length > 0)
            {
                add.AddSource("Sinter.ModelSources.g.cs", SourceText.From(text, System.Text.Encoding.UTF8));
            }
        });

        // 2. Give models the files that they name, and files with a class of their own a model.
        IncrementalValuesProvider<ModelReading> joined = models.Combine(files.Collect())
            .Select(static (pair, _) => GraphFiles.Join(pair.Left, pair.Right));
        IncrementalValuesProvider<ModelReading> alone = files.Where(static file => file.Class.Length > 0)
            .Select(static (file, _) => GraphFiles.AsModel(file));
        Add(context, joined, settings, TrackingNames.Programs);
        Add(context, alone, settings, TrackingNames.FilePrograms);
    }

    private static void Add(
        IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<ModelReading> models,
        IncrementalValueProvider<ProjectSettings> settings, string name)
    {
        // 3. Compile: only when the graph, or a setting, has changed.
        IncrementalValuesProvider<ModelOutput> programs = models
            .Select(static (model, _) => ProgramRequest.Of(model))
            .Combine(settings)
            .Select(static (pair, cancellation) => ModelCompiler.Compile(pair.Left, pair.Right, cancellation))
            .WithTrackingName(name);

        // 4. Add: texts and messages apart, so that a message that moves does not touch a text. All steps hand on
        // objects: for each struct the compiler's tables would be compiled anew, which takes longer than the steps.
        var texts = programs.Select(static (output, _) => output with { Problems = default });
        context.RegisterSourceOutput(texts, static (add, output) =>
        {
            foreach (SourceFile file in output.Files)
            {
                add.AddSource(file.HintName, SourceText.From(file.Text, System.Text.Encoding.UTF8));
            }
        });
        IncrementalValuesProvider<ModelOutput> problems = models
            .Combine(programs.Select(static (output, _) => output with { Files = default }).Collect())
            .Select(static (pair, _) => Problems(pair.Left, pair.Right));
        context.RegisterSourceOutput(problems, static (add, output) =>
        {
            foreach (Problem problem in output.Problems)
            {
                Location location = problem.Place?.ToLocation() ?? Location.None;
                add.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.All[problem.Id], location, problem.Text));
            }
        });
    }

    // Those of the reading, then those of the compilation, at the model where they have no place of their own.
    private static ModelOutput Problems(ModelReading model, IEnumerable<ModelOutput> outputs)
    {
        ModelOutput? own = outputs.FirstOrDefault(output => output.HintName == model.Class.HintName);
        var found = own is null ? []
            : own.Problems.Select(problem => problem with { Place = problem.Place ?? model.Place });
        return new ModelOutput(model.Class.HintName, default, new(model.Problems.Concat(found)));
    }

    private static bool HasCuda(Compilation compilation) =>
        compilation.ReferencedAssemblyNames.Any(name => name.Name == CudaMembers.Assembly);

    private static bool AllowsUnsafe(Compilation compilation) =>
        compilation.Options is CSharpCompilationOptions { AllowUnsafe: true };
}
