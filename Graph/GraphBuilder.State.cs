namespace Sinter;

public sealed partial class GraphBuilder
{
    // What layers have said so far that state comes to, in that order.
    private readonly Dictionary<Parameter, Node> moved = [];
    private readonly List<Parameter> movedInOrder = [];
    private readonly HashSet<GraphBuilder> absorbed = [];

    // What the modules that were called have beside what they use, such as a count that only training moves.
    private readonly List<Parameter> held = [];
    private readonly HashSet<Parameter> known = [];

    /// <summary>What layers have declared so far: every graph of this builder makes these updates.</summary>
    public IReadOnlyList<Update> Updates =>
        movedInOrder.Select(state => new Update(Adopt(state.Node), moved[state])).ToArray();

    /// <summary>The value of state behind the updates declared so far: at first, that before the run.</summary>
    /// <exception cref="GraphException">The tensor is no state.</exception>
    public Tensor<T> Latest<T>(Tensor<T> state)
        where T : struct, IElement =>
        new(moved.TryGetValue(StateOf(state.Given().Node), out Node? value) ? value : Adopt(state.Node));

    /// <summary>
    /// Declares what state is after a run, beside the outputs. A layer that is called twice reads
    /// <see cref="Latest"/> and so goes on from its own first update, as in PyTorch. Buffers move in training only: in
    /// other graphs this does nothing.
    /// </summary>
    /// <param name="state">A buffer or a cache.</param>
    /// <param name="next">Its next value, of the same shape.</param>
    /// <exception cref="GraphException">The tensor is no state, or of a kind that layers do not change; or the shapes
    /// differ; or the graph is not known yet, because nothing here depends on an input or a draw.</exception>
    public void Update<T>(Tensor<T> state, Tensor<T> next)
        where T : struct, IElement
    {
        Parameter declaration = StateOf(state.Given().Node);
        StateKindRow kind = declaration.Kind.Row();
        if (kind.Updates == LayerUpdates.Never)
        {
            throw Error($"'{declaration.FullName}' is of the kind {kind.Name}, which layers do not update", "update");
        }

        if (IsImplicit)
        {
            throw Error($"the update of '{declaration.FullName}' depends on no input, so its graph is not known",
                "update");
        }

        if (next.Given().Node.Type != declaration.Type)
        {
            throw Error($"'{declaration.FullName}' is {declaration.Type}, its next value {next.Node.Type}", "update");
        }

        if (kind.Updates == LayerUpdates.Always || IsTraining)
        {
            Move(declaration, Adopt(next.Node));
        }
    }

    /// <summary>State that every graph of this builder has, whether anything depends on it or not: a program reads
    /// whole files of its model.</summary>
    internal IEnumerable<Node> Held => held.Select(state => Adopt(state.Node));

    /// <summary>Adds to <see cref="Held"/>.</summary>
    internal void Hold(Parameter state)
    {
        if (known.Add(state))
        {
            held.Add(state);
        }
    }

    private void Move(Parameter state, Node value)
    {
        if (!moved.ContainsKey(state))
        {
            movedInOrder.Add(state);
        }

        moved[state] = value;
    }

    // A builder that knew no input may have been told updates before this one took its nodes over.
    private void AbsorbState(GraphBuilder other)
    {
        if (other.movedInOrder.Count + other.held.Count > 0 && absorbed.Add(other))
        {
            other.held.ForEach(Hold);
            foreach (Parameter state in other.movedInOrder)
            {
                Move(state, Adopt(other.moved[state]));
            }
        }
    }

    private Parameter StateOf(Node node) => node.Attributes is ParameterAttributes { Declaration: var declaration }
        ? declaration
        : throw Error("only state can be updated: what Buffer or Cache of a module declares", "update", node);
}
