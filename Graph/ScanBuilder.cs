using System.Globalization;

namespace Sinter;

/// <summary>
/// Writes a loop whose iterations carry values from one to the next, over slices of sequences: <see cref="Op.Scan"/>,
/// JAX's <c>lax.scan</c>, ONNX's Scan. Between <see cref="Carry{T}"/> and <see cref="Next{T}"/> the body is ordinary
/// tensor code; what it reads of the world around becomes an operand by itself, and what does not depend on the
/// iteration is computed once, in front. <see cref="Functional"/> has the usual forms as a call with a lambda.
/// </summary>
/// <remarks>Random numbers drawn in the body (dropout) are others in each iteration; draws made before it are the same
/// in all.</remarks>
/// <example>
/// <code>
/// var scan = new ScanBuilder(steps);                // x: (steps, batch, features)
/// Tensor&lt;F32&gt; h = scan.Carry(initial);            // (batch, hidden)
/// Tensor&lt;F32&gt; next = cell(scan.Slice(x), h);
/// scan.Next(h, next);
/// Stacked&lt;F32&gt; stack = scan.Stack(next);
/// Tensor&lt;F32&gt; all = stack.Values;                  // (steps, batch, hidden): the body ends here
/// Tensor&lt;F32&gt; last = scan.Last(h);
/// </code>
/// </example>
public sealed class ScanBuilder
{
    private readonly Dimension length;
    private readonly bool reversed;
    private readonly List<Leaf> carried = [];
    private readonly List<Leaf> sequences = [];
    private readonly List<Node?> next = [];
    private readonly List<Node> stacked = [];

    // How many nodes each builder had when the loop met it: what comes later was made for the body.
    private readonly Dictionary<GraphBuilder, int> before = [];
    private Node? scan;

    /// <summary>A loop.</summary>
    /// <param name="length">How many iterations: a number or a symbol.</param>
    /// <param name="reversed">Whether the last slice comes first; stacked values lie where their slices do.</param>
    public ScanBuilder(Dimension length, bool reversed = false)
    {
        this.length = length;
        this.reversed = reversed;
    }

    /// <summary>A value carried from one iteration to the next, as an iteration finds it.</summary>
    /// <param name="initial">What the first iteration finds.</param>
    public Tensor<T> Carry<T>(Tensor<T> initial)
        where T : struct, IElement
    {
        next.Add(null);
        return new(Open(carried, "carried", initial.Given().Node, initial.Node.Type));
    }

    /// <summary>The slice of a sequence that belongs to an iteration.</summary>
    /// <param name="sequence">Of any shape, as long as the loop along the axis.</param>
    /// <param name="axis">The axis that is stepped along; the slice does not have it.</param>
    /// <exception cref="GraphException">The sequence has another length.</exception>
    public Tensor<T> Slice<T>(Tensor<T> sequence, int axis = 0)
        where T : struct, IElement
    {
        int along = sequence.Given().Shape.Axis(axis);
        if (sequence.Shape[along] != length)
        {
            throw new GraphException(
                $"a loop of {length} iterations cannot step along axis {along} of {sequence.Node.Type}");
        }

        Tensor<T> front = along == 0 ? sequence : sequence.Permute(AxisFirst(sequence.Rank, along));
        Shape slice = front.Shape.Range(1, front.Rank - 1);
        return new(Open(sequences, "slice", front.Node, front.Node.Type with { Shape = slice }));
    }

    /// <summary>The position of an iteration, a scalar: 0, 1, … or, reversed, from the last to 0.</summary>
    public Tensor<I64> Position() => Slice(Tensor<I64>.Iota(new Shape(length), 0));

    /// <summary>Says what the next iteration finds of a carried value.</summary>
    /// <param name="carried">What <see cref="Carry{T}"/> gave.</param>
    /// <param name="value">Of the same shape.</param>
    /// <exception cref="GraphException">The value has another type, or is no carried value of this loop.</exception>
    public void Next<T>(Tensor<T> carried, Tensor<T> value)
        where T : struct, IElement
    {
        if (value.Given().Node.Type != carried.Given().Node.Type)
        {
            throw Error($"a carried value begins as {carried.Node.Type} and becomes {value.Node.Type}", value.Node);
        }

        next[IndexOf(carried.Node)] = value.Node;
    }

    /// <summary>Keeps a value of every iteration.</summary>
    /// <param name="value">Of any shape.</param>
    /// <param name="axis">The axis of the result along which iterations lie.</param>
    public Stacked<T> Stack<T>(Tensor<T> value, int axis = 0)
        where T : struct, IElement
    {
        RequireOpen();
        stacked.Add(value.Given().Node);
        return new Stacked<T>(this, stacked.Count - 1, axis);
    }

    /// <summary>A carried value after the last iteration; ends the body.</summary>
    /// <param name="carried">What <see cref="Carry{T}"/> gave.</param>
    public Tensor<T> Last<T>(Tensor<T> carried)
        where T : struct, IElement => new(Result(IndexOf(carried.Given().Node)));

    internal Tensor<T> All<T>(int index, int axis)
        where T : struct, IElement
    {
        var all = new Tensor<T>(Result(carried.Count + index));
        int along = all.Shape.Axis(axis);
        return along == 0 ? all : all.Permute(AxisAt(all.Rank, along));
    }

    private Node Result(int index)
    {
        scan ??= Close();
        GraphBuilder builder = GraphBuilder.Of(scan);
        return builder.Make(Op.Result, new ResultAttributes(index), scan);
    }

    private Node Close()
    {
        if (next.Contains(null))
        {
            throw Error("nothing says what the next iteration finds of a carried value: call Next", [.. stacked]);
        }

        if (next.Count + stacked.Count == 0)
        {
            throw Error("a loop without results", [.. sequences.Select(leaf => leaf.Outer)]);
        }

        Node[] results = [.. next.Select(node => node!), .. stacked];
        return new BodyExtraction(length, reversed, carried, sequences, before).Run(results);
    }

    private Node Open(List<Leaf> leaves, string name, Node outer, TensorType type)
    {
        RequireOpen();
        GraphBuilder builder = GraphBuilder.Of(outer);
        if (!before.ContainsKey(builder))
        {
            before.Add(builder, builder.NodeCount);
        }

        // Free: whatever graph the body turns out to be part of may adopt it.
        var declaration = Parameter.Open($"{name} {leaves.Count.ToString(CultureInfo.InvariantCulture)}", type);
        leaves.Add(new Leaf(declaration, outer));
        return outer.Owner is null ? declaration.Node : builder.Adopt(declaration.Node);
    }

    private int IndexOf(Node node)
    {
        int index = carried.FindIndex(leaf =>
            node.Attributes is ParameterAttributes own && own.Declaration == leaf.Declaration);
        return index >= 0 ? index : throw Error("this is no carried value of the loop", node);
    }

    private void RequireOpen()
    {
        if (scan is not null)
        {
            throw new GraphException("the body of this loop has ended: one of its results was asked for");
        }
    }

    private static GraphException Error(string reason, params Node[] nodes) =>
        GraphBuilder.Of(nodes).Error(reason, "scan", nodes);

    // The axis in front, the others in order; and back.
    private static int[] AxisFirst(int rank, int axis) =>
        [axis, .. Enumerable.Range(0, rank).Where(i => i != axis)];

    private static int[] AxisAt(int rank, int axis) =>
        [.. Enumerable.Range(0, rank).Select(i => i < axis ? i + 1 : i == axis ? 0 : i)];
}

/// <summary>A value of a loop's body with something given outside it: the first carried value, or a sequence.</summary>
/// <param name="Declaration">Stands for the value while the body is written.</param>
/// <param name="Outer">What is given.</param>
internal sealed record Leaf(Parameter Declaration, Node Outer);

/// <summary>A value that every iteration of a loop gives.</summary>
/// <typeparam name="T">Its element type.</typeparam>
public sealed class Stacked<T>
    where T : struct, IElement
{
    private readonly ScanBuilder scan;
    private readonly int index;
    private readonly int axis;

    internal Stacked(ScanBuilder scan, int index, int axis)
    {
        this.scan = scan;
        this.index = index;
        this.axis = axis;
    }

    /// <summary>All values along a new axis; ends the body.</summary>
    public Tensor<T> Values => scan.All<T>(index, axis);
}
