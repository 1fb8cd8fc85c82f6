using System.Text.Json;
using System.Text.Json.Serialization;
using Sinter.Bench;

namespace Sinter.GpuBench.Timing;

/// <summary>Prints results: a table for each group, or a line of JSON for each result.</summary>
/// <param name="json">Whether lines of JSON are printed.</param>
/// <param name="file">A file for lines of JSON, or null.</param>
internal sealed class GpuReport(bool json, string? file)
{
    private static readonly string[] Columns =
    [
        "median us", "least us", "GB/s", "% copy", "TFLOP/s", "% cuBLAS", "eager us", "eager/ours", "compiled us",
        "compiled/ours",
    ];

    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly List<GpuResult> pending = [];

    /// <summary>Takes a result.</summary>
    public void Add(GpuResult result)
    {
        string line = JsonSerializer.Serialize(result, JsonOptions);
        if (file is not null)
        {
            File.AppendAllText(file, line + "\n");
        }

        if (json)
        {
            Console.WriteLine(line);
            return;
        }

        pending.Add(result);
    }

    /// <summary>Says something beside the results.</summary>
    public static void Note(string text) => Console.Error.WriteLine(text);

    /// <summary>Prints what came since the last call.</summary>
    public void Flush()
    {
        if (pending.Count == 0)
        {
            return;
        }

        ResultTable.Write(Columns, pending.Select(Row));
        pending.Clear();
    }

    private static (string Name, string[] Numbers, string Note) Row(GpuResult result) => (
        result.Name,
        [
            Time(result.MedianMs), Time(result.LeastMs), ResultTable.Text(result.Gbps, "0"),
            ResultTable.Text(result.CopyPercent, "0"), ResultTable.Text(result.Tflops, "0.00"),
            ResultTable.Text(result.CublasPercent, "0"), Time(result.EagerMs),
            ResultTable.Text(result.EagerRatio, "0.00"), Time(result.CompileMs),
            ResultTable.Text(result.CompileRatio, "0.00"),
        ],
        result.Note ?? "");

    private static string Time(double? milliseconds) => ResultTable.Text(1000 * milliseconds, "0.0");
}
