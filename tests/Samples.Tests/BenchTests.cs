using Sinter.Runtime.Tests;

namespace Sinter.Samples.Tests;

/// <summary>The command line of the benchmarks. Nothing is measured.</summary>
public sealed class BenchTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("--threads takes whole numbers from 1 to 1024, separated by commas, not '0'", "--threads", "0")]
    [InlineData("--threads takes whole numbers from 1 to 1024, separated by commas, not '1,many'",
        "--threads", "1,many")]
    [InlineData("--threads takes whole numbers from 1 to 1024, separated by commas, not '10000'",
        "--threads", "10000")]
    [InlineData("--seconds must be a number above 0 and up to 3600, not '-1'", "--seconds", "-1")]
    [InlineData("--seconds must be a number above 0 and up to 3600, not 'NaN'", "--seconds", "NaN")]
    [InlineData("no case has '--jsno' in its name; --list prints the names", "--jsno")]
    [InlineData("no case has 'produtc' in its name; --list prints the names", "mlp", "produtc")]
    [InlineData("--peers: 'nowhere' is not a folder", "--peers", "nowhere")]
    public void Arguments_that_make_no_sense_end_with_code_2(string message, params string[] arguments)
    {
        using Sample run = Sample.Run("Bench", folder.Path, arguments);
        Assert.Equal(2, run.Wait());
        Assert.Equal("error: " + message, run.Error);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void The_list_names_the_cases_asked_for()
    {
        using Sample run = Sample.Run("Bench", folder.Path, "--list", "MLP", "--threads", "1", "--seconds", "0.1");
        Assert.Equal(0, run.Wait());
        Assert.Empty(run.Errors);
        Assert.All(run.Output.TrimEnd().Split('\n'), line => Assert.Contains("mlp", line));
    }
}
