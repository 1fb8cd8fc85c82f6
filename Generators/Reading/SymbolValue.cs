using Microsoft.CodeAnalysis;
using Sinter.Generators.Interpretation;

namespace Sinter.Generators.Reading;

/// <summary>
/// A parameter or result as the compiler sees it: how the interpreter takes it apart into tensors, and makes it of
/// them. The counterpart, in process, works on reflection; names are the same.
/// </summary>
internal sealed class SymbolValue
{
    // A record may hold itself.
    private const int MostLevels = 16;

    private readonly ITypeSymbol type;
    private readonly SymbolValue[] parts;
    private readonly IMethodSymbol? constructor;
    private readonly IPropertySymbol[] properties;

    private SymbolValue(
        ITypeSymbol type, TensorTree tree, SymbolValue[] parts, IMethodSymbol? constructor,
        IPropertySymbol[] properties)
    {
        this.type = type;
        this.parts = parts;
        this.constructor = constructor;
        this.properties = properties;
        Tree = tree;
    }

    /// <summary>The tensors' names and types.</summary>
    public TensorTree Tree { get; }

    /// <summary>Whether it has no tensors: a number, say.</summary>
    public bool IsEmpty => Tree.Type is null && parts.Length == 0;

    /// <summary>What a type consists of; empty where that is no tensor, tuple or record.</summary>
    /// <param name="type">The type.</param>
    /// <param name="name">The parameter's name; nothing for a result.</param>
    public static SymbolValue Of(ITypeSymbol type, string name) => Of(type, name, 0);

    /// <summary>The value of tensors.</summary>
    /// <param name="interpreter">Makes it.</param>
    /// <param name="next">Gives their nodes in order.</param>
    public object Make(Interpreter interpreter, Func<Node> next)
    {
        if (Tree.Type is not null)
        {
            return interpreter.Tensor(type, next());
        }

        object?[] values = [.. parts.Select(part => part.Make(interpreter, next))];
        return constructor is null
            ? interpreter.Tuple((INamedTypeSymbol)type, values)
            : interpreter.Construct(constructor, values);
    }

    /// <summary>The nodes of its tensors in order; null for a tensor that is null.</summary>
    public IEnumerable<Node?> Flatten(Interpreter interpreter, object? value)
    {
        if (value is null || Tree.Type is not null)
        {
            return [(value as ITensor)?.Node];
        }

        object?[] items = constructor is null
            ? interpreter.ItemsOf(value)
            : [.. properties.Select(property => interpreter.Read(property, value))];
        return parts.Zip(items, (part, item) => part.Flatten(interpreter, item)).SelectMany(nodes => nodes);
    }

    private static SymbolValue Of(ITypeSymbol type, string name, int level)
    {
        if (type is not INamedTypeSymbol named || level > MostLevels)
        {
            return Empty(type, name);
        }

        if (ElementOf(named) is { } element)
        {
            return new(type, new TensorTree(name, element, []), [], null, []);
        }

        return named.IsTupleType ? Tuple(named, name, level + 1) : Record(named, name, level + 1);
    }

    private static DType? ElementOf(INamedTypeSymbol type)
    {
        bool isTensor = type is { Name: "Tensor", TypeArguments.Length: 1 }
            && type.ContainingNamespace.ToDisplayString() == nameof(Sinter);
        return isTensor ? DTypes.Parse(type.TypeArguments[0].Name.ToLowerInvariant()) : null;
    }

    private static SymbolValue Tuple(INamedTypeSymbol type, string name, int level)
    {
        SymbolValue[] parts = [.. type.TupleElements.Select(element =>
            Of(element.Type, TensorTree.NameOf(element.Name), level))];
        return Group(type, name, parts, null, []);
    }

    // A constructor whose parameters are properties, as positional records have it.
    private static SymbolValue Record(INamedTypeSymbol type, string name, int level)
    {
        foreach (IMethodSymbol candidate in type.InstanceConstructors.Where(c =>
            !c.Parameters.IsEmpty && c.DeclaredAccessibility == Accessibility.Public))
        {
            IPropertySymbol?[] found = [.. candidate.Parameters.Select(parameter =>
                type.GetMembers().OfType<IPropertySymbol>().FirstOrDefault(p =>
                    p.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase)
                    && SymbolEqualityComparer.Default.Equals(p.Type, parameter.Type)))];
            if (found.All(property => property is not null))
            {
                SymbolValue[] parts = [.. found.Select(property =>
                    Of(property!.Type, TensorTree.NameOf(property.Name), level))];
                return Group(type, name, parts, candidate, [.. found.Select(property => property!)]);
            }
        }

        return Empty(type, name);
    }

    // Something among the parts that is no tensor makes the whole be none.
    private static SymbolValue Group(
        INamedTypeSymbol type, string name, SymbolValue[] parts, IMethodSymbol? constructor,
        IPropertySymbol[] properties) => parts.Any(part => part.IsEmpty)
            ? Empty(type, name)
            : new(
                type, new TensorTree(name, null, [.. parts.Select(part => part.Tree)]), parts, constructor, properties);

    private static SymbolValue Empty(ITypeSymbol type, string name) =>
        new(type, new TensorTree(name, null, []), [], null, []);
}
