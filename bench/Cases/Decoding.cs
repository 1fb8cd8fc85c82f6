namespace Sinter.Bench.Cases;

/// <summary>One token through a decoder with a cache, beside what attention alone costs over a cache of the same
/// length: what is left must not grow with the cache.</summary>
internal static class Decoding
{
    private const int Layers = 4;
    private const int Heads = 4;
    private const int Size = 64;
    private const int Width = Heads * Size;

    /// <summary>The cases.</summary>
    public static IEnumerable<Case> Cases => new[] { 64, 1_024 }.Select(time =>
        new Case($"decode/cache-{time}", (session, threads) => Run(session, threads, time)));

    private static Result Run(Session session, int threads, int time)
    {
        using var step = new Runnable(Step(time), threads);
        using var attention = new Runnable(Attention(time), threads);
        step.Context.Input<long>("at")[0] = time / 2;
        var whole = new Timing();
        var alone = new Timing();
        Measure.Alternate(
            session.Options.Seconds, (new Subject(() => step.Context.Run()), whole),
            (new Subject(() => attention.Context.Run()), alone));
        FormattableString note =
            $"attention alone {alone.MedianMs:0.0000} ms, the rest {whole.MedianMs - alone.MedianMs:0.0000} ms; ";
        FormattableString least = $"at best {alone.ShortestMs:0.0000} and {whole.ShortestMs - alone.ShortestMs:0.0000} ms";
        return new Result($"decode/cache-{time}", threads, whole.MedianMs)
        {
            P95Ms = whole.P95Ms,
            Note = FormattableString.Invariant(note) + FormattableString.Invariant(least),
        };
    }

    private static Graph Step(int time)
    {
        var builder = new GraphBuilder();
        Tensor<F32> x = builder.Input<F32>("x", 1, Width);
        Tensor<I64> at = builder.Input<I64>("at", 1);
        var updates = new List<Update>();
        for (int layer = 0; layer < Layers; layer++)
        {
            string name = "layer" + layer;
            Tensor<F32> Project(string part) => x.MatMul(Weight($"{name}.{part}", Width, Width));
            Tensor<F32> Cached(string part)
            {
                Tensor<F32> cache = State($"{name}.{part}s", Heads, time, Size);
                Tensor<F32> next = cache.UpdateSlice(1, at, Project(part).Reshape(Heads, 1, Size));
                updates.Add(new Update(cache.Node, next.Node));
                return next;
            }

            Tensor<F32> attended = Attend(Project("query"), Cached("key"), Cached("value"), at);
            x += attended.MatMul(Weight(name + ".output", Width, Width));
            x += x.MatMul(Weight(name + ".wide", Width, 4 * Width)).Gelu()
                .MatMul(Weight(name + ".narrow", 4 * Width, Width));
        }

        return new Graph("decode", builder.Inputs, [new Output("y", x.Node)], updates);
    }

    // The same reads of caches, and nothing else.
    private static Graph Attention(int time)
    {
        var builder = new GraphBuilder();
        Tensor<F32> x = builder.Input<F32>("x", 1, Width);
        Tensor<I64> at = builder.Input<I64>("at", 1);
        for (int layer = 0; layer < Layers; layer++)
        {
            string name = "layer" + layer;
            x += Attend(x, State(name + ".keys", Heads, time, Size), State(name + ".values", Heads, time, Size), at);
        }

        return Graph.Of("attention", ("y", x.Node));
    }

    // query: (1, width); keys and values: (heads, time, size).
    private static Tensor<F32> Attend(Tensor<F32> query, Tensor<F32> keys, Tensor<F32> values, Tensor<I64> at)
    {
        long time = keys.Shape[1].Value;
        Tensor<F32> scores = query.Reshape(Heads, 1, Size).MatMul(keys.Transpose(1, 2)) * (1 / Math.Sqrt(Size));
        Tensor<Bool> later = Tensor<I64>.Iota(new Shape(time), 0) > at;
        return scores.MaskedFill(later.Reshape(1, 1, time), -1e9).Softmax(-1).MatMul(values).Reshape(1, Width);
    }

    private static Tensor<F32> Weight(string name, params Dimension[] shape) =>
        new(new Parameter(name, new TensorType(DType.F32, new Shape(shape)), Initializer.Uniform(-0.05, 0.05)).Node);

    private static Tensor<F32> State(string name, params Dimension[] shape) =>
        new(new Parameter(name, new TensorType(DType.F32, new Shape(shape)), Initializer.Zeros, StateKind.Cache).Node);
}
