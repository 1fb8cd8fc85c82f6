using Sinter.Runtime.Tests;

namespace Sinter.Samples.Tests;

/// <summary>
/// The native sample, built for .NET: its program is the one that publishing turns into native code, which
/// <c>.ci/packages</c> does.
/// </summary>
public sealed class DigitsAotTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Reads_as_well_as_the_trainer_said()
    {
        using Sample training = Sample.Run(
            "Digits", folder.Path, "--epochs", "1", "--examples", "1000", "--save-data", "data", "--output", "w");
        Assert.Equal(0, training.Wait());
        string accuracy = training.LastLine.Replace("test accuracy: ", "");
        using Sample reading = Run("--weights", "w", "--images", "data/t10k-images-idx3-ubyte", "--labels",
            "data/t10k-labels-idx1-ubyte");
        Assert.Equal(0, reading.Wait());
        Assert.Equal($"accuracy: {accuracy}\n", reading.Output);

        // Built without CUDA, which is told.
        using Sample best = Run("--weights", "w", "--images", "data/t10k-images-idx3-ubyte", "--labels",
            "data/t10k-labels-idx1-ubyte", "--device", "best");
        Assert.Equal(0, best.Wait());
        Assert.Equal(reading.Output, best.Output);
        Assert.Equal(
            "running on cpu: this program was built without CUDA; -p:SinterCuda=true builds it with", best.Error);
        using Sample refused = Run("--weights", "w", "--bench", "--device", "cuda");
        Assert.Equal(1, refused.Wait());
        Assert.Equal("error: this program was built without CUDA; -p:SinterCuda=true builds it with", refused.Error);

        using Sample drawing = Run("--weights", "w", "--images", "data/t10k-images-idx3-ubyte", "--draw", "3");
        Assert.Equal(0, drawing.Wait());
        Assert.Equal(15, drawing.Output.TrimEnd('\n').Split('\n').Length);
        Assert.Matches(@"^read as \d, probability [01]\.\d{4}$", drawing.LastLine);
    }

    [Theory]
    [InlineData("nobody knows what '--ecpohs' means; --help lists the options", "--ecpohs", "3")]
    [InlineData("--images or --bench must say what to do; --help lists the options")]
    [InlineData("--images needs --labels to count what is read right, or --draw", "--images", "x")]
    [InlineData("--images must name a file", "--images")]
    [InlineData("--threads must be a whole number from 1 to 1024, not '0'", "--bench", "--threads", "0")]
    [InlineData("--device must be cpu, cuda, cuda:N or best, not 'gpu'", "--bench", "--device", "gpu")]
    [InlineData("--device must be cpu, cuda, cuda:N or best, not ''", "--bench", "--device")]
    [InlineData("--draw must be a whole number from 0 to 2147483647, not '-1'", "--images", "x", "--draw", "-1")]
    public void Arguments_that_make_no_sense_end_with_code_2(string message, params string[] arguments)
    {
        using Sample run = Run(arguments);
        Assert.Equal(2, run.Wait());
        Assert.Equal("error: " + message, run.Error);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void What_is_missing_or_damaged_is_an_error_of_one_line()
    {
        using Sample none = Run("--bench");
        Assert.Equal(1, none.Wait());
        Assert.StartsWith("error: there are no weights: neither embedded nor in ", none.Error);

        folder.File("damaged", "no weights"u8);
        using Sample damaged = Run("--bench", "--weights", "damaged");
        Assert.Equal(1, damaged.Wait());
        Assert.StartsWith("error: damaged at byte 0: header length: ", damaged.Error);
    }

    private Sample Run(params string[] arguments) => Sample.Run("DigitsAot", folder.Path, arguments);
}
