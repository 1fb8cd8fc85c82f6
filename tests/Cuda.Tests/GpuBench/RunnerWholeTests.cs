using System.Text.Json;
using Sinter.GpuBench;

namespace Sinter.Cuda.Tests.GpuBench;

/// <summary>Everything that is run on a machine with a device, in small.</summary>
public sealed class RunnerWholeTests
{
    [LongFact]
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
}
