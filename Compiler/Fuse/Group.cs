using Sinter.Compiler.Values;

namespace Sinter.Compiler.Fuse;

/// <summary>One stored node inside a group: what it computes at a position of the group's loops.</summary>
/// <param name="Node">The node.</param>
/// <param name="Position">Where its element lies, in the group's counters.</param>
/// <param name="Value">The element, or what is reduced to it.</param>
/// <param name="Reduction">How the inner loops combine, or null where each iteration writes an element.</param>
public sealed record Item(Node Node, EquatableArray<Index> Position, Value Value, Op? Reduction);

/// <summary>Loops inside a group's outer loops, with what they compute side by side.</summary>
/// <param name="inner">The loops, outermost first.</param>
public sealed class Stage(List<LoopVariable> inner)
{
    /// <summary>The loops, outermost first.</summary>
    public List<LoopVariable> Inner { get; set; } = inner;

    /// <summary>What each iteration computes, in order.</summary>
    public List<Item> Items { get; init; } = [];

    /// <summary>Whether a product computes the items: nothing else runs in its loops.</summary>
    public bool IsProduct { get; init; }
}

/// <summary>What becomes one kernel: nodes that share their outer loops.</summary>
public abstract class Group
{
    /// <summary>The nodes computed, in order.</summary>
    public abstract IEnumerable<Item> Items { get; }

    /// <summary>The stored nodes that the group reads and does not compute itself.</summary>
    public HashSet<Node> Reads { get; } = [];

    /// <summary>How many sizes, each computed with the one before, a run must know first.</summary>
    internal int Phase { get; set; }

    /// <summary>About how many operations it is made of.</summary>
    internal int Work { get; set; }
}

/// <summary>Loops over rows; inside, stages that run one after another for each row.</summary>
public sealed class LoopGroup : Group
{
    /// <summary>The loops that all stages share.</summary>
    public List<LoopVariable> Outer { get; set; } = [];

    /// <summary>What happens for each row.</summary>
    public List<Stage> Stages { get; } = [];

    /// <inheritdoc/>
    public override IEnumerable<Item> Items => Stages.SelectMany(stage => stage.Items);

    /// <summary>Whether there is only one stage without inner loops: any of the loops may still become inner
    /// ones.</summary>
    public bool IsFlat =>
        Stages.Count == 1 && Stages[0].Inner.Count == 0 && Stages[0].Items.All(item => item.Reduction is null);
}

/// <summary>A product, with what is computed from each of its elements while they are in registers.</summary>
/// <param name="node">The contraction.</param>
/// <param name="batch">Counters of the batch axes.</param>
/// <param name="left">Counters of the left operand's free axes.</param>
/// <param name="right">Counters of the right operand's free axes.</param>
/// <param name="contracted">Counters of the axes summed.</param>
/// <param name="leftOperand">The left operand at (batch, left, contracted).</param>
/// <param name="rightOperand">The right operand at (batch, right, contracted).</param>
public sealed class ProductGroup(
    Node node,
    IReadOnlyList<LoopVariable> batch,
    IReadOnlyList<LoopVariable> left,
    IReadOnlyList<LoopVariable> right,
    IReadOnlyList<LoopVariable> contracted,
    ProductOperand leftOperand,
    ProductOperand rightOperand) : Group
{
    /// <summary>The contraction.</summary>
    public Node Node { get; } = node;

    /// <summary>Counters of the batch axes.</summary>
    public IReadOnlyList<LoopVariable> Batch { get; } = batch;

    /// <summary>Counters of the left operand's free axes.</summary>
    public IReadOnlyList<LoopVariable> Left { get; } = left;

    /// <summary>Counters of the right operand's free axes.</summary>
    public IReadOnlyList<LoopVariable> Right { get; } = right;

    /// <summary>Counters of the axes summed.</summary>
    public IReadOnlyList<LoopVariable> Contracted { get; } = contracted;

    /// <summary>The left operand.</summary>
    public ProductOperand LeftOperand { get; } = leftOperand;

    /// <summary>The right operand.</summary>
    public ProductOperand RightOperand { get; } = rightOperand;

    /// <summary>The sum of products under its own position; its value is the accumulator.</summary>
    public List<Item> Epilogue { get; } = [];

    /// <summary>Stands for the finished sum in the epilogue's values.</summary>
    public Local Sum { get; } = new("sum", node.DType);

    /// <summary>What follows once rows of the result are whole: the product's own stage, then those that read its rows.
    /// Null where nothing does.</summary>
    public LoopGroup? WholeRows { get; set; }

    /// <summary>The stages that read whole rows.</summary>
    public IEnumerable<Stage> RowStages => WholeRows is null ? [] : WholeRows.Stages.Skip(1);

    /// <inheritdoc/>
    public override IEnumerable<Item> Items => Epilogue.Concat(RowStages.SelectMany(stage => stage.Items));

    /// <summary>Counters of the result's axes.</summary>
    public IEnumerable<LoopVariable> Output => Batch.Concat(Left).Concat(Right);
}

/// <summary>Slices added to rows chosen by data, or put in their place.</summary>
/// <param name="item">The node; its value is the update.</param>
/// <param name="lead">Counters of the axes in front of the chosen one.</param>
/// <param name="indices">Counters of the index axes.</param>
/// <param name="behind">Counters of the axes behind it.</param>
/// <param name="row">The checked row.</param>
public sealed class ScatterGroup(
    Item item,
    IReadOnlyList<LoopVariable> lead,
    IReadOnlyList<LoopVariable> indices,
    IReadOnlyList<LoopVariable> behind,
    Value row) : Group
{
    /// <summary>The node; its value is the update, its position where the update goes.</summary>
    public Item Item { get; } = item;

    /// <summary>What the slices are put into; null where they are added to zeros.</summary>
    public Node? Target => Item.Node.Op == Op.UpdateRows ? Item.Node.Inputs[0] : null;

    /// <summary>Counters of the axes in front of the chosen one.</summary>
    public IReadOnlyList<LoopVariable> Lead { get; } = lead;

    /// <summary>Counters of the index axes.</summary>
    public IReadOnlyList<LoopVariable> Indices { get; } = indices;

    /// <summary>Counters of the axes behind it.</summary>
    public IReadOnlyList<LoopVariable> Behind { get; } = behind;

    /// <summary>The checked row.</summary>
    public Value Row { get; } = row;

    /// <inheritdoc/>
    public override IEnumerable<Item> Items => [Item];
}

/// <summary>The positions of true elements, in order.</summary>
/// <param name="node">The positions.</param>
/// <param name="element">The counter of the elements.</param>
/// <param name="flag">The element.</param>
public sealed class NonZeroGroup(Node node, LoopVariable element, Value flag) : Group
{
    /// <summary>The positions.</summary>
    public Node Node { get; } = node;

    /// <summary>The counter of the elements.</summary>
    public LoopVariable Element { get; } = element;

    /// <summary>The element.</summary>
    public Value Flag { get; } = flag;

    /// <inheritdoc/>
    public override IEnumerable<Item> Items { get; } = [new Item(node, new([Index.Zero]), flag, null)];
}

/// <summary>An operation with bodies, a loop or branches: a step of its own, with other groups inside.</summary>
public sealed class BodyGroup : Group
{
    /// <summary>A loop or branches.</summary>
    /// <param name="node">The operation.</param>
    public BodyGroup(Node node)
    {
        Node = node;
        Reads.UnionWith(node.Inputs.Select(Storage.Whole));
    }

    /// <summary>The operation.</summary>
    public Node Node { get; }

    /// <inheritdoc/>
    public override IEnumerable<Item> Items => [];
}
