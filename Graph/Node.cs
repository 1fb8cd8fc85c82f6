namespace Sinter;

/// <summary>
/// One value of a graph: an operation, its settings and operands. Immutable and interned by its <see
/// cref="GraphBuilder"/>: within one builder, equal nodes are the same object.
/// </summary>
public sealed class Node
{
    private readonly Node[] inputs;

    internal Node(
        GraphBuilder? owner, int id, Op op, Attributes attributes, Node[] inputs, TensorType type, string modulePath)
    {
        Owner = owner;
        Id = id;
        Op = op;
        Attributes = attributes;
        this.inputs = inputs;
        Type = type;
        ModulePath = modulePath;
    }

    /// <summary>The builder that interned the node; null for a free parameter or constant, which every builder may
    /// adopt.</summary>
    public GraphBuilder? Owner { get; }

    /// <summary>Position in the builder's order of creation: operands come before their users.</summary>
    public int Id { get; }

    /// <summary>The operation.</summary>
    public Op Op { get; }

    /// <summary>The operation's settings.</summary>
    public Attributes Attributes { get; }

    /// <summary>The operands.</summary>
    public IReadOnlyList<Node> Inputs => inputs;

    /// <summary>Element type and shape of the value.</summary>
    public TensorType Type { get; }

    /// <summary>The extents of the value.</summary>
    public Shape Shape => Type.Shape;

    /// <summary>The element type of the value.</summary>
    public DType DType => Type.Type;

    /// <summary>The dotted path of the module that first made the value; not part of its identity.</summary>
    public string ModulePath { get; }

    /// <summary>The settings as the record that the operation has.</summary>
    public T Get<T>()
        where T : Attributes => (T)Attributes;

    /// <inheritdoc/>
    public override string ToString() =>
        $"%{Id} = {OpTable.Row(Op).Name}({string.Join(", ", inputs.Select(i => "%" + i.Id))}) : {Type}";
}
