using System.Text;

namespace Sinter.Backends.Printing;

/// <summary>Writes indented program text with '\n' line ends, the same on every host.</summary>
public sealed class CodeWriter
{
    private readonly StringBuilder text = new();
    private int depth;

    /// <summary>One line, indented.</summary>
    public void Line(string line = "")
    {
        if (line.Length > 0)
        {
            text.Append(' ', depth * 4).Append(line);
        }

        text.Append('\n');
    }

    /// <summary>A line, then an indented block in braces.</summary>
    public void Block(string header, Action body, string end = "}")
    {
        Line(header);
        Braces(body, end);
    }

    /// <summary>An indented block in braces.</summary>
    public void Braces(Action body, string end = "}")
    {
        Line("{");
        depth++;
        body();
        depth--;
        Line(end);
    }

    /// <summary>Where the next line will stand.</summary>
    public int Length => text.Length;

    /// <summary>A line in front of what was written since a place, at the depth of now.</summary>
    public void Insert(int place, string line) => text.Insert(place, new string(' ', depth * 4) + line + "\n");

    /// <inheritdoc/>
    public override string ToString() => text.ToString();
}
