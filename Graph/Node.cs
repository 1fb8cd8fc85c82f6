using System.Runtime.CompilerServices;

namespace Sinter;

/// <summary>
/// One value of a graph: an operation, its settings and operands. Immutable and interned by its <see
/// cref="GraphBuilder"/>: within one builder, equal nodes are the same object.
/// </summary>
public sealed class Node
{
    private readonly Node[] inputs;

    internal Node(
        GraphBuilder? owner, int id, Op op, Attributes attributes, Node[] inputs, TensorType type, string modulePath,
        int hash = 0)
    {
        Owner = owner;
        Id = id;
        Op = op;
        Attributes = attributes;
        this.inputs = inputs;
        Type = type;
        ModulePath = modulePath;
        InternHash = hash;
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

    /// <summary>The symbols whose values must be known where the node is computed.</summary>
    public IEnumerable<Symbol> Symbols => Attributes switch
    {
        SetSizeAttributes size => size.Bound.Symbols,
        BodyAttributes inside => Shape.Concat(inside.Sizes).SelectMany(size => size.Symbols)
            .Concat(inside.Bodies.SelectMany(body => body.Graph.Symbols)),
        _ => Shape.Concat(Attributes.Sizes).SelectMany(size => size.Symbols),
    };

    /// <summary>The dotted path of the module that first made the value; not part of its identity.</summary>
    public string ModulePath { get; }

    /// <summary>The hash under which the builder keeps the node.</summary>
    internal int InternHash { get; }

    /// <summary>The next node that the builder keeps in the same place.</summary>
    internal Node? Next { get; set; }

    /// <summary>The settings as the record that the operation has.</summary>
    public T Get<T>()
        where T : Attributes => (T)Attributes;

    /// <summary>A hash of what makes a node. Operands are of one builder, so their numbers tell them apart.</summary>
    internal static int Hash(Op op, Attributes attributes, Node[] inputs)
    {
        int hash = unchecked(((int)op * 31) + attributes.GetHashCode());
        foreach (Node input in inputs)
        {
            hash = unchecked((hash * 31) + input.Id);
        }

        // Tables take the low bits: let all take part in them.
        return unchecked(hash * (int)0x9E3779B1) ^ (hash >> 15);
    }

    /// <summary>Whether the node is made of just this.</summary>
    internal bool Is(int hash, Op op, Attributes attributes, Node[] operands)
    {
        if (hash != InternHash || op != Op || operands.Length != inputs.Length)
        {
            return false;
        }

        for (int i = 0; i < operands.Length; i++)
        {
            if (operands[i] != inputs[i])
            {
                return false;
            }
        }

        return attributes.Equals(Attributes);
    }

    /// <summary>Nodes are themselves only; their numbers spread them over tables better than their addresses. Every
    /// builder counts from 0, and a table may hold nodes of many.</summary>
    public override int GetHashCode() => Owner is { } owner ? Id + owner.HashStart : RuntimeHelpers.GetHashCode(this);

    /// <inheritdoc/>
    public override string ToString() =>
        $"%{Id} = {OpTable.Row(Op).Name}({string.Join(", ", inputs.Select(i => "%" + i.Id))}) : {Type}";
}
