namespace Sinter;

/// <summary>
/// Where a graph grows: interns nodes, infers their types, and knows which module is being built. Not thread-safe; use
/// one builder for each model built.
/// </summary>
public sealed class GraphBuilder
{
    // Chains of nodes by their hash: a table with keys of its own would be several times the nodes' size.
    private Node?[] interned = new Node?[64];
    private readonly List<Node> inputs = [];
    private readonly HashSet<string> inputNames = [];
    private readonly Dictionary<Node, Node> imported = [];
    private readonly bool captureSource;
    private Parameter? randomState;
    private int nextId;
    private long nextStream;

    /// <summary>An empty graph under construction.</summary>
    /// <param name="training">Whether modules build their training form: dropout drops.</param>
    /// <param name="captureSource">Whether errors look up the user's line through debug symbols.</param>
    public GraphBuilder(bool training = false, bool captureSource = true)
    {
        IsTraining = training;
        this.captureSource = captureSource;
    }

    /// <summary>Whether modules build their training form.</summary>
    public bool IsTraining { get; }

    /// <summary>The inputs declared so far.</summary>
    public IReadOnlyList<Node> Inputs => inputs;

    /// <summary>The random state (seed, step) that draws so far depend on, or null where nothing was drawn.</summary>
    public Parameter? RandomState => randomState;

    /// <summary>The number of nodes made so far.</summary>
    internal int NodeCount => nextId;

    internal string ModulePath { get; private set; } = "";

    /// <summary>Declares a value that each run supplies.</summary>
    /// <param name="name">The name under which runs supply it; unique.</param>
    /// <param name="shape">Its extents, fixed or symbolic.</param>
    public Tensor<T> Input<T>(string name, params Dimension[] shape)
        where T : struct, IElement => new(Input(name, new TensorType(default(T).Type, new Shape(shape))));

    /// <summary>Declares a value that each run supplies.</summary>
    public Node Input(string name, TensorType type)
    {
        if (inputNames.Contains(name))
        {
            throw new GraphException($"there are two inputs named '{name}'");
        }

        Node input = Make(Op.Input, new InputAttributes(name, type));
        inputs.Add(input);
        inputNames.Add(name);
        return input;
    }

    /// <summary>Uniform random words; each call draws from a stream of its own.</summary>
    public Tensor<U32> RandomBits(Shape shape)
    {
        randomState ??= new Parameter(
            "random.state", new TensorType(DType.I64, new Shape(2)), Initializer.Zeros, trainable: false);
        return new(Make(Op.RandomBits, new RandomAttributes(shape, nextStream++), randomState.Node));
    }

    /// <summary>The node of an operation on operands: a new one, or the one that was made before.</summary>
    /// <exception cref="GraphException">The operands do not fit; the message names path, operation, operands and
    /// line.</exception>
    public Node Make(Op op, Attributes attributes, params Node[] operands)
    {
        return MakeOf(op, attributes, (Node[])operands.Clone());
    }

    /// <summary>As <see cref="Make"/>, with an array that becomes the node's.</summary>
    internal Node MakeOf(Op op, Attributes attributes, Node[] adopted)
    {
        for (int i = 0; i < adopted.Length; i++)
        {
            adopted[i] = Adopt(adopted[i]);
        }

        int hash = Node.Hash(op, attributes, adopted);
        for (Node? known = interned[hash & (interned.Length - 1)]; known is not null; known = known.Next)
        {
            if (known.Is(hash, op, attributes, adopted))
            {
                return known;
            }
        }

        TensorType type = Infer(op, attributes, adopted);
        var node = new Node(this, nextId++, op, attributes, adopted, type, ModulePath, hash);
        Intern(node);
        return node;
    }

    private void Intern(Node node)
    {
        if (nextId > 2 * interned.Length)
        {
            Node?[] before = interned;
            interned = new Node?[2 * before.Length];
            foreach (Node? first in before)
            {
                for (Node? moved = first; moved is not null;)
                {
                    Node? rest = moved.Next;
                    Chain(moved);
                    moved = rest;
                }
            }
        }

        Chain(node);
    }

    private void Chain(Node node)
    {
        int at = node.InternHash & (interned.Length - 1);
        node.Next = interned[at];
        interned[at] = node;
    }

    /// <summary>Makes nodes inside name the given module path until the result is disposed.</summary>
    public IDisposable EnterPath(string path) => new PathScope(this, path);

    /// <summary>The builder that an operation on these operands belongs to; operands without one are adopted
    /// later.</summary>
    internal static GraphBuilder Of(params Node[] operands)
    {
        GraphBuilder? result = null;
        foreach (Node operand in operands)
        {
            result = Better(result, operand.Owner);
        }

        return result ?? new GraphBuilder();
    }

    /// <summary>The builder that an operation on one operand belongs to.</summary>
    internal static GraphBuilder Of(Node operand) => operand.Owner ?? new GraphBuilder();

    /// <summary>The builder that an operation on two operands belongs to.</summary>
    internal static GraphBuilder Of(Node left, Node right) => Better(left.Owner, right.Owner) ?? new GraphBuilder();

    private static GraphBuilder? Better(GraphBuilder? first, GraphBuilder? second) =>
        first is null || (first.IsDetached && second is { IsDetached: false }) ? second : first;

    // A builder without inputs holds expressions of parameters and constants only; any other builder may take them
    // over.
    private bool IsDetached => inputs.Count == 0;

    /// <summary>The node of this builder that stands for the given one: itself, or a copy of a free or detached
    /// one.</summary>
    /// <exception cref="GraphException">The node belongs to another graph.</exception>
    internal Node Adopt(Node node)
    {
        if (node.Owner == this)
        {
            return node;
        }

        if (node.Owner is { IsDetached: false } || (node.Owner is not null && node.Op == Op.Input))
        {
            throw new GraphException("tensors of two graphs cannot meet in one operation");
        }

        if (!imported.TryGetValue(node, out Node? copy))
        {
            Import(node);
            copy = imported[node];
        }

        return copy;
    }

    // Operands before users, without recursion: what a detached builder holds may be any number of operations deep.
    private void Import(Node root)
    {
        var work = new Stack<(Node Node, bool Expanded)>();
        work.Push((root, false));
        while (work.Count > 0)
        {
            var (node, expanded) = work.Pop();
            if (node.Owner == this || imported.ContainsKey(node))
            {
                continue;
            }

            if (expanded || node.Inputs.Count == 0)
            {
                imported.Add(node, MakeOf(node.Op, node.Attributes, [.. node.Inputs]));
                continue;
            }

            work.Push((node, true));
            foreach (Node input in node.Inputs)
            {
                work.Push((input, false));
            }
        }
    }

    private TensorType Infer(Op op, Attributes attributes, Node[] operands)
    {
        OpRow row = OpTable.Row(op);
        try
        {
            bool arityFits = row.Arity == operands.Length || (row.Arity < 0 && operands.Length > 0);
            if (!arityFits || attributes.GetType() != row.Attributes)
            {
                throw new GraphException($"wants {row.Arity} operands and {row.Attributes.Name}");
            }

            return row.Infer(operands, attributes);
        }
        catch (GraphException error) when (error.Operation is null)
        {
            throw Error(error.Reason, row.Name, operands);
        }
        catch (OverflowException)
        {
            throw Error("a size does not fit 63 bits", row.Name, operands);
        }
    }

    /// <summary>An error of one operation, with everything that is known about where it happened.</summary>
    internal GraphException Error(string reason, string operation, params Node[] operands)
    {
        var lines = operands.Select(Describe).ToArray();
        return new GraphException(
            reason, ModulePath, operation, lines, captureSource ? SourceLocation.OfCaller() : null);
    }

    private static string Describe(Node node) => node.Attributes switch
    {
        InputAttributes input => $"{node.Type} input '{input.Name}'",
        ParameterAttributes parameter => $"{node.Type} parameter '{parameter.Declaration.FullName}'",
        _ => $"{node.Type} from {OpTable.Row(node.Op).Name}"
            + (node.ModulePath.Length == 0 ? "" : $" in {node.ModulePath}"),
    };

    private sealed class PathScope : IDisposable
    {
        private readonly GraphBuilder builder;
        private readonly string previous;

        public PathScope(GraphBuilder builder, string path)
        {
            this.builder = builder;
            previous = builder.ModulePath;
            builder.ModulePath = path;
        }

        public void Dispose() => builder.ModulePath = previous;
    }
}
