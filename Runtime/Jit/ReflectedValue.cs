using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sinter.Jit;

/// <summary>A parameter or result as reflection sees it: how it is made of tensors, and taken apart.</summary>
internal sealed class ReflectedValue
{
    // Tuples of more elements hold another one.
    private const int MostElements = 7;

    // A record may hold itself.
    private const int MostLevels = 16;

    private readonly ReflectedValue[] parts;
    private readonly Func<object?[], object> make;
    private readonly Func<object, object?>[] get;

    private ReflectedValue(
        TensorTree tree, ReflectedValue[] parts, Func<object?[], object> make, Func<object, object?>[] get)
    {
        Tree = tree;
        this.parts = parts;
        this.make = make;
        this.get = get;
    }

    /// <summary>The tensors' names and types.</summary>
    public TensorTree Tree { get; }

    /// <summary>Whether it has no tensors: a number, say.</summary>
    public bool IsEmpty => Tree.Type is null && parts.Length == 0;

    /// <summary>What a parameter, or the result, consists of; empty where that is no tensor, tuple or record.</summary>
    public static ReflectedValue Of(ParameterInfo parameter)
    {
        var names = new Queue<string?>(
            parameter.GetCustomAttribute<TupleElementNamesAttribute>()?.TransformNames ?? []);
        bool isResult = parameter.Position < 0;
        ReflectedValue value = Of(parameter.ParameterType, isResult ? "" : parameter.Name!, names, 0);
        return isResult && value.IsEmpty
            ? throw new GraphException(
                $"the method gives {parameter.ParameterType.Name}: no tensor, tuple or record of them")
            : value;
    }

    /// <summary>The value of tensors.</summary>
    /// <param name="next">Gives their nodes in order.</param>
    public object Make(Func<Node> next) => Tree.Type is null
        ? make([.. parts.Select(part => part.Make(next))])
        : make([next()]);

    /// <summary>The nodes of its tensors in order.</summary>
    /// <exception cref="GraphException">One is null.</exception>
    public IEnumerable<Node> Flatten(object? value) => value switch
    {
        null => throw new GraphException($"the result '{Tree.Name}' is null"),
        ITensor tensor => [tensor.Node],
        _ => parts.Zip(get, (part, read) => part.Flatten(read(value))).SelectMany(nodes => nodes),
    };

    private static ReflectedValue Of(Type type, string name, Queue<string?> names, int level)
    {
        if (typeof(ITensor).IsAssignableFrom(type) && type.IsGenericType)
        {
            var element = (IElement)Activator.CreateInstance(type.GetGenericArguments()[0])!;
            return new(
                new TensorTree(name, element.Type, []), [], nodes => Activator.CreateInstance(type, nodes)!, []);
        }

        bool isTuple = type.IsGenericType && type.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal);
        return isTuple && type.GetGenericArguments().Length <= MostElements
            ? Tuple(type, name, names, level + 1)
            : Record(type, name, level + 1);
    }

    // The attribute lists the names of a tuple's elements, then those of tuples inside.
    private static ReflectedValue Tuple(Type type, string name, Queue<string?> names, int level)
    {
        FieldInfo[] fields = [.. Enumerable.Range(1, type.GetGenericArguments().Length)
            .Select(i => type.GetField(FormattableString.Invariant($"Item{i}"))!)];
        string[] own = [.. fields.Select(field =>
            TensorTree.NameOf((names.Count > 0 ? names.Dequeue() : null) ?? field.Name))];
        ReflectedValue[] parts = [.. fields.Zip(own, (field, part) => Of(field.FieldType, part, names, level))];
        return Group(
            name, parts, values => Activator.CreateInstance(type, values)!,
            [.. fields.Select(field => (Func<object, object?>)field.GetValue)]);
    }

    // A constructor whose parameters are properties, as positional records have it.
    private static ReflectedValue Record(Type type, string name, int level)
    {
        foreach (ConstructorInfo constructor in type.GetConstructors().Where(c => c.GetParameters().Length > 0))
        {
            ParameterInfo[] parameters = constructor.GetParameters();
            PropertyInfo?[] properties = [.. parameters.Select(parameter => type.GetProperties().FirstOrDefault(p =>
                p.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase)
                && p.PropertyType == parameter.ParameterType))];
            bool isRecord = level < MostLevels && type.Namespace != nameof(System);
            if (isRecord && properties.All(property => property is not null))
            {
                ReflectedValue[] parts = [.. parameters.Select((parameter, i) => Of(
                    parameter.ParameterType, TensorTree.NameOf(properties[i]!.Name), NamesOf(parameter), level))];
                return Group(
                    name, parts, constructor.Invoke,
                    [.. properties.Select(property => (Func<object, object?>)property!.GetValue)]);
            }
        }

        return new(new TensorTree(name, null, []), [], _ => throw new InvalidOperationException(), []);
    }

    private static Queue<string?> NamesOf(ParameterInfo parameter) =>
        new(parameter.GetCustomAttribute<TupleElementNamesAttribute>()?.TransformNames ?? []);

    // Something among the parts that is no tensor makes the whole be none.
    private static ReflectedValue Group(
        string name, ReflectedValue[] parts, Func<object?[], object> make, Func<object, object?>[] get) =>
        parts.Any(part => part.IsEmpty)
            ? new(new TensorTree(name, null, []), [], make, [])
            : new(new TensorTree(name, null, [.. parts.Select(part => part.Tree)]), parts, make, get);
}
