using Sinter.Runtime.Files;
using Sinter.Runtime.Tests;

namespace Sinter.Samples.Tests;

/// <summary>What the README shows is what the repository holds.</summary>
public class ReadmeTests
{
    private const string Golden = "tests/Graph.Tests/ErrorMessageTests.Wrong_features.verified.txt";

    private static readonly string Readme = Read("README.md");

    [Fact]
    public void The_example_is_the_sample() =>
        Assert.Contains($"```csharp\n{Read("samples/Xor/Program.cs").TrimEnd()}\n```\n", Readme);

    [Fact]
    public void The_error_message_is_the_tested_one() =>
        Assert.Contains($"```\n{Read(Golden)}\n```\n", Readme);

    [Fact]
    public void The_example_learns()
    {
        using var folder = new TemporaryFolder();
        using Sample run = Sample.Run("Xor", folder.Path);
        Assert.Equal(0, run.Wait());
        Assert.Matches(@"^loss: 0\.00\d\d\n$", run.Output);
        using SafetensorsFile file = SafetensorsFile.Open(folder.File("xor.safetensors"));
        Assert.Equal(4, file.Entries.Count);
    }

    [Fact]
    public void Links_lead_to_files()
    {
        string[] docs = Directory.GetFiles(Path.Combine(Sample.Root, "docs"), "*.md");
        string[] pages = ["README.md", "CONTRIBUTING.md", .. docs];
        foreach (string page in pages)
        {
            string path = Path.Combine(Sample.Root, page);
            foreach (string link in LocalLinks(File.ReadAllText(path)))
            {
                string target = Path.Combine(Path.GetDirectoryName(path)!, link);
                Assert.True(Path.Exists(target), $"{page}: {link} leads nowhere");
            }
        }
    }

    // [text](target), without anchors and other sites.
    private static IEnumerable<string> LocalLinks(string text) =>
        text.Split("](").Skip(1).Select(rest => rest.Split(')')[0].Split('#')[0])
            .Where(link => link.Length > 0 && !link.Contains("://"));

    private static string Read(string path) =>
        File.ReadAllText(Path.Combine(Sample.Root, path)).Replace("\r\n", "\n");
}
