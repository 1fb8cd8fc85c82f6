using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Sinter.GpuBench;

namespace Sinter.Cuda.Tests.GpuBench;

/// <summary>What is run on a machine with a device must work when it gets there: its parts on the emulated
/// one.</summary>
public sealed class RunnerTests
{
    [Fact]
    public void Kernels_are_approved_under_the_hash_that_the_checks_compute()
    {
        string prelude = Path.Combine(Root(), "Backends", "Cuda");
        byte[] front =
        [
            .. File.ReadAllBytes(Path.Combine(prelude, "Prelude.cuh")),
            .. File.ReadAllBytes(Path.Combine(prelude, "Functions.cuh")),
        ];
        string[] files = Directory.GetFiles(Path.Combine(Root(), "tests", "Backends.Tests"), "Cuda*.verified.txt");
        string[] expected = [.. files.Select(file =>
            Convert.ToHexStringLower(SHA256.HashData([.. front, .. File.ReadAllBytes(file)])))];
        Assert.Equal(expected.Order(), ApproveCommand.GoldenKernel.All().Select(kernel => kernel.Hash).Order());

        Child.Outcome outcome = Runner.Run("approve");
        Assert.True(outcome.Code == 0, outcome.Text);
        Assert.Equal(expected.Order(), outcome.Text.TrimEnd().Split('\n').Select(line => line.Split(' ')[0]).Order());
    }

    [Fact]
    public void Ranges_of_every_part_agree_with_the_oracle()
    {
        Child.Outcome outcome = Runner.Run(
            "check", "golden:0:1", "ops:0:3", "tf32", "bf16", "f16", "gradients:0:2", "random:0:2",
            "random-gradients:0:2", "large:0:1");
        Assert.True(outcome.Code == 0, outcome.Text);
        Assert.Contains(" graphs agree, 0 differ, 0 fail, 0 were not begun in time", outcome.Text);
    }

    [Fact]
    public void A_part_that_fails_is_told_and_the_rest_goes_on()
    {
        _ = CCompiler.Cublas;
        using var folder = new TemporaryFolder();
        Child.Outcome outcome = Runner.Run(
            "all", folder.Path, "--small", "--python", "no-such-python", "--limit", "1500");
        string summary = File.ReadAllText(folder.File("summary.txt"));
        string everything = string.Join('\n', Directory.GetFiles(folder.Path).Select(File.ReadAllText));
        foreach (string part in new[] { "approve", "check", "train", "bench" })
        {
            Assert.True(summary.Contains($"{part}: ok", StringComparison.Ordinal), everything);
        }

        // There is no such tool for this device.
        Assert.Contains("racecheck: ", summary);
        Assert.Equal(1, outcome.Code);
        Assert.InRange(Directory.GetFiles(folder.Path).Length, 1, 8);
        Assert.Contains("both learn as well", everything);

        Dictionary<string, JsonElement> results = File.ReadLines(folder.File("bench.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(result => result.GetProperty("name").GetString()!);
        Assert.All(results.Values, result => Assert.True(result.GetProperty("median_ms").GetDouble() > 0));
        Assert.True(results["rows/softmax-512"].GetProperty("copy_percent").GetDouble() > 0);
        foreach (string precision in new[] { "f32", "bf16" })
        {
            JsonElement product = results[$"product/{precision}-1000x1001x1003"];
            Assert.True(product.GetProperty("cublas_percent").GetDouble() > 0);
        }
    }

    [Fact]
    public void A_machine_without_a_device_is_told_so()
    {
        foreach (string command in new[] { "check", "approve", "bench" })
        {
            Child.Outcome outcome = Runner.RunWithoutDevice(command);
            Assert.Equal(3, outcome.Code);
            Assert.StartsWith("error: no CUDA driver can be loaded", outcome.Text);
        }
    }

    private static string Root([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
