using Sinter.Runtime.Programs;

namespace Sinter.Bench.Cases;

/// <summary>The same model with numbers and with symbols whose largest values are ten times those numbers, in turns:
/// what it costs not to know sizes.</summary>
internal static class Symbolic
{
    private const int Headroom = 10;

    // Each takes what makes a size of a name and a number.
    private static readonly Dictionary<string, Func<Func<string, long, Dimension>, Graph>> Models = new()
    {
        ["mlp_b64"] = size => Model.Of("mlp_b64", size("N", 64)).Inference(),
        ["mlp_b50"] = size => Model.Of("mlp_b50", size("N", 50)).Inference(),
        ["mlp_b5"] = size => Model.Of("mlp_b5", size("N", 5)).Inference(),
        ["lenet5_b64"] = size => Model.Of("lenet5_b64", size("N", 64)).Inference(),
        ["mlp_b64_train"] = size => Model.Of("mlp_b64", size("N", 64)).TrainingStep(),
        ["lenet5_b64_train"] = size => Model.Of("lenet5_b64", size("N", 64)).TrainingStep(),
        ["cnn-6_train"] = size => DeepModels.Step(
            "cnn-6", DeepModels.Cnn(6, 32), size("N", 8), 3, size("H", 32), size("W", 32)),
        ["transformer-1_train"] = size => DeepModels.Step(
            "transformer-1", DeepModels.Transformer(1), size("N", 8), size("T", 64), 128),
        ["linear_lanes"] = size => Graph.Of("linear", ("y", Linear(size("T", 200)).Node)),
    };

    /// <summary>The cases.</summary>
    public static IEnumerable<Case> Cases => Models.Keys.Select(name =>
        new Case("symbolic/" + name, (session, threads) => Run(session, threads, name)));

    private static Result Run(Session session, int threads, string name)
    {
        var values = new Dictionary<string, long>();
        Graph known = Models[name]((_, value) => value);
        Graph symbolic = Models[name]((symbol, value) =>
        {
            values[symbol] = value;
            return Symbol.Create(symbol, 1, value * Headroom);
        });
        using var plain = new Runnable(known, threads);
        using var ours = new Runnable(symbolic, threads);
        foreach (var (symbol, value) in values)
        {
            ours.Context.SetSymbol(symbol, value);
        }

        foreach (Runnable one in new[] { plain, ours })
        {
            Fill(one.Context);
            one.Context.Run();
        }

        PortEntry output = plain.Program.Table.Outputs[0];
        double[] expected = [.. plain.Context.Output<float>(output.Name).ToArray().Select(x => (double)x)];
        Check.Close(output.Name, ours.Context.Output<float>(output.Name).ToArray(), expected, 1e-4);
        var plainTiming = new Timing();
        var timing = new Timing();
        Measure.Alternate(
            session.Options.Seconds,
            (new Subject(plain.Context.Run, plain.Reset), plainTiming),
            (new Subject(ours.Context.Run, ours.Reset), timing));
        return new Result("symbolic/" + name, threads, timing.MedianMs)
        {
            P95Ms = timing.P95Ms,
            Peer = "numbers",
            PeerMs = plainTiming.MedianMs,
            Note = FormattableString.Invariant(
                $"shortest {timing.ShortestMs:g3}, numbers / ours {plainTiming.ShortestMs / timing.ShortestMs:f2}"),
        };
    }

    // y = w · xᵀ: the symbol is what vectors run along.
    private static Tensor<F32> Linear(Dimension lanes)
    {
        var builder = new GraphBuilder();
        return builder.Input<F32>("w", 256, 256).MatMul(builder.Input<F32>("x", 256, lanes)).Relu();
    }

    private static void Fill(ProgramContext context)
    {
        foreach (PortEntry port in context.Program.Table.Inputs)
        {
            if (port.Type == Runtime.ElementType.I64)
            {
                context.Input<long>(port.Name).Fill(3);
                continue;
            }

            Span<float> input = context.Input<float>(port.Name);
            Draw.Uniform(input.Length, 1).CopyTo(input);
        }
    }
}
