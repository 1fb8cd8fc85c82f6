using Sinter.Compiler.Values;

namespace Sinter.Compiler.Fuse;

/// <summary>Makes the group of one stored node by itself; <see cref="Fusion"/> then tries to join it to an earlier
/// one.</summary>
/// <param name="stored">The nodes with memory of their own.</param>
/// <param name="sites">The index checks met.</param>
public sealed class UnitBuilder(HashSet<Node> stored, HashSet<Node> sites)
{
    /// <summary>The loops and value of a stored node that is not a leaf.</summary>
    public Group Build(Node node) => node.Op switch
    {
        Op.Contraction => FitsTemplate(node) ? Product(node) : LoopProduct(node),
        Op.ScatterAdd or Op.UpdateRows => Scatter(node),
        Op.NonZero => NonZero(node),
        Op.Fold => Fold(node),
        Op.Scan or Op.Cond => new BodyGroup(node),
        _ when OpTable.Row(node.Op).Kind == OpKind.Reduction => Reduction(node),
        _ => Map(node),
    };

    private Evaluator Evaluator => new(stored.Contains, sites);

    private NonZeroGroup NonZero(Node node)
    {
        var element = new LoopVariable("i", node.Inputs[0].Shape[0]);
        var group = new NonZeroGroup(node, element, Evaluator.At(node.Inputs[0], Position([element])));
        group.Reads.UnionWith(Accesses.In(group.Flag).Select(access => access.Node));
        return group;
    }

    private static LoopVariable[] Counters(Shape shape) =>
        shape.Select(extent => new LoopVariable("i", extent)).ToArray();

    private static List<LoopVariable> Loops(IEnumerable<LoopVariable> counters) =>
        counters.Where(c => c.Extent != 1).ToList();

    private static EquatableArray<Index> Position(IEnumerable<LoopVariable> counters) =>
        new(counters.Select(c => (Index)c));

    private LoopGroup Map(Node node)
    {
        LoopVariable[] counters = Counters(node.Shape);
        EquatableArray<Index> position = Position(counters);
        Value value = Evaluator.Compute(node, position);
        return Single(Loops(counters), [], new Item(node, position, value, null));
    }

    private LoopGroup Reduction(Node node)
    {
        var axes = node.Get<ReduceAttributes>().Axes;
        Node operand = node.Inputs[0];
        LoopVariable[] counters = Counters(operand.Shape);
        Value value = Evaluator.At(operand, Position(counters));
        var kept = counters.Where((_, axis) => !axes.Contains(axis)).ToArray();
        var reduced = Loops(counters.Where((_, axis) => axes.Contains(axis)));
        if (reduced.Count == 0)
        {
            // One element is its own reduction, and its position is 0.
            Value alone = node.Op is Op.ArgMax or Op.ArgMin ? new Literal(node.DType, 0) : value;
            return Single(Loops(kept), [], new Item(node, Position(kept), alone, null));
        }

        var item = new Item(node, Position(kept), value, node.Op);
        return Single(Loops(kept), reduced, item);
    }

    // out[h] = sum over k of in[(h - k * dilation) / stride, k], where that is a whole window position.
    private LoopGroup Fold(Node node)
    {
        var fold = node.Get<FoldAttributes>();
        Node operand = node.Inputs[0];
        LoopVariable[] counters = Counters(node.Shape);
        int spatial = fold.Size.Count;
        int lead = node.Shape.Rank - spatial;
        var windows = new List<Index>();
        var kernel = new List<Index>();
        var loops = new List<LoopVariable>();
        var conditions = new List<Condition>();
        for (int i = 0; i < spatial; i++)
        {
            long stride = fold.Window.Stride[i];
            Dimension positions = operand.Shape[lead + i];
            Index element = counters[lead + i];
            bool apart = fold.Window.Kernel[i] == 1
                || (fold.Window.Kernel[i].IsAtMost(stride) && fold.Window.Dilation[i] == 1);
            if (apart)
            {
                // Windows do not overlap: each element is in one at most, no loop is needed.
                kernel.Add(element % stride);
                windows.Add(element / stride);
                AddUnlessCertain(conditions, new Condition(kernel[i], 0, Index.Of(fold.Window.Kernel[i])));
                AddUnlessCertain(conditions, new Condition(windows[i], 0, Index.Of(positions)));
                continue;
            }

            var tap = new LoopVariable("k", fold.Window.Kernel[i]);
            loops.Add(tap);
            Index start = element - ((Index)tap * fold.Window.Dilation[i]);
            kernel.Add(tap);
            windows.Add(start / stride);
            AddUnlessCertain(conditions, new Condition(start, 0, Index.Of(((positions - 1) * stride) + 1), stride));
        }

        var position = Position(counters);
        Value inside = Evaluator.At(operand, new(position.Take(lead).Concat(windows).Concat(kernel)));
        Value value = conditions.Count == 0 ? inside : new Guard(conditions, inside, new Literal(node.DType, 0));
        return Single(
            Loops(counters), Loops(loops), new Item(node, position, value, Loops(loops).Count == 0 ? null : Op.Sum));
    }

    private static void AddUnlessCertain(List<Condition> conditions, Condition condition)
    {
        if (!condition.AlwaysHolds)
        {
            conditions.Add(condition);
        }
    }

    // The template keeps F32 tiles in registers; other types are rare. A product with a vector is one pass over the
    // matrix, which plain loops do as well, unless the matrix is a parameter that is packed once.
    private bool FitsTemplate(Node node)
    {
        if (node.Inputs.Any(input => input.Shape.ElementCount == 0))
        {
            return false;
        }

        ProductGroup group = Product(node);
        bool matrix = group.Left.Count > 0 && group.Right.Count > 0;
        bool packedOnce = group.Left.Count + group.Right.Count > 0
            && (group.Left.Count == 0 ? group.RightOperand : group.LeftOperand).Source.Op == Op.Parameter;
        return node.DType == DType.F32 && (matrix || packedOnce);
    }

    private LoopGroup LoopProduct(Node node)
    {
        ProductGroup group = Product(node);
        var outer = group.Output.ToList();
        var value = new Apply(Op.Multiply, node.DType, group.LeftOperand.Value, group.RightOperand.Value);
        var item = new Item(node, group.Epilogue[0].Position, value, group.Contracted.Count == 0 ? null : Op.Sum);
        return Single(outer, group.Contracted.ToList(), item);
    }

    private ProductGroup Product(Node node)
    {
        var attributes = node.Get<ContractionAttributes>();
        Node left = node.Inputs[0];
        Node right = node.Inputs[1];
        LoopVariable[] leftCounters = Counters(left.Shape);
        LoopVariable[] rightCounters = Counters(right.Shape);
        for (int i = 0; i < attributes.LeftBatch.Count; i++)
        {
            rightCounters[attributes.RightBatch[i]] = leftCounters[attributes.LeftBatch[i]];
        }

        for (int i = 0; i < attributes.LeftContracted.Count; i++)
        {
            rightCounters[attributes.RightContracted[i]] = leftCounters[attributes.LeftContracted[i]];
        }

        var batch = attributes.LeftBatch.Select(axis => leftCounters[axis]).ToArray();
        var leftFree = ContractionAttributes.FreeAxes(left.Shape.Rank, attributes.LeftBatch, attributes.LeftContracted);
        var rightFree = ContractionAttributes.FreeAxes(
            right.Shape.Rank, attributes.RightBatch, attributes.RightContracted);
        var leftLoops = leftFree.Select(axis => leftCounters[axis]).ToArray();
        var rightLoops = rightFree.Select(axis => rightCounters[axis]).ToArray();
        var contracted = attributes.LeftContracted.Select(axis => leftCounters[axis]).ToArray();
        var group = new ProductGroup(
            node, Loops(batch), Loops(leftLoops), Loops(rightLoops), Loops(contracted),
            ProductOperand.Of(left, leftCounters, Evaluator, stored.Contains),
            ProductOperand.Of(right, rightCounters, Evaluator, stored.Contains));
        group.Epilogue.Add(new Item(node, Position(batch.Concat(leftLoops).Concat(rightLoops)), group.Sum, null));
        foreach (Value element in new[] { group.LeftOperand.Element, group.RightOperand.Element })
        {
            var (reads, values) = Accesses.Counted(element);
            group.Reads.UnionWith(reads.Select(access => access.Node));
            group.Work += values;
        }

        return group;
    }

    private ScatterGroup Scatter(Node node)
    {
        bool overwrites = node.Op == Op.UpdateRows;
        int axis = overwrites ? node.Get<AxisAttributes>().Axis : node.Get<ScatterAttributes>().Axis;
        Node updates = node.Inputs[overwrites ? 1 : 0];
        Node indices = node.Inputs[overwrites ? 2 : 1];
        LoopVariable[] counters = Counters(updates.Shape);
        int rank = indices.Shape.Rank;
        LoopVariable[] chosen = counters.Skip(axis).Take(rank).ToArray();
        Dimension extent = node.Shape[axis];
        Value index = Evaluator.At(indices, Position(chosen));
        bool isChecked = Evaluator.IsBelow(index, extent);
        if (!isChecked)
        {
            sites.Add(node);
        }

        Value row = isChecked ? index : new CheckedIndex(index, extent);
        var position = Position(counters);
        Index target = Index.Of(new DataAtom(row, extent));
        var to = new EquatableArray<Index>(position.Take(axis).Append(target).Concat(position.Skip(axis + rank)));
        var item = new Item(node, to, Evaluator.At(updates, position), overwrites ? null : Op.Sum);
        var group = new ScatterGroup(
            item, Loops(counters.Take(axis)), Loops(chosen), Loops(counters.Skip(axis + rank)), row);
        group.Reads.UnionWith(group.Target is { } changed ? [changed] : []);
        group.Reads.UnionWith(Accesses.In(item.Value).Concat(Accesses.In(row)).Select(access => access.Node));
        return group;
    }

    private static LoopGroup Single(List<LoopVariable> outer, List<LoopVariable> inner, Item item)
    {
        var group = new LoopGroup { Outer = outer };
        var stage = new Stage(inner);
        stage.Items.Add(item);
        group.Stages.Add(stage);
        var (reads, values) = Accesses.Counted(item.Value);
        group.Reads.UnionWith(reads.Select(access => access.Node));
        group.Work = values;
        return group;
    }
}
