using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Sinter.Bench;

/// <summary>Prints results: a table for each group, or a line of JSON for each result.</summary>
internal sealed class Report(bool json)
{
    // Limits are measured when first asked for, and shown in front.
    private const string LimitPrefix = "limit/";
    private const int WidthWhereUnknown = 180;

    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly List<Result> pending = [];
    private readonly HashSet<string> notes = [];

    /// <summary>Takes a result.</summary>
    public void Add(Result result)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(result, JsonOptions));
            return;
        }

        pending.Add(result);
    }

    /// <summary>Says something beside the results, once.</summary>
    public void Note(string text)
    {
        if (notes.Add(text))
        {
            Console.Error.WriteLine(text);
        }
    }

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

        console.Write(Table(pending.OrderBy(IsCase)));
        pending.Clear();
    }

    private static Table Table(IEnumerable<Result> results)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("name").NoWrap());
        string[] numbers =
        [
            "threads", "median ms", "p95 ms", "GFLOP/s", "% FMA", "GB/s", "% copy", "peer ms", "peer/ours",
        ];
        foreach (string column in numbers)
        {
            table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
        }

        table.AddColumn("note");
        foreach (Result result in results)
        {
            string? peer = result.Peer is null ? null : "peer: " + result.Peer;
            string note = string.Join("; ", new[] { peer, result.Note }.Where(text => text is not null));
            table.AddRow(
                Markup.Escape(result.Name), result.Threads == 0 ? "" : Text(result.Threads, "0"),
                Time(result.MedianMs), Time(result.P95Ms), Text(result.Gflops, "0.0"), Text(result.FmaPercent, "0"),
                Text(result.Gbps, "0.0"), Text(result.CopyPercent, "0"), Time(result.PeerMs),
                Text(result.Ratio, "0.00"),
                Markup.Escape(note));
        }

        return table;
    }

    private static bool IsCase(Result result) => !result.Name.StartsWith(LimitPrefix, StringComparison.Ordinal);

    // Four significant digits from microseconds to minutes.
    private static string Time(double? milliseconds) =>
        Text(milliseconds, milliseconds < 1 ? "0.0000" : milliseconds < 100 ? "0.000" : "0.0");

    private static string Text(double? value, string format) =>
        value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
