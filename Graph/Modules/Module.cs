namespace Sinter.Modules;

/// <summary>
/// A part of a model with parameters and children, each under a name. Names along the tree make paths such as
/// <c>encoder.blocks.2.attention.query</c>, which checkpoints, errors and traces use.
/// </summary>
public abstract class Module
{
    private readonly List<Parameter> parameters = [];
    private readonly List<Module> children = [];
    private Module? parent;
    private string name = "";

    /// <summary>The dotted path from the root module, whose own path is empty.</summary>
    public string Path => parent?.Path is { Length: > 0 } outer ? outer + "." + name : name;

    /// <summary>The outermost module around this one, or itself.</summary>
    internal Module Root => parent?.Root ?? this;

    /// <summary>The modules registered in this one, in order.</summary>
    public IReadOnlyList<Module> Children => children;

    /// <summary>The parameters of this module and of all below it, depth first.</summary>
    public IEnumerable<Parameter> Parameters => parameters.Concat(children.SelectMany(child => child.Parameters));

    /// <summary>Makes <paramref name="child"/> part of this module and returns it.</summary>
    /// <param name="name">Its name, unique among the children and parameters; no dots.</param>
    /// <param name="child">A module that is not part of another one yet.</param>
    /// <exception cref="GraphException">The name is taken or malformed, or the child already has a parent.</exception>
    protected T Register<T>(string name, T child)
        where T : Module
    {
        CheckName(name);
        if (child is null)
        {
            throw new GraphException($"module '{name}' is null");
        }

        if (child == Root)
        {
            throw new GraphException($"module '{name}' cannot be part of itself");
        }

        if (child.parent is not null)
        {
            throw new GraphException($"module '{name}' is already part of a model, as '{child.Path}'");
        }

        child.parent = this;
        child.name = name;
        children.Add(child);
        return child;
    }

    /// <summary>Declares a trained parameter of this module.</summary>
    /// <param name="name">Its name, unique among the children and parameters; no dots.</param>
    /// <param name="initializer">Its values before training.</param>
    /// <param name="shape">Its fixed extents.</param>
    protected Tensor<F32> Parameter(string name, Initializer initializer, params Dimension[] shape)
    {
        CheckName(name);
        var parameter = new Parameter(
            name, this, new TensorType(DType.F32, new Shape(shape)), initializer, trainable: true);
        parameters.Add(parameter);
        return new Tensor<F32>(parameter.Node);
    }

    private void CheckName(string name)
    {
        Names.Check(name, "a part of a module");
        if (name.Contains('.'))
        {
            throw new GraphException($"'{name}' is not a name for a part of a module");
        }

        bool taken = children.Any(child => child.name == name)
            || parameters.Any(p => p.LocalName == name);
        if (taken)
        {
            throw new GraphException($"module '{Path}' already has a part named '{name}'");
        }
    }
}

/// <summary>A module from one F32 tensor to another: what can be strung together.</summary>
public abstract class Layer : Module
{
    /// <summary>Applies the layer: adds its computation to the graph of <paramref name="input"/>.</summary>
    /// <exception cref="GraphException">The input does not fit; the message names this layer's path.</exception>
    public Tensor<F32> Call(Tensor<F32> input)
    {
        GraphBuilder graph = input.Graph;
        // A layer without a place in a model, used in passing, belongs to the module that uses it.
        string path = Path;
        using IDisposable scope = graph.EnterPath(path.Length == 0 ? graph.ModulePath : path);
        return Forward(input);
    }

    /// <summary>What the layer computes.</summary>
    protected abstract Tensor<F32> Forward(Tensor<F32> input);
}
