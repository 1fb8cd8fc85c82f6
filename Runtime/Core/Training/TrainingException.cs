namespace Sinter.Runtime.Training;

/// <summary>Training cannot go on: the loss is no longer a number.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>An error with its full message.</summary>
    public TrainingException(string message)
        : base(message)
    {
    }
}
