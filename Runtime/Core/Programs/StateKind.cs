namespace Sinter.Runtime.Programs;

/// <summary>What a piece of state is for; its facts are in <see cref="StateKinds"/>.</summary>
public enum StateKind
{
    /// <summary>Weights, which optimizers change.</summary>
    Parameter,
    /// <summary>Running statistics: moved by training programs, read by evaluating ones.</summary>
    Buffer,
    /// <summary>Moments, counters and rates.</summary>
    Optimizer,
    /// <summary>Seed and counter of draws.</summary>
    Random,
    /// <summary>What a run keeps for the next one.</summary>
    Cache,
}

/// <summary>What saving, loading and evaluating do to one kind of state.</summary>
/// <param name="Name">Its name in messages.</param>
/// <param name="InModel">Whether files of models hold it. A file without it does not fit.</param>
/// <param name="InCheckpoint">Whether checkpoints hold it. Where one does not, it starts as in a new run.</param>
/// <param name="IsCleared">Whether loading clears it, because it follows from what was there before.</param>
/// <param name="MovesInTraining">Whether a program that changes it trains, so that evaluating must not.</param>
internal sealed record StateKindRow(
    string Name, bool InModel, bool InCheckpoint, bool IsCleared, bool MovesInTraining);

/// <summary>The facts about kinds of state, one row each.</summary>
internal static class StateKinds
{
    private static readonly StateKindRow[] Rows =
    [
        new("parameter", InModel: true, InCheckpoint: true, IsCleared: false, MovesInTraining: true),
        new("buffer", InModel: true, InCheckpoint: true, IsCleared: false, MovesInTraining: true),
        new("optimizer state", InModel: false, InCheckpoint: true, IsCleared: false, MovesInTraining: true),
        new("random state", InModel: false, InCheckpoint: true, IsCleared: false, MovesInTraining: false),
        new("cache", InModel: false, InCheckpoint: false, IsCleared: true, MovesInTraining: false),
    ];

    /// <summary>The facts about a kind.</summary>
    public static StateKindRow Row(this StateKind kind) => Rows[(int)kind];
}
