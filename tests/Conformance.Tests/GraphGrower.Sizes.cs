namespace Sinter.Conformance.Tests;

/// <content>Movement along axes of symbolic size, from and to positions that are sizes themselves.</content>
internal sealed partial class GraphGrower
{
    // Every size is at least 1, so that maxima have elements and means have a divisor.
    private bool GrowMovedSize()
    {
        if (Pick(grown => grown.Shape.Any(d => !d.IsStatic)) is not { } x)
        {
            return false;
        }

        int axis = Any([.. Enumerable.Range(0, x.Shape.Rank).Where(i => !x.Shape[i].IsStatic)]);
        return random.Next(5) switch
        {
            0 => GrowSizedPad(x, axis),
            1 => GrowSizedConcat(x, axis),
            2 => GrowSizedWindow(x, axis),
            _ => GrowSizedSlice(x, axis),
        };
    }

    private bool GrowSizedSlice(Grown x, int axis)
    {
        Dimension extent = x.Shape[axis];
        Dimension least = Dimension.Minimum(extent, Any(1, 2, 3));
        long step = Any(1, 1, 2, 3, -1, -2);
        Dimension start = Any(0, extent - 1, extent - least, extent / 2, (extent - 1) / 3);
        Dimension room = step > 0 ? extent - start : start + 1;
        room = random.Next(3) == 0 ? Dimension.Minimum(room, least) : room;
        Dimension count = Dimension.Ceiling(room, Math.Abs(step));
        var starts = new Dimension[x.Shape.Rank];
        long[] steps = [.. starts.Select((_, i) => i == axis ? step : 1)];
        starts[axis] = start;
        return Fits(count)
            && Keep(Move(Op.Slice, new SliceAttributes(starts, x.Shape.With(axis, count), steps), x));
    }

    private bool GrowSizedPad(Grown x, int axis)
    {
        Dimension extent = x.Shape[axis];
        var low = new Dimension[x.Shape.Rank];
        var high = new Dimension[x.Shape.Rank];
        low[axis] = Any(0, 1, 2, extent, 1 - extent, -(extent / 2));
        high[axis] = Any(0, 1, extent - 1, -((extent - 1) / 2));
        bool isSpread = random.Next(4) == 0;
        long[] interior = [.. low.Select((_, i) => isSpread && i == axis ? 1L : 0)];
        var attributes = new PadAttributes(low, high, interior, Constants.Bits(x.Node.DType, 0));
        return Fits(low[axis] + high[axis] + extent) && Keep(Move(Op.Pad, attributes, x));
    }

    private bool GrowSizedConcat(Grown x, int axis)
    {
        Grown y = Pick(grown => grown.Node.DType == x.Node.DType && grown.Shape.Rank == x.Shape.Rank
            && grown.Shape.With(axis, 0).Equals(x.Shape.With(axis, 0)))!;
        int bits = x.IsExact && y.IsExact ? Math.Max(x.FractionBits, y.FractionBits) : -1;
        return Keep(Emit(Op.Concat, new AxisAttributes(axis), Math.Max(x.Bound, y.Bound), Math.Max(x.Error, y.Error), bits,
            x.Node, y.Node));
    }

    // The axis comes last, and is made long enough for a window where it need not be.
    private bool GrowSizedWindow(Grown x, int axis)
    {
        int[] order = [.. Enumerable.Range(0, x.Shape.Rank).Where(i => i != axis), axis];
        long kernel = random.Next(1, 4);
        long dilation = random.Next(1, 3);
        long span = ((kernel - 1) * dilation) + 1;
        var high = new Dimension[x.Shape.Rank];
        high[^1] = x.Shape[axis].Min >= span ? 0 : span - 1;
        var pad = new PadAttributes(
            new Dimension[high.Length], high, new long[high.Length], Constants.Bits(x.Node.DType, 0));
        var window = new WindowAttributes(new[] { kernel }, new[] { (long)random.Next(1, 4) }, new[] { dilation });
        return Move(Op.Permute, new PermuteAttributes(order), x) is { } last
            && Move(Op.Pad, pad, last) is { } longer && Keep(Move(Op.Window, window, longer));
    }

    private static bool Fits(Dimension size) => size.Min > 0;
}
