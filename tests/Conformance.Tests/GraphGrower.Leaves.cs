using Sinter.Reference;

namespace Sinter.Conformance.Tests;

internal sealed partial class GraphGrower
{
    private void PlantLeaves()
    {
        // At least one exact float, for the operations that jump; the batch must be known from an input.
        PlantInput(isExact: true, hasBatch: batch is not null);
        foreach (Symbol symbol in symbols.Keys.Skip(1))
        {
            PlantInput(isExact: random.Next(2) == 0, symbol);
        }

        if (options.Real && random.Next(2) == 0)
        {
            PlantDense();
        }

        for (int i = random.Next(3); i > 0; i--)
        {
            PlantInput(isExact: random.Next(2) == 0, WantsBatch());
        }

        for (int i = random.Next(3); i > 0; i--)
        {
            PlantParameter(RandomShape(maxRank: 2, hasBatch: false));
        }

        if (random.Next(3) == 0)
        {
            PlantInteger(Any(DType.I32, DType.I64, DType.I16, DType.I8, DType.U8));
        }

        if (random.Next(4) == 0)
        {
            PlantInput(isExact: true, WantsBatch() ? batch : null, Any(DType.F16, DType.BF16, DType.F64));
        }
    }

    private void PlantInput(bool isExact, bool hasBatch) => PlantInput(isExact, hasBatch ? batch : null);

    private void PlantInput(bool isExact, Symbol? first, DType type = DType.F32)
    {
        string name = $"x{inputs.Count}";
        Shape shape = RandomShape(maxRank: options.Real && random.Next(4) == 0 ? 8 : 4, first);
        Node node = builder.Input(name, new TensorType(type, shape));
        inputs.Add(name, Values(node.Type, isExact));
        Plant(node, isExact);
    }

    // A layer as models have it: large enough for rows and lanes to be packed.
    private void PlantDense()
    {
        int[] large = [.. RealSizes.Where(size => size is > 90 and <= 257)];
        int depth = Any(large);
        Dimension rows = batch is not null && batch.Max > 90 ? batch : Any(large);
        string name = $"x{inputs.Count}";
        bool isExact = random.Next(2) == 0;
        Node node = builder.Input(name, new TensorType(DType.F32, new Shape(rows, depth)));
        inputs.Add(name, Values(node.Type, isExact));
        Grown weight = PlantParameter(new Shape(depth, Any(large)));
        Keep(Contract(
            Plant(node, isExact), weight, new ContractionAttributes(default, default, new[] { 1 }, new[] { 0 })));
    }

    private void PlantInteger(DType type)
    {
        string name = $"i{inputs.Count}";
        Node node = builder.Input(name, new TensorType(type, RandomShape(maxRank: 2, WantsBatch())));
        long[] extents = Extents(node.Shape);
        long[] values = Draw(extents, () => Math.Max(type.Facts().Lowest, random.NextInt64(-9, 10)));
        inputs.Add(name, new TensorValue(type, extents, values));
        Add(new Grown(node, 9, 0, 0));
    }

    private Grown PlantParameter(Shape shape)
    {
        string name = $"w{parameters.Count}";
        var parameter = new Parameter(name, new TensorType(DType.F32, shape), Initializer.Zeros);
        bool isExact = random.Next(2) == 0;
        parameters.Add(name, Values(parameter.Type, isExact));
        Grown grown = Plant(builder.Make(Op.Parameter, parameter.Node.Attributes), isExact);
        declared.Add(grown);
        return grown;
    }

    private Grown Plant(Node node, bool isExact) => Add(new Grown(node, 2, 0, isExact ? 2 : -1));

    private Grown Add(Grown grown)
    {
        pool.Add(grown);
        known.Add(grown.Node, grown);
        return grown;
    }

    private TensorValue Values(TensorType type, bool isExact)
    {
        long[] extents = Extents(type.Shape);
        Func<double> draw = isExact ? () => random.Next(-8, 9) * 0.25 : () => (float)((4 * random.NextDouble()) - 2);
        return new TensorValue(type.Type, extents, Draw(extents, draw));
    }

    private T[] Draw<T>(long[] extents, Func<T> draw)
    {
        var values = new T[extents.Aggregate(1L, (product, extent) => product * extent)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = draw();
        }

        return values;
    }

    private long[] Extents(Shape shape) => shape.Select(d => d.Evaluate(symbol => symbols[symbol])).ToArray();

    private bool WantsBatch() => batch is not null && random.Next(3) > 0;

    private Shape RandomShape(int maxRank, bool hasBatch) => RandomShape(maxRank, hasBatch ? batch : null);

    private Shape RandomShape(int maxRank, Symbol? first)
    {
        if (options.Real)
        {
            return RealShape(maxRank, first);
        }

        int rank = random.Next(1, maxRank + 1);
        int largest = rank > 2 ? 4 : 7;
        var extents = new Dimension[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            extents[axis] = random.Next(6) == 0 ? 1 : random.Next(1, largest);
        }

        if (first is not null)
        {
            extents[0] = first;
        }

        return new Shape(extents);
    }

    // A quarter of the room for elements at most, so that there is some for what comes.
    private Shape RealShape(int maxRank, Symbol? first)
    {
        var extents = new List<Dimension>();
        long elements = 1;
        int rank = random.Next(1, maxRank + 1);
        for (int axis = 0; axis < rank; axis++)
        {
            bool takesSymbol = batch is not null && first is not null && random.Next(4) == 0;
            Dimension extent = axis == 0 && first is not null ? first
                : takesSymbol ? Any([.. symbols.Keys])
                : random.Next(3) == 0 ? Any(1, 2, 3, 4) : Any(sizes);
            extent = elements * extent.Max <= options.MaxElements / 4 ? extent : 1;
            extents.Add(extent);
            elements *= extent.Max;
        }

        return new Shape(extents);
    }

    private Grown Constant(DType type, Shape shape)
    {
        bool isDense = shape.IsStatic && shape.ElementCount.Value <= 1 << 12 && random.Next(4) == 0;
        Node free = isDense
            ? Constants.Dense(type, shape, Draw(Extents(shape), () => random.Next(-4, 5) * 0.5))
            : Constants.Splat(type, shape, Any(0.0, 0, 1, 1, -1, 2, 0.5, -0.25, 3));
        return ConstantOf(free, 4, 2);
    }

    private Grown Splat(DType type, Shape shape, double value, int fractionBits) =>
        ConstantOf(Constants.Splat(type, shape, value), Math.Abs(value), fractionBits);

    private Grown ConstantOf(Node free, double bound, int fractionBits)
    {
        Node node = builder.Make(Op.Constant, free.Attributes);
        if (!known.TryGetValue(node, out Grown? grown))
        {
            grown = new Grown(node, bound, 0, fractionBits);
            known.Add(node, grown);
        }

        return grown;
    }

    private bool GrowIota()
    {
        Shape shape = RandomShape(maxRank: 2, WantsBatch());
        DType type = Any(DType.I32, DType.I64, DType.F32, DType.U8, DType.F16);
        var attributes = new IotaAttributes(new TensorType(type, shape), random.Next(shape.Rank));
        return Keep(Emit(Op.Iota, attributes, shape[attributes.Axis].Max, 0, 0));
    }

    private bool GrowUniform()
    {
        // Rarely: a draw makes the graph depend on the random state.
        if (random.Next(4) != 0)
        {
            return false;
        }

        Node node = Tensor.Uniform(builder, RandomShape(maxRank: 2, WantsBatch())).Node;
        return Keep(Emit(Op.Negate, NoAttributes.Instance, 1, 0, 24, node));
    }
}
