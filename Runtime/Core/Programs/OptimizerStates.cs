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
        HashSet<string> trained = Written(first, StateKind.Parameter);
        if (trained.SetEquals(Written(second, StateKind.Parameter)))
        {
            return;
        }

        HashSet<string> shared = Written(first, StateKind.Optimizer);
        shared.IntersectWith(Written(second, StateKind.Optimizer));
        if (shared.Order(StringComparer.Ordinal).FirstOrDefault() is { } state)
        {
            throw new RunException(
                $"programs '{first.Name}' and '{second.Name}' train different parameters, but both write '{state}': "
                + NameOne);
        }
    }

    /// <summary>Refuses two numbers for one setting, such as a learning rate: the second would be without
    /// effect.</summary>
    /// <exception cref="RunException">The initial values differ.</exception>
    public static void CheckSetting(StateEntry known, StateEntry other)
    {
        bool isSetting = known is { Kind: StateKind.Optimizer, IsUpdated: false, Shape: [] };
        if (isSetting && !known.A.Equals(other.A))
        {
            throw new RunException(FormattableString.Invariant(
                $"'{known.Name}' starts at {known.A} in one program and at {other.A} in another: set it in the state ")
                + "while training goes on, or " + NameOne);
        }
    }

    /// <summary>Why a number of an optimizer is not in the state, for errors; null where it is no such
    /// number.</summary>
    public static string? WhyAbsent(string name, IEnumerable<StateEntry> state)
    {
        int end = name.LastIndexOf('.');
        bool isNumber = end > 0
            && name[(end + 1)..] is "weight_decay" or "momentum" or "dampening" or "learning_rate_decay";
        bool isKnown = isNumber && state.Any(entry =>
            entry.Kind == StateKind.Optimizer && entry.Name.StartsWith(name[..(end + 1)], StringComparison.Ordinal));
        return isKnown
            ? $": the optimizer was made without a {name[(end + 1)..].Replace('_', ' ')}; made with 0, "
                + "it can be set later"
            : null;
    }

    private const string NameOne = "give one of the optimizers a name, as in new Adam(name: \"generator\")";

    private static HashSet<string> Written(ProgramTable table, StateKind kind) =>
        table.State.Where(entry => entry.IsUpdated && entry.Kind == kind)
            .Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
}
