namespace Sinter.Compiler.Scans;

/// <summary>
/// Computes what a body computes for one slice for all slices at once: each operation gets one more axis in front. A
/// value that is the same for all slices stays as it is.
/// </summary>
/// <param name="builder">Where it is computed.</param>
/// <param name="length">The number of slices.</param>
internal sealed class Batching(GraphBuilder builder, Dimension length)
{
    private readonly Dictionary<Node, (Node Node, bool IsBatched)> made = [];

    /// <summary>Says what stands for a node of the body.</summary>
    public void Give(Node node, Node outer, bool isBatched) => made[node] = (outer, isBatched);

    /// <summary>Whether an operation can be done for all slices at once.</summary>
    /// <param name="node">A node of the body.</param>
    /// <param name="isBatched">Whether an operand differs from slice to slice.</param>
    public static bool CanDo(Node node, Func<Node, bool> isBatched) => node.Op switch
    {
        Op.RandomBits or Op.Convolution or Op.MaxPool or Op.ScatterAdd => false,
        Op.Gather => !isBatched(node.Inputs[0]) || !isBatched(node.Inputs[1]),
        Op.Contraction => true,
        _ => OpTable.Row(node.Op).Kind is OpKind.Leaf or OpKind.Elementwise or OpKind.Movement or OpKind.Reduction
            && node.Op is not (Op.Input or Op.Parameter) && HasFurtherAxis(node.Attributes),
    };

    // Those of leaves stay as they are.
    private static bool HasFurtherAxis(Attributes attributes) => attributes
        is NoAttributes or CastAttributes or CheckIndexAttributes or WindowAttributes or FoldAttributes
        or ShapeAttributes or PermuteAttributes or SliceAttributes or PadAttributes or AxisAttributes
        or ReduceAttributes or ConstantAttributes or IotaAttributes;

    /// <summary>All slices of a value: (length, …).</summary>
    public Node All(Node node)
    {
        var (all, isBatched) = Of(node);
        return isBatched ? all : Spread(all);
    }

    /// <summary>The sum of a value over all slices.</summary>
    public Node Sum(Node node)
    {
        if (node.Op is Op.Permute or Op.Reshape)
        {
            return Make(node.Op, node.Attributes, Sum(node.Inputs[0]));
        }

        if (node.Attributes is ContractionAttributes c && Of(node.Inputs[0]) is (var left, true)
            && Of(node.Inputs[1]) is (var right, true))
        {
            return Make(Op.Contraction, new ContractionAttributes(
                Behind(c.LeftBatch), Behind(c.RightBatch), Front(c.LeftContracted), Front(c.RightContracted)),
                left, right);
        }

        return Make(Op.Sum, new ReduceAttributes(new[] { 0 }), All(node));
    }

    private (Node Node, bool IsBatched) Of(Node root)
    {
        foreach (Node node in NodeOrder.Of([root], node => !made.ContainsKey(node)))
        {
            if (!made.ContainsKey(node))
            {
                using IDisposable scope = builder.EnterPath(node.ModulePath);
                made.Add(node, Do(node));
            }
        }

        return made[root];
    }

    private (Node Node, bool IsBatched) Do(Node node)
    {
        if (!node.Inputs.Any(input => made[input].IsBatched))
        {
            return (Make(node.Op, node.Attributes, [.. node.Inputs.Select(input => made[input].Node)]), false);
        }

        Node result = node.Attributes switch
        {
            ContractionAttributes contraction => Contract(node, contraction),
            AxisAttributes gather when node.Op == Op.Gather => Gather(node, gather.Axis),
            _ => Make(node.Op, Behind(node.Attributes), [.. node.Inputs.Select(All)]),
        };
        return (result, true);
    }

    private Node Contract(Node node, ContractionAttributes c)
    {
        var (left, leftBatched) = made[node.Inputs[0]];
        var (right, rightBatched) = made[node.Inputs[1]];
        if (leftBatched && rightBatched)
        {
            return Make(Op.Contraction, new ContractionAttributes(
                Front(c.LeftBatch), Front(c.RightBatch), Behind(c.LeftContracted), Behind(c.RightContracted)),
                left, right);
        }

        // Slices are rows of the left operand, or of the right one.
        int batch = c.LeftBatch.Count;
        return leftBatched
            ? ToFront(batch, Make(Op.Contraction, new ContractionAttributes(
                Behind(c.LeftBatch), c.RightBatch, Behind(c.LeftContracted), c.RightContracted), left, right))
            : ToFront(node.Inputs[0].Shape.Rank - c.LeftContracted.Count, Make(
                Op.Contraction, new ContractionAttributes(
                    c.LeftBatch, Behind(c.RightBatch), c.LeftContracted, Behind(c.RightContracted)), left, right));
    }

    private Node Gather(Node node, int axis)
    {
        var (data, dataBatched) = made[node.Inputs[0]];
        Node indices = made[node.Inputs[1]].Node;
        return dataBatched
            ? Make(Op.Gather, new AxisAttributes(axis + 1), data, indices)
            : ToFront(axis, Make(Op.Gather, new AxisAttributes(axis), data, indices));
    }

    private Attributes Behind(Attributes attributes) => attributes switch
    {
        NoAttributes or CastAttributes or CheckIndexAttributes or WindowAttributes or FoldAttributes => attributes,
        ShapeAttributes shape => new ShapeAttributes(new Shape(length).Concat(shape.Shape)),
        PermuteAttributes permute => new PermuteAttributes(Front(permute.Order)),
        SliceAttributes slice => new SliceAttributes(
            new Dimension[] { 0 }.Concat(slice.Starts).ToArray(), new Shape(length).Concat(slice.Shape),
            new long[] { 1 }.Concat(slice.Steps).ToArray()),
        PadAttributes pad => new PadAttributes(
            new Dimension[] { 0 }.Concat(pad.Low).ToArray(), new Dimension[] { 0 }.Concat(pad.High).ToArray(),
            new long[] { 0 }.Concat(pad.Interior).ToArray(), pad.ValueBits),
        AxisAttributes concat => new AxisAttributes(concat.Axis + 1),
        ReduceAttributes reduce => new ReduceAttributes(Behind(reduce.Axes)),
        _ => throw new InvalidOperationException($"internal error: {attributes.GetType().Name} has no further axis"),
    };

    private Node Spread(Node node)
    {
        Node one = Make(Op.Reshape, new ShapeAttributes(new Shape(1).Concat(node.Shape)), node);
        return Make(Op.Broadcast, new ShapeAttributes(new Shape(length).Concat(node.Shape)), one);
    }

    private Node ToFront(int axis, Node node) => axis == 0 ? node : Make(
        Op.Permute, new PermuteAttributes(
            new[] { axis }.Concat(Enumerable.Range(0, node.Shape.Rank).Where(i => i != axis)).ToArray()), node);

    private Node Make(Op op, Attributes attributes, params Node[] operands) => builder.Make(op, attributes, operands);

    private static EquatableArray<int> Behind(EquatableArray<int> axes) => axes.Select(axis => axis + 1).ToArray();

    private static EquatableArray<int> Front(EquatableArray<int> axes) =>
        new[] { 0 }.Concat(axes.Select(axis => axis + 1)).ToArray();
}
