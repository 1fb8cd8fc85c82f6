namespace Sinter.Runtime.Programs;

/// <summary>
/// Tells optimizers' states apart. Programs that share moments train the same parameters with them: the same optimizer
/// for another size of batch. Where the moments are shared and the parameters are not, two optimizers would count and
/// average in one place.
/// </summary>
internal static class OptimizerStates
{
    /// <summary>Refuses programs whose optimizers would write into each other's state.</summary>
    /// <exception cref="RunException">Two programs do.</exception>
    public static void CheckApart(IReadOnlyList<Program> programs)
    {
        for (int i = 0; i < programs.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                Check(programs[j].Table, programs[i].Table);
            }
        }
    }

    private static void Check(ProgramTable first, ProgramTable second)
    {
        HashSet<string> trained = Written(first, trainable: true);
        HashSet<string> others = Written(second, trainable: true);
        if (trained.SetEquals(others))
        {
            return;
        }

        // An optimizer's state ends with the name of a parameter that it trains; a buffer, such as a running mean, does
        // not, and two programs may both write it.
        trained.IntersectWith(others);
        HashSet<string> shared = Written(first, trainable: false);
        shared.IntersectWith(Written(second, trainable: false));
        string? state = shared.Order(StringComparer.Ordinal)
            .FirstOrDefault(name => trained.Any(p => name.EndsWith("." + p, StringComparison.Ordinal)));
        if (state is not null)
        {
            throw new RunException(
                $"programs '{first.Name}' and '{second.Name}' train different parameters, but both write '{state}': "
                + "give one of the optimizers a name, as in new Adam(name: \"generator\")");
        }
    }

    private static HashSet<string> Written(ProgramTable table, bool trainable) =>
        table.State.Where(entry => entry.IsUpdated && entry.IsTrainable == trainable && entry.Name != "random.state")
            .Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
}
