namespace Sinter.Runtime.Files;

/// <summary>A file is not what its format says it must be. Every reader of this assembly throws this type, and only
/// this type, for a bad file; a missing or unreadable file stays an <see cref="IOException"/> of the system.</summary>
public sealed class ModelFormatException : Exception
{
    /// <summary>Describes one violation.</summary>
    /// <param name="file">The path of the file.</param>
    /// <param name="problem">What is wrong, with the values found, without a full stop.</param>
    /// <param name="offset">The byte at which it was found, when one byte is to blame.</param>
    /// <param name="field">The part of the format that is wrong, such as <c>data_offsets of 'weight'</c>.</param>
    /// <param name="inner">The error underneath, if any.</param>
    public ModelFormatException(
        string file,
        string problem,
        long? offset = null,
        string? field = null,
        Exception? inner = null)
        : base(Describe(file, problem, offset, field), inner)
    {
        File = file;
        Offset = offset;
        Field = field;
    }

    /// <summary>The path of the file.</summary>
    public string File { get; }

    /// <summary>The byte offset in the file (in the unpacked data, for a compressed file), or null.</summary>
    public long? Offset { get; }

    /// <summary>The part of the format that is wrong, or null when it is the file as a whole.</summary>
    public string? Field { get; }

    private static string Describe(string file, string problem, long? offset, string? field)
    {
        string place = offset is long at ? FormattableString.Invariant($" at byte {at}") : "";
        string part = field is null ? "" : $"{field}: ";
        return $"{file}{place}: {part}{problem}.";
    }
}
