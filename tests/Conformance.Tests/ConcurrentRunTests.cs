using System.Runtime.InteropServices;
using Sinter.Backends.CSharp;
using Sinter.Compiler.Differentiate;
using Sinter.Jit;
using Sinter.Modules;
using Sinter.Optimizers;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests;

/// <summary>Launches beside each other give what they give one after another: threads share their pieces, a device has
/// them as branches of its graph.</summary>
public sealed class ConcurrentRunTests
{
    private const int Width = 96;
    private const int Steps = 4;

    private static readonly Dictionary<string, Func<Graph>> Models = new()
    {
        ["attention"] = () => Step(new Attend(), Symbol.Create("N", 1, 192)),
        ["branches"] = () => Step(new Ways(), Symbol.Create("N", 1, 192)),
        ["directions"] = () => Step(new Directions(), Symbol.Create("N", 1, 192)),
        ["loop"] = () => Step(new Cells(), Symbol.Create("N", 1, 192)),
    };

    public static TheoryData<string, string> Rows() => Opened.With(Models.Keys, ["512", "cuda"]);

    [Theory]
    [MemberData(nameof(Rows))]
    public void They_give_what_they_give_one_after_another(string engine, string name)
    {
        Graph graph = Models[name]();

        // With guards, one after another.
        using Opened alone = Opened.On(engine == "cuda" ? "512" : engine, graph);
        using Opened beside = engine == "cuda" ? Opened.On(engine, graph) : Opened.Of(JitCompiler.Compile(
            graph, new JitOptions { CacheDirectory = null, Target = CSharpTarget.Find(engine)! }));
        Assert.Contains(All(beside.Program.Table.Run), step => step is ConcurrentEntry);
        for (int step = 0; step < Steps; step++)
        {
            // Twice each size: a device captures what repeats.
            int n = step < 2 ? 160 : 23;
            float expected = Train(alone, n, step);
            float actual = Train(beside, n, step);
            if (engine == "cuda")
            {
                Assert.InRange(actual, expected * 0.9999f, expected * 1.0001f);
            }
            else
            {
                Assert.Equal(expected, actual);
            }
        }

        if (engine != "cuda")
        {
            foreach (StateEntry entry in alone.Program.Table.State.Where(entry => entry.Type == Sinter.Runtime.ElementType.F32))
            {
                Assert.Equal(
                    MemoryMarshal.AsBytes(alone.State.Get<float>(entry.Name)).ToArray(),
                    MemoryMarshal.AsBytes(beside.State.Get<float>(entry.Name)).ToArray());
            }
        }
    }

    private static IEnumerable<StepEntry> All(IEnumerable<StepEntry> steps) =>
        steps.SelectMany(step => step is LoopEntry loop ? All(loop.Body).Prepend(step) : [step]);

    private static float Train(Opened opened, int n, int step)
    {
        ProgramContext context = opened.Context;
        context.SetSymbol("N", n);
        Span<float> x = context.Input<float>("x");
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = MathF.Sin(i + (17 * step));
        }

        return opened.Run("loss")[0];
    }

    private static Graph Step(Layer layer, Dimension rows)
    {
        var builder = new GraphBuilder(training: true, captureSource: false);
        Tensor<F32> y = layer.Call(builder.Input<F32>("x", rows, Width));
        return TrainingStep.Build("step", (y - 1).Square().Mean(), new Adam(1e-3), layer.Parameters.ToArray());
    }

    // x: (rows, width), of one head.
    private sealed class Attend : Layer
    {
        private readonly Linear query;
        private readonly Linear key;
        private readonly Linear value;

        public Attend()
        {
            query = Register("query", new Linear(Width, Width));
            key = Register("key", new Linear(Width, Width));
            value = Register("value", new Linear(Width, Width));
        }

        protected override Tensor<F32> Forward(Tensor<F32> input)
        {
            Tensor<F32> scores = query.Call(input).MatMul(key.Call(input).Transpose(0, 1)) * 0.1;
            return input + scores.Softmax(-1).MatMul(value.Call(input));
        }
    }

    private sealed class Ways : Layer
    {
        private readonly Layer[] ways;

        public Ways() => ways =
        [
            .. Enumerable.Range(1, 4).Select(i => Register("way" + i, new Sequential(
                new Linear(Width, 16 * i), new ReLU(), new Linear(16 * i, Width)))),
        ];

        protected override Tensor<F32> Forward(Tensor<F32> input) =>
            ways.Select(way => way.Call(input)).Aggregate((sum, way) => sum + way);
    }

    private sealed class Directions : Layer
    {
        private readonly Linear forwards;
        private readonly Linear backwards;

        public Directions()
        {
            forwards = Register("forwards", new Linear(Width, Width));
            backwards = Register("backwards", new Linear(Width, Width));
        }

        protected override Tensor<F32> Forward(Tensor<F32> input)
        {
            Tensor<F32> sequence = input.Unsqueeze(0) * Tensor<F32>.Iota(new Shape(3), 0).Reshape(3, 1, 1);
            Tensor<F32> Way(Linear layer, bool reversed) => Functional.Scan(input, sequence, (state, slice) =>
            {
                Tensor<F32> next = (layer.Call(state) + slice).Tanh();
                return (next, next);
            }, reversed).Outputs;
            return (Way(forwards, reversed: false) * Way(backwards, reversed: true)).Mean(0);
        }
    }

    // Two values that each iteration makes of themselves.
    private sealed class Cells : Layer
    {
        private readonly Linear first;
        private readonly Linear second;

        public Cells()
        {
            first = Register("first", new Linear(Width, Width));
            second = Register("second", new Linear(Width, Width));
        }

        protected override Tensor<F32> Forward(Tensor<F32> input)
        {
            Tensor<F32> sequence = input.Unsqueeze(0) * Tensor<F32>.Full(0.5, 3, 1, 1);
            var (last, all) = Functional.Scan((input, input * 0.5), sequence, (state, slice) =>
            {
                Tensor<F32> h = (first.Call(state.First) + slice).Tanh();
                Tensor<F32> c = (second.Call(state.Second) - slice).Tanh();
                return ((h, c), h);
            });
            return all.Mean(0) + last.Second;
        }
    }
}
