using Sinter.Compiler.Values;

namespace Sinter.Compiler.Fuse;

/// <summary>
/// An operand of a product: a value at each position of the product's loops. It is split where schedules can make use
/// of it: movement, which only says where elements are (windows, transposes), and what computes an element. A schedule
/// may compute a source's elements once for all the windows that overlap there.
/// </summary>
/// <param name="Source">The node whose elements are moved.</param>
/// <param name="Axes">Counters of the source's axes.</param>
/// <param name="Element">The source's element in terms of them: a read where it has memory.</param>
/// <param name="Position">Where the product reads the source: plain sums of the product's loops.</param>
public sealed record ProductOperand(
    Node Source, IReadOnlyList<LoopVariable> Axes, Value Element, EquatableArray<Index> Position)
{
    /// <summary>Whether the source has memory.</summary>
    public bool IsStored => Element is Access access && access.Node == Source;

    /// <summary>The operand's element in the product's loops.</summary>
    public Value Value { get; } = At(Axes, Element, Position);

    /// <summary>The source's element at a position.</summary>
    public Value At(IReadOnlyList<Index> position) => At(Axes, Element, position);

    /// <summary>The operand of a product, as far down as movement leaves plain positions.</summary>
    /// <param name="operand">The graph's operand.</param>
    /// <param name="counters">The product's loops along its axes.</param>
    /// <param name="evaluator">Computes elements.</param>
    /// <param name="isStored">Whether a node has memory.</param>
    internal static ProductOperand Of(
        Node operand, IEnumerable<LoopVariable> counters, Evaluator evaluator, Func<Node, bool> isStored)
    {
        var position = new EquatableArray<Index>(counters.Select(counter => (Index)counter));
        var (source, read) = Below(operand, position, isStored);
        LoopVariable[] axes = source.Shape.Select(extent => new LoopVariable("i", extent)).ToArray();
        Value element = evaluator.At(source, new(axes.Select(axis => (Index)axis)));
        return new ProductOperand(source, axes, element, read);
    }

    /// <summary>The node that an operand's elements are read from: the last one below movement at plain
    /// positions.</summary>
    internal static Node SourceOf(Node operand, Func<Node, bool> isStored) =>
        Below(operand, new(operand.Shape.Select((extent, i) => (Index)new LoopVariable("i" + i, extent))), isStored)
            .Source;

    private static (Node Source, EquatableArray<Index> Position) Below(
        Node operand, EquatableArray<Index> position, Func<Node, bool> isStored)
    {
        var result = (operand, position);
        for (Node node = operand; !isStored(node) && Evaluator.OnlyMoves(node);)
        {
            position = Evaluator.Moved(node, position);
            node = node.Inputs[0];
            result = IsPlain(node, position, isStored(node)) ? (node, position) : result;
        }

        return result;
    }

    private static Value At(IReadOnlyList<LoopVariable> axes, Value element, IReadOnlyList<Index> position)
    {
        var map = new Dictionary<LoopVariable, Index>();
        for (int i = 0; i < axes.Count; i++)
        {
            map.Add(axes[i], position[i]);
        }

        return element.Substitute(v => map.TryGetValue(v, out Index? index) ? index : null);
    }

    // Memory is read at one offset, whatever the axes.
    private static bool IsPlain(Node source, EquatableArray<Index> position, bool isStored) => isStored
        ? IsPlain(Evaluator.Linear(position, source.Shape)) : position.All(IsPlain);

    private static bool IsPlain(Index index) => index.Terms.All(term => term.Atom is null or VariableAtom);
}
