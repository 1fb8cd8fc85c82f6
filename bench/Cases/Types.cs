using System.Runtime.InteropServices;
using Sinter.Reference;

namespace Sinter.Bench.Cases;

/// <summary>Elementwise chains of every element type, out of cache, and the training step with random masks.</summary>
internal static class Types
{
    // Bytes of a tensor of the largest elements: no cache holds it.
    private const long Bytes = 64 << 20;

    // Values repeat with this odd period, so that the interpreter's results for one period tell all.
    private const int Period = 4099;

    private static readonly DType[] Numbers =
        [DType.F64, DType.I64, DType.F32, DType.I32, DType.F16, DType.BF16, DType.I16, DType.I8, DType.U8];

    /// <summary>The cases.</summary>
    public static IEnumerable<Case> Cases =>
    [
        .. Numbers.Select(type =>
            Of($"type/{type.Name()}: max(x*a+y, b)", (graph, count) => Chain(graph, type, count))),
        Of("type/bool: (x and y) or not z", (graph, count) => [Logic(graph, count)]),
        Of("type/mask written: x > y", (graph, count) => [graph.Input<F32>("x", count) > graph.Input<F32>("y", count)]),
        Of("type/mask read: m ? x : y", (graph, count) =>
        [
            Tensor.Where(
                graph.Input<Bool>("m", count), graph.Input<F32>("x", count), graph.Input<F32>("y", count)),
        ]),
        Of("type/bf16 to f32", (graph, count) => [graph.Input<BF16>("x", count).Cast<F32>()]),
        Of("type/f32 to f16", (graph, count) => [graph.Input<F32>("x", count).Cast<F16>()]),
        Of("type/u8 to f32: x/255", (graph, count) => [graph.Input<U8>("x", count).Cast<F32>() * (1 / 255.0)]),
        .. new[] { "mlp_b64", "mlp_b1024" }.Select(name =>
            new Case("type/dropout of " + name, (session, threads) => Dropout(session, threads, name))),
    ];

    private static Node[] Chain(GraphBuilder graph, DType type, long count)
    {
        var shape = new TensorType(type, new Shape(count));
        Node x = graph.Input("x", shape);
        Node y = graph.Input("y", shape);
        Node product = graph.Make(Op.Multiply, NoAttributes.Instance, x, Constants.Splat(type, shape.Shape, 3L));
        Node sum = graph.Make(Op.Add, NoAttributes.Instance, product, y);
        return [graph.Make(Op.Maximum, NoAttributes.Instance, sum, Constants.Splat(type, shape.Shape, 2L))];
    }

    private static Tensor<Bool> Logic(GraphBuilder graph, long count) =>
        (graph.Input<Bool>("x", count) & graph.Input<Bool>("y", count)) | ~graph.Input<Bool>("z", count);

    private static Case Of(string name, Func<GraphBuilder, long, Tensor<F32>[]> build) =>
        Of(name, (graph, count) => build(graph, count).Select(result => result.Node).ToArray());

    private static Case Of(string name, Func<GraphBuilder, long, Tensor<Bool>[]> build) =>
        Of(name, (graph, count) => build(graph, count).Select(result => result.Node).ToArray());

    private static Case Of(string name, Func<GraphBuilder, long, Tensor<F16>[]> build) =>
        Of(name, (graph, count) => build(graph, count).Select(result => result.Node).ToArray());

    private static Case Of(string name, Func<GraphBuilder, long, Node[]> build) =>
        new(name, (session, threads) => Run(session, threads, name, count => Graph(build, count)));

    private static Graph Graph(Func<GraphBuilder, long, Node[]> build, long count)
    {
        var builder = new GraphBuilder();
        return Sinter.Graph.Of("types", build(builder, count).Select((node, i) => ($"r{i}", node)).ToArray());
    }

    private static Result Run(Session session, int threads, string name, Func<long, Graph> build)
    {
        Graph small = build(Period);
        int widest = small.Inputs.Concat(small.Outputs.Select(output => output.Node)).Max(Size);
        Graph graph = build(Bytes / widest);
        using var ours = new Runnable(graph, threads);
        var inputs = new Dictionary<string, TensorValue>();
        foreach (Node input in small.Inputs)
        {
            string port = input.Get<InputAttributes>().Name;
            byte[] values = Values(input);
            inputs.Add(port, Read(input.DType, values));
            Span<byte> memory = Memory(ours, port, input.DType, isInput: true);
            for (int start = 0; start < memory.Length; start += values.Length)
            {
                values.AsSpan(0, Math.Min(values.Length, memory.Length - start)).CopyTo(memory[start..]);
            }
        }

        ours.Context.Run();
        Check(ours, small, inputs);
        Timing timing = Measure.Alone(session.Options.Seconds, new Subject(ours.Context.Run));
        double bytes = graph.Inputs.Concat(graph.Outputs.Select(output => output.Node))
            .Sum(node => (double)Size(node) * node.Shape.ElementCount.Value);
        var result = new Result(name, threads, timing.MedianMs) { P95Ms = timing.P95Ms };
        return session.WithMemory(result, bytes);
    }

    private static int Size(Node node) => DTypes.SizeOf(node.DType);

    // One period, as memory has it: small whole numbers, so that integers and floats of every size hold all results.
    private static byte[] Values(Node input)
    {
        var random = new Random(1 + input.Id);
        int size = Size(input);
        byte[] bytes = new byte[Period * size];
        for (int i = 0; i < Period; i++)
        {
            long value = input.DType == DType.Bool ? random.Next(2) : random.Next(0, 20);
            long stored = Constants.Stored(input.DType, Constants.Bits(input.DType, value));
            BitConverter.GetBytes(stored).AsSpan(0, size).CopyTo(bytes.AsSpan(i * size));
        }

        return bytes;
    }

    private static TensorValue Read(DType type, ReadOnlySpan<byte> bytes)
    {
        int size = DTypes.SizeOf(type);
        double[] values = new double[Period];
        Span<byte> wide = stackalloc byte[sizeof(long)];
        for (int i = 0; i < Period; i++)
        {
            wide.Clear();
            bytes.Slice(i * size, size).CopyTo(wide);
            long stored = BitConverter.ToInt64(wide);
            values[i] = type switch
            {
                DType.F64 => BitConverter.Int64BitsToDouble(stored),
                DType.F32 => BitConverter.Int32BitsToSingle((int)stored),
                DType.F16 or DType.BF16 => Float16.Value(type, (ushort)stored),
                _ => DTypes.Wrap(type, stored),
            };
        }

        return TensorValue.FromNumbers(type, [Period], values);
    }

    private static void Check(Runnable ours, Graph small, Dictionary<string, TensorValue> inputs)
    {
        InterpreterResult expected = Interpreter.Run(
            small, inputs, new Dictionary<string, TensorValue>(), new InterpreterOptions(RoundToType: true));
        foreach (Output output in small.Outputs)
        {
            DType type = output.Node.DType;
            TensorValue wanted = expected.Outputs[output.Name];
            ReadOnlySpan<byte> memory = Memory(ours, output.Name, type, isInput: false);
            int length = Period * DTypes.SizeOf(type);
            for (int start = 0; start + length <= memory.Length; start += length)
            {
                TensorValue found = Read(type, memory.Slice(start, length));
                int wrong = Enumerable.Range(0, Period)
                    .Where(i => found.Number(i) != wanted.Number(i)).FirstOrDefault(-1);
                if (wrong >= 0)
                {
                    throw new WrongResultException(
                        $"element {wrong} of {output.Name} is {found.Number(wrong)}, not {wanted.Number(wrong)}");
                }
            }
        }
    }

    private static Span<byte> Memory(Runnable ours, string name, DType type, bool isInput) => type switch
    {
        DType.F64 => Memory<double>(ours, name, isInput),
        DType.F32 => Memory<float>(ours, name, isInput),
        DType.I64 => Memory<long>(ours, name, isInput),
        DType.I32 => Memory<int>(ours, name, isInput),
        DType.U32 => Memory<uint>(ours, name, isInput),
        DType.I16 => Memory<short>(ours, name, isInput),
        DType.F16 or DType.BF16 => Memory<ushort>(ours, name, isInput),
        DType.I8 => Memory<sbyte>(ours, name, isInput),
        _ => Memory<byte>(ours, name, isInput),
    };

    private static Span<byte> Memory<T>(Runnable ours, string name, bool isInput)
        where T : unmanaged
    {
        if (isInput)
        {
            return MemoryMarshal.AsBytes(ours.Context.Input<T>(name));
        }

        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(ours.Context.Output<T>(name));
        return MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(bytes), bytes.Length);
    }

    // The same step with and without masks, in turns; the ratio is that of the times.
    private static Result Dropout(Session session, int threads, string name)
    {
        using Runnable with = Step(name, threads, 0.5);
        using Runnable without = Step(name, threads, 0);
        var timing = new Timing();
        var plain = new Timing();
        Measure.Alternate(
            session.Options.Seconds, (new Subject(with.Context.Run, with.Reset), timing),
            (new Subject(without.Context.Run, without.Reset), plain));
        return new Result("type/dropout of " + name, threads, timing.MedianMs)
        {
            P95Ms = timing.P95Ms,
            Peer = "without",
            PeerMs = plain.MedianMs,
        };
    }

    private static Runnable Step(string name, int threads, double dropout)
    {
        Graph graph = Model.Of(name, dropout).TrainingStep();
        var ours = new Runnable(graph, threads);
        Draw.Uniform(graph.Inputs[0].Shape.ElementCount.Value, 3).CopyTo(ours.Context.Input<float>("x"));
        Draw.Labels((int)graph.Inputs[1].Shape[0].Value, 10, 2).CopyTo(ours.Context.Input<long>("labels"));
        ours.Context.Run();
        return ours;
    }
}
