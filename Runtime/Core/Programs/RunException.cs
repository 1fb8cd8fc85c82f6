namespace Sinter.Runtime.Programs;

/// <summary>A program was given something it cannot run on: a wrong name, type, size, or index.</summary>
public sealed class RunException : Exception
{
    /// <summary>An error with its full message.</summary>
    public RunException(string message)
        : base(message)
    {
    }
}
