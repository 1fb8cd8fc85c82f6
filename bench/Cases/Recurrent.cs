using System.Diagnostics;
using Sinter.Compiler.Differentiate;
using Sinter.Jit;
using Sinter.Optimizers;

namespace Sinter.Bench.Cases;

/// <summary>An LSTM as a loop and written out: what compiling and running cost with the number of steps.</summary>
internal static class Recurrent
{
    private const int Width = 128;
    private const int Batch = 16;
    private const int Runs = 3;

    // Written out, more steps take minutes to compile.
    private const int MostUnrolled = 128;

    /// <summary>The cases.</summary>
    public static IEnumerable<Case> Cases =>
        from isStep in new[] { false, true }
        from steps in new[] { 32, 128, 512 }
        from isLoop in steps <= MostUnrolled ? new[] { true, false } : [true]
        select Case(steps, isStep, isLoop);

    private static Case Case(int steps, bool isStep, bool isLoop)
    {
        string name = $"recurrent/lstm128-t{steps}-{(isStep ? "step" : "forward")}-{(isLoop ? "loop" : "unrolled")}";
        return new Case(name, (session, threads) => Run(session, threads, name, () => Graph(steps, isStep, isLoop)));
    }

    private static Result Run(Session session, int threads, string name, Func<Graph> graph)
    {
        var options = new JitOptions { CacheDirectory = null };
        string text = JitCompiler.PrintProgram(graph(), options);
        double[] compile = [.. Enumerable.Range(0, Runs).Select(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            JitCompiler.Compile(graph(), options);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }).Order()];
        using var ours = new Runnable(graph(), threads);
        Draw.Uniform(ours.Context.Input<float>("x").Length, 3).CopyTo(ours.Context.Input<float>("x"));
        var timing = new Timing();
        Measure.Alternate(session.Options.Seconds, (new Subject(ours.Context.Run, ours.Reset), timing));
        FormattableString note = $"compile {compile[Runs / 2]:0} ms, {ours.Program.Table.Kernels.Length} kernels, ";
        FormattableString sizes = $"text {text.Length} characters, arena {ours.Program.PeakBytes / 1e6:0.0} MB";
        return new Result(name, threads, timing.MedianMs)
        {
            P95Ms = timing.P95Ms,
            Note = FormattableString.Invariant(note) + FormattableString.Invariant(sizes),
        };
    }

    private static Graph Graph(int steps, bool isStep, bool isLoop)
    {
        var builder = new GraphBuilder(training: isStep, captureSource: false);
        Tensor<F32> x = builder.Input<F32>("x", steps, Batch, Width);
        var cell = new Cell();
        Tensor<F32> all = isLoop ? cell.Loop(x) : cell.Unrolled(x);
        return isStep
            ? TrainingStep.Build("lstm", (all * all).Mean(), new Sgd(1e-3), cell.Parameters)
            : Sinter.Graph.Of("lstm", ("y", all.Node));
    }

    private sealed class Cell
    {
        private readonly Parameter input = State("input", Width, 4 * Width);
        private readonly Parameter hidden = State("hidden", Width, 4 * Width);
        private readonly Parameter bias = State("bias", 4 * Width);

        public IReadOnlyList<Parameter> Parameters => [input, hidden, bias];

        private static Tensor<F32> Zero => Tensor<F32>.Full(0, Batch, Width);

        // x: (steps, batch, width).
        public Tensor<F32> Loop(Tensor<F32> x) => Functional.Scan((Zero, Zero), x, (state, slice) =>
        {
            var next = Next(slice, state.First, state.Second);
            return (next, next.H);
        }).Outputs;

        public Tensor<F32> Unrolled(Tensor<F32> x)
        {
            var (h, c) = (Zero, Zero);
            var all = new Tensor<F32>[x.Shape[0].Value];
            for (int i = 0; i < all.Length; i++)
            {
                (h, c) = Next(x.Slice(0, i, i + 1).Squeeze(0), h, c);
                all[i] = h.Unsqueeze(0);
            }

            return Tensor.Concat(0, all);
        }

        private (Tensor<F32> H, Tensor<F32> C) Next(Tensor<F32> x, Tensor<F32> h, Tensor<F32> c)
        {
            Tensor<F32> gates = x.MatMul(new(input.Node)) + h.MatMul(new(hidden.Node)) + new Tensor<F32>(bias.Node);
            Tensor<F32> Gate(int i) => gates.Slice(1, i * Width, (i + 1) * Width);
            Tensor<F32> cell = (Gate(1).Sigmoid() * c) + (Gate(0).Sigmoid() * Gate(2).Tanh());
            return (Gate(3).Sigmoid() * cell.Tanh(), cell);
        }

        private static Parameter State(string name, params Dimension[] shape) => new(
            name, new TensorType(DType.F32, new Shape(shape)), Initializer.Uniform(-0.08, 0.08), StateKind.Parameter);
    }
}
