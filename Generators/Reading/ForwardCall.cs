using Microsoft.CodeAnalysis;
using Sinter.Generators.Diagnostics;
using Sinter.Generators.Interpretation;
using Sinter.Modules;

namespace Sinter.Generators.Reading;

/// <summary>Calls a model's method <c>Forward</c>, of any signature, on the inputs that the attribute names.</summary>
/// <param name="facts">The attribute.</param>
/// <param name="interpreter">Runs the model.</param>
internal sealed class ForwardCall(AttributeFacts facts, Interpreter interpreter)
{
    /// <summary>The name of the method.</summary>
    public const string Method = "Forward";

    /// <summary>The method of a class, its own or an inherited one; null where there is none.</summary>
    public static IMethodSymbol? Find(INamedTypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            IMethodSymbol[] found = [.. type.GetMembers(Method).OfType<IMethodSymbol>()
                .Where(method => method is { IsStatic: false, IsGenericMethod: false, IsAbstract: false })];
            if (found.Length > 1)
            {
                throw Misused($"'{type.Name}' has {found.Length} methods {Method}; a compiled model has one");
            }

            if (found.Length == 1)
            {
                return found[0];
            }
        }

        return null;
    }

    /// <summary>The graph.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="model">The object that is called.</param>
    /// <param name="method">Its method.</param>
    /// <param name="inputs">The inputs in order.</param>
    public Graph Build(
        string name, object model, IMethodSymbol method, IReadOnlyList<(string Name, TensorType Type)> inputs)
    {
        var builder = new GraphBuilder(training: false, captureSource: false);
        Dictionary<string, Node> nodes = inputs.ToDictionary(i => i.Name, i => builder.Input(i.Name, i.Type));
        var unused = new HashSet<string>(nodes.Keys);
        object?[] arguments = [.. method.Parameters.Select(parameter => Argument(parameter, nodes, unused))];
        if (unused.Count > 0)
        {
            IEnumerable<string> taken = method.Parameters.Select(p => SymbolValue.Of(p.Type, p.Name))
                .Where(value => !value.IsEmpty).SelectMany(value => value.Tree.Leaves()).Select(leaf => leaf.Name);
            throw Misused(
                $"{Method} takes no '{string.Join("', '", unused)}'; its tensors are {string.Join(", ", taken)}");
        }

        using IDisposable? scope = (model as Module)?.Enter(builder);
        object? result = interpreter.Call(method, model, arguments);
        SymbolValue type = SymbolValue.Of(method.ReturnType, "");
        if (type.IsEmpty)
        {
            throw Misused($"{Method} gives {method.ReturnType.ToDisplayString()}: no tensor, tuple or record of them");
        }

        Output[] outputs = [.. type.Tree.Leaves(facts.Output).Zip(
            type.Flatten(interpreter, result), (leaf, node) => new Output(leaf.Name, node
                ?? throw new ModelFault(
                    DiagnosticDescriptors.Thrown.Id, $"{Method} gives null instead of the tensor '{leaf.Name}'")))];
        return new Graph(name, builder.Inputs, outputs, []);
    }

    private object? Argument(IParameterSymbol parameter, Dictionary<string, Node> nodes, HashSet<string> unused)
    {
        SymbolValue value = SymbolValue.Of(parameter.Type, parameter.Name);
        (string Name, DType Type)[] leaves = value.IsEmpty ? [] : [.. value.Tree.Leaves()];
        if (parameter.HasExplicitDefaultValue && !leaves.Any(leaf => nodes.ContainsKey(leaf.Name)))
        {
            return interpreter.Constant(parameter.ExplicitDefaultValue, parameter);
        }

        if (value.IsEmpty)
        {
            throw Misused(
                $"parameter '{parameter.Name}' of {Method} is of type {parameter.Type.ToDisplayString()}: no tensor, "
                + "tuple or record of them, and without a default");
        }

        var rest = new Queue<(string Name, DType Type)>(leaves);
        return value.Make(interpreter, () =>
        {
            (string name, DType type) = rest.Dequeue();
            if (!nodes.TryGetValue(name, out Node? node))
            {
                throw Misused($"{Method} takes '{name}', which is not among the attribute's inputs");
            }

            unused.Remove(name);
            return node.DType == type
                ? node
                : throw Misused($"{Method} takes '{name}' as {type.Name()}, the attribute says {node.DType.Name()}");
        });
    }

    private static ModelFault Misused(string text) => new(DiagnosticDescriptors.Attribute.Id, text);
}
