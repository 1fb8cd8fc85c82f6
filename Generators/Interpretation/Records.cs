using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Sinter.Generators.Interpretation;

/// <summary>Facts about what the compiler adds to records and anonymous types.</summary>
internal static class Records
{
    /// <summary>Whether the compiler writes the member, where the user does not.</summary>
    public static bool Synthesized(string name) => name is nameof(Equals) or nameof(GetHashCode) or nameof(ToString);

    /// <summary>Whether the syntax is a parameter list, of which accessors are made.</summary>
    public static bool IsPositional(SyntaxNode syntax) => syntax is ParameterSyntax or TypeDeclarationSyntax;

    /// <summary>The property of a positional record's parameter.</summary>
    public static IPropertySymbol? PropertyOf(INamedTypeSymbol type, IParameterSymbol parameter) =>
        type.OriginalDefinition.GetMembers(parameter.Name).OfType<IPropertySymbol>()
            .FirstOrDefault(p => p.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is ParameterSyntax);

    /// <summary>The symbol under which a property's value is kept. Anonymous types of equal form share their symbols by
    /// equality only.</summary>
    public static ISymbol Key(INamedTypeSymbol type, IPropertySymbol property) =>
        type.IsAnonymousType ? type.OriginalDefinition.GetMembers(property.Name).First() : property.OriginalDefinition;

    /// <summary>The members that equality and text go by: fields and automatic properties, base class first.</summary>
    public static IEnumerable<(string Name, ISymbol Key, bool IsPublic)> Members(INamedTypeSymbol type)
    {
        IEnumerable<(string, ISymbol, bool)> inherited = type.BaseType is { IsRecord: true } parent ? Members(parent)
            : [];
        var own =
            type.OriginalDefinition.GetMembers().Where(member => !member.IsStatic && member.Name != "EqualityContract")
            .Select(member => member switch
            {
                IFieldSymbol { AssociatedSymbol: null, IsImplicitlyDeclared: false } =>
                    (member.Name, member, member.DeclaredAccessibility == Accessibility.Public),
                IFieldSymbol { AssociatedSymbol: IPropertySymbol property } =>
                    (property.Name, property, property.DeclaredAccessibility == Accessibility.Public),
                IPropertySymbol when type.IsAnonymousType => (member.Name, member, true),
                _ => ("", member, false),
            })
            .Where(member => member.Item1.Length > 0);
        return inherited.Concat(own);
    }

    /// <summary>The members that text shows: public fields and properties, computed ones too, base class
    /// first.</summary>
    public static IEnumerable<ISymbol> Shown(INamedTypeSymbol type)
    {
        IEnumerable<ISymbol> inherited = type.BaseType is { IsRecord: true } parent ? Shown(parent) : [];
        return inherited.Concat(type.GetMembers().Where(member => !member.IsStatic && !member.IsOverride
            && member.DeclaredAccessibility == Accessibility.Public
            && member is IFieldSymbol or IPropertySymbol { IsIndexer: false, GetMethod: not null }));
    }

    /// <summary>Whether a constructor is the one that the compiler adds to records for copies.</summary>
    public static bool IsImplicitCopy(this IMethodSymbol constructor) => constructor.ContainingType.IsRecord
        && constructor.Parameters.Length == 1
        && SymbolEqualityComparer.Default.Equals(constructor.Parameters[0].Type, constructor.ContainingType);
}
