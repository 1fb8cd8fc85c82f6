using Microsoft.CodeAnalysis;

namespace Sinter.Generators.Diagnostics;

/// <summary>Every message of the build, one row each; docs/diagnostics.md has a cause and a fix under each
/// id.</summary>
internal static class DiagnosticDescriptors
{
    private const string Category = "Sinter";

    /// <summary>A shape, an axis or a name does not fit: what the library says while the model is built.</summary>
    public static readonly DiagnosticDescriptor Graph = Error("SNT0001", "The model cannot be built");

    /// <summary>The model uses a type or a member that must not run at build time.</summary>
    public static readonly DiagnosticDescriptor NotAllowed = Error("SNT0002", "Not available at build time");

    /// <summary>The model uses a construct of C# that is not read.</summary>
    public static readonly DiagnosticDescriptor Construct =
        Error("SNT0003", "This construct cannot be read at build time");

    /// <summary>The model's own code threw.</summary>
    public static readonly DiagnosticDescriptor Thrown = Error("SNT0004", "The model threw an exception");

    /// <summary>Too many steps, or calls too deep.</summary>
    public static readonly DiagnosticDescriptor Limit = Error("SNT0005", "The model takes too long to build");

    /// <summary>The class is not partial, or not of a kind that members can be added to.</summary>
    public static readonly DiagnosticDescriptor NotPartial = Error("SNT0006", "The class must be partial");

    /// <summary>The attribute's arguments make no sense.</summary>
    public static readonly DiagnosticDescriptor Attribute = Error("SNT0007", "The attribute's arguments do not fit");

    /// <summary>The class is neither a layer nor has it a Create method.</summary>
    public static readonly DiagnosticDescriptor NoModel = Error("SNT0008", "There is no model to compile");

    /// <summary>The project compiles against another version of the library than the generator runs with.</summary>
    public static readonly DiagnosticDescriptor Version = Error("SNT0009", "Versions of Sinter differ");

    /// <summary>The project lacks a setting that generated code needs.</summary>
    public static readonly DiagnosticDescriptor Project = Error("SNT0010", "The project's settings do not fit");

    /// <summary>The text of a graph cannot be read.</summary>
    public static readonly DiagnosticDescriptor GraphText = Error("SNT0011", "The file is no graph");

    /// <summary>The graph is right, but cannot be compiled for the processor.</summary>
    public static readonly DiagnosticDescriptor Backend = Error("SNT0012", "The graph cannot be compiled");

    /// <summary>A fault of the generator itself.</summary>
    public static readonly DiagnosticDescriptor Internal = Error("SNT0013", "A fault of Sinter");

    /// <summary>The model uses members that are generated, which are not there yet when it is read.</summary>
    public static readonly DiagnosticDescriptor Unread = Error("SNT0014", "The model uses generated code");

    /// <summary>A model for CUDA devices in a project that cannot run on them.</summary>
    public static readonly DiagnosticDescriptor Cuda = Error("SNT0015", "Sinter.Runtime.Cuda is not referenced");

    /// <summary>The source that another assembly shares does not compile together with the project.</summary>
    public static readonly DiagnosticDescriptor Shared = Error("SNT0016", "The source of a layer does not compile");

    /// <summary>A layer that the attribute could not be put on.</summary>
    public static readonly DiagnosticDescriptor Unreadable = new(
        "SNT0101", "This layer cannot be read at build time", "{0}", Category, DiagnosticSeverity.Warning,
        isEnabledByDefault: true, helpLinkUri: Link("SNT0101"));

    /// <summary>All rows, for look-up by id and for the test that each is documented.</summary>
    public static readonly IReadOnlyDictionary<string, DiagnosticDescriptor> All = new[]
    {
        Graph, NotAllowed, Construct, Thrown, Limit, NotPartial, Attribute, NoModel, Version, Project, GraphText,
        Backend,
        Internal, Unread, Cuda, Shared, Unreadable,
    }.ToDictionary(row => row.Id);

    private static DiagnosticDescriptor Error(string id, string title) => new(
        id, title, "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Link(id));

    private static string Link(string id) =>
        "docs/diagnostics.md#" + id.ToLowerInvariant();
}
