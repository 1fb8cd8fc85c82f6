using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Sinter.Generators.Diagnostics;
using Sinter.Generators.Interpretation;
using Sinter.Generators.Models;
using Sinter.Generators.Writing;

namespace Sinter.Generators.Reading;

/// <summary>Reads one class with the attribute: what leaves is plain data.</summary>
internal static class ModelReader
{
    // Calls of the model nest in calls of the interpreter, which take much more stack than compiled code.
    private const int StackBytes = 64 << 20;

    /// <summary>The predicate of the generator's first step: a class; the attribute's name fits already.</summary>
    public static bool MayBeModel(SyntaxNode node, CancellationToken cancellation)
    {
        if (node is not TypeDeclarationSyntax type)
        {
            return false;
        }

        _ = PassesWarmUp.Start(type);
        return true;
    }

    /// <summary>The transform of the generator's first step.</summary>
    public static ModelReading Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation) => Read(
        context.SemanticModel.Compilation, (INamedTypeSymbol)context.TargetSymbol, context.Attributes[0], cancellation);

    /// <summary>Reads a class.</summary>
    public static ModelReading Read(
        Compilation compilation, INamedTypeSymbol type, AttributeData attribute, CancellationToken cancellation)
    {
        Place? place = Place.Of(attribute.ApplicationSyntaxReference?.GetSyntax(cancellation).GetLocation());
        AttributeFacts facts = AttributeFacts.Of(attribute);
        ModelClass model = ClassFacts.Of(type);
        var empty =
            new ModelReading(
                model, place, null, Signature(type, facts), null, facts.Training.Length > 0, facts.GraphFile, default,
                facts.Cuda);
        if (ClassFacts.Problems(type, cancellation).Count > 0)
        {
            // An analyser tells it, so that editors can offer to make the class partial.
            return empty with { GraphFile = "", Class = model with { Declaration = "" } };
        }

        IReadOnlyList<Problem> early = [.. VersionProblems(compilation, place)];
        if (early.Count > 0)
        {
            return empty with { Problems = new(early), GraphFile = "" };
        }

        if (facts.GraphFile.Length > 0 && facts.Training.Length == 0)
        {
            return empty;
        }

        Compilation whole = SharedSources.With(compilation, cancellation);
        ModelReading reading = whole == compilation
            ? Build(compilation, type, facts, empty, cancellation)
            : BuildShared(whole, type, empty, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return reading;
    }

    // What a layer takes and gives stands in the attribute, whatever is wrong with the layer.
    private static string? Signature(INamedTypeSymbol type, AttributeFacts facts)
    {
        try
        {
            (string name, TensorType input) = AttributeText.Input(facts.Input, AttributeText.Symbols(facts.Symbols));
            if (input.Type != DType.F32)
            {
                return null;
            }

            Node x = new GraphBuilder(captureSource: false).Input(name, input);
            return GraphPrinter.Print(Graph.Of(type.Name, (facts.Output, x)));
        }
        catch (Exception error) when (error is GraphException or OverflowException)
        {
            return null;
        }
    }

    // The same class, as the project together with the source that it uses defines it.
    private static ModelReading BuildShared(
        Compilation whole, INamedTypeSymbol type, ModelReading empty, CancellationToken cancellation)
    {
        SyntaxReference declared = type.DeclaringSyntaxReferences[0];
        var own = (INamedTypeSymbol)whole.GetSemanticModel(declared.SyntaxTree)
            .GetDeclaredSymbol(declared.GetSyntax(cancellation), cancellation)!;
        AttributeData attribute = own.GetAttributes()
            .First(data => data.AttributeClass?.ToDisplayString() == ModelGenerator.Attribute);
        ModelReading reading = Build(whole, own, AttributeFacts.Of(attribute), empty, cancellation);
        bool isSilent = reading is { Graph: null, Problems.Count: 0 };
        Diagnostic? error = isSilent ? SharedSources.Error(whole, cancellation) : null;
        return error is null ? reading : reading with
        {
            Problems = new([new Problem(
                DiagnosticDescriptors.Shared.Id,
                "the source of a layer does not compile in this project: "
                + error.GetMessage(CultureInfo.InvariantCulture), Place.Of(error.Location) ?? empty.Place)]),
        };
    }

    // Inference and training are read at the same time: most of a cold build is the start of this very code.
    private static ModelReading Build(
        Compilation compilation, INamedTypeSymbol type, AttributeFacts facts, ModelReading empty,
        CancellationToken cancellation)
    {
        Part? inference = facts.GraphFile.Length == 0 ? new Part(builder => builder.Inference()) : null;
        Part? training = facts.Training.Length > 0 ? new Part(builder => builder.Training()) : null;
        foreach (Part? part in new[] { inference, training })
        {
            part?.Start(compilation, type, facts, empty.Place, cancellation);
        }

        inference?.Wait();
        training?.Wait();

        // What is wrong with the model is usually wrong with its training too: one message will do.
        IReadOnlyList<Problem> problems = inference is { Problems.Count: > 0 } ? inference.Problems
            : training?.Problems ?? [];
        return empty with { Graph = inference?.Text, Training = training?.Text, Problems = new(problems) };
    }

    // The shapes that were checked must be those of the library that the program is built with.
    private static IEnumerable<Problem> VersionProblems(Compilation compilation, Place? place)
    {
        AssemblyIdentity? used =
            compilation.ReferencedAssemblyNames.FirstOrDefault(name => name.Name == "Sinter.Graph");
        Version own = typeof(Graph).Assembly.GetName().Version;
        if (used is not null && used.Version != own)
        {
            string text =
                $"the project uses Sinter.Graph {used.Version}, the build runs with {own}: use packages of one version";
            yield return new Problem(DiagnosticDescriptors.Version.Id, text, place);
        }
    }

    // One graph, read by an interpreter and on a stack of its own: static fields of the model start anew. A stack
    // overflow would end the compiler for everyone; this stack is large, and is asked how much is left.
    private sealed class Part(Func<GraphBuilding, Graph> build)
    {
        private Thread? thread;

        public GraphText? Text { get; private set; }

        public IReadOnlyList<Problem> Problems { get; private set; } = [];

        public void Start(
            Compilation compilation, INamedTypeSymbol type, AttributeFacts facts, Place? place,
            CancellationToken cancellation)
        {
            thread = new Thread(() => Read(compilation, type, facts, place, cancellation), StackBytes)
            {
                Name = "Sinter model",
                IsBackground = true,
                CurrentCulture = CultureInfo.InvariantCulture,
                CurrentUICulture = CultureInfo.InvariantCulture,
            };
            thread.Start();
        }

        public void Wait() => thread?.Join();

        private void Read(
            Compilation compilation, INamedTypeSymbol type, AttributeFacts facts, Place? place,
            CancellationToken cancellation)
        {
            var interpreter = new Interpreter(compilation, cancellation);
            try
            {
                Graph made = build(new GraphBuilding(compilation, type, facts, interpreter));
                Text = GraphPrinter.PrintPieces(made, GraphTextOptions.Paths);
            }
            catch (OperationCanceledException)
            {
                // The caller looks at the token.
            }
            catch (Exception error)
            {
                Problems = [.. Messages.Of(error, interpreter, place)];
            }
        }
    }
}
