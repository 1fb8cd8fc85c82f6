namespace Sinter.Runtime.Cuda;

/// <summary>One place where a library was looked for.</summary>
/// <param name="Path">A full path, or a name that the system's loader looks up.</param>
/// <param name="Problem">Why it was not taken.</param>
public readonly record struct NativeAttempt(string Path, string Problem)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Problem}";
}
