namespace Sinter.Conformance.Tests;

internal sealed partial class GraphGrower
{
    private bool GrowReduction()
    {
        if (Pick(grown => (grown.IsFloat || grown.IsInteger) && grown.Shape.Rank > 0) is not { } x)
        {
            return false;
        }

        int[] axes = Enumerable.Range(0, x.Shape.Rank).Where(_ => random.Next(2) == 0).ToArray();
        axes = axes.Length == 0 ? [x.Shape.Rank - 1] : axes;
        long count = axes.Aggregate(1L, (product, axis) => product * x.Shape[axis].Max);
        Op op = Any(Op.Sum, Op.Sum, Op.Max, Op.Min, count <= 4 ? Op.Product : Op.Sum);
        var attributes = new ReduceAttributes(axes);
        return op switch
        {
            Op.Sum => Keep(EmitSum(op, attributes, x.Bound, x.Error, x.FractionBits, count, x.Node)),
            Op.Product => Keep(EmitProduct(attributes, x, count)),
            _ => Keep(Move(op, attributes, x)),
        };
    }

    /// <summary>A sum of <paramref name="count"/> terms: errors add up, and so do those of the running sum.</summary>
    private Grown? EmitSum(
        Op op,
        Attributes attributes,
        double bound,
        double error,
        int fractionBits,
        double count,
        params Node[] operands)
    {
        double rounding = Unit * bound * count * Math.Sqrt(count);
        return Emit(op, attributes, bound * count, (error * count) + rounding, fractionBits, (long)count, operands);
    }

    private Grown? EmitProduct(ReduceAttributes attributes, Grown x, long count)
    {
        double factor = Math.Max(x.Bound, 1);
        double error = count * Math.Pow(factor, count - 1) * (x.Error + (Unit * factor));
        int bits = x.IsExact ? x.FractionBits * (int)count : -1;
        return Emit(Op.Product, attributes, Math.Pow(factor, count), error, bits, x.Node);
    }

    private bool GrowArg()
    {
        bool Fits(Grown grown) => grown.IsExact && (grown.IsFloat || grown.IsInteger) && grown.Shape.Rank > 0;
        if (Pick(Fits) is not { } x)
        {
            return false;
        }

        int axis = random.Next(x.Shape.Rank);
        var attributes = new ReduceAttributes(new[] { axis });
        return Keep(Emit(Any(Op.ArgMax, Op.ArgMin), attributes, x.Shape[axis].Max, 0, 0, x.Node));
    }

    private bool GrowFold()
    {
        bool Fits(Grown grown) => (grown.IsFloat || grown.IsInteger)
            && grown.Shape.Rank > 1 && grown.Shape[^1].IsStatic && grown.Shape[^2].IsStatic;
        if (Pick(Fits) is not { } x)
        {
            return false;
        }

        long positions = x.Shape[^2].Value;
        long kernel = x.Shape[^1].Value;
        long stride = random.NextInt64(1, 3);
        long dilation = random.NextInt64(1, 3);
        long size = ((positions - 1) * stride) + ((kernel - 1) * dilation) + 1 + random.NextInt64(stride);
        var window = new WindowAttributes(new[] { kernel }, new[] { stride }, new[] { dilation });
        var attributes = new FoldAttributes(window, new[] { size });
        return Keep(EmitSum(Op.Fold, attributes, x.Bound, x.Error, x.FractionBits, kernel, x.Node));
    }

    private bool GrowPool()
    {
        if (Pick(grown => grown.IsFloat && grown.Shape.Rank > 1 && grown.Shape[^1].IsStatic) is not { } x)
        {
            return false;
        }

        bool isPlane = x.Shape.Rank > 2 && x.Shape[^2].IsStatic && random.Next(2) == 0;
        long[] sizes = isPlane ? [x.Shape[^2].Value, x.Shape[^1].Value] : [x.Shape[^1].Value];
        WindowAttributes window = RandomWindow(sizes, maxDilation: 1);

        // Less padding than kernel, so that no window is of padding alone.
        long[] low = [.. window.Kernel.Select(k => random.NextInt64(k.Value))];
        long[] high = [.. window.Kernel.Select(k => random.NextInt64(k.Value))];
        return Keep(Move(Op.MaxPool, new PoolAttributes(window, low, high), x));
    }

    private bool GrowContraction()
    {
        Grown? x = Pick(grown => (grown.IsFloat || grown.IsInteger) && grown.Shape.Rank > 0);
        Grown? y = x is null
            ? null
            : Pick(grown => grown.Node.DType == x.Node.DType && grown.Shape.Any(x.Shape.Contains));
        return y is not null && Keep(Contract(x!, y, RandomPairs(x!.Shape, y.Shape)));
    }

    private ContractionAttributes RandomPairs(Shape left, Shape right)
    {
        var pairs = new List<(int Left, int Right)>();
        var batches = new List<(int Left, int Right)>();
        int[] order = Enumerable.Range(0, right.Rank).ToArray();
        random.Shuffle(order);
        for (int axis = 0; axis < left.Rank; axis++)
        {
            int at = Array.FindIndex(order, other => other >= 0 && right[other] == left[axis]);
            int role = random.Next(5);
            if (at >= 0 && role > 0)
            {
                (role == 1 ? batches : pairs).Add((axis, order[at]));
                order[at] = -1;
            }
        }

        return new ContractionAttributes(
            batches.Select(p => p.Left).ToArray(), batches.Select(p => p.Right).ToArray(),
            pairs.Select(p => p.Left).ToArray(), pairs.Select(p => p.Right).ToArray());
    }

    private Grown? Contract(Grown x, Grown y, ContractionAttributes attributes)
    {
        long count = attributes.LeftContracted.Aggregate(1L, (product, axis) => product * x.Shape[axis].Max);
        return EmitProducts(Op.Contraction, attributes, x, y, count);
    }

    /// <summary>A sum of <paramref name="count"/> products.</summary>
    private Grown? EmitProducts(Op op, Attributes attributes, Grown x, Grown y, long count)
    {
        double error = (x.Error * y.Bound) + (y.Error * x.Bound);
        int bits = x.IsExact && y.IsExact ? x.FractionBits + y.FractionBits : -1;
        return EmitSum(op, attributes, x.Bound * y.Bound, error, bits, count, x.Node, y.Node);
    }

    private bool GrowLinear()
    {
        if (Pick(grown => grown.IsSingle && grown.Shape.Rank > 0 && grown.Shape[^1].IsStatic) is not { } x)
        {
            return false;
        }

        Grown weight = PlantParameter(new Shape(x.Shape[^1], options.Real ? Any(sizes) : random.Next(1, 6)));
        return Keep(Contract(x, weight, new ContractionAttributes(
            default, default, new[] { x.Shape.Rank - 1 }, new[] { 0 })));
    }

    private bool GrowConvolution()
    {
        bool Fits(Grown grown) =>
            grown.IsSingle && grown.Shape.Rank is 3 or 4 && grown.Shape.Skip(1).All(d => d.IsStatic);
        if (Pick(Fits) is not { } x)
        {
            return false;
        }

        long channels = x.Shape[1].Value;
        int groups = channels % 2 == 0 && random.Next(2) == 0 ? 2 : 1;
        long[] low = [.. x.Shape.Skip(2).Select(_ => random.NextInt64(2))];
        long[] high = [.. x.Shape.Skip(2).Select(_ => random.NextInt64(2))];
        long[] sizes = [.. x.Shape.Skip(2).Select((d, i) => d.Value + low[i] + high[i])];
        WindowAttributes window = RandomWindow(sizes, maxDilation: 2);
        long outputs = groups * random.Next(1, 3);
        Dimension[] taps = window.Kernel.ToArray();
        Grown weight = PlantParameter(new Shape([outputs, channels / groups, .. taps]));
        long count = channels / groups * window.Kernel.Aggregate(1L, (product, k) => product * k.Value);
        var attributes = new ConvolutionAttributes(window.Stride, low, high, window.Dilation, groups);
        return Keep(EmitProducts(Op.Convolution, attributes, x, weight, count));
    }

    private bool GrowGather()
    {
        Grown? indices = Pick(grown => grown.IsIndex && grown.Shape.Rank <= 2);
        Grown? x = indices is null ? null : Pick(grown => grown.Shape.Any(d => d.IsStatic));
        if (x is null)
        {
            return false;
        }

        int axis = Enumerable.Range(0, x.Shape.Rank).First(i => x.Shape[i].IsStatic);
        Grown? safe = InRange(indices!, x.Shape[axis].Value);
        return safe is not null
            && Keep(Emit(Op.Gather, new AxisAttributes(axis), x.Bound, x.Error, x.FractionBits, x.Node, safe.Node));
    }

    /// <summary>Any integers as checked indices: modulo the extent.</summary>
    private Grown? InRange(Grown indices, long extent)
    {
        Grown divisor = Splat(indices.Node.DType, indices.Shape, extent, 0);
        Grown? row = Emit(Op.Remainder, NoAttributes.Instance, extent, 0, 0, indices.Node, divisor.Node);
        return row is null ? null : Move(Op.CheckIndex, new CheckIndexAttributes(extent, "row"), row);
    }

    private bool GrowScatter()
    {
        if (Pick(grown => (grown.IsFloat || grown.IsInteger) && grown.Shape.Rank > 0) is not { } x)
        {
            return false;
        }

        int axis = random.Next(x.Shape.Rank);
        long extent = options.Real ? Any(sizes) : random.NextInt64(1, 6);
        Shape shape = x.Shape.Range(axis, 1);
        Grown? indices = Pick(grown => grown.IsIndex && grown.Shape.Equals(shape))
            ?? Emit(Op.Iota, new IotaAttributes(new TensorType(DType.I64, shape), 0), shape[0].Max, 0, 0);
        var attributes = new ScatterAttributes(axis, extent);
        long count = shape[0].Max;
        return indices is not null && InRange(indices, extent) is { } safe
            && Keep(EmitSum(Op.ScatterAdd, attributes, x.Bound, x.Error, x.FractionBits, count, x.Node, safe.Node));
    }

    // A slice of an operand put over its rows, all at once or one at a position.
    private bool GrowUpdateRows()
    {
        if (Pick(grown => grown.Shape.Any(d => d.IsStatic && d.Value > 0)) is not { } x)
        {
            return false;
        }

        int axis = Enumerable.Range(0, x.Shape.Rank).First(i => x.Shape[i].IsStatic && x.Shape[i].Value > 0);
        long extent = x.Shape[axis].Value;
        long count = random.NextInt64(1, extent + 1);
        long first = random.NextInt64(extent - count + 1);
        var indices = new Tensor<I64>(Constants.Dense(
            DType.I64, new Shape(count), [.. Enumerable.Range(0, (int)count).Select(i => (double)(first + i))]));
        var starts = new Dimension[x.Shape.Rank];
        Array.Fill(starts, 0);
        var slice = new SliceAttributes(
            starts, new Shape(x.Shape.Select((d, i) => i == axis ? count : d)), new EquatableArray<long>(starts.Select(_ => 1L)));
        return Move(Op.Slice, slice, x) is { } rows && Keep(
            Emit(Op.UpdateRows, new AxisAttributes(axis), x.Bound, x.Error, x.FractionBits, x.Node, rows.Node, indices.Node));
    }

    // Slices that data chooses, put back where they were: a size that the run computes comes and goes.
    private bool GrowChosen()
    {
        if (Pick(grown => (grown.IsFloat || grown.IsInteger) && grown.Shape.Rank > 0) is not { } x)
        {
            return false;
        }

        int axis = random.Next(x.Shape.Rank);
        Shape along = x.Shape.Range(axis, 1);
        Grown? source = Pick(grown => grown.IsExact && grown.Shape.Equals(along));
        Node flag = source?.Node ?? (Tensor<I64>.Iota(along, 0) % Tensor<I64>.Scalar(3)).Node;
        Tensor<Bool> chosen = new(builder.Make(Op.Cast, new CastAttributes(DType.Bool), flag));
        Tensor<I64> at = chosen.NonZero(name: $"R{seed}n{pool.Count}");
        at = at.Reshape(at.Shape[0]);
        Node slices = builder.Make(Op.Gather, new AxisAttributes(axis), x.Node, at.Node);
        used.UnionWith([x.Node, flag]);
        return Keep(Emit(
            Op.ScatterAdd, new ScatterAttributes(axis, along[0]), x.Bound, x.Error, x.FractionBits, slices, at.Node));
    }

    // A cell that forgets: whatever the length, errors stay below twice those of one slice.
    private bool GrowScan()
    {
        if (Pick(grown => grown.Node.DType == DType.F32 && grown.Shape.Rank > 0 && grown.Shape[0].Max <= 64) is not { } x)
        {
            return false;
        }

        var scan = new ScanBuilder(x.Shape[0], reversed: random.Next(2) == 0);
        Tensor<F32> slice = scan.Slice(new Tensor<F32>(x.Node));
        Tensor<F32> state = scan.Carry(Tensor<F32>.Full(0.25, [.. slice.Shape]));
        double scale = 0.5 / Math.Max(x.Bound, 1);
        Tensor<F32> next = ((state * 0.5) + (slice * scale)).Tanh();
        scan.Next(state, next);
        Stacked<F32> all = scan.Stack(random.Next(2) == 0 ? next : next * slice);
        Node result = random.Next(2) == 0 ? scan.Last(state).Node : all.Values.Node;
        double bound = Math.Max(x.Bound, 1);
        double error = 2 * bound * (x.Error + (8 * Unit));
        used.UnionWith(result.Inputs[0].Inputs);
        return Keep(Emit(Op.Result, result.Attributes, bound, error, -1, result.Inputs[0]));
    }

    // Either branch: what decides is exact.
    private bool GrowCond()
    {
        if (Pick(grown => grown.Node.DType == DType.F32) is not { } x
            || Pick(grown => grown.Node.DType == DType.Bool) is not { } mask)
        {
            return false;
        }

        var value = new Tensor<F32>(x.Node);
        var flags = new Tensor<Bool>(mask.Node);
        double bound = Math.Max(x.Bound, 1);
        Node result = Functional.Cond(
            random.Next(2) == 0 ? flags.Any() : flags.All(), value,
            v => (v * (0.5 / bound)).Tanh(), v => random.Next(2) == 0 ? v : v * 0.5).Node;
        used.UnionWith(result.Inputs[0].Inputs);
        return Keep(Emit(Op.Result, result.Attributes, bound, x.Error + (8 * bound * Unit), -1, result.Inputs[0]));
    }
}
