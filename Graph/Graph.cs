namespace Sinter;

/// <summary>A named result of a graph.</summary>
/// <param name="Name">The name under which a run gives it.</param>
/// <param name="Node">Its value.</param>
public sealed record Output(string Name, Node Node);

/// <summary>The value that a piece of state has after a run.</summary>
/// <param name="Parameter">The parameter node.</param>
/// <param name="Value">Its next value, of the same type.</param>
public sealed record Update(Node Parameter, Node Value);

/// <summary>A complete, pure function: inputs and state in, outputs and new state out.</summary>
public sealed class Graph
{
    // The number of a node whose operands are on the way; any will do.
    private const int Pending = int.MaxValue - 1;

    private readonly NodeNumbers numbers;
    private Dictionary<Node, int>? inputPositions;

    /// <summary>Closes a graph.</summary>
    /// <param name="name">A name for traces and generated text.</param>
    /// <param name="inputs">The inputs, in the order in which runs give them; unused ones stay in the
    /// signature.</param>
    /// <param name="outputs">The named results.</param>
    /// <param name="updates">The state changed by a run. What layers declare, and the random state of draws, is added
    /// to it.</param>
    /// <param name="sizes">The nodes that set symbols; null for those of the builder.</param>
    /// <exception cref="GraphException">Two outputs share a name, or an update has another type than its parameter; or
    /// an input's shape names a size that the run computes.</exception>
    public Graph(
        string name, IReadOnlyList<Node> inputs, IReadOnlyList<Output> outputs, IReadOnlyList<Update> updates,
        IReadOnlyList<Node>? sizes = null)
    {
        // Free nodes and those of detached builders may stand for the same parameter: the graph's builder makes them
        // one.
        GraphBuilder builder = GraphBuilder.OfGraph(
            [.. inputs, .. outputs.Select(o => o.Node), .. updates.Select(u => u.Value)]);
        Name = name;
        Inputs = inputs;
        Outputs = outputs.Select(o => o with { Node = builder.Adopt(o.Node) }).ToArray();
        Updates = WithDeclared(
            [.. updates.Select(u => new Update(builder.Adopt(u.Parameter), builder.Adopt(u.Value)))], builder.Updates);
        Node[] held = [.. builder.Held];
        numbers = new NodeNumbers(builder);
        Nodes = Order(Inputs, Outputs, Updates, held, numbers);
        Symbols = Used(Nodes);
        Sizes = SizesOf(builder, sizes);
        if (Sizes.Count > 0)
        {
            numbers = new NodeNumbers(builder);
            Nodes = Order(Inputs.Concat(Sizes), Outputs, Updates, held, numbers);
            Symbols = Used(Nodes);
        }

        if (NextRandomState(builder) is { } next)
        {
            Updates = [.. Updates, next];
            numbers = new NodeNumbers(builder);
            Nodes = Order(Inputs.Concat(Sizes), Outputs, Updates, held, numbers);
        }

        Parameters = Nodes.Where(node => node.Op == Op.Parameter).ToArray();
        Symbols = Symbols.OrderBy(symbol => symbol.Name, StringComparer.Ordinal).ToArray();
        Validate();
    }

    /// <summary>A name for traces and generated text.</summary>
    public string Name { get; }

    /// <summary>The inputs, in the order in which runs give them.</summary>
    public IReadOnlyList<Node> Inputs { get; }

    /// <summary>The named results.</summary>
    public IReadOnlyList<Output> Outputs { get; }

    /// <summary>The state changed by a run.</summary>
    public IReadOnlyList<Update> Updates { get; }

    /// <summary>Every node that a result depends on, operands before users, all inputs, and the buffers of the modules
    /// that were called.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>The parameters among the nodes, in order.</summary>
    public IReadOnlyList<Node> Parameters { get; }

    /// <summary>The symbolic dimensions, by name.</summary>
    public IReadOnlyList<Symbol> Symbols { get; }

    /// <summary>The nodes that set symbols from data (<see cref="Op.SetSize"/>), each before what names its
    /// symbol.</summary>
    public IReadOnlyList<Node> Sizes { get; } = [];

    /// <summary>Whether a run computes the value of a symbol; others are given.</summary>
    public bool Computes(Symbol symbol) => Sizes.Any(size => size.Get<SetSizeAttributes>().Symbol == symbol);

    /// <summary>The position of an input among the inputs; -1 for anything else.</summary>
    public int InputPosition(Node node)
    {
        if (inputPositions is null)
        {
            var positions = new Dictionary<Node, int>();
            for (int i = Inputs.Count - 1; i >= 0; i--)
            {
                positions[Inputs[i]] = i;
            }

            inputPositions = positions;
        }

        return inputPositions.TryGetValue(node, out int position) ? position : -1;
    }

    /// <summary>The position of one of the nodes.</summary>
    internal int NumberOf(Node node) => numbers[node];

    /// <summary>What a run computes: sizes, outputs, then updates.</summary>
    public IEnumerable<Node> Roots => Sizes.Concat(Outputs.Select(o => o.Node)).Concat(Updates.Select(u => u.Value));

    /// <summary>A graph of the builder's inputs and the given results; it updates what layers declare.</summary>
    public static Graph Of(string name, params (string Name, Node Value)[] outputs)
    {
        GraphBuilder builder = GraphBuilder.OfResults(outputs.Select(o => o.Value).ToArray());
        return new Graph(name, builder.Inputs, outputs.Select(o => new Output(o.Name, o.Value)).ToArray(), []);
    }

    private Node[] SizesOf(GraphBuilder builder, IReadOnlyList<Node>? given)
    {
        var known = given?.Select(builder.Adopt).ToDictionary(size => size.Get<SetSizeAttributes>().Symbol);
        Node? Source(Symbol symbol) =>
            known is null ? builder.SizeOf(symbol) : known.TryGetValue(symbol, out Node? size) ? size : null;
        foreach (Node input in Inputs)
        {
            if (input.Symbols.FirstOrDefault(symbol => Source(symbol) is not null) is { } computed)
            {
                string text = $"input '{input.Get<InputAttributes>().Name}' is {input.Type}";
                throw new GraphException($"{text}, but the run computes {computed}");
            }
        }

        bool hasNone = known is null ? !Symbols.Any(symbol => Source(symbol) is not null) : known.Count == 0;
        return hasNone ? [] : SizeOrder.Of(known is null ? Roots : known.Values.Concat(Roots), Source);
    }

    // (seed, step) → (seed, step + 1) in every graph that draws: the next run draws other numbers, and a resumed one
    // the same as an uninterrupted one.
    private Update? NextRandomState(GraphBuilder builder)
    {
        Node? state = Nodes.FirstOrDefault(node => node.Inputs.Any(IsRandomState))?.Inputs.First(IsRandomState);
        if (state is null || Updates.Any(update => update.Parameter == state))
        {
            return null;
        }

        Node step = Constants.Dense(DType.I64, state.Shape, [0, 1]);
        return new Update(state, builder.Make(Op.Add, NoAttributes.Instance, state, step));
    }

    private static bool IsRandomState(Node node) =>
        node.Attributes is ParameterAttributes { Declaration.Kind: StateKind.Random };

    // What layers say of their state holds where nobody has said otherwise.
    private static Update[] WithDeclared(Update[] given, IReadOnlyList<Update> declared)
    {
        var known = new HashSet<Node>(given.Select(update => update.Parameter));
        return [.. given, .. declared.Where(update => !known.Contains(update.Parameter))];
    }

    // Depth first without recursion: a thousand layers must not overflow the stack.
    private static List<Node> Order(
        IEnumerable<Node> inputs, IReadOnlyList<Output> outputs, IReadOnlyList<Update> updates, Node[] held,
        NodeNumbers numbers)
    {
        var order = new List<Node>(numbers.Capacity);
        var stack = new Stack<(Node Node, bool Expanded)>();
        var roots = inputs.Concat(outputs.Select(o => o.Node))
            .Concat(updates.SelectMany(u => new[] { u.Parameter, u.Value })).Concat(held);
        foreach (Node root in roots)
        {
            stack.Push((root, false));
            while (stack.Count > 0)
            {
                var (node, expanded) = stack.Pop();
                if (expanded)
                {
                    numbers[node] = order.Count;
                    order.Add(node);
                }
                else if (!numbers.Contains(node))
                {
                    numbers[node] = Pending;
                    stack.Push((node, true));
                    for (int i = node.Inputs.Count - 1; i >= 0; i--)
                    {
                        stack.Push((node.Inputs[i], false));
                    }
                }
            }
        }

        return order;
    }

    private static List<Symbol> Used(IReadOnlyList<Node> nodes)
    {
        var symbols = new List<Symbol>();
        var seen = new HashSet<Shape>();
        void Add(IEnumerable<Dimension> sizes) => symbols.AddRange(
            sizes.SelectMany(size => size.Symbols).Where(symbol => !symbols.Contains(symbol)).Distinct());
        foreach (Node node in nodes)
        {
            if (seen.Add(node.Shape))
            {
                Add(node.Shape);
            }

            // A slice may begin where no shape tells.
            if (node.Attributes.Sizes is { Count: > 0 } sizes)
            {
                Add(sizes);
            }
        }

        foreach (BodyAttributes inside in nodes.Select(node => node.Attributes).OfType<BodyAttributes>())
        {
            symbols.AddRange(
                inside.Bodies.SelectMany(body => body.Graph.Symbols).Distinct().Except(symbols).ToArray());
        }

        return symbols;
    }

    private void Validate()
    {
        if (Repeated(Outputs.Select(o => o.Name)) is { } output)
        {
            throw new GraphException($"there are two outputs named '{output}'");
        }

        foreach (Node input in Inputs.Where(input => input.Op != Op.Input))
        {
            throw new GraphException($"{input} is no input");
        }

        var signature = new HashSet<Node>(Inputs);
        foreach (Node node in Nodes.Where(node => node.Op == Op.Input && !signature.Contains(node)))
        {
            throw new GraphException(
                $"input '{node.Get<InputAttributes>().Name}' is used, but the graph does not declare it");
        }

        if (Repeated(Inputs.Select(input => input.Get<InputAttributes>().Name)) is { } name)
        {
            throw new GraphException($"there are two inputs named '{name}'");
        }

        if (Parameters.FirstOrDefault(p => p.Get<ParameterAttributes>().Declaration.IsOpen) is { } open)
        {
            throw new GraphException(
                $"{open.Get<ParameterAttributes>().Declaration}, a value of a loop's body, is used outside of it");
        }

        if (Repeated(Updates.Select(update => update.Parameter)) is { } updated)
        {
            throw new GraphException($"there are two updates of {updated}");
        }

        if (Repeated(Parameters.Select(p => p.Get<ParameterAttributes>().Declaration.FullName)) is { } parameter)
        {
            bool isOptimizers = Parameters.Select(p => p.Get<ParameterAttributes>().Declaration)
                .Any(p => p.FullName == parameter && p.Kind == StateKind.Optimizer);
            throw new GraphException(isOptimizers
                ? $"two optimizers have the state '{parameter}': name one, as in new Sgd(0.1, name: \"head\")"
                : $"there are two parameters named '{parameter}'");
        }

        if (Repeated(Symbols.Select(s => s.Name)) is { } symbol)
        {
            var ranges = Symbols.Where(s => s.Name == symbol)
                .Select(s => FormattableString.Invariant($"{s.Min}..{s.Max}"));
            string all = string.Join(" and ", ranges);
            throw new GraphException($"symbol {symbol} is declared with different ranges: {all}");
        }

        foreach (Update update in Updates)
        {
            if (update.Parameter.Op != Op.Parameter || update.Parameter.Type != update.Value.Type)
            {
                throw new GraphException($"an update gives {update.Value.Type} to {update.Parameter}");
            }
        }
    }

    private static T? Repeated<T>(IEnumerable<T> items)
        where T : class
    {
        var seen = new HashSet<T>();
        return items.FirstOrDefault(item => !seen.Add(item));
    }
}
