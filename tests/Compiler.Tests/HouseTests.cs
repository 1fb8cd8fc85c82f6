using System.Runtime.CompilerServices;

namespace Sinter.Compiler.Tests;

/// <summary>Namespaces of the compiler point one way.</summary>
public sealed class HouseTests
{
    // Each may use those that it names, and what those may use.
    [Theory]
    [InlineData("Rewriting", "")]
    [InlineData("Values", "")]
    [InlineData("Fuse", "Values")]
    [InlineData("Simplify", "Rewriting")]
    [InlineData("Differentiate", "Rewriting Decompose")]
    [InlineData("Kernels", "Values Fuse Kernels")]
    [InlineData("Memory", "Values Kernels")]
    public void Namespaces_point_one_way(string folder, string used)
    {
        string[] allowed = used.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] files = Directory.GetFiles(Path.Combine(Root(), folder), "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            var usings = File.ReadLines(file)
                .Where(line => line.StartsWith("using Sinter.Compiler.", StringComparison.Ordinal))
                .Select(line => line["using Sinter.Compiler.".Length..].Split('.', ';')[0]);
            Assert.Empty(usings.Except(allowed).Select(name => $"{Path.GetFileName(file)} uses {name}"));
        }
    }

    private static string Root([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../Compiler"));
}
