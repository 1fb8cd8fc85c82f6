namespace Sinter;

/// <summary>A tensor of any element type.</summary>
public interface ITensor
{
    /// <summary>The value's node.</summary>
    Node Node { get; }
}

/// <summary>
/// The tensors in a parameter or a result of a method: one, or the parts of a tuple or record, which are tensors,
/// tuples or records in turn. It names them for a graph's inputs and outputs, in process as while a project is built.
/// </summary>
/// <param name="Name">The parameter's, element's or property's name; nothing for a result as a whole.</param>
/// <param name="Type">The element type, where it is one tensor.</param>
/// <param name="Parts">The parts, where it is a tuple or record.</param>
public sealed record TensorTree(string Name, DType? Type, IReadOnlyList<TensorTree> Parts)
{
    /// <summary>What a result that is one tensor is called.</summary>
    public const string Output = "output";

    /// <summary>The tensors in order, under names such as <c>memory.keys</c>.</summary>
    public IEnumerable<(string Name, DType Type)> Leaves(string single = Output) => Type is { } type
        ? [(Name.Length == 0 ? single : Name, type)]
        : Parts.SelectMany(part => part.Leaves(single)).Select(leaf => (Under(leaf.Name), leaf.Type));

    /// <summary>The name of a property or element: as a parameter would be called.</summary>
    public static string NameOf(string member) => member.Length > 0 && member[0] is >= 'A' and <= 'Z'
        ? char.ToLowerInvariant(member[0]) + member.Substring(1)
        : member;

    private string Under(string name) => Name.Length == 0 ? name : Name + "." + name;
}
