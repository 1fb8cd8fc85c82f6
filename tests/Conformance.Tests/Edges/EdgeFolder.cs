namespace Sinter.Conformance.Tests.Edges;

/// <summary>Where PyTorch's values at the edges lie: the folder that SINTER_REFERENCE_EDGES names, or
/// shared/reference-edges above the tests.</summary>
public static class EdgeFolder
{
    private const string Variable = "SINTER_REFERENCE_EDGES";

    /// <summary>Why tests are skipped, where there is nothing to compare with; null where there is.</summary>
    public static string? Missing => Path is null
        ? $"no folder shared/reference-edges above the tests, and {Variable} names none: nothing to compare with"
        : null;

    /// <summary>The folder, or null.</summary>
    public static string? Path { get; } = Find();

    /// <summary>The names of all cases, as INDEX.tsv lists them; none where the folder is missing.</summary>
    public static IReadOnlyList<string> Names { get; } = Path is null ? [] :
    [
        .. File.ReadLines(System.IO.Path.Combine(Path, "INDEX.tsv")).Select(line => line.Split('\t')[0])
            .Where(name => name.Length > 0 && File.Exists(System.IO.Path.Combine(Path, name + ".safetensors"))),
    ];

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return named;
        }

        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = System.IO.Path.Combine(at.FullName, "shared", "reference-edges");
            if (Directory.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}

/// <summary>A fact about the cases at the edges: skipped, not passed, where they are missing.</summary>
public sealed class EdgeFactAttribute : FactAttribute
{
    public EdgeFactAttribute() => Skip = EdgeFolder.Missing;
}

/// <summary>A theory about the cases at the edges: skipped, not passed, where they are missing.</summary>
public sealed class EdgeTheoryAttribute : TheoryAttribute
{
    public EdgeTheoryAttribute() => Skip = EdgeFolder.Missing;
}
