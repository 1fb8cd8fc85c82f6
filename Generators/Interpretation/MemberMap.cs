using System.Reflection;
using Microsoft.CodeAnalysis;
using Sinter.Generators.Diagnostics;

namespace Sinter.Generators.Interpretation;

/// <summary>From members of libraries as the compiler sees them to members that exist in this process.</summary>
internal sealed class MemberMap(TypeMap types)
{
    private const BindingFlags All =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.DeclaredOnly;

    private readonly Dictionary<ISymbol, MemberInfo> known = new(ByReference.Instance);

    /// <summary>A method, with types in place of its type parameters.</summary>
    /// <exception cref="Stop">The model must not use it, or it is not in this process.</exception>
    public MethodInfo Method(IMethodSymbol method) => (MethodInfo)(Known(method) ?? Add(method, FindMethod(method)));

    /// <summary>A method of a base class, whoever may call it.</summary>
    public MethodInfo RawMethod(IMethodSymbol method)
    {
        Type type = types.Map(method.ContainingType);
        int count = method.Parameters.Length;
        return type.GetMethods(All).First(m => m.Name == method.Name && m.GetParameters().Length == count);
    }

    /// <summary>A constructor.</summary>
    /// <exception cref="Stop">The model must not use it, or it is not in this process.</exception>
    public ConstructorInfo Constructor(IMethodSymbol constructor) =>
        (ConstructorInfo)(Known(constructor) ?? Add(constructor, FindConstructor(constructor)));

    /// <summary>A field.</summary>
    /// <exception cref="Stop">The model must not use it, or it is not in this process.</exception>
    public FieldInfo Field(IFieldSymbol field) => (FieldInfo)(Known(field) ?? Add(field, FindField(field)));

    private MemberInfo? Known(ISymbol symbol) => known.TryGetValue(symbol, out MemberInfo? member) ? member : null;

    private MemberInfo Add(ISymbol symbol, MemberInfo member)
    {
        known[symbol] = member;
        return member;
    }

    private FieldInfo FindField(IFieldSymbol field)
    {
        Type type = types.Map(field.ContainingType);
        Check(type, field.Name, []);
        return type.GetField(field.Name, All) ?? throw Missing(field);
    }

    private MethodInfo FindMethod(IMethodSymbol method)
    {
        Type type = types.Map(method.ContainingType);
        string name = method.Name.Substring(method.Name.LastIndexOf('.') + 1);
        Type[] arguments = [.. method.TypeArguments.Select(types.Map)];
        Type[] parameters = Parameters(method);
        Check(type, AccessorName(name), parameters);
        var fitting = new List<MethodInfo>();
        foreach (MethodInfo candidate in Candidates(type, name))
        {
            int arity = candidate.IsGenericMethodDefinition ? candidate.GetGenericArguments().Length : 0;
            if (arity == arguments.Length && candidate.IsStatic == method.IsStatic
                && candidate.GetParameters().Length == parameters.Length
                && Construct(candidate, arguments) is { } constructed)
            {
                fitting.Add(constructed);
            }
        }

        return fitting.FirstOrDefault(m => Same(m.GetParameters(), parameters) && ReturnFits(m, method))
            ?? (fitting.Count == 1 ? fitting[0] : throw Missing(method));
    }

    // Conversion operators differ by what they return only.
    private bool ReturnFits(MethodInfo candidate, IMethodSymbol method) =>
        method.MethodKind != MethodKind.Conversion || candidate.ReturnType == types.Map(method.ReturnType);

    private static MethodInfo? Construct(MethodInfo candidate, Type[] arguments)
    {
        try
        {
            return arguments.Length == 0 ? candidate : candidate.MakeGenericMethod(arguments);
        }
        catch (ArgumentException)
        {
            // A constraint that another overload does not have.
            return null;
        }
    }

    // Interfaces do not show members of their parents.
    private static IEnumerable<MethodInfo> Candidates(Type type, string name)
    {
        for (Type? t = type; t is not null; t = t.BaseType)
        {
            foreach (MethodInfo method in t.GetMethods(All).Where(m => m.Name == name && IsAccessible(m)))
            {
                yield return method;
            }
        }

        foreach (MethodInfo method in type.IsInterface ? type.GetInterfaces().SelectMany(i => i.GetMethods(All)) : [])
        {
            if (method.Name == name)
            {
                yield return method;
            }
        }
    }

    private ConstructorInfo FindConstructor(IMethodSymbol constructor)
    {
        Type type = types.Map(constructor.ContainingType);
        Type[] parameters = Parameters(constructor);
        Check(type, ".ctor", parameters);
        var candidates =
            type.GetConstructors(All).Where(
                c => !c.IsStatic && IsAccessible(c) && c.GetParameters().Length == parameters.Length).ToList();
        return candidates.FirstOrDefault(c => Same(c.GetParameters(), parameters))
            ?? (candidates.Count == 1 ? candidates[0] : throw Missing(constructor));
    }

    private static bool IsAccessible(MethodBase method) =>
        method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private Type[] Parameters(IMethodSymbol method) => [.. method.Parameters.Select(parameter =>
        parameter.RefKind == RefKind.None ? types.Map(parameter.Type) : types.Map(parameter.Type).MakeByRefType())];

    private static bool Same(ParameterInfo[] candidate, Type[] wanted) =>
        candidate.Select(parameter => parameter.ParameterType).SequenceEqual(wanted);

    private static string AccessorName(string name) =>
        name.StartsWith("get_", StringComparison.Ordinal) || name.StartsWith("set_", StringComparison.Ordinal)
            ? name.Substring(4)
            : name;

    private static void Check(Type type, string member, Type[] parameters)
    {
        Type definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        Type listed = typeof(Exception).IsAssignableFrom(definition)
            && definition.Assembly == typeof(Exception).Assembly
            ? typeof(Exception)
            : definition.IsArray ? typeof(Array) : definition;
        bool isGuard = listed == typeof(Exception) && member.StartsWith("Throw", StringComparison.Ordinal);
        if (!isGuard && AllowList.Refusal(listed, member, parameters) is { } advice)
        {
            string name = member == ".ctor" ? $"new {definition.Name}" : $"{definition.Name}.{member}";
            throw new Stop(
                DiagnosticDescriptors.NotAllowed.Id, $"{name} cannot be used in a compiled model: {advice}", null);
        }
    }

    private static Stop Missing(ISymbol symbol)
    {
        string name = symbol.ToDisplayString();
        return new Stop(
            DiagnosticDescriptors.NotAllowed.Id, $"{name} is not available in the compiler's process", null);
    }
}
