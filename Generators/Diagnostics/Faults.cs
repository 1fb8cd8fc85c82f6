using System.Globalization;
using Sinter.Generators.Models;

namespace Sinter.Generators.Diagnostics;

/// <summary>What exceptions become in messages.</summary>
internal static class Faults
{
    /// <summary>A fault of our own: what is needed to report it.</summary>
    public static string Describe(Exception error)
    {
        string trace = error.StackTrace ?? "";
        string[] frames = trace.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return $"this is a fault of Sinter, please report it: {error.GetType().Name}: {error.Message} "
            + string.Join(" ", frames.Take(6).Select(frame => frame.Trim()));
    }

    /// <summary>A message of the graph library without the line it names: the message has a place of its own.</summary>
    public static string WithoutLocation(GraphException error)
    {
        string text = error.Message;
        int end = error.Location is null ? -1 : text.LastIndexOf("\n  at ", StringComparison.Ordinal);
        return end < 0 ? text : text.Substring(0, end);
    }

    /// <summary>The place in a file of a graph's text that an error names.</summary>
    public static Place? InText(GraphException error, Place? file)
    {
        string[] words = (error.Location ?? "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        if (file is null || words.Length != 4 || !Number(words[1], out int line) || !Number(words[3], out int column))
        {
            return file;
        }

        return file with { FromLine = line - 1, FromColumn = column - 1, ToLine = line - 1, ToColumn = column - 1 };
    }

    private static bool Number(string text, out int value) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out value) && value > 0;
}
