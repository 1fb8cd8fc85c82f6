namespace Sinter.Backends.Printing;

/// <summary>Expressions without the parentheses that mean nothing where they stand.</summary>
public static class Parentheses
{
    /// <summary>An expression where nothing around it binds: without the parentheses around the whole.</summary>
    public static string Bare(string text) => text[0] == '(' && Closes(text)
        ? text.Substring(1, text.Length - 2) : text;

    /// <summary>An expression that a member is called on.</summary>
    public static string Postfix(string text)
    {
        bool isName = text.All(c => char.IsLetterOrDigit(c) || c == '_');
        bool isCall = char.IsLetter(text[0]) && Closes(text.Substring(Math.Max(0, text.IndexOf('('))));
        return isName || isCall || (text[0] == '(' && Closes(text)) ? text : $"({text})";
    }

    // Whether a text is one pair of parentheses with all else between them.
    private static bool Closes(string text)
    {
        int depth = 0;
        int end = 0;
        do
        {
            depth += text[end] == '(' ? 1 : text[end] == ')' ? -1 : 0;
            end++;
        }
        while (depth > 0 && end < text.Length);
        return text[0] == '(' && end == text.Length;
    }
}
