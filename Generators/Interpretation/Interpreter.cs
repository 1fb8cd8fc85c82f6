using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Sinter.Generators.Diagnostics;

namespace Sinter.Generators.Interpretation;

/// <summary>
/// Runs the code of a model over the compiler's operation tree, calling the real graph library. No code of the user's
/// is loaded. One object reads one model; it is used by one thread.
/// </summary>
internal sealed partial class Interpreter
{
    /// <summary>About a second.</summary>
    public const int MostSteps = 5_000_000;

    /// <summary>The most elements of an array, a list or a string.</summary>
    public const int MostElements = 16 << 20;

    /// <summary>How deep calls may nest.</summary>
    public const int MostCalls = 1000;

    private const int StepsBetweenChecks = 1024;

    private readonly Compilation compilation;
    private readonly CancellationToken cancellation;
    private readonly MirrorFactory mirrors = new();
    private readonly TypeMap types;
    private readonly MemberMap members;
    private readonly Dictionary<SyntaxTree, SemanticModel> models = [];
    private readonly Dictionary<SyntaxNode, IOperation?> bodies = [];
    private readonly Dictionary<ISymbol, SyntaxNode?> declarations = new(ByReference.Instance);
    private readonly Dictionary<ISymbol, bool> open = new(ByReference.Instance);
    private readonly ConditionalWeakTable<Exception, ErrorSite> sites = new();
    private Frame? current;
    private int steps;

    /// <summary>Prepares to read a model.</summary>
    public Interpreter(Compilation compilation, CancellationToken cancellation)
    {
        this.compilation = compilation;
        this.cancellation = cancellation;
        types = new TypeMap(compilation, mirrors);
        members = new MemberMap(types);
    }

    /// <summary>Where an exception came from; null where no code of the user's was running.</summary>
    public ErrorSite? SiteOf(Exception error) => sites.TryGetValue(error, out ErrorSite? site) ? site : null;

    /// <summary>Calls a static method.</summary>
    public object? CallStatic(IMethodSymbol method, params object?[] arguments) =>
        CallUser(method, null, arguments, null);

    /// <summary>The operation of a body or initialiser; null where there is none.</summary>
    private IOperation? OperationOf(SyntaxNode syntax)
    {
        if (!bodies.TryGetValue(syntax, out IOperation? operation))
        {
            operation = Model(syntax.SyntaxTree).GetOperation(syntax, cancellation);
            bodies.Add(syntax, operation);
        }

        return operation;
    }

    // Where a member is declared; null for what the compiler adds.
    private SyntaxNode? SyntaxOf(IMethodSymbol method)
    {
        if (!declarations.TryGetValue(method, out SyntaxNode? syntax))
        {
            syntax = method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation);
            declarations.Add(method, syntax);
        }

        return syntax;
    }

    private SemanticModel Model(SyntaxTree tree)
    {
        if (!models.TryGetValue(tree, out SemanticModel? model))
        {
            model = compilation.GetSemanticModel(tree);
            models.Add(tree, model);
        }

        return model;
    }

    private void Step()
    {
        steps++;
        if (steps % StepsBetweenChecks == 0)
        {
            cancellation.ThrowIfCancellationRequested();
            if (steps > MostSteps)
            {
                throw new Stop(
                    DiagnosticDescriptors.Limit.Id,
                    "the model takes more than 5 million steps to build: an endless loop?", null);
            }
        }
    }

    private static void CheckSize(long elements)
    {
        if (elements > MostElements)
        {
            string text =
                FormattableString.Invariant($"the model makes something of {elements} elements while it is built");
            throw new Stop(
                DiagnosticDescriptors.Limit.Id, text + "; large constants belong into parameters or inputs", null);
        }
    }

    // As an exception filter: it runs while the frames are still there, and catches nothing.
    private bool Note(Exception error, IOperation? operation)
    {
        if (!sites.TryGetValue(error, out _) && operation is not null)
        {
            IOperation where = error is Stop { Operation: { } own } ? own : operation;
            sites.Add(error, new ErrorSite(where.Syntax.GetLocation(), Trail(), Members(where)));
        }

        return false;
    }

    private IReadOnlyList<Location> Trail()
    {
        var trail = new List<Location>();
        for (Frame? frame = current; frame is not null && trail.Count < 4; frame = frame.Caller)
        {
            if (frame.CallSite is { } site)
            {
                trail.Add(site.Syntax.GetLocation());
            }
        }

        return trail;
    }

    // The members that were running, innermost first: where they do not compile, the compiler has said enough.
    private IReadOnlyList<SyntaxNode> Members(IOperation where)
    {
        var found = new List<SyntaxNode>();
        Add(where.Syntax);
        for (Frame? frame = current; frame is not null; frame = frame.Caller)
        {
            if (frame.CallSite is { } site)
            {
                Add(site.Syntax);
            }
        }

        return found;

        void Add(SyntaxNode syntax)
        {
            SyntaxNode? member =
                syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>(m => m is not BaseTypeDeclarationSyntax);
            if (member is not null && !found.Contains(member))
            {
                found.Add(member);
            }
        }
    }

    /// <summary>Whether the compiler itself finds fault with one of the members.</summary>
    public bool HaveErrors(IEnumerable<SyntaxNode> syntaxes) => syntaxes.Any(syntax =>
        Model(syntax.SyntaxTree).GetDiagnostics(syntax.Span, cancellation)
            .Any(d => d.Severity == DiagnosticSeverity.Error));

    // Counted, not measured alone: handling an exception needs stack too, in proportion to the depth.
    private void CheckStack(Frame? caller)
    {
        bool fits = (caller?.Depth ?? 0) < MostCalls;
        try
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
        }
        catch (InsufficientExecutionStackException)
        {
            fits = false;
        }

        if (!fits)
        {
            throw new Stop(
                DiagnosticDescriptors.Limit.Id, "the model calls itself too deeply: an endless recursion?", null);
        }
    }

    private static Stop Unsupported(IOperation operation, string what) =>
        new(DiagnosticDescriptors.Construct.Id, what + " cannot be read at build time", operation);

    private ITypeSymbol? Substitute(ITypeSymbol? type, Frame frame) =>
        type is null || !IsOpen(type) ? type : TypeArguments.Substitute(type, frame);

    private IMethodSymbol Substitute(IMethodSymbol method, Frame frame) =>
        IsOpen(method) ? TypeArguments.Substitute(method, frame) : method;

    // Most symbols have no type parameters to put anything in place of.
    private bool IsOpen(ISymbol symbol)
    {
        if (!open.TryGetValue(symbol, out bool isOpen))
        {
            isOpen = TypeArguments.IsOpen(symbol);
            open.Add(symbol, isOpen);
        }

        return isOpen;
    }

    private Type TypeOf(ITypeSymbol type, Frame frame) => types.Map(Substitute(type, frame)!);
}

/// <summary>Where an error happened.</summary>
/// <param name="Location">The innermost operation of the user's.</param>
/// <param name="Trail">The calls that led there, innermost first.</param>
/// <param name="Members">The members that were running.</param>
internal sealed record ErrorSite(Location Location, IReadOnlyList<Location> Trail, IReadOnlyList<SyntaxNode> Members);
