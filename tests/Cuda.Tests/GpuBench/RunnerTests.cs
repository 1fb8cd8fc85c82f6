using System.Runtime.CompilerServices;
using System.Security.Cryptography;
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
