namespace Sinter.Conformance.Tests.Reference;

/// <summary>Where PyTorch's reference values lie: beside the repository, where the machine has them.</summary>
public static class ReferenceFolder
{
    /// <summary>What a test says that has nothing to compare with.</summary>
    public const string Missing = "no folder shared/reference above the tests: nothing was compared with PyTorch";

    /// <summary>The folder, or null.</summary>
    public static string? Path { get; } = Find();

    /// <summary>The names of all cases, as INDEX.tsv lists them.</summary>
    public static IReadOnlyList<string> Names(string folder) =>
        File.ReadLines(System.IO.Path.Combine(folder, "INDEX.tsv")).Skip(1)
            .Where(line => line.Length > 0).Select(line => line.Split('\t')[0]).ToArray();

    private static string? Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = System.IO.Path.Combine(at.FullName, "shared", "reference");
            if (Directory.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
