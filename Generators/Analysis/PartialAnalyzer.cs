using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Sinter.Generators.Diagnostics;
using Sinter.Generators.Models;
using Sinter.Generators.Reading;

namespace Sinter.Generators.Analysis;

/// <summary>Finds marked classes that members cannot be added to. An analyser, because editors offer fixes for these
/// only.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PartialAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [DiagnosticDescriptors.NotPartial];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        bool isMarked = type.GetAttributes().Any(a => a.AttributeClass?.ToDisplayString() == ModelGenerator.Attribute);
        if (!isMarked)
        {
            return;
        }

        foreach (Problem problem in ClassFacts.Problems(type, context.CancellationToken))
        {
            // The declaration's own location, which fixes start from.
            Location location =
                type.Locations.FirstOrDefault(l => Place.Of(l) == problem.Place) ?? problem.Place!.ToLocation();
            context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.NotPartial, location, problem.Text));
        }
    }
}
