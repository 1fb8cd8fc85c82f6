namespace Sinter.Conformance.Tests.Reference;

/// <summary>
/// Where PyTorch's reference values lie: in the folder that SINTER_REFERENCE names, else beside the repository, where
/// the machine has them.
/// </summary>
public static class ReferenceFolder
{
    private const string Variable = "SINTER_REFERENCE";
    private const string Ending = ".safetensors";

    /// <summary>The folder, or null.</summary>
    public static string? Path { get; } = Find();

    /// <summary>Whether the folder is another than the one beside the repository.</summary>
    public static bool IsAnother => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable));

    /// <summary>The folder; a test without one is skipped.</summary>
    public static string Required => Path ?? throw new NotComparedException(
        $"no folder shared/reference above the tests, and {Variable} names none: nothing to compare with PyTorch");

    /// <summary>The names of all cases there are, none without a folder.</summary>
    public static IReadOnlyList<string> Names() => Path is null ? [] : Directory.EnumerateFiles(Path, "*" + Ending)
        .Select(file => System.IO.Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal).ToArray();

    /// <summary>A case; a test whose case is not there is skipped.</summary>
    public static ReferenceCase Load(string name)
    {
        string folder = Required;
        return File.Exists(System.IO.Path.Combine(folder, name + Ending))
            ? ReferenceCase.Load(folder, name)
            : throw new NotComparedException($"{folder} has no case {name}");
    }

    private static string? Find()
    {
        if (IsAnother)
        {
            string named = Environment.GetEnvironmentVariable(Variable)!;
            return Directory.Exists(named) ? named : null;
        }

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
