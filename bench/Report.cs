using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sinter.Bench;

/// <summary>Prints results: a table for each group, or a line of JSON for each result.</summary>
internal sealed class Report(bool json)
{
    // Limits are measured when first asked for, and shown in front.
    private const string LimitPrefix = "limit/";
    private static readonly string[] Columns =
        ["threads", "median ms", "p95 ms", "GFLOP/s", "% FMA", "GB/s", "% copy", "peer ms", "peer/ours"];

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

        ResultTable.Write(Columns, pending.OrderBy(IsCase).Select(Row));
        pending.Clear();
    }

    private static (string Name, string[] Numbers, string Note) Row(Result result)
    {
        string? peer = result.Peer is null ? null : "peer: " + result.Peer;
        return (
            result.Name,
            [
                result.Threads == 0 ? "" : ResultTable.Text(result.Threads, "0"), Time(result.MedianMs),
                Time(result.P95Ms), ResultTable.Text(result.Gflops, "0.0"), ResultTable.Text(result.FmaPercent, "0"),
                ResultTable.Text(result.Gbps, "0.0"), ResultTable.Text(result.CopyPercent, "0"), Time(result.PeerMs),
                ResultTable.Text(result.Ratio, "0.00"),
            ],
            string.Join("; ", new[] { peer, result.Note }.Where(text => text is not null)));
    }

    private static bool IsCase(Result result) => !result.Name.StartsWith(LimitPrefix, StringComparison.Ordinal);

    // Four significant digits from microseconds to minutes.
    private static string Time(double? milliseconds) =>
        ResultTable.Text(milliseconds, milliseconds < 1 ? "0.0000" : milliseconds < 100 ? "0.000" : "0.0");
}
