using System.Reflection;
using Sinter.Compiler.Differentiate;
using Sinter.Optimizers;
using Module = Sinter.Modules.Module;

namespace Sinter.Jit;

/// <summary>
/// Graphs of methods of any signature: one input for each tensor among the parameters, one output for each in the
/// result, where tuples and records stand for their parts. Names are those of parameters, elements and properties:
/// <c>tokens</c>, <c>memory.keys</c>; a result that is one tensor is called <c>output</c>.
/// </summary>
/// <example>
/// <code>
/// Graph graph = ModelGraph.Of(model.Forward, [batch, time], [batch, time]);
/// </code>
/// </example>
public static class ModelGraph
{
    /// <summary>The graph of a method, named after the class that has it.</summary>
    /// <inheritdoc cref="Of(string, Delegate, Dimension[][])"/>
    public static Graph Of(Delegate forward, params Dimension[][] shapes) => Of(NameOf(forward), forward, shapes);

    /// <summary>The graph of a method or lambda.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="forward">Takes and gives tensors, tuples and records of them. Further parameters, and tensors at
    /// the end that no shape is given for, take their defaults.</param>
    /// <param name="shapes">The shape of each tensor that it takes, in order.</param>
    /// <exception cref="GraphException">The shapes do not fit the parameters, or something of the signature is no
    /// tensor, tuple or record; or what the method itself finds wrong.</exception>
    public static Graph Of(string name, Delegate forward, params Dimension[][] shapes)
    {
        var builder = new GraphBuilder();
        return new Graph(name, builder.Inputs, Call(builder, forward, shapes), []);
    }

    /// <summary>The training step of a method that gives a loss, or a tuple or record that begins with one.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="loss">Gives a scalar; what follows it in a tuple or record are metrics.</param>
    /// <param name="optimizer">How gradients change parameters.</param>
    /// <param name="trained">What is trained.</param>
    /// <param name="shapes">The shape of each tensor that the method takes, in order.</param>
    /// <exception cref="GraphException">As of <see cref="Of(string, Delegate, Dimension[][])"/>, and of
    /// <see cref="TrainingStep"/>.</exception>
    public static Graph Training(
        string name, Delegate loss, Optimizer optimizer, IEnumerable<Parameter> trained, params Dimension[][] shapes)
    {
        Output[] outputs = [.. Call(new GraphBuilder(training: true), loss, shapes)];
        return TrainingStep.Build(
            name, new Tensor<F32>(outputs[0].Node), optimizer, [.. trained], outputs[1..]);
    }

    private static IReadOnlyList<Output> Call(GraphBuilder builder, Delegate forward, Dimension[][] shapes)
    {
        MethodInfo method = forward.Method;
        ReflectedValue[] parameters = [.. method.GetParameters().Select(ReflectedValue.Of)];
        var given = new Queue<Shape>(shapes.Select(shape => new Shape(shape)));
        object?[] arguments = [.. parameters.Zip(method.GetParameters(), Argument)];
        if (given.Count > 0)
        {
            throw Miscounted(parameters, shapes.Length);
        }

        using IDisposable? scope = (forward.Target as Module)?.Enter(builder);
        object? result = method.Invoke(forward.Target, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        ReflectedValue type = ReflectedValue.Of(method.ReturnParameter);
        return [.. type.Tree.Leaves().Zip(type.Flatten(result), (leaf, node) => new Output(leaf.Name, node))];

        object? Argument(ReflectedValue value, ParameterInfo parameter)
        {
            bool isLeftOut = value.IsEmpty || given.Count == 0;
            if (isLeftOut && parameter.HasDefaultValue)
            {
                return parameter.DefaultValue;
            }

            if (value.IsEmpty)
            {
                throw new GraphException(
                    $"parameter '{parameter.Name}' is of type {parameter.ParameterType.Name}: no tensor, tuple or "
                    + "record of them, and without a default");
            }

            var leaves = new Queue<(string Name, DType Type)>(value.Tree.Leaves());
            return value.Make(() =>
            {
                (string name, DType type) = leaves.Dequeue();
                Shape shape = given.Count > 0 ? given.Dequeue() : throw Miscounted(parameters, shapes.Length);
                return builder.Input(name, new TensorType(type, shape));
            });
        }
    }

    private static GraphException Miscounted(ReflectedValue[] parameters, int given)
    {
        string[] names = [.. parameters.Where(p => !p.IsEmpty).SelectMany(p => p.Tree.Leaves()).Select(l => l.Name)];
        return new GraphException(
            $"the method takes {names.Length} tensors ({string.Join(", ", names)}), but {given} shapes are given");
    }

    private static string NameOf(Delegate forward) => forward.Target is Module module
        ? module.GetType().Name
        : "model";
}
