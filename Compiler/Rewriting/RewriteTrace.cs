namespace Sinter.Compiler.Rewriting;

/// <summary>Counts how often each rule was applied.</summary>
public sealed class RewriteTrace
{
    private readonly Dictionary<string, int> counts = [];

    /// <summary>How often each rule was applied, by name.</summary>
    public IReadOnlyDictionary<string, int> Counts => counts;

    /// <summary>How many rules were applied in all.</summary>
    public int Total => counts.Values.Sum();

    /// <summary>One line for each rule, the most frequent first.</summary>
    public override string ToString()
    {
        var lines = counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal);
        return string.Join("\n", lines.Select(line => FormattableString.Invariant($"{line.Value,7}  {line.Key}")));
    }

    internal void Add(Rule rule) => counts[rule.Name] = counts.TryGetValue(rule.Name, out int count) ? count + 1 : 1;
}
