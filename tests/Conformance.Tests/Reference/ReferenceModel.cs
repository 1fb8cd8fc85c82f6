using Sinter.Modules;
using Sinter.Optimizers;
using Sinter.Reference;

namespace Sinter.Conformance.Tests.Reference;

/// <summary>
/// What a case is built with: declares inputs, parameters and buffers under the names of the reference, and collects
/// what the model computes from them.
/// </summary>
public sealed class ReferenceModel
{
    private readonly Dictionary<string, Parameter> states = [];
    private readonly Dictionary<string, Node> inputs = [];
    private readonly Dictionary<string, Batched> batches = [];
    private readonly Dictionary<string, Node> outputs = [];
    private readonly List<Update> updates = [];
    private readonly ReferenceLayers layers;

    public ReferenceModel(ReferenceCase data)
    {
        Case = data;
        Graph = new GraphBuilder(data.IsTraining, captureSource: false);
        layers = new ReferenceLayers(this);
    }

    public ReferenceCase Case { get; }

    public GraphBuilder Graph { get; }

    /// <summary>Parameters and buffers, by name.</summary>
    public IReadOnlyDictionary<string, Parameter> States => states;

    /// <summary>The declared inputs, by name: the reference's key, where a step takes the whole tensor.</summary>
    public IReadOnlyDictionary<string, Node> Inputs => inputs;

    /// <summary>The results of one forward pass, by name.</summary>
    public IReadOnlyDictionary<string, Node> Outputs => outputs;

    /// <summary>What a forward pass changes: running statistics, or parameters without an optimizer.</summary>
    public IReadOnlyList<Update> Updates => updates;

    /// <summary>Results of each step, joined along the first axis over all steps.</summary>
    public Dictionary<string, Node> StepOutputs { get; } = [];

    /// <summary>Results of each step, summed over each epoch.</summary>
    public Dictionary<string, Node> EpochSums { get; } = [];

    /// <summary>Results computed from the state after all steps.</summary>
    public Dictionary<string, Node> FinalOutputs { get; } = [];

    /// <summary>The loss, where the case has one of its own.</summary>
    public Tensor<F32>? Loss { get; set; }

    /// <summary>The optimizer of each parameter; the one that the metadata name, unless replaced.</summary>
    public Func<Parameter, Optimizer>? OptimizerOf { get; set; }

    /// <summary>How many steps lie between stored states.</summary>
    public int StepsPerEpoch { get; private set; } = 1;

    /// <summary>How many states were stored, where the metadata do not say it.</summary>
    public int? Epochs { get; set; }

    /// <summary>The target as numbers.</summary>
    public Tensor<F32> Target => Key<F32>("target");

    /// <summary>The target as classes.</summary>
    public Tensor<I64> Labels => Key<I64>("target");

    public Tensor<F32> Input(string name) => Key<F32>("input." + name);

    public Tensor<F32> Input(int index) => Input($"{index}");

    public Tensor<T> Input<T>(string name)
        where T : struct, IElement => Key<T>("input." + name);

    /// <summary>The input or target of a key, whole at each step.</summary>
    public Tensor<T> Key<T>(string key)
        where T : struct, IElement => new(Declare(key, Case.Tensors[key].Type, Case.Tensors[key].Shape));

    /// <summary>So many rows of an input or target at each step, one batch after another in each epoch.</summary>
    public Tensor<F32> Batch(string key, long rows)
    {
        long[] shape = Case.Tensors[key].Shape;
        StepsPerEpoch = (int)((shape[0] + rows - 1) / rows);
        return PerStep(key, rows);
    }

    /// <summary>So many rows of an input at each step, without a meaning for epochs.</summary>
    public Tensor<F32> PerStep(string key, long rows)
    {
        string name = key + ".batch";
        batches[name] = new Batched(key, rows);
        return new Tensor<F32>(Declare(name, DType.F32, [rows, .. Case.Tensors[key].Shape[1..]]));
    }

    /// <summary>A trained parameter that no module declares.</summary>
    public Tensor<F32> Parameter(string name) => Parameter(name, Case.Tensors["param." + name].Shape);

    /// <summary>A trained parameter that no module declares, zero at first where the reference has no value.</summary>
    public Tensor<F32> Parameter(string name, params long[] shape) =>
        new(State(name, DType.F32, shape, 0, StateKind.Parameter).Node);

    /// <summary>State that no optimizer changes.</summary>
    public Tensor<F32> Buffer(string name, long[] shape, double initial) =>
        new(State(name, DType.F32, shape, initial, StateKind.Buffer).Node);

    /// <summary>A counter.</summary>
    public Tensor<I64> Counter(string name) => new(State(name, DType.I64, [], 0, StateKind.Buffer).Node);

    /// <summary>Makes a forward pass change state.</summary>
    public void Update<T>(Tensor<T> state, Tensor<T> value)
        where T : struct, IElement => updates.Add(new Update(state.Node, value.Node));

    /// <summary>Makes a module's state known.</summary>
    public T Use<T>(T module)
        where T : Module
    {
        foreach (Parameter state in module.State)
        {
            states.Add(state.FullName, state);
        }

        return module;
    }

    /// <summary>The module at a path, made as the metadata describe it; the path of the root is empty.</summary>
    public Layer Layer(string path = "") => layers.At(path);

    /// <summary>What the metadata say about the module at a path.</summary>
    public LayerSettings Settings(string path) => layers.Settings(path);

    /// <summary>The paths of the modules right below one.</summary>
    public IReadOnlyList<string> Below(string path) => layers.Below(path);

    /// <summary>The results <c>output.0</c>, <c>output.1</c>, …</summary>
    public void Output(params Tensor<F32>[] results) => Output(results.Select(result => result.Node).ToArray());

    /// <summary>The results <c>output.0</c>, <c>output.1</c>, …</summary>
    public void Output(params Node[] results)
    {
        foreach (Node result in results)
        {
            outputs.Add($"{outputs.Count}", result);
        }
    }

    /// <summary>A named result.</summary>
    public void Output(string name, Node result) => outputs.Add(name, result);

    /// <summary>What the inputs are at a step, counted from 0.</summary>
    public Dictionary<string, TensorValue> ValuesAt(int step) => inputs.Keys.ToDictionary(
        name => name, name => batches.TryGetValue(name, out Batched? batch) ? Rows(batch, step) : Case.Tensors[name]);

    private TensorValue Rows(Batched batch, int step)
    {
        TensorValue whole = Case.Tensors[batch.Key];
        int count = (int)(whole.Count / whole.Shape[0] * batch.Rows);
        int start = (int)((long)step * count % whole.Count);
        double[] values = whole.Floats[start..(start + count)];
        return new TensorValue(whole.Type, [batch.Rows, .. whole.Shape[1..]], values);
    }

    private Node Declare(string name, DType type, long[] shape)
    {
        if (!inputs.TryGetValue(name, out Node? input))
        {
            var full = new TensorType(type, new Shape(shape.Select(extent => (Dimension)extent)));
            input = Graph.Input(name, full);
            inputs.Add(name, input);
        }

        return input;
    }

    private Parameter State(string name, DType type, long[] shape, double initial, StateKind kind)
    {
        if (!states.TryGetValue(name, out Parameter? state))
        {
            var full = new TensorType(type, new Shape(shape.Select(extent => (Dimension)extent)));
            state = new Parameter(name, full, Initializer.Constant(initial), kind);
            states.Add(name, state);
        }

        return state;
    }

    private sealed record Batched(string Key, long Rows);
}
