using Sinter.Runtime.Files;

namespace Sinter.Runtime.Programs;

/// <summary>Compares what a file holds with what a model wants, and tells all differences at once.</summary>
internal static class StateLoader
{
    public static void Check(string path, SafetensorsFile file, IEnumerable<StateEntry> wanted, bool strict)
    {
        var problems = new List<string>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (StateEntry entry in wanted)
        {
            names.Add(entry.Name);
            if (!file.TryGet(entry.Name, out SafetensorsEntry? found))
            {
                if (entry.IsTrainable)
                {
                    string near = NearestNames.Hint(entry.Name, file.Entries.Select(e => e.Name));
                    problems.Add($"missing    {entry.Name} {ModelState.Describe(entry)}{near}");
                }
            }
            else if (found.ElementType != entry.Type || !found.Shape.AsSpan().SequenceEqual(entry.Shape))
            {
                string type = found.ElementType.ToString().ToLowerInvariant();
                problems.Add($"mismatched {entry.Name}: file {type}[{string.Join(", ", found.Shape)}], model {ModelState.Describe(entry)}");
            }
        }

        if (strict)
        {
            problems.AddRange(file.Entries.Where(e => !names.Contains(e.Name)).Select(e => $"unexpected {e.Name}"));
        }

        if (problems.Count > 0)
        {
            throw new RunException($"{path} does not fit the model:\n  " + string.Join("\n  ", problems));
        }
    }
}
