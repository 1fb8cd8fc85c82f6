namespace Sinter.Runtime.Files;

/// <summary>A file could not be saved: the disk is full, the folder is read-only, or the data could not be produced.
/// What was at the path before is still there, whole, and no temporary file is left.</summary>
public sealed class SaveException : IOException
{
    /// <summary>Names the file and the reason.</summary>
    /// <param name="file">The path that was to be written.</param>
    /// <param name="inner">Why it failed.</param>
    public SaveException(string file, Exception inner)
        : base($"{file}: could not be saved; the previous file, if any, is untouched. {inner.Message}", inner)
    {
        File = file;
    }

    /// <summary>The path that was to be written.</summary>
    public string File { get; }
}
