using Sinter.Backends.CSharp;
using Sinter.Backends.Cuda;
using Sinter.Compiler;
using Sinter.Generators.Diagnostics;
using Sinter.Generators.Models;

namespace Sinter.Generators.Writing;

/// <summary>Compiles one nested class: inference or training.</summary>
/// <param name="model">What it is made of.</param>
/// <param name="name">Its name.</param>
/// <param name="targets">The processors to compile for.</param>
/// <param name="cuda">Whether to compile for CUDA devices too.</param>
/// <param name="budget">The bytes that a context may take beside the state; null for as many as it needs.</param>
/// <param name="cancellation">Stops it between programs.</param>
internal sealed class PartCompiler(
    ProgramRequest model, string name, IReadOnlyList<CSharpTarget> targets, bool cuda, long? budget,
    CancellationToken cancellation)
{
    /// <summary>The class of a program for CUDA devices, without its namespace.</summary>
    public static string CudaClass(string part) => part + "Cuda";

    /// <summary>The class of a program, without its namespace.</summary>
    public static string ProgramClass(string part, CSharpTarget target) =>
        part + char.ToUpperInvariant(target.Name[0]) + target.Name.Substring(1);

    /// <summary>The namespace of a model's programs: its own, so that nothing of the project is in sight
    /// there.</summary>
    public static string ProgramNamespace(ModelClass model) =>
        ModelCompiler.ProgramNamespace + "." + new Identifiers().Of(model.HintName.Replace('.', '_')).TrimStart('@');

    /// <summary>The files; a stub where there is nothing to compile or it fails.</summary>
    /// <param name="text">The graph's text; null where the model is wrong.</param>
    /// <param name="signature">The text that tells the signature of a stub, if there is one.</param>
    /// <param name="problems">Receives what fails.</param>
    public IReadOnlyList<SourceFile> Compile(string? text, string? signature, List<Problem> problems)
    {
        if (text is null)
        {
            return [Stub(signature is null ? null : Parse(signature, []), problems)];
        }

        Graph? graph = Parse(text, problems);
        if (graph is null)
        {
            return [Stub(null, problems)];
        }

        try
        {
            return [.. Programs(graph)];
        }
        catch (GraphException error)
        {
            problems.Add(new Problem(DiagnosticDescriptors.Backend.Id, error.Message, model.File));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            problems.Add(new Problem(DiagnosticDescriptors.Internal.Id, Faults.Describe(error), model.File));
        }

        return [Stub(graph, problems)];
    }

    private IEnumerable<SourceFile> Programs(Graph graph)
    {
        string space = ProgramNamespace(model.Class);
        var programs = new List<(CSharpTarget Target, string Class)>();
        foreach (CSharpTarget target in targets)
        {
            cancellation.ThrowIfCancellationRequested();
            Plan plan = Pipeline.Compile(graph, new PipelineOptions(target.Processor, MemoryBudget: budget));
            string type = ProgramClass(name, target);
            string text = ProgramPrinter.Print(plan, target, type, space);
            programs.Add((target, $"global::{space}.{type}"));
            yield return new SourceFile($"{model.Class.HintName}.{type}.g.cs", text);
        }

        if (cuda)
        {
            cancellation.ThrowIfCancellationRequested();
            Plan plan = Pipeline.Compile(graph, new PipelineOptions(CudaTarget.Processor, MemoryBudget: budget));
            string type = CudaClass(name);
            yield return new SourceFile(
                $"{model.Class.HintName}.{type}.g.cs", CudaProgramPrinter.Print(plan, type, space));
        }

        yield return new SourceFile(
            $"{model.Class.HintName}.{name}.g.cs",
            ApiWriter.Write(model.Class, name, Signature(graph), programs, CudaName));
    }

    private string? CudaName => cuda ? $"global::{ProgramNamespace(model.Class)}.{CudaClass(name)}" : null;

    private SourceFile Stub(Graph? graph, List<Problem> problems)
    {
        string tool = !model.IsWrong && problems.Count == 0 ? ApiWriter.UnreadTool : ApiWriter.Tool;
        RunSignature? signature = graph is null ? null : Signature(graph);
        return new SourceFile(
            $"{model.Class.HintName}.{name}.g.cs", ApiWriter.Write(model.Class, name, signature, [], CudaName, tool));
    }

    private Graph? Parse(string text, List<Problem> problems)
    {
        try
        {
            return GraphParser.Parse(text);
        }
        catch (GraphException error)
        {
            string reason = Faults.WithoutLocation(error);
            problems.Add(new Problem(DiagnosticDescriptors.GraphText.Id, reason, Faults.InText(error, model.File)));
            return null;
        }
    }

    private static RunSignature Signature(Graph graph) => new(
        [.. graph.Inputs.Select(input => new PortFacts(input.Get<InputAttributes>().Name, input.Type))],
        [.. graph.Outputs.Select(output => new PortFacts(output.Name, output.Node.Type))],
        graph.Symbols, graph.Symbols.Where(graph.Computes));
}
