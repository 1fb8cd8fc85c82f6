using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Sinter.Generators.Diagnostics;
using Sinter.Generators.Models;

namespace Sinter.Generators.Reading;

/// <summary>How a class is declared, so that another part of it can be.</summary>
internal static class ClassFacts
{
    /// <summary>The declaration of a further part of a class.</summary>
    public static ModelClass Of(INamedTypeSymbol type)
    {
        var containers = new List<string>();
        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            containers.Insert(0, Declaration(outer));
        }

        string space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();
        string hint = type.ToDisplayString(new SymbolDisplayFormat(
            typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces));
        bool isPartial = Problems(type, null).Count == 0;
        return new ModelClass(space, new(containers), isPartial ? Declaration(type) : "", type.Name, hint);
    }

    /// <summary>What keeps members from being added.</summary>
    public static IReadOnlyList<Problem> Problems(INamedTypeSymbol type, CancellationToken? cancellation)
    {
        var problems = new List<Problem>();
        for (INamedTypeSymbol? part = type; part is not null && problems.Count == 0; part = part.ContainingType)
        {
            SyntaxReference? reference = part.DeclaringSyntaxReferences.FirstOrDefault();
            if (reference?.GetSyntax(cancellation ?? default) is not TypeDeclarationSyntax syntax)
            {
                continue;
            }

            string? text = !syntax.Modifiers.Any(SyntaxKind.PartialKeyword)
                ? $"'{part.Name}' gets further members at build time, so it has to be declared partial"
                : part.IsGenericType
                    ? $"'{part.Name}' has type parameters; compile a class that derives from it"
                    : part.IsFileLocal ? $"'{part.Name}' is local to its file; make it internal" : null;
            if (text is not null)
            {
                Place? place = Place.Of(syntax.Identifier.GetLocation());
                problems.Add(new Problem(DiagnosticDescriptors.NotPartial.Id, text, place));
            }
        }

        return problems;
    }

    private static string Declaration(INamedTypeSymbol type)
    {
        string kind = type switch
        {
            { IsRecord: true, TypeKind: TypeKind.Struct } => "record struct",
            { IsRecord: true } => "record",
            { TypeKind: TypeKind.Struct } => "struct",
            { TypeKind: TypeKind.Interface } => "interface",
            _ => "class",
        };
        return $"partial {kind} {type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}";
    }
}
