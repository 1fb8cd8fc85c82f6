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
    public void The_example_tells_in_a_line_that_it_cannot_save()
    {
        using var folder = new TemporaryFolder();
        string place = folder.File("xor.safetensors");
        Directory.CreateDirectory(place);
        using Sample run = Sample.Run("Xor", folder.Path);
        Assert.Equal(1, run.Wait());
        Assert.StartsWith("error: xor.safetensors: could not be saved; ", run.Error);
        Assert.Equal([place], Directory.GetFileSystemEntries(folder.Path));
    }

    // Both compile the same program and find no entry.
    [UnixFact]
    public void Processes_that_start_at_once_share_one_cache()
    {
        using var folder = new TemporaryFolder();
        string cache = folder.File("cache");
        Sample[] runs = [.. Enumerable.Range(0, 2).Select(i =>
        {
            string own = Directory.CreateDirectory(folder.File($"run{i}")).FullName;
            return Sample.StartIn($"export SINTER_CACHE='{cache}'; exec \"$@\"", "Xor", own);
        })];
        Assert.All(runs, run => Assert.Equal(0, run.Wait()));
        Assert.All(runs, run => Assert.Equal(runs[0].Output, run.Output));
        Assert.Single(Directory.GetFileSystemEntries(cache));
        Array.ForEach(runs, run => run.Dispose());
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
