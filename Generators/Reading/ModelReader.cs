using System.Globalization;
using Microsoft.CodeAnalysis;
using Sinter.Generators.Diagnostics;
using Sinter.Generators.Interpretation;
using Sinter.Generators.Models;

namespace Sinter.Generators.Reading;

/// <summary>Reads one class with the attribute: what leaves is plain data.</summary>
internal static class ModelReader
{
    // Calls of the model nest in calls of the interpreter, which take much more stack than compiled code.
    private const int StackBytes = 64 << 20;

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
                model, place, null, Signature(type, facts), null, facts.Training.Length > 0, facts.GraphFile, default);
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

        ModelReading? reading = null;
        OnOwnStack(() => reading = Build(compilation, type, facts, empty, cancellation));
        cancellation.ThrowIfCancellationRequested();
        return reading ?? empty;
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

    // A stack overflow would end the compiler for everyone; this stack is large, and is asked how much is left.
    private static void OnOwnStack(Action work)
    {
        var thread = new Thread(() => work(), StackBytes)
        {
            Name = "Sinter model",
            CurrentCulture = CultureInfo.InvariantCulture,
            CurrentUICulture = CultureInfo.InvariantCulture,
        };
        thread.Start();
        thread.Join();
    }

    private static ModelReading? Build(
        Compilation compilation, INamedTypeSymbol type, AttributeFacts facts, ModelReading empty,
        CancellationToken cancellation)
    {
        var problems = new List<Problem>();
        string? graph = null;
        if (facts.GraphFile.Length == 0)
        {
            graph = Part(builder => builder.Inference());
        }

        string? training = facts.Training.Length > 0 && problems.Count == 0
            && (graph is not null || facts.GraphFile.Length > 0)
            ? Part(builder => builder.Training())
            : null;
        return cancellation.IsCancellationRequested
            ? null
            : empty with { Graph = graph, Training = training, Problems = new(problems) };

        // Each part with an interpreter of its own: static fields of the model start anew.
        string? Part(Func<GraphBuilding, Graph> build)
        {
            var interpreter = new Interpreter(compilation, cancellation);
            try
            {
                Graph made = build(new GraphBuilding(compilation, type, facts, interpreter));
                return GraphPrinter.Print(made, GraphTextOptions.Paths);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            catch (Exception error)
            {
                problems.AddRange(Messages.Of(error, interpreter, empty.Place));
                return null;
            }
        }
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
}
