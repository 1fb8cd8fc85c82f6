using System.Globalization;

namespace Sinter.Runtime.Cuda.Compilation;

/// <summary>Reads a compiler's log: which lines of the text its errors are about.</summary>
internal static class CompileLog
{
    // More errors than this say nothing new.
    private const int MostShown = 5;

    /// <summary>The log, with the text of each line that an error names.</summary>
    public static string Describe(CudaSource source, string log)
    {
        string[] text = source.Text.Split('\n');
        var parts = new List<string>();
        foreach (string entry in log.Split('\n').Where(entry => entry.Contains("error", StringComparison.Ordinal)))
        {
            int line = entry.TrimStart().StartsWith(source.Name, StringComparison.Ordinal) ? LineOf(entry) : 0;
            string shown = line > 0 && line <= text.Length ? $"\n    {line}: {text[line - 1].Trim()}" : "";
            parts.Add($"\n  {entry.Trim()}{shown}");
        }

        string rest = parts.Count > MostShown ? $"\n  and {parts.Count - MostShown} more lines" : "";
        return parts.Count == 0 ? $"\n{log}" : string.Concat(parts.Take(MostShown)) + rest;
    }

    // "name(12): error: ..." as NVRTC writes it, "name:12:5: error: ..." as others do; 0 where there is no line.
    private static int LineOf(string entry)
    {
        int end = entry.IndexOf("): error", StringComparison.Ordinal);
        int start = end < 0 ? -1 : entry.LastIndexOf('(', end);
        if (start >= 0 && Number(entry[(start + 1)..end]) is var line and > 0)
        {
            return line;
        }

        string[] fields = entry.Split(':');
        return fields.Length > 3 ? Number(fields[1]) : 0;
    }

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
}
