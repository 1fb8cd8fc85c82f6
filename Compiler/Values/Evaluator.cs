namespace Sinter.Compiler.Values;

/// <summary>
/// Turns a node into the value it has at a position. Movement only rewrites the position, elementwise operations
/// compose, so fusing is nothing but evaluating further down. Stops at nodes that have memory of their own (<see
/// cref="Access"/>).
/// </summary>
/// <param name="isStored">Whether a node's elements are read rather than recomputed.</param>
/// <param name="sites">The index checks met, which errors refer to.</param>
public sealed class Evaluator(Func<Node, bool> isStored, HashSet<Node> sites)
{
    private readonly Dictionary<(Node, EquatableArray<Index>), Value> done = [];

    /// <summary>The node's own computation at a position, its operands read or recomputed.</summary>
    public Value Compute(Node node, EquatableArray<Index> position)
    {
        if (done.TryGetValue((node, position), out Value? value))
        {
            return value;
        }

        value = OpTable.Row(node.Op).Kind switch
        {
            OpKind.Leaf => Leaf(node, position),
            OpKind.Elementwise => Elementwise(node, position),
            OpKind.Movement => Movement(node, position),
            _ when node.Op == Op.Gather => Gather(node, position),
            _ when node.Op == Op.SetSize => At(node.Inputs[0], position),
            _ => throw new InvalidOperationException($"{node.Op} has no value at one position"),
        };
        done.Add((node, position), value);
        return value;
    }

    /// <summary>The node's element at a position: read where it is stored, else computed.</summary>
    public Value At(Node node, EquatableArray<Index> position) =>
        isStored(node) ? Read(node, position) : Compute(node, position);

    private Value Read(Node node, EquatableArray<Index> position)
    {
        if (!done.TryGetValue((node, position), out Value? value))
        {
            value = new Access(node, position);
            done.Add((node, position), value);
        }

        return value;
    }

    private static Value Leaf(Node node, EquatableArray<Index> position) => node.Attributes switch
    {
        ConstantAttributes { IsSplat: true } constant => new Literal(node.DType, constant.Bits[0]),
        IotaAttributes iota => new IndexValue(position[iota.Axis], node.DType),
        _ => throw new InvalidOperationException($"{node.Op} is always stored"),
    };

    private Value Elementwise(Node node, EquatableArray<Index> position)
    {
        if (node.Attributes is RandomAttributes random)
        {
            Node key = node.Inputs[0];
            Index element = Linear(position, random.Shape);
            return new RandomWord(At(key, new([0])), At(key, new([1])), random.Stream, element);
        }

        Value[] operands = node.Inputs.Select(input => At(input, position)).ToArray();
        switch (node.Op)
        {
            case Op.StopGradient:
                return operands[0];
            case Op.CheckIndex:
                sites.Add(node);
                return new CheckedIndex(operands[0], node.Get<CheckIndexAttributes>().Extent);
            default:
                return new Apply(node.Op, node.DType, operands);
        }
    }

    private Value Movement(Node node, EquatableArray<Index> position)
    {
        switch (node.Attributes)
        {
            case PadAttributes pad:
                return Pad(node, pad, position);
            case AxisAttributes concat:
                return Concat(node, concat.Axis, position);
        }

        // A chain of movement may be as long as the graph: it is followed in a loop.
        do
        {
            position = Moved(node, position);
            node = node.Inputs[0];
        }
        while (!isStored(node) && OnlyMoves(node));
        return At(node, position);
    }

    /// <summary>Whether a node only says where its operand's elements are.</summary>
    public static bool OnlyMoves(Node node) =>
        OpTable.Row(node.Op).Kind == OpKind.Movement && node.Op is not (Op.Pad or Op.Concat);

    /// <summary>Where a node that only moves has an element from: the position in its operand.</summary>
    public static EquatableArray<Index> Moved(Node node, EquatableArray<Index> position)
    {
        Shape from = node.Inputs[0].Shape;
        switch (node.Attributes)
        {
            case WindowAttributes window:
                return WindowPosition(window, position);
            case PermuteAttributes permute:
                var moved = new Index[position.Count];
                for (int i = 0; i < moved.Length; i++)
                {
                    moved[permute.Order[i]] = position[i];
                }

                return moved;
            case SliceAttributes slice:
                return new(position.Select((p, i) => (p * slice.Steps[i]) + Index.Of(slice.Starts[i])));
            default:
                return node.Op == Op.Broadcast
                    ? new(position.Select((p, i) => from[i] == 1 ? Index.Zero : p))
                    : Delinearize(Linear(position, node.Shape), from);
        }
    }

    private Value Gather(Node node, EquatableArray<Index> position)
    {
        int axis = node.Get<AxisAttributes>().Axis;
        Node data = node.Inputs[0];
        Node indices = node.Inputs[1];
        Value index = At(indices, new(position.Skip(axis).Take(indices.Shape.Rank)));

        // The graph checks indices where a user gives them; memory safety does not rest on that.
        Dimension extent = data.Shape[axis];
        bool isChecked = IsBelow(index, extent);
        if (!isChecked)
        {
            sites.Add(node);
        }

        // Where there is no row, no index is good, and none that is safe to read instead.
        if (extent == 0)
        {
            return new Literal(node.DType, 0);
        }

        Value safe = isChecked ? index : new CheckedIndex(index, extent);
        Index row = Index.Of(new DataAtom(safe, extent));
        var at = position.Take(axis).Append(row).Concat(position.Skip(axis + indices.Shape.Rank));
        return At(data, new(at));
    }

    /// <summary>Whether an index is known to be in range: checked already, or the position of an element.</summary>
    public static bool IsBelow(Value index, Dimension extent) => index switch
    {
        CheckedIndex known => known.Extent.IsAtMost(extent),
        Access { Node: { Op: Op.NonZero } positions } =>
            positions.Inputs[0].Shape[0].IsAtMost(extent) && extent.Min > 0,
        _ => false,
    };

    private Value Pad(Node node, PadAttributes pad, EquatableArray<Index> position)
    {
        var conditions = new List<Condition>();
        var inner = new Index[position.Count];
        Shape from = node.Inputs[0].Shape;
        for (int i = 0; i < inner.Length; i++)
        {
            long step = pad.Interior[i] + 1;
            Index shifted = position[i] - Index.Of(pad.Low[i]);
            inner[i] = step == 1 ? shifted : shifted / step;
            bool everywhere = pad.Low[i].Max <= 0 && pad.High[i].Max <= 0 && step == 1;
            if (!everywhere)
            {
                Index end = Index.Of(step == 1 ? from[i] : ((from[i] - 1) * step) + 1);
                conditions.Add(new Condition(shifted, 0, end, step));
            }
        }

        Value value = At(node.Inputs[0], inner);
        return conditions.Count == 0 ? value : new Guard(conditions, value, new Literal(node.DType, pad.ValueBits));
    }

    private Value Concat(Node node, int axis, EquatableArray<Index> position)
    {
        Dimension start = 0;
        Value? result = null;
        foreach (Node input in node.Inputs)
        {
            Index own = position[axis] - Index.Of(start);
            Value part = At(input, new(position.Select((p, i) => i == axis ? own : p)));
            Dimension extent = input.Shape[axis];
            result = result is null ? part : new Guard([new Condition(own, 0, Index.Of(extent))], part, result);
            start += extent;
        }

        // The first part is what remains where no later part applies; its own reads must stay inside, so it is guarded
        // too.
        return result is Guard ? GuardFirst(result, position[axis], Index.Of(node.Inputs[0].Shape[axis])) : result!;
    }

    private static Value GuardFirst(Value value, Index position, Index extent)
    {
        if (value is Guard guard)
        {
            return new Guard(guard.Conditions, guard.Operands[0], GuardFirst(guard.Operands[1], position, extent));
        }

        return new Guard([new Condition(position, 0, extent)], value, new Literal(value.Type, 0));
    }

    private static EquatableArray<Index> WindowPosition(WindowAttributes window, EquatableArray<Index> position)
    {
        int spatial = window.Kernel.Count;
        int lead = position.Count - (2 * spatial);
        var inner = position.Take(lead).ToList();
        for (int i = 0; i < spatial; i++)
        {
            inner.Add((position[lead + i] * window.Stride[i]) + (position[lead + spatial + i] * window.Dilation[i]));
        }

        return new(inner);
    }

    /// <summary>The row-major offset of a position.</summary>
    public static Index Linear(EquatableArray<Index> position, Shape shape)
    {
        Dimension[] strides = shape.Strides();
        Index result = Index.Zero;
        for (int i = 0; i < strides.Length; i++)
        {
            result += position[i] * strides[i];
        }

        return result;
    }

    /// <summary>The position of a row-major offset.</summary>
    public static EquatableArray<Index> Delinearize(Index offset, Shape shape)
    {
        var position = new Index[shape.Rank];
        Dimension[] strides = shape.Strides();
        for (int i = 0; i < position.Length; i++)
        {
            Index quotient = offset / strides[i];
            position[i] = shape[i] == 1 ? Index.Zero : quotient % shape[i];
        }

        return position;
    }
}
