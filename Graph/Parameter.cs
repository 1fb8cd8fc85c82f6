namespace Sinter;

/// <summary>
/// The declaration of a piece of state: a trained parameter, a buffer, an optimizer's moment. It is an operand in
/// graphs, and a named tensor in checkpoints; its kind says what becomes of it.
/// </summary>
public sealed class Parameter
{
    /// <summary>(seed, step): what every draw of every graph depends on, so that there is one of that name.</summary>
    internal static readonly Parameter RandomState = new(
        "random.state", new TensorType(DType.I64, new Shape(2)), Initializer.Zeros, StateKind.Random);

    /// <summary>
    /// Stands for whether the graph is in training, in expressions that belong to no graph yet. The builder that adopts
    /// them knows, and puts the answer in its place.
    /// </summary>
    internal static readonly Parameter IsTraining = new(
        "is training", new TensorType(DType.Bool, Shape.Scalar), Initializer.Zeros, StateKind.Cache);

    private readonly Modules.Module? owner;

    /// <summary>Declares state outside any module.</summary>
    /// <param name="name">The full name in checkpoints.</param>
    /// <param name="type">Element type and (fixed) shape.</param>
    /// <param name="initializer">The values before training.</param>
    /// <param name="kind">What it is for.</param>
    /// <exception cref="GraphException">The shape is not fixed, or there is no such kind.</exception>
    public Parameter(
        string name, TensorType type, Initializer initializer, StateKind kind = StateKind.Parameter)
        : this(name, null, type, initializer, kind)
    {
    }

    internal Parameter(
        string name, Modules.Module? owner, TensorType type, Initializer initializer, StateKind kind,
        bool isOpen = false)
    {
        _ = name.Given();
        _ = initializer.Given();
        if (!type.Given().Shape.IsStatic && !isOpen)
        {
            throw new GraphException(
                $"{kind.Row().Name} {name} has the shape {type.Shape}, but state has fixed sizes");
        }

        _ = kind.Row();
        LocalName = name;
        IsOpen = isOpen;
        this.owner = owner;
        Type = type;
        Initializer = initializer;
        Kind = kind;
        Node = new Node(null, -1, Op.Parameter, new ParameterAttributes(this), [], type, "");
    }

    /// <summary>Stands for a value of a loop's body while the body is written; no finished graph has it.</summary>
    internal static Parameter Open(string name, TensorType type) =>
        new(name, null, type, Initializer.Zeros, StateKind.Buffer, isOpen: true);

    /// <summary>The dotted name: the module's path, then the local name.</summary>
    public string FullName => owner?.Path is { Length: > 0 } path ? path + "." + LocalName : LocalName;

    /// <summary>The model it is part of: the outermost module around it, or null where it is declared alone.</summary>
    public Modules.Module? Model => owner?.Root;

    /// <summary>Whether it is a value of a loop's body.</summary>
    internal bool IsOpen { get; }

    /// <summary>The name within the module.</summary>
    internal string LocalName { get; }

    /// <summary>Element type and shape.</summary>
    public TensorType Type { get; }

    /// <summary>The values before training.</summary>
    public Initializer Initializer { get; }

    /// <summary>What it is for.</summary>
    public StateKind Kind { get; }

    /// <summary>The free node that stands for the value in graphs.</summary>
    public Node Node { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{FullName} : {Type}";
}
