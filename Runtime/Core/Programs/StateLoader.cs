using Sinter.Runtime.Files;

namespace Sinter.Runtime.Programs;

/// <summary>Compares what a file holds with what a model wants, and tells all differences at once.</summary>
internal static class StateLoader
{
    // The file of another model may have tens of thousands of tensors.
    private const int MostTold = 50;

    public static void Check(string path, SafetensorsFile file, IEnumerable<StateEntry> wanted, bool strict)
    {
        var problems = new List<string>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (StateEntry entry in wanted)
        {
            if (!entry.Kind.Row().InCheckpoint)
            {
                continue;
            }

            names.Add(entry.Name);
            if (Problem(entry, file, hints: problems.Count < MostTold) is { } problem)
            {
                problems.Add(problem);
            }
        }

        if (strict)
        {
            var strangers = file.Entries.Where(entry => !names.Contains(entry.Name));
            problems.AddRange(strangers.Select(entry =>
                $"unexpected {NearestNames.Quote(entry.Name)} {Describe(entry)}"));
        }

        if (problems.Count > 0)
        {
            string rest = problems.Count > MostTold ? $"\n  and {problems.Count - MostTold} more" : "";
            string list = string.Join("\n  ", problems.Take(MostTold));
            throw new RunException($"{path} does not fit the model:\n  {list}{rest}");
        }
    }

    private static string? Problem(StateEntry entry, SafetensorsFile file, bool hints)
    {
        string name = NearestNames.Quote(entry.Name);
        if (!file.TryGet(entry.Name, out SafetensorsEntry? found))
        {
            if (!entry.Kind.Row().InModel)
            {
                return null;
            }

            string near = hints ? NearestNames.Hint(entry.Name, file.Entries.Select(e => e.Name)) : "";
            return $"missing    {name} {ModelState.Describe(entry)}{near}";
        }

        return found.ElementType == entry.Type && found.Shape.AsSpan().SequenceEqual(entry.Shape)
            ? null
            : $"mismatched {name}: file {Describe(found)}, model {ModelState.Describe(entry)}";
    }

    private static string Describe(SafetensorsEntry entry) =>
        $"{entry.ElementType.ToString().ToLowerInvariant()}[{string.Join(", ", entry.Shape)}]";
}
