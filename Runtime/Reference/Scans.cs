namespace Sinter.Reference;

/// <summary>Loops: the body, run once for each slice.</summary>
internal static class Scans
{
    /// <summary>The rules of this file.</summary>
    public static IEnumerable<(Op Op, Evaluator Evaluate)> Rows =>
    [
        (Op.Scan, Scan),
        (Op.Result, (node, operands, _) => operands[0].Results[node.Get<ResultAttributes>().Index]),
    ];

    private static TensorValue Scan(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        var scan = node.Get<ScanAttributes>();
        Graph body = scan.Body.Graph;
        long length = scan.Length.Evaluate(symbol => context.Symbols[symbol]);
        TensorValue[] carried = operands.Take(scan.Carried).ToArray();
        var stacked = new TensorValue[scan.Stacked][];
        for (int i = 0; i < stacked.Length; i++)
        {
            stacked[i] = new TensorValue[length];
        }

        for (long i = 0; i < length; i++)
        {
            long position = scan.IsReversed ? length - 1 - i : i;
            var inputs = new Dictionary<string, TensorValue>();
            for (int k = 0; k < operands.Count; k++)
            {
                bool isSequence = k >= scan.Carried && k < scan.Carried + scan.Sequences;
                inputs.Add(
                    body.Inputs[k].Get<InputAttributes>().Name,
                    k < scan.Carried ? carried[k] : isSequence ? Slice(operands[k], position) : operands[k]);
            }

            Dictionary<Node, TensorValue> values = Interpreter.Evaluate(body, context with { Inputs = inputs });
            TensorValue[] results = body.Outputs.Select(output => values[output.Node]).ToArray();
            carried = results.Take(scan.Carried).ToArray();
            for (int k = 0; k < stacked.Length; k++)
            {
                stacked[k][position] = results[scan.Carried + k];
            }
        }

        return new TensorValue([.. carried, .. stacked.Select((all, k) => Stack(all, Type(k + scan.Carried)))]);

        (DType, long[]) Type(int result) =>
            (scan.Result(result).Type, context.Extents(scan.Result(result).Shape));
    }

    private static TensorValue Slice(TensorValue all, long position)
    {
        long[] shape = all.Shape[1..];
        int count = (int)Indices.Count(shape);
        int start = (int)position * count;
        return all.Type.IsFloat()
            ? new TensorValue(all.Type, shape, all.Floats[start..(start + count)])
            : new TensorValue(all.Type, shape, all.Integers[start..(start + count)]);
    }

    private static TensorValue Stack(TensorValue[] slices, (DType Type, long[] Shape) to) => to.Type.IsFloat()
        ? new TensorValue(to.Type, to.Shape, slices.SelectMany(slice => slice.Floats).ToArray())
        : new TensorValue(to.Type, to.Shape, slices.SelectMany(slice => slice.Integers).ToArray());
}
