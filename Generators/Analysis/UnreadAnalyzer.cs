using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Sinter.Generators.Diagnostics;
using Sinter.Generators.Writing;

namespace Sinter.Generators.Analysis;

/// <summary>
/// The generator is silent about code that does not compile. Where everything compiles in the end, the model used what
/// was generated meanwhile, and nobody else would tell that only a stub is there.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnreadAnalyzer : DiagnosticAnalyzer
{
    private const string Text = "the model uses members that are generated, which are not there yet when it is read";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [DiagnosticDescriptors.Unread];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze);
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        AttributeData? mark =
            type.GetAttributes().FirstOrDefault(a => a.AttributeClass?.ToDisplayString() == ModelGenerator.Attribute);
        if (mark is null || !type.GetTypeMembers().Any(IsUnread))
        {
            return;
        }

        bool compiles =
            !context.Compilation.GetDiagnostics(context.CancellationToken)
            .Any(d => d.Severity == DiagnosticSeverity.Error);
        if (compiles)
        {
            Location? place = mark.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken).GetLocation();
            context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.Unread, place, Text));
        }
    }

    private static bool IsUnread(INamedTypeSymbol nested) => nested.GetAttributes().Any(a =>
        a.AttributeClass?.Name == "GeneratedCodeAttribute"
            && a.ConstructorArguments.FirstOrDefault().Value is ApiWriter.UnreadTool);
}
