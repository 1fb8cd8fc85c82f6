namespace Sinter;

/// <summary>What a piece of state is for. Saving, loading and training ask the kind, never the name.</summary>
public enum StateKind
{
    /// <summary>Weights: changed by optimizers, counted, in every file.</summary>
    Parameter,

    /// <summary>Running statistics: moved by training programs, read by evaluating ones, in every file.</summary>
    Buffer,

    /// <summary>Moments, counters and rates: in checkpoints, from which training goes on.</summary>
    Optimizer,

    /// <summary>Seed and counter of draws: in checkpoints.</summary>
    Random,

    /// <summary>What a run keeps for the next one, such as keys and values: cleared, and in no file.</summary>
    Cache,
}

/// <summary>In which programs a layer may say what state comes to.</summary>
public enum LayerUpdates
{
    /// <summary>In none: optimizers, or the graph itself, change it.</summary>
    Never,

    /// <summary>In those that train; others leave it as it is.</summary>
    InTraining,

    /// <summary>In all.</summary>
    Always,
}

/// <summary>The facts about one kind.</summary>
/// <param name="Name">Its name in canonical text and messages.</param>
/// <param name="IsTrained">Whether it has gradients that an optimizer may follow, and counts as a parameter.</param>
/// <param name="Updates">Whether layers may change it.</param>
public sealed record StateKindRow(string Name, bool IsTrained, LayerUpdates Updates);

/// <summary>Facts about kinds of state while graphs are built; what files hold is the runtime's concern.</summary>
public static class StateKinds
{
    private static readonly StateKindRow[] Rows =
    [
        new("parameter", IsTrained: true, LayerUpdates.Never),
        new("buffer", IsTrained: false, LayerUpdates.InTraining),
        new("optimizer", IsTrained: false, LayerUpdates.Never),
        new("random", IsTrained: false, LayerUpdates.Never),
        new("cache", IsTrained: false, LayerUpdates.Always),
    ];

    /// <summary>The facts about a kind.</summary>
    /// <exception cref="GraphException">There is no such kind.</exception>
    public static StateKindRow Row(this StateKind kind) => (uint)kind < (uint)Rows.Length
        ? Rows[(int)kind]
        : throw new GraphException(FormattableString.Invariant($"there is no kind of state {(int)kind}"));

    /// <summary>The kind with a name, or null.</summary>
    public static StateKind? Parse(string name)
    {
        int position = Array.FindIndex(Rows, row => row.Name == name);
        return position < 0 ? null : (StateKind)position;
    }
}
