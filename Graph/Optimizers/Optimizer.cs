namespace Sinter.Optimizers;

/// <summary>
/// Maps parameters and their gradients to the state after a training step. The result is plain elementwise graph, which
/// fuses with the gradients it reads.
/// </summary>
/// <remarks>
/// Rates, shares of moments and decays are scalars of the state, not constants of the program: they start as given
/// here, can be set while training goes on (<c>state.Set("adam.learning_rate", 1e-4)</c>), are in checkpoints, and
/// another value compiles nothing. Only what an optimizer is not given, such as a weight decay or a momentum of null,
/// has no state and no arithmetic; given as 0, it can be set later.
/// </remarks>
public abstract class Optimizer
{
    private readonly Dictionary<(string Kind, Parameter? Of), Parameter> states = [];

    // The parameter after which the counter of the present step is named, and what it came to.
    private Parameter? first;
    private Tensor<F64>? count;

    /// <summary>Sets the learning rate.</summary>
    /// <param name="learningRate">The factor of each step.</param>
    /// <param name="name">
    /// What tells this optimizer's state from that of another one of its kind that changes the same parameters; null
    /// where there is none.
    /// </param>
    /// <exception cref="GraphException">The rate is negative or not finite, or the name is empty.</exception>
    protected Optimizer(double learningRate, string? name = null)
    {
        Require(learningRate >= 0, nameof(learningRate), learningRate);
        if (name is not null)
        {
            Names.Check(name, "an optimizer");
        }

        LearningRate = learningRate;
        Prefix = name is null ? "" : "." + name;
    }

    // What follows the kind of optimizer in the names of its state.
    private string Prefix { get; }

    /// <summary>The factor of each step at first: the initial value of the state <c>learning_rate</c>.</summary>
    public double LearningRate { get; }

    /// <summary>
    /// The factor of the learning rate, computed in each step from the number of steps before it; see
    /// <see cref="Schedules"/>. As torch.optim.lr_scheduler.LambdaLR. Null for none.
    /// </summary>
    public Func<Tensor<F64>, Tensor<F64>>? Schedule { get; init; }

    /// <summary>
    /// The first part of the names of this optimizer's state: <c>adam</c> in <c>adam.first_moment.c1.weight</c>; the
    /// name given to the optimizer follows it.
    /// </summary>
    public abstract string Name { get; }

    /// <summary>Every piece of state declared so far: what a checkpoint holds beside the model.</summary>
    public IEnumerable<Parameter> State => states.Values;

    /// <summary>Adds one step to a graph.</summary>
    /// <param name="graph">The graph that holds the gradients.</param>
    /// <param name="gradients">What to change, and the derivative of the loss by it, of the same type and
    /// shape.</param>
    /// <returns>The parameters' and this optimizer's own updates.</returns>
    /// <exception cref="GraphException">A gradient has another type than its parameter, or a parameter appears
    /// twice.</exception>
    public IReadOnlyList<Update> Step(GraphBuilder graph, IReadOnlyList<(Parameter Parameter, Node Gradient)> gradients)
    {
        var step = new StepBuilder(graph.Given());
        bool isWhole = gradients.Given().All(pair => pair is { Parameter: not null, Gradient: not null });
        if (!isWhole)
        {
            throw new ArgumentNullException(nameof(gradients), "a parameter or a gradient is null");
        }

        count = null;
        first = gradients.Count == 0
            ? null
            : gradients.OrderBy(pair => pair.Parameter.FullName, StringComparer.Ordinal).First().Parameter;
        Begin(step);
        foreach ((Parameter parameter, Node gradient) in gradients)
        {
            if (!parameter.Kind.Row().IsTrained)
            {
                throw graph.Error($"'{parameter.FullName}' is of the kind {parameter.Kind.Row().Name}, not trained",
                    Name, gradient);
            }

            if (gradient.Type != parameter.Type || parameter.Type.Type != DType.F32)
            {
                throw graph.Error($"a gradient of type {gradient.Type} for the parameter {parameter}", Name, gradient);
            }

            Tensor<F32> next = Apply(step, parameter, step.Read(parameter), new Tensor<F32>(gradient));
            step.Write(parameter, next);
        }

        return step.Updates;
    }

    /// <summary>What happens once in a step, before any parameter: counting.</summary>
    protected virtual void Begin(StepBuilder step)
    {
    }

    /// <summary>The next value of one parameter.</summary>
    /// <param name="step">Reads and writes state.</param>
    /// <param name="parameter">The declaration.</param>
    /// <param name="value">Its present value.</param>
    /// <param name="gradient">The derivative of the loss by it.</param>
    protected abstract Tensor<F32> Apply(
        StepBuilder step, Parameter parameter, Tensor<F32> value, Tensor<F32> gradient);

    /// <summary>State of the parameter's shape, declared on first use.</summary>
    /// <param name="kind">Its name between the optimizer's and the parameter's.</param>
    /// <param name="parameter">Whose state it is.</param>
    /// <param name="initial">Its value before the first step.</param>
    protected Parameter StateOf(string kind, Parameter parameter, double initial = 0) =>
        Declare(kind, parameter, $"{Name}{Prefix}.{kind}.{parameter.FullName}", parameter.Type, initial);

    /// <summary>The learning rate of this step, with the schedule's factor.</summary>
    protected Tensor<F64> Rate(StepBuilder step)
    {
        Tensor<F64> rate = Setting(step, "learning_rate", LearningRate);
        return Schedule is null ? rate : rate * Schedule(Count(step) - 1);
    }

    /// <summary>A number that may be changed while training goes on: a scalar of the state, declared on first use. In
    /// double precision, because 1 - 0.999 is not what is left of 0.999 in single.</summary>
    /// <param name="step">Reads it.</param>
    /// <param name="setting">Its name behind the optimizer's.</param>
    /// <param name="initial">Its value before the first step.</param>
    protected Tensor<F64> Setting(StepBuilder step, string setting, double initial)
    {
        var type = new TensorType(DType.F64, Shape.Scalar);
        return step.Read<F64>(Declare(setting, null, $"{Name}{Prefix}.{setting}", type, initial));
    }

    /// <summary>A number as a setting, or null where there is none.</summary>
    protected Tensor<F64>? Setting(StepBuilder step, string setting, double? initial) =>
        initial is { } given ? Setting(step, setting, given) : null;

    /// <summary>The weight decay as a setting, or null where there is none.</summary>
    protected Tensor<F64>? Decay(StepBuilder step, double? weightDecay) => Setting(step, "weight_decay", weightDecay);

    /// <summary>Counts this step: the number of steps including it, from 1.</summary>
    /// <remarks>
    /// The state is an I64, because an F32 stays at 2^24, and is named after the first of the parameters by name:
    /// optimizers of different parameters in one state each count their own steps.
    /// </remarks>
    protected Tensor<F64> Count(StepBuilder step)
    {
        if (count is null)
        {
            var type = new TensorType(DType.I64, Shape.Scalar);
            string name = $"{Name}{Prefix}.step" + (first is null ? "" : "." + first.FullName);
            Parameter counter = Declare("step", first, name, type, 0);
            Tensor<I64> next = step.Read<I64>(counter) + 1;
            step.Write(counter, next);
            count = next.Cast<F64>();
        }

        return count;
    }

    /// <summary>
    /// The gradient plus the slope of half the squared parameter times <paramref name="weightDecay"/>.
    /// </summary>
    protected static Tensor<F32> Decayed(Tensor<F32> gradient, Tensor<F32> value, Tensor<F32>? weightDecay) =>
        weightDecay is null ? gradient : (gradient + (value * weightDecay));

    /// <summary>Refuses a setting.</summary>
    /// <exception cref="GraphException">The condition is false or the value is not finite.</exception>
    protected static void Require(bool condition, string setting, double? value)
    {
        if (!condition || (value is { } given && (double.IsNaN(given) || double.IsInfinity(given))))
        {
            throw new GraphException(FormattableString.Invariant($"an optimizer cannot have {setting} = {value ?? 0}"));
        }
    }

    private Parameter Declare(string kind, Parameter? of, string name, TensorType type, double initial)
    {
        if (!states.TryGetValue((kind, of), out Parameter? state))
        {
            state = new Parameter(name, type, Initializer.Constant(initial), StateKind.Optimizer);
            states.Add((kind, of), state);
        }

        return state;
    }
}

/// <summary>The state read and written by one training step.</summary>
public sealed class StepBuilder
{
    private readonly GraphBuilder graph;
    private readonly List<Update> updates = [];
    private readonly HashSet<Node> written = [];

    internal StepBuilder(GraphBuilder graph) => this.graph = graph;

    internal IReadOnlyList<Update> Updates => updates;

    /// <summary>The value before the step.</summary>
    public Tensor<F32> Read(Parameter parameter) => Read<F32>(parameter);

    /// <summary>The value before the step, of another type than F32.</summary>
    public Tensor<T> Read<T>(Parameter parameter)
        where T : struct, IElement => new(Node(parameter.Given()));

    /// <summary>Sets the value after the step.</summary>
    /// <exception cref="GraphException">It is set already.</exception>
    public void Write<T>(Parameter parameter, Tensor<T> value)
        where T : struct, IElement
    {
        Node node = Node(parameter.Given());
        if (!written.Add(node))
        {
            throw new GraphException($"parameter '{parameter.FullName}' is updated twice in one step");
        }

        updates.Add(new Update(node, value.Given().Node));
    }

    // The graph's own node for the parameter, not the free one: updates and operands must be the same object.
    private Node Node(Parameter parameter) => graph.Make(Op.Parameter, parameter.Node.Attributes);
}
