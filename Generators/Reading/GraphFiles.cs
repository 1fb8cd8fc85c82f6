using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Sinter.Generators.Diagnostics;
using Sinter.Generators.Models;

namespace Sinter.Generators.Reading;

/// <summary>Graphs as files of canonical text: models split over projects, and imported ones.</summary>
internal static class GraphFiles
{
    private const string ClassMetadata = "build_metadata.AdditionalFiles.SinterClass";
    private const string VectorBitsProperty = "build_property.SinterVectorBits";
    private const string CudaProperty = "build_property.SinterCuda";
    private const string MemoryProperty = "build_property.SinterMemoryBudget";
    private const string DefaultVectorBits = "256";

    /// <summary>A file that may hold a graph; null for others.</summary>
    public static GraphFile? Read(
        AdditionalText file, AnalyzerConfigOptionsProvider options, CancellationToken cancellation)
    {
        options.GetOptions(file).TryGetValue(ClassMetadata, out string? name);
        string type = name?.Trim() ?? "";
        if (type.Length == 0 && !file.Path.EndsWith(".graph", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return new GraphFile(file.Path, file.GetText(cancellation)?.ToString() ?? "", type);
    }

    /// <summary>The vector widths as the project gives them.</summary>
    public static string VectorBits(AnalyzerConfigOptionsProvider options) =>
        options.GlobalOptions.TryGetValue(VectorBitsProperty, out string? bits) && bits.Trim().Length > 0
            ? bits.Trim()
            : DefaultVectorBits;

    /// <summary>The memory that contexts may take, as the project gives it.</summary>
    public static string MemoryBudget(AnalyzerConfigOptionsProvider options) =>
        options.GlobalOptions.TryGetValue(MemoryProperty, out string? budget) ? budget.Trim() : "";

    /// <summary>Whether the project wants all models for CUDA devices too.</summary>
    public static bool WantsCuda(AnalyzerConfigOptionsProvider options) =>
        options.GlobalOptions.TryGetValue(CudaProperty, out string? wanted)
        && wanted.Trim().Equals("true", StringComparison.OrdinalIgnoreCase);

    /// <summary>A model with the text of the file that it names.</summary>
    public static ModelReading Join(ModelReading model, ImmutableArray<GraphFile> files)
    {
        if (model.GraphFile.Length == 0)
        {
            return model;
        }

        var found = files.Where(file => IsNamed(file.Path, model.GraphFile)).ToList();
        if (found.Count == 1)
        {
            return model with { Graph = found[0].Text, Place = StartOf(found[0]) };
        }

        string how = found.Count == 0 ? "no file" : "several files";
        string text =
            $"there is {how} named '{model.GraphFile}' among the project's AdditionalFiles; graphs end in .graph";
        var problem = new Problem(DiagnosticDescriptors.Attribute.Id, text, model.Place);
        return model with { Problems = new([.. model.Problems, problem]) };
    }

    /// <summary>The model that a file with a class of its own is.</summary>
    public static ModelReading AsModel(GraphFile file)
    {
        string[] parts = file.Class.Split('.');
        string name = parts[parts.Length - 1];
        string space = string.Join(".", parts.Take(parts.Length - 1));
        Problem[] problems = [];
        if (!parts.All(Microsoft.CodeAnalysis.CSharp.SyntaxFacts.IsValidIdentifier))
        {
            string text = $"SinterClass=\"{file.Class}\" is not the full name of a class";
            problems = [new Problem(DiagnosticDescriptors.Attribute.Id, text, StartOf(file))];
            (space, name) = ("", "_");
        }

        var type =
            new ModelClass(space, default, "partial class " + name, name, (space.Length > 0 ? space + "." : "") + name);
        return new ModelReading(type, StartOf(file), file.Text, null, null, false, file.Path, new(problems));
    }

    private static Place StartOf(GraphFile file) => new(file.Path, 0, 0, 0, 0, 0, 0);

    // By the end of the path, whole folders at a time.
    private static bool IsNamed(string path, string name)
    {
        string a = path.Replace('\\', '/');
        string b = name.Replace('\\', '/');
        return a == b || a.EndsWith("/" + b, StringComparison.Ordinal);
    }
}
