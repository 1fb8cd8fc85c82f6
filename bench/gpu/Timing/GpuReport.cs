using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Sinter.GpuBench.Timing;

/// <summary>Prints results: a table for each group, or a line of JSON for each result.</summary>
/// <param name="json">Whether lines of JSON are printed.</param>
/// <param name="file">A file for lines of JSON, or null.</param>
internal sealed class GpuReport(bool json, string? file)
{
    private const int WidthWhereUnknown = 180;

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

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = WidthWhereUnknown;
        }

        console.Write(Table(pending));
        pending.Clear();
    }

    private static Table Table(IEnumerable<GpuResult> results)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("name").NoWrap());
        string[] numbers =
        [
            "median us", "least us", "GB/s", "% copy", "TFLOP/s", "% cuBLAS", "eager us", "eager/ours", "compiled us",
            "compiled/ours",
        ];
        foreach (string column in numbers)
        {
            table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
        }

        table.AddColumn("note");
        foreach (GpuResult result in results)
        {
            table.AddRow(
                Markup.Escape(result.Name), Time(result.MedianMs), Time(result.LeastMs), Text(result.Gbps, "0"),
                Text(result.CopyPercent, "0"), Text(result.Tflops, "0.00"), Text(result.CublasPercent, "0"),
                Time(result.EagerMs), Text(result.EagerRatio, "0.00"), Time(result.CompileMs),
                Text(result.CompileRatio, "0.00"), Markup.Escape(result.Note ?? ""));
        }

        return table;
    }

    private static string Time(double? milliseconds) => Text(1000 * milliseconds, "0.0");

    private static string Text(double? value, string format) =>
        value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
