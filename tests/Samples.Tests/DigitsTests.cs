using System.Diagnostics;
using Sinter.Runtime.Files;
using Sinter.Runtime.Tests;

namespace Sinter.Samples.Tests;

public sealed class DigitsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Trains_saves_and_ends_with_the_accuracy()
    {
        using Sample run = Run("--epochs", "1", "--examples", "100", "--batch", "64", "--output", "small.safetensors");
        Assert.Equal(0, run.Wait());
        Assert.Matches(@"^test accuracy: [01]\.\d{4}$", run.LastLine);
        Assert.Contains("total", run.Output);
        Assert.Contains("61,706\n", run.Output);
        Assert.Matches(@"compiled in \d+\.\d\d s", run.Output);
        Assert.Matches("memory: [0-9,]+ bytes for training, [0-9,]+ for evaluation", run.Output);
        Assert.Contains("step 2/2", run.Output);
        Assert.Empty(run.Errors);

        using SafetensorsFile file = SafetensorsFile.Open(folder.File("small.safetensors"));
        Assert.Equal(
            ["c1.bias", "c1.weight", "c2.bias", "c2.weight", "f1.bias", "f1.weight", "f2.bias", "f2.weight", "f3.bias",
            "f3.weight"],
            file.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal));
        Assert.Equal(61_706 * sizeof(float), file.Entries.Sum(entry => entry.ByteLength));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_on_any_number_of_threads()
    {
        foreach (string threads in new[] { "1", "3" })
        {
            using Sample run = Run(
                "--epochs", "1", "--examples", "200", "--seed", "7", "--threads", threads, "--output", threads);
            Assert.Equal(0, run.Wait());
        }

        Assert.Equal(File.ReadAllBytes(folder.File("1")), File.ReadAllBytes(folder.File("3")));
    }

    [Fact]
    public void A_wrong_folder_is_an_error_of_one_line()
    {
        using Sample none = Run("--data", "nowhere");
        Assert.Equal(1, none.Wait());
        Assert.Equal("error: nowhere is not a folder.\n", none.Errors);

        using Sample empty = Run("--data", folder.Path);
        Assert.Equal(1, empty.Wait());
        Assert.StartsWith($"error: {folder.Path} lacks train-images-idx3-ubyte, ", empty.Errors);

        folder.File("train-images-idx3-ubyte", "no idx file"u8);
        folder.File("train-labels-idx1-ubyte", "no idx file"u8);
        folder.File("t10k-images-idx3-ubyte", "no idx file"u8);
        folder.File("t10k-labels-idx1-ubyte", "no idx file"u8);
        using Sample damaged = Run("--data", folder.Path);
        Assert.Equal(1, damaged.Wait());
        Assert.Contains("train-images-idx3-ubyte at byte 0: magic number: ", damaged.Errors);
        Assert.Single(damaged.Errors.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("--epochs", "0", "--epochs must be a whole number from 1 to 1000000, not '0'")]
    [InlineData("--batch", "-3", "--batch must be a whole number from 1 to 1000000, not '-3'")]
    [InlineData("--threads", "many", "--threads must be a whole number from 1 to 1024, not 'many'")]
    [InlineData("--examples", "0", "--examples must be a whole number from 1 to 1000000, not '0'")]
    [InlineData(
        "--seed", "-1", "Cannot parse argument '-1' for option '--seed' as expected type 'System.UInt64'.")]
    [InlineData("--epochs", "abc", "--epochs must be a whole number from 1 to 1000000, not 'abc'")]
    [InlineData("--epochs", "1.5", "--epochs must be a whole number from 1 to 1000000, not '1.5'")]
    [InlineData("--batch", "0", "--batch must be a whole number from 1 to 1000000, not '0'")]
    [InlineData("--threads", "10000", "--threads must be a whole number from 1 to 1024, not '10000'")]
    [InlineData("--device", "gpu", "--device must be cpu, cuda, cuda:N or best, not 'gpu'")]
    [InlineData("--device", "cuda:-1", "--device must be cpu, cuda, cuda:N or best, not 'cuda:-1'")]
    [InlineData("--output", "", "--output must name a place, not ''")]
    [InlineData("--data", "", "--data must name a place, not ''")]
    public void Values_that_make_no_sense_end_with_code_2(string option, string value, string message) =>
        Misused(message, option, value);

    [Fact]
    public void Arguments_that_nobody_asked_for_end_with_code_2()
    {
        Misused("Required argument missing for option: '--epochs'.", "--epochs");
        Misused("Unrecognized command or argument 'digits'.", "digits");
        using Sample run = Run("--ecpohs", "3");
        Assert.Equal(2, run.Wait());
        Assert.Contains("'--ecpohs'", run.Errors);
        Assert.All(run.Errors.TrimEnd().Split('\n'), line => Assert.StartsWith("error: ", line));
        Assert.Empty(run.Output);
    }

    [Fact]
    public void Data_that_is_cut_short_or_empty_is_an_error_of_one_line()
    {
        byte[] labels = [0, 0, 8, 1, 0, 0, 0, 2, 3, 9];
        byte[] images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28, .. new byte[2 * 28 * 28]];
        byte[] none = [0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28];
        string data = Directory.CreateDirectory(folder.File("data")).FullName;
        foreach (string set in new[] { "train", "t10k" })
        {
            folder.File($"data/{set}-images-idx3-ubyte", images);
            folder.File($"data/{set}-labels-idx1-ubyte", labels);
        }

        folder.File("data/t10k-images-idx3-ubyte", images.AsSpan(0, 1000));
        using Sample cut = Run("--data", data);
        Assert.Equal(1, cut.Wait());
        Assert.EndsWith(
            "t10k-images-idx3-ubyte at byte 12: dimension 2: 28 makes more than the 1000 bytes that such a file can " +
            "hold: it is cut short.", cut.Error);

        folder.File("data/t10k-images-idx3-ubyte", none);
        folder.File("data/t10k-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 0]);
        using Sample empty = Run("--data", data);
        Assert.Equal(1, empty.Wait());
        Assert.EndsWith("t10k-images-idx3-ubyte at byte 4: dimension 0: there are no images.", empty.Error);
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_told_before_training()
    {
        string old = folder.File("file", "old"u8);
        string[] places = OperatingSystem.IsLinux()
            ? [folder.File("none/x"), folder.Path, Path.Combine(old, "x"), "/proc/x"]
            : [folder.File("none/x"), folder.Path, Path.Combine(old, "x")];
        foreach (string place in places)
        {
            using Sample run = Run("--output", place);
            Assert.Equal(1, run.Wait());
            Assert.StartsWith(Refusal(place), run.Errors);
            Assert.Empty(run.Output);
        }

        Assert.Equal([old], Directory.GetFileSystemEntries(folder.Path));
        Assert.Equal("old", File.ReadAllText(old));
    }

    // A limit on the size of files fails in the middle of writing, as a full disk does.
    [UnixFact]
    public void A_disk_that_fills_up_while_saving_leaves_the_previous_file_whole()
    {
        string path = folder.File("model.safetensors", "old"u8);
        // Neither the kernel cache nor the runtime's own mappings may meet the limit first.
        const string Environment = "export SINTER_CACHE= DOTNET_EnableWriteXorExecute=0";
        const string Limited = $"trap '' XFSZ; ulimit -f 64; {Environment}; exec \"$@\"";
        using Sample run = Sample.StartIn(
            Limited, "Digits", folder.Path, "--epochs", "1", "--examples", "64", "--output", path);
        Assert.Equal(1, run.Wait());
        Assert.StartsWith(Refusal(path), run.Errors);
        Assert.Single(run.Errors.TrimEnd().Split('\n'));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
        Assert.Equal("old", File.ReadAllText(path));
    }

    [UnixFact]
    public void A_signal_ends_after_the_step_and_saves()
    {
        foreach (string signal in new[] { "INT", "TERM" })
        {
            string path = folder.File(signal);

            // Whoever ran the tests may ignore interrupts, which processes inherit.
            using Sample run = Sample.StartIn(
                "trap - INT; exec env --default-signal=INT \"$@\"", "Digits", folder.Path,
                "--epochs", "100000", "--examples", "256", "--output", path);
            run.WaitFor("epoch      1/100000");
            Signal(run, signal);
            Assert.Equal(130, run.Wait());
            Assert.Contains("after the current step", run.Errors);
            Assert.Contains($"saved {path}\n", run.Output);
            Assert.Matches(@"^stopped in epoch \d+ of 100000$", run.LastLine);
            using SafetensorsFile file = SafetensorsFile.Open(path);
            Assert.Equal(10, file.Entries.Count);
        }
    }

    private static string Refusal(string path) =>
        $"error: {path}: could not be saved; the previous file, if any, is untouched.";

    private static void Signal(Sample run, string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, $"{run.ProcessId}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private void Misused(string message, params string[] arguments)
    {
        using Sample run = Run(arguments);
        Assert.Equal(2, run.Wait());
        Assert.Equal("error: " + message, run.Error);
        Assert.Empty(run.Output);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private Sample Run(params string[] arguments) => Sample.Run("Digits", folder.Path, arguments);
}
