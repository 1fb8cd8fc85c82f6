namespace Sinter.Modules;

/// <summary>
/// A part of a model with state and children, each under a name. Names along the tree make paths such as
/// <c>encoder.blocks.2.attention.query</c>, which checkpoints, errors and traces use.
/// </summary>
/// <remarks>
/// What it computes is up to the class: methods that take and give any tensors, tuples and records of them, such as
/// <c>(Tensor&lt;F32&gt; Logits, Memory Memory) Forward(Tensor&lt;I64&gt; tokens, Tensor&lt;Bool&gt; mask, Memory
/// memory)</c>. A method whose own operations shall be named after the module begins with <see cref="Enter"/>. A
/// <see cref="Layer"/> maps one F32 tensor to one and does that by itself.
/// </remarks>
public abstract class Module
{
    private readonly List<Parameter> state = [];
    private readonly List<Module> children = [];
    private Module? parent;
    private string name = "";

    // The graph that the method under way adds to, where it has entered.
    private GraphBuilder? building;

    /// <summary>The dotted path from the root module, whose own path is empty.</summary>
    public string Path => parent?.Path is { Length: > 0 } outer ? outer + "." + name : name;

    /// <summary>The outermost module around this one, or itself.</summary>
    internal Module Root => parent?.Root ?? this;

    /// <summary>The modules registered in this one, in order.</summary>
    public IReadOnlyList<Module> Children => children;

    /// <summary>All state of this module and of all below it, of every kind, depth first.</summary>
    public IEnumerable<Parameter> State => state.Concat(children.SelectMany(child => child.State));

    /// <summary>The trained parameters of this module and of all below it, depth first.</summary>
    public IEnumerable<Parameter> Parameters => State.Where(declared => declared.Kind.Row().IsTrained);

    /// <summary>The buffers of this module and of all below it, depth first.</summary>
    public IEnumerable<Parameter> Buffers => State.Where(declared => declared.Kind == StateKind.Buffer);

    /// <summary>The number of trained elements of this module and of all below it.</summary>
    public long ParameterCount => Parameters.Sum(parameter => parameter.Type.Shape.ElementCount.Value);

    /// <summary>
    /// Whether this module and all below it evaluate in graphs that train, too: no dropout, running statistics stay. As
    /// <c>eval()</c> on a part of a model that is trained in PyTorch. Its parameters are trained unless the training
    /// step is not given them.
    /// </summary>
    public bool AlwaysEvaluates { get; set; }

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
    /// <param name="name">Its name, unique among the children and state; no dots.</param>
    /// <param name="initializer">Its values before training.</param>
    /// <param name="shape">Its fixed extents.</param>
    protected Tensor<F32> Parameter(string name, Initializer initializer, params Dimension[] shape) =>
        Declare<F32>(name, StateKind.Parameter, initializer, shape);

    /// <summary>
    /// Declares a buffer of this module: saved with its parameters, moved by <see cref="Update"/> in graphs that train.
    /// </summary>
    /// <inheritdoc cref="Parameter"/>
    protected Tensor<T> Buffer<T>(string name, Initializer initializer, params Dimension[] shape)
        where T : struct, IElement => Declare<T>(name, StateKind.Buffer, initializer, shape);

    /// <summary>
    /// Declares a cache of this module: what <see cref="Update"/> keeps for the next run, in every graph. It is in no
    /// file, and starts anew when the state is told to clear its caches, or loaded.
    /// </summary>
    /// <inheritdoc cref="Parameter"/>
    protected Tensor<T> Cache<T>(string name, Initializer initializer, params Dimension[] shape)
        where T : struct, IElement => Declare<T>(name, StateKind.Cache, initializer, shape);

    /// <summary>Names what follows after this module until the result is disposed: errors tell its path.</summary>
    /// <param name="input">Something that depends on an input of the graph.</param>
    protected IDisposable Enter<T>(Tensor<T> input)
        where T : struct, IElement => Enter(input.Given().Graph);

    /// <summary>Declares what a buffer or cache of this module is after the run.</summary>
    /// <exception cref="GraphException">As of <see cref="GraphBuilder.Update"/>.</exception>
    protected void Update<T>(Tensor<T> state, Tensor<T> next)
        where T : struct, IElement => (building ?? next.Given().Graph).Update(state, next);

    /// <summary>The value of a buffer or cache behind the updates declared so far.</summary>
    /// <exception cref="GraphException">The tensor is no state, or the method has not entered.</exception>
    protected Tensor<T> Latest<T>(Tensor<T> state)
        where T : struct, IElement => building is null
        ? throw new GraphException($"'{Path}' reads the latest value of state without Enter, so its graph is not known")
        : building.Latest(state.Given());

    /// <summary>Names what follows after this module until the result is disposed: errors tell its path.</summary>
    /// <param name="graph">The graph that is built.</param>
    public IDisposable Enter(GraphBuilder graph)
    {
        // A module without a place in a model, used in passing, belongs to the module that uses it.
        string path = Path;
        IDisposable scope = graph.Given().Enter(path.Length == 0 ? graph.ModulePath : path, Evaluates);
        var entered = new Entered(this, building, scope);
        building = graph;
        foreach (Parameter buffer in state.Where(declared => declared.Kind == StateKind.Buffer))
        {
            graph.Hold(buffer);
        }

        return entered;
    }

    private bool Evaluates => AlwaysEvaluates || parent?.Evaluates == true;

    private Tensor<T> Declare<T>(string name, StateKind kind, Initializer initializer, Dimension[] shape)
        where T : struct, IElement
    {
        CheckName(name);
        var declared = new Parameter(name, this, new TensorType(default(T).Type, new Shape(shape)), initializer, kind);
        state.Add(declared);
        return new Tensor<T>(declared.Node);
    }

    private void CheckName(string name)
    {
        Names.Check(name, "a part of a module");
        if (name.Contains('.'))
        {
            throw new GraphException($"'{name}' is not a name for a part of a module");
        }

        bool taken = children.Any(child => child.name == name)
            || state.Any(declared => declared.LocalName == name);
        if (taken)
        {
            throw new GraphException($"module '{Path}' already has a part named '{name}'");
        }
    }

    private sealed class Entered(Module module, GraphBuilder? before, IDisposable scope) : IDisposable
    {
        public void Dispose()
        {
            module.building = before;
            scope.Dispose();
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
        if (input is null)
        {
            throw new GraphException("the input is null", Path, GetType().Name, [], null);
        }

        using IDisposable scope = Enter(input.Graph);
        return Forward(input);
    }

    /// <summary>What the layer computes.</summary>
    protected abstract Tensor<F32> Forward(Tensor<F32> input);
}
