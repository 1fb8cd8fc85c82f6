namespace Sinter.Reference;

/// <summary>Values that come from outside, and constants.</summary>
internal static class Leaves
{
    public static IReadOnlyList<(Op Op, Evaluator Evaluate)> Rows { get; } =
    [
        (Op.Input, (node, _, context) => context.Inputs[node.Get<InputAttributes>().Name]),
        (Op.Parameter, Parameter),
        (Op.Constant, Constant),
        (Op.Iota, Iota),
        (Op.RandomBits, RandomBits),
    ];

    private static TensorValue Parameter(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        string name = node.Get<ParameterAttributes>().Declaration.FullName;
        if (!context.Parameters.TryGetValue(name, out TensorValue? value))
        {
            throw new RunException($"parameter '{name}' has no value");
        }

        if (value.Type != node.DType || !value.Shape.SequenceEqual(context.Extents(node.Shape)))
        {
            throw new RunException($"parameter '{name}' is {node.Type}, got {value.TypeText}");
        }

        return value;
    }

    private static TensorValue Constant(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        var constant = node.Get<ConstantAttributes>();
        long[] shape = context.Extents(node.Shape);
        var bits = new long[Indices.Count(shape)];
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = constant.Bits[constant.IsSplat ? 0 : i];
        }

        return node.DType.IsFloat()
            ? new TensorValue(node.DType, shape, Array.ConvertAll(bits, BitConverter.Int64BitsToDouble))
            : new TensorValue(node.DType, shape, bits);
    }

    private static TensorValue Iota(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        int axis = node.Get<IotaAttributes>().Axis;
        long[] shape = context.Extents(node.Shape);
        long[] counts = Indices.Each(shape).Select(index => index[axis]).ToArray();
        return node.DType.IsFloat()
            ? new TensorValue(node.DType, shape, Array.ConvertAll(counts, count => (double)count))
            : new TensorValue(node.DType, shape, Array.ConvertAll(counts, count => Rounding.Wrap(node.DType, count)));
    }

    // Four neighbouring elements share one block; its counter is (element / 4, stream, step), its key the seed.
    private static TensorValue RandomBits(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        ulong seed = (ulong)operands[0].Integers[0];
        ulong step = (ulong)operands[0].Integers[1];
        uint stream = (uint)node.Get<RandomAttributes>().Stream;
        long[] shape = context.Extents(node.Shape);
        var words = new long[Indices.Count(shape)];
        for (int i = 0; i < words.Length; i++)
        {
            var counter = new PhiloxCounter((uint)(i / 4), stream, (uint)step, (uint)(step >> 32));
            words[i] = Philox.Block(counter, (uint)seed, (uint)(seed >> 32))[i % 4];
        }

        return new TensorValue(DType.U32, shape, words);
    }
}
