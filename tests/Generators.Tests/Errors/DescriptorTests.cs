using System.Runtime.CompilerServices;
using Sinter.Generators.Diagnostics;

namespace Sinter.Generators.Tests.Errors;

/// <summary>Each message has a row, a line in the list of releases, and a paragraph with an anchor.</summary>
public class DescriptorTests
{
    [Fact]
    public void Each_message_is_documented_and_tracked()
    {
        string root = Root();
        string documentation = File.ReadAllText(Path.Combine(root, "docs", "diagnostics.md"));
        string releases = File.ReadAllText(Path.Combine(root, "Generators", "AnalyzerReleases.Unshipped.md"))
            + File.ReadAllText(Path.Combine(root, "Generators", "AnalyzerReleases.Shipped.md"));
        foreach (string id in DiagnosticDescriptors.All.Keys)
        {
            Assert.Contains($"<a id=\"{id.ToLowerInvariant()}\"></a>**{id}", documentation, StringComparison.Ordinal);
            Assert.Contains($"\n{id} | Sinter |", releases, StringComparison.Ordinal);
        }
    }

    private static string Root([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
