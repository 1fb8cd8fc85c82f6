using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Sinter.Generators.Diagnostics;
using Sinter.Generators.Interpretation;

namespace Sinter.Generators.Analysis;

/// <summary>
/// Tells while a layer is being written that it cannot be read at build time. Where a model is marked already the
/// generator tells it, with the way that leads there, and this analyser is silent.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LayerAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [DiagnosticDescriptors.Unreadable];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            INamedTypeSymbol? module = start.Compilation.GetTypeByMetadataName("Sinter.Modules.Module");
            if (module is null
                || start.Compilation.SyntaxTrees.Any(tree => HasMarkedClass(tree, start.CancellationToken)))
            {
                return;
            }

            start.RegisterOperationAction(
                operation => Analyze(operation, module), OperationKind.Invocation, OperationKind.ObjectCreation,
                OperationKind.PropertyReference, OperationKind.FieldReference, OperationKind.Await,
                OperationKind.DynamicInvocation,
                OperationKind.DynamicMemberReference, OperationKind.AddressOf);
        });
    }

    // Declarations only: bodies of methods hold no classes worth looking at.
    private static bool HasMarkedClass(SyntaxTree tree, CancellationToken cancellation) => tree.GetRoot(cancellation)
        .DescendantNodes(
            node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax)
        .OfType<TypeDeclarationSyntax>().SelectMany(type => type.AttributeLists).SelectMany(list => list.Attributes)
        .Any(attribute => attribute.Name.ToString().Contains("CompiledModel"));

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol module)
    {
        if (!Derives(context.ContainingSymbol.ContainingType, module)
            || Refusal(context.Operation, context.Compilation) is not { } text)
        {
            return;
        }

        context.ReportDiagnostic(
            Diagnostic.Create(DiagnosticDescriptors.Unreadable, context.Operation.Syntax.GetLocation(), text));
    }

    private static string? Refusal(IOperation operation, Compilation compilation) => operation switch
    {
        IAwaitOperation => "await cannot be read at build time",
        IDynamicMemberReferenceOperation { Parent: IDynamicInvocationOperation } => null,
        IDynamicInvocationOperation or IDynamicMemberReferenceOperation => "dynamic cannot be read at build time",
        IAddressOfOperation => "pointers cannot be read at build time",
        IInvocationOperation call => OfType(call.TargetMethod.ContainingType, compilation),
        IObjectCreationOperation creation => OfType(creation.Type, compilation),
        IMemberReferenceOperation { Instance: null } member => OfType(member.Member.ContainingType, compilation),
        _ => null,
    };

    private static string? OfType(ITypeSymbol? type, Compilation compilation)
    {
        bool isSystem = type?.OriginalDefinition.ContainingAssembly is { } assembly
            && !SymbolEqualityComparer.Default.Equals(assembly, compilation.Assembly)
            && !assembly.Name.StartsWith("Sinter", StringComparison.Ordinal);
        return !isSystem || type!.TypeKind is TypeKind.Delegate or TypeKind.Error || type.IsTupleType
            || AllowList.Knows((INamedTypeSymbol)type)
            ? null
            : $"{type.OriginalDefinition.ToDisplayString()} cannot be used in a model that is compiled at build time";
    }

    private static bool Derives(INamedTypeSymbol? type, INamedTypeSymbol parent)
    {
        for (INamedTypeSymbol? t = type?.BaseType; t is not null; t = t.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(t, parent))
            {
                return true;
            }
        }

        return false;
    }
}
