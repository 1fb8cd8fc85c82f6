namespace Sinter.Generators;

/// <summary>The steps whose reasons the tests assert.</summary>
internal static class TrackingNames
{
    /// <summary>Classes with the attribute, read.</summary>
    public const string Models = nameof(Models);

    /// <summary>Files of graphs.</summary>
    public const string GraphFiles = nameof(GraphFiles);

    /// <summary>The project's settings.</summary>
    public const string Settings = nameof(Settings);

    /// <summary>Programs of models.</summary>
    public const string Programs = nameof(Programs);

    /// <summary>Programs of files.</summary>
    public const string FilePrograms = nameof(FilePrograms);
}
