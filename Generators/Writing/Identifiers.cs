using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Sinter.Generators.Writing;

/// <summary>
/// Turns names of models into C# identifiers. Only ASCII letters, digits and underscores are kept, so that no text of a
/// model ever reaches generated source as it stands.
/// </summary>
internal sealed class Identifiers
{
    private readonly HashSet<string> taken;

    /// <summary>Names for one scope.</summary>
    /// <param name="reserved">Names that it uses itself.</param>
    public Identifiers(params string[] reserved) => taken = new HashSet<string>(reserved, StringComparer.Ordinal);

    /// <summary>An identifier for a name, different from all before.</summary>
    public string Of(string name)
    {
        string clean = Clean(name);
        string result = clean;
        for (int i = 2; !taken.Add(result); i++)
        {
            result = clean + "_" + i.ToString(CultureInfo.InvariantCulture);
        }

        return IsKeyword(result) ? "@" + result : result;
    }

    private static string Clean(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            bool plain = c is >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9' or '_';
            text.Append(plain ? c : '_');
        }

        return text.Length == 0 || text[0] is >= '0' and <= '9' ? "_" + text : text.ToString();
    }

    private static bool IsKeyword(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None
            || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None;
}
