using Microsoft.CodeAnalysis;

namespace Sinter.Generators.Interpretation;

/// <summary>Puts the types that a call was made with in place of type parameters.</summary>
internal static class TypeArguments
{
    /// <summary>Whether a type or method mentions type parameters, so that it depends on the call.</summary>
    public static bool IsOpen(ISymbol? symbol) => symbol switch
    {
        ITypeParameterSymbol => true,
        IArrayTypeSymbol array => IsOpen(array.ElementType),
        INamedTypeSymbol type => IsOpen(type.ContainingType) || type.TypeArguments.Any(IsOpen),
        IMethodSymbol method => IsOpen(method.ContainingType) || method.TypeArguments.Any(IsOpen),
        _ => false,
    };

    /// <summary>A type without type parameters of the code that runs.</summary>
    public static ITypeSymbol? Substitute(ITypeSymbol? type, Frame frame) => type switch
    {
        ITypeParameterSymbol parameter => Find(parameter, frame),
        IArrayTypeSymbol array => Array(array, frame),
        INamedTypeSymbol named => Named(named, frame),
        _ => type,
    };

    /// <summary>A method whose own and whose type's type parameters are replaced.</summary>
    public static IMethodSymbol Substitute(IMethodSymbol method, Frame frame)
    {
        IMethodSymbol result = method;
        if (method.ContainingType is { } type && Named(type, frame) is { } substituted
            && !SymbolEqualityComparer.Default.Equals(substituted, type))
        {
            result = substituted.GetMembers(method.Name).OfType<IMethodSymbol>()
                .First(m => SymbolEqualityComparer.Default.Equals(m.OriginalDefinition, method.OriginalDefinition));
        }

        if (!method.IsGenericMethod || method.MethodKind == MethodKind.LocalFunction && !method.TypeArguments.Any())
        {
            return result;
        }

        ITypeSymbol[] arguments = [.. method.TypeArguments.Select(argument => Substitute(argument, frame)!)];
        return (SymbolEqualityComparer.Default.Equals(result, result.OriginalDefinition) || result.IsDefinitionLike()
            ? result
            : result.ConstructedFrom).Construct(arguments);
    }

    /// <summary>A field of a type whose type parameters are replaced.</summary>
    public static IFieldSymbol Substitute(IFieldSymbol field, Frame frame) =>
        Named(field.ContainingType, frame) is { } type
            && !SymbolEqualityComparer.Default.Equals(type, field.ContainingType)
            ? type.GetMembers(field.Name).OfType<IFieldSymbol>().First()
            : field;

    private static bool IsDefinitionLike(this IMethodSymbol method) =>
        method.TypeArguments.Zip(method.TypeParameters, (a, p) => SymbolEqualityComparer.Default.Equals(a, p))
            .All(same => same);

    private static ITypeSymbol Find(ITypeParameterSymbol parameter, Frame frame)
    {
        for (Frame? f = frame; f is not null; f = f.Enclosing)
        {
            if (parameter.TypeParameterKind == TypeParameterKind.Method)
            {
                bool owns = f.Method is { } method
                    && SymbolEqualityComparer.Default.Equals(
                        method.OriginalDefinition, parameter.ContainingSymbol.OriginalDefinition);
                if (owns)
                {
                    return f.Method!.TypeArguments[parameter.Ordinal];
                }

                continue;
            }

            for (INamedTypeSymbol? type = f.Type; type is not null; type = type.ContainingType)
            {
                if (SymbolEqualityComparer.Default.Equals(
                    type.OriginalDefinition, parameter.ContainingSymbol.OriginalDefinition))
                {
                    return type.TypeArguments[parameter.Ordinal];
                }
            }
        }

        throw Stop.Invalid();
    }

    private static ITypeSymbol Array(IArrayTypeSymbol array, Frame frame)
    {
        ITypeSymbol element = Substitute(array.ElementType, frame)!;
        return SymbolEqualityComparer.Default.Equals(element, array.ElementType)
            ? array
            : frame.Compilation.CreateArrayTypeSymbol(element, array.Rank);
    }

    private static INamedTypeSymbol Named(INamedTypeSymbol type, Frame frame)
    {
        if (type.ContainingType is { } outer && Named(outer, frame) is { } newOuter
            && !SymbolEqualityComparer.Default.Equals(outer, newOuter))
        {
            INamedTypeSymbol nested = newOuter.GetTypeMembers(type.Name, type.Arity).First();
            return type.Arity == 0 ? nested
                : nested.Construct([.. type.TypeArguments.Select(a => Substitute(a, frame)!)]);
        }

        if (type.Arity == 0)
        {
            return type;
        }

        ITypeSymbol[] arguments = [.. type.TypeArguments.Select(argument => Substitute(argument, frame)!)];
        bool same =
            arguments.Zip(type.TypeArguments, (a, b) => SymbolEqualityComparer.Default.Equals(a, b))
            .All(equal => equal);
        return same ? type : type.OriginalDefinition.ConstructIn(type, arguments);
    }

    private static INamedTypeSymbol ConstructIn(
        this INamedTypeSymbol definition, INamedTypeSymbol like, ITypeSymbol[] arguments) =>
        like.ContainingType is { IsGenericType: true } outer
            ? outer.GetTypeMembers(definition.Name, definition.Arity).First().Construct(arguments)
            : definition.Construct(arguments);
}
