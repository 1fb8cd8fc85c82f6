namespace Sinter;

/// <summary>
/// A model cannot be built: a wrong shape, element type, axis or name. The message names the module path, the
/// operation, the operands and the line of C# that asked for it.
/// </summary>
public class GraphException : Exception
{
    /// <summary>An error without an operation, such as a bad shape or name.</summary>
    public GraphException(string reason)
        : base(reason) => Reason = reason;

    /// <summary>An error of one operation.</summary>
    /// <param name="reason">What is wrong, without context.</param>
    /// <param name="modulePath">The dotted path of the module being built, empty at the top.</param>
    /// <param name="operation">The operation's name in canonical text.</param>
    /// <param name="operands">One <c>name type</c> line for each operand.</param>
    /// <param name="location">File and line of the user's call, or null where unknown.</param>
    public GraphException(
        string reason, string modulePath, string operation, IReadOnlyList<string> operands, string? location)
        : base(Describe(reason, modulePath, operation, operands, location))
    {
        Reason = reason;
        ModulePath = modulePath;
        Operation = operation;
        Location = location;
    }

    /// <summary>What is wrong, without context.</summary>
    public string Reason { get; }

    /// <summary>The dotted path of the module being built, or null.</summary>
    public string? ModulePath { get; }

    /// <summary>The operation's name, or null.</summary>
    public string? Operation { get; }

    /// <summary><c>File.cs:line</c> of the user's call, or null.</summary>
    public string? Location { get; }

    private static string Describe(
        string reason, string modulePath, string operation, IReadOnlyList<string> operands, string? location)
    {
        string where = modulePath.Length == 0 ? operation : $"{modulePath}: {operation}";
        string lines = string.Concat(operands.Select(operand => "\n  " + operand));
        return $"{where}: {reason}{lines}" + (location is null ? "" : $"\n  at {location}");
    }
}
