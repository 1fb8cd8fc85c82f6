namespace Sinter;

/// <summary>
/// On an assembly: its source becomes part of it, so that models of other projects, compiled while those are built, can
/// be made of its layers. Works for projects and packages alike; who must not read the source must not have them.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ShareModelsAttribute : Attribute
{
}

/// <summary>One file of the source of an assembly that shares its models, added by the generator.</summary>
/// <param name="path">The file's name.</param>
/// <param name="text">What it holds, with the project's global usings and symbols.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class ModelSourceAttribute(string path, string text) : Attribute
{
    /// <summary>The file's name.</summary>
    public string Path { get; } = path;

    /// <summary>What it holds.</summary>
    public string Text { get; } = text;
}
