namespace Sinter.Reference;

/// <summary>Operations that find positions in data.</summary>
internal static class Indexed
{
    public static IReadOnlyList<(Op Op, Evaluator Evaluate)> Rows { get; } =
    [
        (Op.Gather, Gather),
        (Op.ScatterAdd, ScatterAdd),
        (Op.UpdateRows, UpdateRows),
        (Op.NonZero, NonZero),
        (Op.SetSize, SetSize),
    ];

    private static TensorValue NonZero(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        var positions = new long[context.Extents(node.Shape)[0]];
        int found = 0;
        for (int i = 0; i < operands[0].Integers.Length && found < positions.Length; i++)
        {
            if (operands[0].Integers[i] != 0)
            {
                positions[found++] = i;
            }
        }

        return new TensorValue(DType.I64, [positions.Length], positions);
    }

    private static TensorValue SetSize(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        var (symbol, bound, what) = node.Get<SetSizeAttributes>();
        long count = operands[0].Integers[0];
        long most = context.Extent(bound);
        if (count < 0 || count > most)
        {
            string where = node.ModulePath.Length == 0 ? "" : node.ModulePath + ": ";
            throw new RunException($"{where}{what}: {symbol} = {count} is out of range, valid are 0 to {most}");
        }

        context.Symbols[symbol] = count;
        return operands[0];
    }

    private static TensorValue Gather(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        int axis = node.Get<AxisAttributes>().Axis;
        long[] shape = context.Extents(node.Shape);
        return operands[0].Take(shape, RowPositions(node, shape, operands[0].Shape, axis, operands[1]));
    }

    private static TensorValue UpdateRows(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        long[] shape = context.Extents(node.Shape);
        int axis = node.Get<AxisAttributes>().Axis;
        long[] targets = RowPositions(node, operands[1].Shape, shape, axis, operands[2]);
        if (node.DType.IsFloat())
        {
            double[] values = [.. operands[0].Floats];
            for (int i = 0; i < targets.Length; i++)
            {
                values[targets[i]] = operands[1].Floats[i];
            }

            return new TensorValue(node.DType, shape, values);
        }

        long[] integers = [.. operands[0].Integers];
        for (int i = 0; i < targets.Length; i++)
        {
            integers[targets[i]] = operands[1].Integers[i];
        }

        return new TensorValue(node.DType, shape, integers);
    }

    private static TensorValue ScatterAdd(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        int axis = node.Get<ScatterAttributes>().Axis;
        long[] shape = context.Extents(node.Shape);
        long[] targets = RowPositions(node, operands[0].Shape, shape, axis, operands[1]);
        if (node.DType.IsFloat())
        {
            var sums = new double[Indices.Count(shape)];
            for (int i = 0; i < targets.Length; i++)
            {
                sums[targets[i]] += operands[0].Floats[i];
            }

            return new TensorValue(node.DType, shape, sums);
        }

        var integers = new long[Indices.Count(shape)];
        for (int i = 0; i < targets.Length; i++)
        {
            integers[targets[i]] = Rounding.Wrap(node.DType, integers[targets[i]] + operands[0].Integers[i]);
        }

        return new TensorValue(node.DType, shape, integers);
    }

    /// <summary>
    /// For each element of <paramref name="slices"/>, whose axes from <paramref name="axis"/> on are those of the
    /// indices, the
    /// position in <paramref name="rows"/>, which has one axis there instead.
    /// </summary>
    private static long[] RowPositions(Node node, long[] slices, long[] rows, int axis, TensorValue indices)
    {
        int rank = indices.Shape.Length;
        return Indices.Positions(slices, rows, (index, source) =>
        {
            long row = indices.Integers[Indices.Position(index.AsSpan(axis, rank), indices.Shape)];
            if (row < 0 || row >= rows[axis])
            {
                string where = (node.ModulePath.Length == 0 ? "" : node.ModulePath + ": ") + OpTable.Row(node.Op).Name;
                throw new RunException($"{where}: index {row} is out of range [0, {rows[axis]})");
            }

            Array.Copy(index, source, axis);
            source[axis] = row;
            Array.Copy(index, axis + rank, source, axis + 1, rows.Length - axis - 1);
            return true;
        });
    }
}
