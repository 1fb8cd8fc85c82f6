using System.Runtime.CompilerServices;

namespace Sinter;

/// <summary>
/// Where a graph grows: interns nodes, infers their types, and knows which module is being built. Not thread-safe; use
/// one builder for each model built.
/// </summary>
public sealed partial class GraphBuilder
{
    // Chains of nodes by their hash: a table with keys of its own would be several times the nodes' size.
    private Node?[] interned = new Node?[64];
    private readonly List<Node> inputs = [];
    private readonly HashSet<string> inputNames = [];
    private readonly Dictionary<Node, Node> imported = [];
    // Each draw and the node that stands for it here: one draw stays one however many builders it went through.
    private readonly Dictionary<Node, Node> draws = [];
    private readonly Dictionary<Node, Node> origins = [];
    private readonly bool trains;
    private readonly bool captureSource;
    private int nextId;
    private long nextStream;

    /// <summary>An empty graph under construction.</summary>
    /// <param name="training">Whether modules build their training form: dropout drops.</param>
    /// <param name="captureSource">Whether errors look up the user's line through debug symbols.</param>
    public GraphBuilder(bool training = false, bool captureSource = true)
    {
        trains = training;
        this.captureSource = captureSource;
        HashStart = RuntimeHelpers.GetHashCode(this);
    }

    private GraphBuilder()
        : this(training: false) => IsImplicit = true;

    /// <summary>Whether modules build their training form: false inside one that always evaluates.</summary>
    public bool IsTraining => trains && !evaluates;

    /// <summary>
    /// Whether nobody asked for this builder: it holds an expression of parameters and constants until a graph adopts
    /// it, and does not know whether that one is in training.
    /// </summary>
    internal bool IsImplicit { get; }

    /// <summary>The inputs declared so far.</summary>
    public IReadOnlyList<Node> Inputs => inputs;

    /// <summary>The random state (seed, step) that draws so far depend on, or null where nothing was drawn.</summary>
    public Parameter? RandomState => draws.Count > 0 ? Parameter.RandomState : null;

    /// <summary>The number of nodes made so far.</summary>
    internal int NodeCount => nextId;

    /// <summary>Tells the hashes of this builder's nodes from those of others.</summary>
    internal int HashStart { get; }

    internal string ModulePath { get; private set; } = "";

    // Whether the module being built evaluates, whatever the graph does.
    private bool evaluates;

    /// <summary>Declares a value that each run supplies.</summary>
    /// <param name="name">The name under which runs supply it; unique.</param>
    /// <param name="shape">Its extents, fixed or symbolic.</param>
    public Tensor<T> Input<T>(string name, params Dimension[] shape)
        where T : struct, IElement => new(Input(name, new TensorType(default(T).Type, new Shape(shape.Given()))));

    /// <summary>Declares a value that each run supplies.</summary>
    public Node Input(string name, TensorType type)
    {
        if (name is null)
        {
            throw new GraphException($"an input of type {type} without a name");
        }

        if (inputNames.Contains(name))
        {
            throw new GraphException($"there are two inputs named '{name}'");
        }

        Node input = Make(Op.Input, new InputAttributes(name, type.Given()));
        inputs.Add(input);
        inputNames.Add(name);
        return input;
    }

    /// <summary>Uniform random words; each call draws from a stream of its own.</summary>
    public Tensor<U32> RandomBits(Shape shape)
    {
        Node draw = Make(Op.RandomBits, new RandomAttributes(shape.Given(), nextStream++), Parameter.RandomState.Node);
        draws.Add(draw, draw);
        return new(draw);
    }

    /// <summary>Whether this graph is in training, as a value; of an implicit builder, a placeholder for it.</summary>
    internal Tensor<Bool> TrainingFlag => IsImplicit
        ? new(Parameter.IsTraining.Node)
        : Tensor<Bool>.Scalar(IsTraining ? 1 : 0);

    /// <summary>The node of an operation on operands: a new one, or the one that was made before.</summary>
    /// <exception cref="GraphException">The operands do not fit; the message names path, operation, operands and
    /// line.</exception>
    public Node Make(Op op, Attributes attributes, params Node[] operands)
    {
        return MakeOf(op, attributes.Given(), (Node[])operands.AllGiven().Clone());
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
        if (attributes is SetSizeAttributes size && !sizes.ContainsKey(size.Symbol))
        {
            sizes.Add(size.Symbol, node);
        }

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
    public IDisposable EnterPath(string path) => new PathScope(this, path, evaluates);

    /// <summary>Makes nodes inside a module until the result is disposed.</summary>
    internal IDisposable Enter(string path, bool evaluating) => new PathScope(this, path, evaluates || evaluating);

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

    /// <summary>The builder of a whole graph: never one that nobody asked for.</summary>
    internal static GraphBuilder OfGraph(params Node[] nodes)
    {
        GraphBuilder builder = Of(nodes);
        return builder is { IsImplicit: true, IsDetached: true } ? new GraphBuilder(training: false) : builder;
    }

    /// <summary>The builder that an operation on one operand belongs to.</summary>
    internal static GraphBuilder Of(Node operand) => operand.Owner ?? new GraphBuilder();

    /// <summary>The builder that an operation on two operands belongs to.</summary>
    internal static GraphBuilder Of(Node left, Node right) => Better(left.Owner, right.Owner) ?? new GraphBuilder();

    private static GraphBuilder? Better(GraphBuilder? first, GraphBuilder? second) =>
        first is null || (second is not null && second.Rank > first.Rank) ? second : first;

    // One that knows its graph's inputs comes before one that somebody made, and that before one made in passing.
    private int Rank => !IsDetached ? 2 : IsImplicit ? 0 : 1;

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

        if (node.Owner is { } other)
        {
            AbsorbState(other);
            AbsorbSizes(other);
        }

        // Without recursion: an expression of parameters may be as deep as any other.
        var stack = new Stack<Node>();
        stack.Push(node);
        while (stack.Count > 0)
        {
            Node next = stack.Peek();
            int waiting = stack.Count;
            if (!imported.ContainsKey(next))
            {
                Node[] operands = Chosen(next) is { } chosen ? [chosen] : [.. next.Inputs];
                foreach (Node operand in operands)
                {
                    if (operand.Owner != this && !imported.ContainsKey(operand))
                    {
                        stack.Push(operand);
                    }
                }

                if (stack.Count > waiting)
                {
                    continue;
                }

                Node[] own = operands.Select(operand => operand.Owner == this ? operand : imported[operand]).ToArray();
                imported.Add(next, Copy(next, own));
            }

            stack.Pop();
        }

        return imported[node];
    }

    private Node Copy(Node node, Node[] operands)
    {
        using IDisposable scope = EnterPath(node.ModulePath.Length > 0 ? node.ModulePath : ModulePath);
        if (node.Op == Op.RandomBits)
        {
            return CopyDraw(node, operands);
        }

        return Chosen(node) is not null ? operands[0] : MakeOf(node.Op, node.Attributes, operands);
    }

    // Streams number the draws of one graph, so a draw made elsewhere gets a number of this one.
    private Node CopyDraw(Node node, Node[] operands)
    {
        if (node.Owner is not { } owner || !(owner.draws.ContainsKey(node) || owner.origins.ContainsKey(node)))
        {
            return MakeOf(node.Op, node.Attributes, operands);
        }

        Node origin = owner.origins.TryGetValue(node, out Node? first) ? first : node;
        if (!draws.TryGetValue(origin, out Node? draw))
        {
            var attributes = node.Get<RandomAttributes>() with { Stream = nextStream++ };
            draw = MakeOf(Op.RandomBits, attributes, operands);
            draws.Add(origin, draw);
            origins.Add(draw, origin);
        }

        return draw;
    }

    // What a choice by whether the graph is in training comes to in this one, or null.
    private Node? Chosen(Node node)
    {
        if (IsImplicit || node.Op != Op.Where)
        {
            return null;
        }

        Node condition = node.Inputs[0];
        while (condition.Op is Op.Broadcast or Op.Reshape)
        {
            condition = condition.Inputs[0];
        }

        bool isOpen = condition.Attributes is ParameterAttributes { Declaration: var declaration }
            && declaration == Parameter.IsTraining;
        return isOpen ? node.Inputs[IsTraining ? 1 : 2] : null;
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
            string ranges = error.Reason.Contains("different ranges") ? "" : Broadcasting.DifferentRanges(operands);
            throw Error(error.Reason + ranges, row.Name, operands);
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
        ParameterAttributes { Declaration: var state } =>
            $"{node.Type} {state.Kind.Row().Name} '{state.FullName}'",
        _ => $"{node.Type} from {OpTable.Row(node.Op).Name}"
            + (node.ModulePath.Length == 0 ? "" : $" in {node.ModulePath}"),
    };

    private sealed class PathScope : IDisposable
    {
        private readonly GraphBuilder builder;
        private readonly string previous;
        private readonly bool evaluated;

        public PathScope(GraphBuilder builder, string path, bool evaluates)
        {
            this.builder = builder;
            (previous, evaluated) = (builder.ModulePath, builder.evaluates);
            (builder.ModulePath, builder.evaluates) = (path, evaluates);
        }

        public void Dispose() => (builder.ModulePath, builder.evaluates) = (previous, evaluated);
    }
}
