using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Simplify;

/// <summary>Rules of movement: two index functions in a row are one, and those that do nothing vanish.</summary>
internal static class MovementRules
{
    public static IReadOnlyList<Rule> Table { get; } =
        [.. Identities(), .. OfConstants(), .. Chains(), .. OpTable.All.Where(SinksBroadcast).Select(BroadcastLast)];

    private static Rule[] Identities() =>
    [
        Identity("reshape to the same shape → x", Op.Reshape, m => true),
        Identity("broadcast to the same shape → x", Op.Broadcast, m => true),
        Identity("permute in order → x", Op.Permute, m => IsAscending(m.Get<PermuteAttributes>().Order)),
        Identity("slice of everything → x", Op.Slice, IsWhole),
        Identity("pad by nothing → x", Op.Pad, m => IsPadNothing(m.Get<PadAttributes>())),
        Identity("concat of one → x", Op.Concat, m => m.Inputs.Count == 1),
        new("window of one element → reshape", Op.Window, WindowOfOne),
    ];

    private static Rule[] OfConstants() =>
    [
        SplatMovement("reshape of a constant → constant", Op.Reshape),
        SplatMovement("broadcast of a constant → constant", Op.Broadcast),
        SplatMovement("permute of a constant → constant", Op.Permute),
        SplatMovement("slice of a constant → constant", Op.Slice),
        SplatMovement("window of a constant → constant", Op.Window),
        new("pad of a constant with itself → constant", Op.Pad, PadOfConstant),
        new("concat of one constant → constant", Op.Concat, ConcatOfConstants),
    ];

    private static Rule[] Chains() =>
    [
        new("reshape(reshape(x)) → reshape(x)", Op.Reshape, ReshapeOfReshape),
        new("broadcast(broadcast(x)) → broadcast(x)", Op.Broadcast, BroadcastOfBroadcast),
        new("permute(permute(x)) → permute(x)", Op.Permute, PermuteOfPermute),
        new("permute of unit axes → reshape", Op.Permute, PermuteOfUnitAxes),
        new("slice(slice(x)) → slice(x)", Op.Slice, SliceOfSlice),
        new("pad(pad(x)) → pad(x)", Op.Pad, PadOfPad),
        new("pad that cuts → slice", Op.Pad, PadThatCuts),
        new("slice(pad(x)) inside x → slice(x)", Op.Slice, SliceOfPad),
        new("slice(concat(x, y)) → slice of the parts it touches", Op.Slice, SliceOfConcat),
        new("reshape(broadcast(x)) of unit axes → broadcast(reshape(x))", Op.Reshape, ReshapeOfBroadcast),
    ];

    private static Rule Identity(string name, Op op, Func<Node, bool> condition) => new(
        name, op, match =>
            match.Root.Shape.Equals(match.Root.Inputs[0].Shape) && condition(match.Root)
                ? match.Root.Inputs[0]
                : null);

    private static Rule SplatMovement(string name, Op op) => new(name, op, match => Splat(match, match.Root.Inputs[0]));

    // The same bits under the root's shape. Only constants proper: through movement they have come here before.
    private static Node? Splat(Match match, Node constant) =>
        constant.Attributes is ConstantAttributes { IsSplat: true } splat
        ? match.Builder.Make(Op.Constant, new ConstantAttributes(match.Root.Type, splat.Bits))
        : null;

    private static bool IsAscending(EquatableArray<int> order) => order.SequenceEqual(Enumerable.Range(0, order.Count));

    private static bool IsWhole(Node node)
    {
        var slice = node.Get<SliceAttributes>();
        return slice.Starts.All(start => start == 0) && slice.Steps.All(step => step == 1);
    }

    private static bool IsPadNothing(PadAttributes pad) =>
        pad.Low.Concat(pad.High).All(n => n == 0) && pad.Interior.All(n => n == 0);

    private static Node? WindowOfOne(Match match)
    {
        var window = match.Root.Get<WindowAttributes>();
        bool one = window.Kernel.All(k => k == 1) && window.Stride.All(s => s == 1);
        return one ? match.Expression(match.Root.Inputs[0]).Reshape(match.Root.Shape).Node : null;
    }

    private static Node? PadOfConstant(Match match)
    {
        long value = match.Root.Get<PadAttributes>().ValueBits;
        Node x = match.Root.Inputs[0];
        bool same = x.Attributes is ConstantAttributes { IsSplat: true } splat && splat.Bits[0] == value;
        return same ? Splat(match, x) : null;
    }

    private static Node? ConcatOfConstants(Match match)
    {
        IReadOnlyList<Node> parts = match.Root.Inputs;
        bool same = parts[0].Attributes is ConstantAttributes first
            && parts.All(part => part.Attributes is ConstantAttributes { IsSplat: true } c && c.Bits == first.Bits);
        return same ? Splat(match, parts[0]) : null;
    }

    private static Node? ReshapeOfReshape(Match match)
    {
        Node inner = match.Root.Inputs[0];
        return inner.Op == Op.Reshape ? match.Expression(inner.Inputs[0]).Reshape(match.Root.Shape).Node : null;
    }

    private static Node? BroadcastOfBroadcast(Match match)
    {
        Node inner = match.Root.Inputs[0];
        return inner.Op == Op.Broadcast ? match.Expression(inner.Inputs[0]).Broadcast(match.Root.Shape).Node : null;
    }

    private static Node? PermuteOfPermute(Match match)
    {
        Node inner = match.Root.Inputs[0];
        if (inner.Op != Op.Permute)
        {
            return null;
        }

        var innerOrder = inner.Get<PermuteAttributes>().Order;
        int[] order = match.Root.Get<PermuteAttributes>().Order.Select(axis => innerOrder[axis]).ToArray();
        return match.Expression(inner.Inputs[0]).Permute(order).Node;
    }

    // The other axes keep their order, so no element moves.
    private static Node? PermuteOfUnitAxes(Match match)
    {
        Node x = match.Root.Inputs[0];
        int[] moved = match.Root.Get<PermuteAttributes>().Order.Where(axis => x.Shape[axis] != 1).ToArray();
        bool inOrder = moved.SequenceEqual(moved.OrderBy(axis => axis));
        return inOrder ? match.Expression(x).Reshape(match.Root.Shape).Node : null;
    }

    // Element i is inner element start + i * step, which is element innerStart + (start + i * step) * innerStep.
    private static Node? SliceOfSlice(Match match)
    {
        Node inner = match.Root.Inputs[0];
        if (inner.Op != Op.Slice)
        {
            return null;
        }

        var outer = match.Root.Get<SliceAttributes>();
        var first = inner.Get<SliceAttributes>();
        var offsets = outer.Starts.Select((start, axis) => start * first.Steps[axis]);
        Dimension[] starts = first.Starts.Zip(offsets, (start, offset) => start + offset).ToArray();
        long[] steps = first.Steps.Select((step, axis) => step * outer.Steps[axis]).ToArray();
        return match.Expression(inner.Inputs[0]).Make(Op.Slice, new SliceAttributes(starts, outer.Shape, steps)).Node;
    }

    private static Node? PadOfPad(Match match)
    {
        Node inner = match.Root.Inputs[0];
        if (inner.Op != Op.Pad)
        {
            return null;
        }

        var outer = match.Root.Get<PadAttributes>();
        var first = inner.Get<PadAttributes>();
        bool plain = first.Interior.Concat(outer.Interior).All(n => n == 0) && first.ValueBits == outer.ValueBits;
        // What the inner one cut off cannot come back, so it may only add; what it added the outer one may cut.
        if (!plain || first.Low.Concat(first.High).Any(n => n.Min < 0))
        {
            return null;
        }

        Dimension[] low = first.Low.Select((n, axis) => n + outer.Low[axis]).ToArray();
        Dimension[] high = first.High.Select((n, axis) => n + outer.High[axis]).ToArray();
        var left = inner.Inputs[0].Shape.Select(
            (d, axis) => d + Dimension.Minimum(low[axis], 0) + Dimension.Minimum(high[axis], 0));
        bool leavesSome = left.All(n => n.Min > 0);
        var both = new PadAttributes(low, high, outer.Interior, outer.ValueBits);
        return leavesSome ? match.Expression(inner.Inputs[0]).Make(Op.Pad, both).Node : null;
    }

    private static Node? PadThatCuts(Match match)
    {
        var pad = match.Root.Get<PadAttributes>();
        bool adds = pad.Low.Concat(pad.High).Any(n => n.Max > 0) || pad.Interior.Any(n => n != 0);
        if (adds || match.Root.Shape.Any(d => d.Min == 0))
        {
            return null;
        }

        Dimension[] starts = pad.Low.Select(n => -n).ToArray();
        long[] steps = Enumerable.Repeat(1L, starts.Length).ToArray();
        var slice = new SliceAttributes(starts, match.Root.Shape, steps);
        return match.Expression(match.Root.Inputs[0]).Make(Op.Slice, slice).Node;
    }

    // A slice that touches none of the padding.
    private static Node? SliceOfPad(Match match)
    {
        Node inner = match.Root.Inputs[0];
        if (inner.Op != Op.Pad || inner.Get<PadAttributes>() is var pad && pad.Interior.Any(n => n != 0))
        {
            return null;
        }

        var slice = match.Root.Get<SliceAttributes>();
        Shape shape = inner.Inputs[0].Shape;
        var starts = new Dimension[shape.Rank];
        for (int axis = 0; axis < starts.Length; axis++)
        {
            starts[axis] = slice.Starts[axis] - pad.Low[axis];
            bool untouched = pad.Low[axis] == 0 && pad.High[axis] == 0;
            if (!untouched && !IsInside(starts[axis], slice.Steps[axis], slice.Shape[axis], shape[axis]))
            {
                return null;
            }
        }

        var inside = new SliceAttributes(starts, slice.Shape, slice.Steps);
        return match.Expression(inner.Inputs[0]).Make(Op.Slice, inside).Node;
    }

    // The gradient of each part of a concatenation is such a slice, and would choose among all parts.
    private static Node? SliceOfConcat(Match match)
    {
        Node inner = match.Root.Inputs[0];
        if (inner.Op != Op.Concat)
        {
            return null;
        }

        int axis = inner.Get<AxisAttributes>().Axis;
        var slice = match.Root.Get<SliceAttributes>();
        Dimension start = slice.Starts[axis];
        Dimension last = start + ((slice.Shape[axis] - 1) * slice.Steps[axis]);
        var (low, high) = slice.Steps[axis] > 0 ? (start, last) : (last, start);
        var touched = new List<Node>();
        Dimension before = 0;
        Dimension end = 0;
        foreach (Node part in inner.Inputs)
        {
            // A part is left out where that is certain.
            Dimension next = end + part.Shape[axis];
            bool isOutside = (high + 1).IsAtMost(end) || next.IsAtMost(low) || next == end;
            if (!isOutside)
            {
                before = touched.Count == 0 ? end : before;
                touched.Add(part);
            }

            end = next;
        }

        if (slice.Shape[axis].Min == 0 || touched.Count == 0 || touched.Count == inner.Inputs.Count)
        {
            return null;
        }

        Dimension[] starts = slice.Starts.ToArray();
        starts[axis] -= before;
        Node from = touched.Count == 1
            ? touched[0] : match.Builder.Make(Op.Concat, inner.Attributes, touched.ToArray());
        return match.Expression(from).Make(Op.Slice, new SliceAttributes(starts, slice.Shape, slice.Steps)).Node;
    }

    private static bool IsInside(Dimension start, long step, Dimension count, Dimension extent)
    {
        Dimension last = start + ((count - 1) * step);
        var (low, high) = step > 0 ? (start, last) : (last, start);
        return count.Min > 0 && low.Min >= 0 && (high + 1).IsAtMost(extent);
    }

    // Broadcasts come last, where they meet other broadcasts and reductions that need not run over them.
    private static Node? ReshapeOfBroadcast(Match match)
    {
        Node inner = match.Root.Inputs[0];
        Shape to = match.Root.Shape;
        if (inner.Op != Op.Broadcast || UnitAxes.Map(inner.Shape, to) is not { } map)
        {
            return null;
        }

        Shape from = inner.Inputs[0].Shape;
        Shape small = new(map.Select(axis => axis < 0 ? 1 : from[axis]));
        return match.Expression(inner.Inputs[0]).Reshape(small).Broadcast(to).Node;
    }

    private static bool SinksBroadcast(OpRow row) => row.Kind == OpKind.Elementwise && row.Op != Op.RandomBits;

    // What is the same along an axis is computed once: f(broadcast(x), broadcast(y)) → broadcast(f(x, y)).
    private static Rule BroadcastLast(OpRow row) =>
        new("f(broadcast(x)) → broadcast(f(x))", row.Op, ComputeBeforeBroadcast);

    private static Node? ComputeBeforeBroadcast(Match match)
    {
        Node root = match.Root;
        Node? source = root.Inputs.FirstOrDefault(operand => operand.Op == Op.Broadcast)?.Inputs[0];
        if (source is null)
        {
            return null;
        }

        var small = new Node[root.Inputs.Count];
        for (int i = 0; i < small.Length; i++)
        {
            Node operand = root.Inputs[i];
            bool broadcast = operand.Op == Op.Broadcast && operand.Inputs[0].Shape.Equals(source.Shape);
            if (!broadcast && operand.Attributes is not ConstantAttributes { IsSplat: true })
            {
                return null;
            }

            var type = new TensorType(operand.DType, source.Shape);
            small[i] = broadcast
                ? operand.Inputs[0]
                : match.Builder.Make(Op.Constant, new ConstantAttributes(type, operand.Get<ConstantAttributes>().Bits));
        }

        return match.Expression(match.Builder.Make(root.Op, root.Attributes, small)).Broadcast(root.Shape).Node;
    }
}
