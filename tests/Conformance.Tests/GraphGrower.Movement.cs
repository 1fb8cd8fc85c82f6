namespace Sinter.Conformance.Tests;

internal sealed partial class GraphGrower
{
    private bool GrowReshape()
    {
        Grown x = Pick(_ => true)!;
        List<Dimension> extents = [.. x.Shape];
        int axis = random.Next(Math.Max(extents.Count, 1));
        switch (random.Next(4))
        {
            case 0:
                extents = [x.Shape.ElementCount];
                break;
            case 1 when axis + 1 < extents.Count:
                extents[axis] *= extents[axis + 1];
                extents.RemoveAt(axis + 1);
                break;
            case 2 when axis < extents.Count && Divisor(extents[axis]) is { } divisor:
                extents[axis] = extents[axis].Value / divisor;
                extents.Insert(axis + random.Next(2), divisor);
                break;
            default:
                extents.Insert(random.Next(extents.Count + 1), 1);
                break;
        }

        return Keep(Move(Op.Reshape, new ShapeAttributes(new Shape(extents)), x));
    }

    /// <summary>A divisor of a fixed extent other than 1 and itself.</summary>
    private long? Divisor(Dimension extent)
    {
        if (!extent.IsStatic)
        {
            return null;
        }

        long[] divisors = [.. new[] { 2L, 3, 5 }.Where(d => extent.Value > d && extent.Value % d == 0)];
        return divisors.Length == 0 ? null : Any(divisors);
    }

    private bool GrowPermute()
    {
        if (Pick(grown => grown.Shape.Rank > 1) is not { } x)
        {
            return false;
        }

        int[] order = Enumerable.Range(0, x.Shape.Rank).ToArray();
        random.Shuffle(order);
        return Keep(Move(Op.Permute, new PermuteAttributes(order), x));
    }

    private bool GrowBroadcast()
    {
        if (Pick(grown => grown.Shape.Any(d => d == 1)) is not { } x)
        {
            return false;
        }

        Dimension extent = batch is not null && random.Next(2) == 0
            ? Any([.. symbols.Keys])
            : options.Real ? Any(sizes) : random.Next(2, 5);
        Shape shape = new(x.Shape.Select(d => d == 1 && random.Next(3) > 0 ? extent : d));
        bool fits = shape.ElementCount.Max <= options.MaxElements;
        return fits && Keep(Move(Op.Broadcast, new ShapeAttributes(shape), x));
    }

    private bool GrowSlice()
    {
        if (Pick(grown => grown.Shape.Any(d => d.IsStatic && d.Value > 1)) is not { } x)
        {
            return false;
        }

        var starts = new long[x.Shape.Rank];
        var steps = new long[x.Shape.Rank];
        Dimension[] counts = [.. x.Shape];
        for (int axis = 0; axis < counts.Length; axis++)
        {
            steps[axis] = 1;
            if (counts[axis].IsStatic && random.Next(3) > 0)
            {
                long extent = counts[axis].Value;
                starts[axis] = random.NextInt64(extent);
                steps[axis] = Any(1, 1, 2, -1, -2);
                long room = steps[axis] > 0 ? extent - 1 - starts[axis] : starts[axis];
                counts[axis] = 1 + random.NextInt64((room / Math.Abs(steps[axis])) + 1);
            }
        }

        return Keep(Move(Op.Slice, new SliceAttributes(starts, new Shape(counts), steps), x));
    }

    private bool GrowPad()
    {
        Grown x = Pick(_ => true)!;
        int rank = x.Shape.Rank;
        long[] low = new long[rank];
        long[] high = new long[rank];
        long[] interior = new long[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            bool isPadded = x.Shape[axis].IsStatic && random.Next(2) == 0;
            if (isPadded)
            {
                // Cutting off is fine as long as something is left.
                int least = x.Shape[axis].Value > 2 ? -1 : 0;
                low[axis] = random.Next(least, 3);
                high[axis] = random.Next(least, 3);
                interior[axis] = random.Next(4) == 0 ? 1 : 0;
            }
        }

        double value = x.IsFloat ? Any(0, 0, 1, -0.5) : Any(0, 1);
        var attributes = new PadAttributes(low, high, interior, Constants.Bits(x.Node.DType, value));
        int bits = x.IsExact ? Math.Max(x.FractionBits, 1) : -1;
        return Keep(Emit(Op.Pad, attributes, Math.Max(x.Bound, 1), x.Error, bits, x.Node));
    }

    private bool GrowConcat()
    {
        if (Pick(grown => grown.Shape.Any(d => d.IsStatic)) is not { } x)
        {
            return false;
        }

        int axis = Enumerable.Range(0, x.Shape.Rank).First(i => x.Shape[i].IsStatic);
        Grown y = Pick(grown => grown.Node.DType == x.Node.DType && JoinAlong(axis, x.Shape, grown.Shape))!;
        int bits = x.IsExact && y.IsExact ? Math.Max(x.FractionBits, y.FractionBits) : -1;
        double error = Math.Max(x.Error, y.Error);
        return Keep(Emit(Op.Concat, new AxisAttributes(axis), Math.Max(x.Bound, y.Bound), error, bits, x.Node, y.Node));
    }

    private static bool JoinAlong(int axis, Shape a, Shape b) =>
        a.Rank == b.Rank && b[axis].IsStatic && a.With(axis, 0).Equals(b.With(axis, 0));

    private bool GrowWindow()
    {
        if (Pick(grown => grown.Shape.Rank > 0 && grown.Shape[^1].IsStatic) is not { } x)
        {
            return false;
        }

        bool isPlane = x.Shape.Rank > 1 && x.Shape[^2].IsStatic && random.Next(3) == 0;
        long[] sizes = isPlane ? [x.Shape[^2].Value, x.Shape[^1].Value] : [x.Shape[^1].Value];
        return Keep(Move(Op.Window, RandomWindow(sizes, maxDilation: 2), x));
    }

    /// <summary>Windows that fit axes of the given sizes.</summary>
    private WindowAttributes RandomWindow(long[] sizes, int maxDilation)
    {
        long[] kernel = Array.ConvertAll(sizes, size => random.NextInt64(1, Math.Min(size, 3) + 1));
        long[] stride = Array.ConvertAll(sizes, _ => random.NextInt64(1, 3));
        long[] dilation = sizes.Select((size, i) =>
        {
            long wanted = random.NextInt64(1, maxDilation + 1);
            return ((kernel[i] - 1) * wanted) + 1 <= size ? wanted : 1;
        }).ToArray();
        return new WindowAttributes(kernel, stride, dilation);
    }
}
