using System.Text;

namespace Sinter.Runtime.Files;

/// <summary>Names in error messages: quoted safely, and the ones the reader may have meant.</summary>
internal static class NearestNames
{
    private const int MaximumShown = 80;

    // Neither a file of many names nor one of long names may make its own error message expensive.
    private const int MaximumCompared = 1_024;

    /// <summary>The name in quotes, cut to a readable length, with control characters escaped.</summary>
    public static string Quote(string name)
    {
        var text = new StringBuilder("'");
        foreach (char character in name.AsSpan(0, Math.Min(name.Length, MaximumShown)))
        {
            bool plain = !char.IsControl(character) && !char.IsSurrogate(character) && character is not '\u2028';
            text.Append(plain ? character.ToString() : $"\\u{(int)character:x4}");
        }
        return text.Append(name.Length > MaximumShown ? "…'" : "'").ToString();
    }

    /// <summary>The end of an error message about an unknown name: <c>; did you mean 'a' or 'b'?</c>, or
    /// nothing.</summary>
    public static string Hint(string wanted, IEnumerable<string> names)
    {
        IReadOnlyList<string> near = Of(wanted, names, 2);
        return near.Count == 0 ? "" : $"; did you mean {string.Join(" or ", near.Select(Quote))}?";
    }

    /// <summary>Up to three of the names with the smallest edit distance, nearest first.</summary>
    public static IReadOnlyList<string> Of(string wanted, IEnumerable<string> names, int count = 3)
    {
        return [.. names
            .Take(MaximumCompared)
            .Select(name => (name, distance: Distance(Cut(wanted), Cut(name))))
            .OrderBy(pair => pair.distance)
            .ThenBy(pair => pair.name, StringComparer.Ordinal)
            .Take(count)
            .Select(pair => pair.name)];
    }

    // Names of a megabyte must not cost a square of a megabyte.
    private static string Cut(string name) => name.Length <= 128 ? name : name[..128];

    private static int Distance(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (int column = 0; column <= right.Length; column++)
        {
            row[column] = column;
        }
        for (int line = 1; line <= left.Length; line++)
        {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column <= right.Length; column++)
            {
                int replaced = diagonal + (left[line - 1] == right[column - 1] ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.Min(replaced, 1 + Math.Min(row[column], row[column - 1]));
            }
        }
        return row[right.Length];
    }
}
