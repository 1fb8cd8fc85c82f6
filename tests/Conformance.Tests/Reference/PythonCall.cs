using System.Globalization;
using System.Text.RegularExpressions;

namespace Sinter.Conformance.Tests.Reference;

/// <summary>
/// One call in a line of Python, such as <c>F.pad(input.0, (1, 2), value=0.5)</c>: where the metadata of a case keep
/// settings that no list of theirs has.
/// </summary>
/// <param name="Name">The last part of the function's name.</param>
/// <param name="Positional">The arguments without names, as written.</param>
/// <param name="Named">The arguments with names, as written.</param>
public sealed partial record PythonCall(
    string Name, IReadOnlyList<string> Positional, IReadOnlyDictionary<string, string> Named)
{
    /// <summary>Every call of a function, in order of appearance.</summary>
    public static IReadOnlyList<PythonCall> All(string text, string name) => Opening().Matches(text)
        .Where(match => match.Groups[1].Value == name)
        .Select(match => Of(name, text, match.Index + match.Length)).ToArray();

    /// <summary>A call without arguments: all settings are those that the function has by itself.</summary>
    public static PythonCall Bare(string name) => new(name, [], new Dictionary<string, string>());

    /// <summary>Whether the argument is there.</summary>
    public bool Has(int position, string name) => Find(position, name) is not null;

    /// <summary>An argument as written.</summary>
    public string Text(int position, string name, string? fallback = null) =>
        (Find(position, name) ?? fallback ?? throw new NotComparedException($"{Name} has no argument {name}"))
            .Trim('\'', '"');

    /// <summary>A number; <c>1 - 1e-7</c> is one, too.</summary>
    public double Number(int position, string name, double? fallback = null)
    {
        string text = Text(position, name, fallback?.ToString("R", CultureInfo.InvariantCulture));
        return Parse(text);
    }

    /// <summary>A truth value.</summary>
    public bool Flag(int position, string name, bool fallback) =>
        Text(position, name, fallback ? "True" : "False") == "True";

    /// <summary>One whole number, or a tuple or list of them.</summary>
    public long[] Integers(int position, string name, string? fallback = null) =>
        [.. Text(position, name, fallback).Trim('(', ')', '[', ']')
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(number => (long)Parse(number))];

    /// <summary>A whole number.</summary>
    public int Integer(int position, string name, int? fallback = null) =>
        (int)Number(position, name, fallback);

    /// <summary>All arguments as whole numbers, as <c>permute(3, 1, 0, 2)</c> and <c>permute((3, 1, 0, 2))</c> have
    /// them.</summary>
    public long[] Integers() => [.. Positional.SelectMany((_, i) => Integers(i, ""))];

    /// <summary>The arguments of a definition's header give the positions of names, and what they are by
    /// themselves.</summary>
    public PythonCall WithDefaults(PythonCall definition)
    {
        var named = definition.Named.ToDictionary(pair => pair.Key, pair => pair.Value);
        string[] order = [.. definition.Positional.Where(name => name != "self"), .. definition.Named.Keys];
        for (int i = 0; i < Positional.Count; i++)
        {
            named[order[i]] = Positional[i];
        }

        foreach (var (name, value) in Named)
        {
            named[name] = value;
        }

        return new PythonCall(Name, [], named);
    }

    /// <summary>A number as Python writes it, or the difference of two.</summary>
    public static double Parse(string text)
    {
        double[] parts = [.. text.Split(" - ").Select(part =>
            double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                ? number
                : throw new NotComparedException($"{text} is no number"))];
        return parts[1..].Aggregate(parts[0], (difference, part) => difference - part);
    }

    /// <summary>What stands between commas outside of all parentheses and quotes.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var parts = new List<string>();
        int depth = 0;
        int start = 0;
        bool isQuoted = false;
        for (int i = 0; i <= text.Length; i++)
        {
            bool isEnd = i == text.Length || (text[i] == ',' && depth == 0 && !isQuoted);
            if (isEnd)
            {
                parts.Add(text[start..i].Trim());
                start = i + 1;
                continue;
            }

            isQuoted ^= text[i] is '\'' or '"';
            depth += text[i] is '(' or '[' or '{' ? 1 : text[i] is ')' or ']' or '}' ? -1 : 0;
        }

        return [.. parts.Where(part => part.Length > 0)];
    }

    private string? Find(int position, string name) =>
        Named.TryGetValue(name, out string? value) ? value
        : position >= 0 && position < Positional.Count ? Positional[position] : null;

    private static PythonCall Of(string name, string text, int start)
    {
        int depth = 1;
        int end = start;
        while (end < text.Length && depth > 0)
        {
            depth += text[end] is '(' or '[' ? 1 : text[end] is ')' or ']' ? -1 : 0;
            end++;
        }

        IReadOnlyList<string> arguments = Split(text[start..(end - 1)]);
        var matches = arguments.Select(argument => (argument, Match: NamedArgument().Match(argument))).ToArray();
        return new PythonCall(
            name,
            [.. matches.Where(pair => !pair.Match.Success).Select(pair => pair.argument)],
            matches.Where(pair => pair.Match.Success)
                .ToDictionary(pair => pair.Match.Groups[1].Value, pair => pair.Match.Groups[2].Value));
    }

    [GeneratedRegex(@"([A-Za-z_][A-Za-z_0-9]*)\(")]
    private static partial Regex Opening();

    [GeneratedRegex(@"^([A-Za-z_]\w*)\s*=\s*(?!=)(.*)$", RegexOptions.Singleline)]
    private static partial Regex NamedArgument();
}
