using Microsoft.CodeAnalysis;
using Sinter.Compiler.Differentiate;
using Sinter.Generators.Diagnostics;

namespace Sinter.Generators.Interpretation;

/// <summary>From types as the compiler sees them to types that exist in this process.</summary>
internal sealed class TypeMap(Compilation compilation, MirrorFactory mirrors)
{
    private readonly Dictionary<ITypeSymbol, Type> known = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, Type> seen = new(ByReference.Instance);

    /// <summary>Whether the type is declared in the project that is compiled.</summary>
    public bool IsUser(ITypeSymbol? type) =>
        type is INamedTypeSymbol
            && SymbolEqualityComparer.Default.Equals(type.OriginalDefinition.ContainingAssembly, compilation.Assembly);

    /// <summary>The type in this process.</summary>
    /// <param name="type">A type without type parameters of its surroundings.</param>
    /// <exception cref="Stop">The model must not use it.</exception>
    public Type Map(ITypeSymbol type)
    {
        if (seen.TryGetValue(type, out Type? result))
        {
            return result;
        }

        if (!known.TryGetValue(type, out result))
        {
            result = Make(type);
            known[type] = result;
        }

        seen[type] = result;
        return result;
    }

    private Type Make(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { Rank: 1 } array => Map(array.ElementType).MakeArrayType(),
        IArrayTypeSymbol array => Map(array.ElementType).MakeArrayType(array.Rank),
        IDynamicTypeSymbol => throw Refused(DiagnosticDescriptors.Construct, "dynamic cannot be read at build time"),
        IPointerTypeSymbol or IFunctionPointerTypeSymbol =>
            throw Refused(DiagnosticDescriptors.Construct, "pointers cannot be read at build time"),
        INamedTypeSymbol named => Named(named),
        _ => throw Stop.Invalid(),
    };

    private Type Named(INamedTypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Error)
        {
            throw Stop.Invalid();
        }

        if (type.IsAnonymousType || IsUser(type))
        {
            return type.TypeKind == TypeKind.Delegate ? Function(type.DelegateInvokeMethod!) : mirrors.Of(type, this);
        }

        INamedTypeSymbol underlying = type.IsTupleType ? type.TupleUnderlyingType ?? type : type;
        string name = MetadataName(underlying.OriginalDefinition);
        Type[] arguments = [.. Arguments(underlying).Select(Map)];
        if (name is "System.Span`1" or "System.ReadOnlySpan`1")
        {
            return arguments[0].MakeArrayType();
        }

        Type? definition = Definition(name, type);
        return definition is null
            ? throw Refused(DiagnosticDescriptors.NotAllowed, Describe(type))
            : arguments.Length == 0 ? definition : definition.MakeGenericType(arguments);
    }

    // Types of the graph library are all there for models; of the compiler only the training step.
    private static Type? Definition(string name, ITypeSymbol type)
    {
        string assembly = type.OriginalDefinition.ContainingAssembly?.Name ?? "";
        if (assembly == typeof(Graph).Assembly.GetName().Name)
        {
            Type? found = typeof(Graph).Assembly.GetType(name);
            return found is { IsVisible: true } ? found : null;
        }

        return name switch
        {
            "Sinter.Compiler.Differentiate.TrainingStep" => typeof(TrainingStep),
            "System.Index" => typeof(IndexValue),
            "System.Range" => typeof(RangeValue),
            "System.MemoryExtensions" => typeof(SpanMethods),
            _ => AllowList.Find(name.Replace('+', '.')),
        };
    }

    private string Describe(INamedTypeSymbol type)
    {
        string name = type.OriginalDefinition.ToDisplayString();
        IAssemblySymbol assembly = type.OriginalDefinition.ContainingAssembly;
        bool isGraph = assembly.Name == typeof(Graph).Assembly.GetName().Name;
        bool isSystem = assembly.Name.StartsWith("System", StringComparison.Ordinal)
            || assembly.Name is "mscorlib" or "netstandard"
                || assembly.Name.StartsWith("Microsoft.", StringComparison.Ordinal);
        return isGraph
            ? $"{name} is not in the version of Sinter.Graph that the build runs with"
            : isSystem
                ? $"{name} cannot be used in a compiled model: models compute from their arguments, without files, "
                    + "clocks, chance or state"
                : $"{name} is declared in {assembly.Name}, whose source is not at hand: put [assembly: "
                    + "Sinter.ShareModels] into that project, which has to use the generator, too; or move the layer "
                    + "here, or hand the graph over as a file";
    }

    private Type Function(IMethodSymbol invoke)
    {
        Type[] parameters = [.. invoke.Parameters.Select(parameter => Map(parameter.Type))];
        return invoke.ReturnsVoid
            ? System.Linq.Expressions.Expression.GetActionType(parameters)
            : System.Linq.Expressions.Expression.GetFuncType([.. parameters, Map(invoke.ReturnType)]);
    }

    private static IEnumerable<ITypeSymbol> Arguments(INamedTypeSymbol type) =>
        (type.ContainingType is null ? [] : Arguments(type.ContainingType)).Concat(type.TypeArguments);

    private static string MetadataName(INamedTypeSymbol type) => type.ContainingType is { } outer
        ? MetadataName(outer) + "+" + type.MetadataName
        : type.ContainingNamespace is { IsGlobalNamespace: false } space
            ? space.ToDisplayString() + "." + type.MetadataName : type.MetadataName;

    private static Stop Refused(DiagnosticDescriptor row, string text) => new(row.Id, text, null);
}

/// <summary>An index that may count from the end: System.Index, which netstandard2.0 lacks.</summary>
/// <param name="Value">The number.</param>
/// <param name="IsFromEnd">Whether it counts from the end.</param>
internal readonly record struct IndexValue(int Value, bool IsFromEnd)
{
    /// <summary>The position in something of a length.</summary>
    public int GetOffset(int length) => IsFromEnd ? length - Value : Value;

    /// <summary>From the start.</summary>
    public static implicit operator IndexValue(int value) => new(value, false);
}

/// <summary>System.Range, which netstandard2.0 lacks.</summary>
/// <param name="Start">The first.</param>
/// <param name="End">Behind the last.</param>
internal readonly record struct RangeValue(IndexValue Start, IndexValue End);

/// <summary>What C# 14 makes of calls on arrays: methods of System.MemoryExtensions, here on arrays
/// themselves.</summary>
internal static class SpanMethods
{
    public static bool Contains<T>(T[] span, T value) => Array.IndexOf(span, value) >= 0;

    public static int IndexOf<T>(T[] span, T value) => Array.IndexOf(span, value);

    public static bool SequenceEqual<T>(T[] span, T[] other) => Enumerable.SequenceEqual(span, other);

    public static void Reverse<T>(T[] span) => Array.Reverse(span);

    public static T[] AsSpan<T>(T[] array) => array;
}
