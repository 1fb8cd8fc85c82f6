using Sinter.Backends.CSharp;
using Sinter.Compiler;
using Sinter.Compiler.Kernels;
using Sinter.Compiler.Values;
using Sinter.Jit;
using Sinter.Optimizers;
using Sinter.Runtime;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests.Branches;

public sealed class BranchTests
{
    private const int Features = 70;
    private const float Never = 2;
    private const float Always = 0;

    public static TheoryData<string> Engines => Opened.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public void Either_branch_is_taken_in_one_context_in_any_order(string engine)
    {
        var net = new ExitNet(Features, 3);
        Symbol n = Symbol.Create("N", 1, 100);
        using Opened opened = Opened.On(engine, net.Inference(n, Features));
        using Opened both = Opened.On("256", net.Inference(n, Features, branches: false));
        (int, float)[] runs = [(64, Always), (97, Never), (1, Always), (100, Never), (3, Never), (64, Always)];
        foreach (var (batch, threshold) in runs)
        {
            float[][] results = [.. new[] { opened, both }.Select(one =>
            {
                one.Context.SetSymbol("N", batch);
                Draw(one.Context.Input<float>("x"));
                one.Context.Input<float>("threshold")[0] = threshold;
                return one.Run("y");
            })];
            Close(results[1], results[0], 1e-5, $"{batch}, {threshold}");
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Training_moves_what_the_branch_that_was_taken_reads(string engine)
    {
        var net = new ExitNet(Features, 2);
        var optimizer = new Sgd(0.1, momentum: 0.9);
        using Opened opened = Opened.On(engine, net.Training(64, Features, optimizer));
        using Opened both = Opened.On("256", net.Training(64, Features, optimizer, branches: false));
        foreach (float threshold in new[] { Never, Always, Always, Never })
        {
            foreach (Opened one in new[] { opened, both })
            {
                Draw(one.Context.Input<float>("x"));
                Draw(one.Context.Input<float>("t"));
                one.Context.Input<float>("threshold")[0] = threshold;
                one.Context.Run();
            }

            foreach (StateEntry entry in both.Program.Table.State.Where(entry => entry.Type == ElementType.F32))
            {
                Close(
                    both.State.Get<float>(entry.Name).ToArray(), opened.State.Get<float>(entry.Name).ToArray(), 1e-4,
                    $"{entry.Name}, {threshold}");
            }
        }
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        Program program = JitCompiler.Compile(
            new ExitNet(Features, 3).Training(100, Features, new Sgd(0.1)), new JitOptions { CacheDirectory = null });
        float[][] results = [.. new[] { 1, 2 }.Select(threads =>
        {
            using var pool = new WorkerPool(threads);
            using var state = new ModelState(1, program);
            using var context = new ProgramContext(program, state, pool);
            Draw(context.Input<float>("x"));
            foreach (float threshold in new[] { Never, Always, Never })
            {
                context.Input<float>("threshold")[0] = threshold;
                context.Run();
            }

            return state.Get<float>("deep1.weight").ToArray();
        })];
        Assert.Equal(results[0], results[1]);
    }

    [Fact]
    public void Branches_share_memory_and_weights_are_packed_once()
    {
        Plan plan = Compile(new ExitNet(Features, 3).Inference(100, Features));
        Branch branch = Assert.Single(plan.Run.OfType<Branch>());
        Assert.Contains(plan.Prepare, step => step.Kernels.Any(IsPacking));
        Assert.DoesNotContain(branch.Kernels, IsPacking);

        // Three activations of 100 rows in each: as much as in one.
        Graph Twice(bool first, bool second)
        {
            var net = new ExitNet(Features, 3);
            var builder = new GraphBuilder(captureSource: false);
            Tensor<F32> x = builder.Input<F32>("x", 100, Features);
            Tensor<F32> threshold = builder.Input<F32>("threshold");
            Tensor<F32> Way(bool isLong) => isLong ? net.Forward(x, threshold, false).Sin() : x.Slice(1, 0, 10);
            return Graph.Of("g", ("y", Functional.Cond(
                builder.Input<Bool>("p"), () => Way(first), () => Way(second) * 2).Node));
        }

        long one = Compile(Twice(true, false)).ArenaBytes;
        Plan both = Compile(Twice(true, true));
        Assert.Equal(one, both.ArenaBytes);
        Branch chosen = Assert.Single(both.Run.OfType<Branch>());
        long[] then = Offsets(both, chosen.LocalsOf(chosen.Then));
        Assert.NotEmpty(then.Intersect(Offsets(both, chosen.LocalsOf(chosen.Otherwise))));
    }

    [Fact]
    public void What_is_decided_or_read_by_nobody_is_gone()
    {
        var builder = new GraphBuilder(captureSource: false);
        Tensor<F32> x = builder.Input<F32>("x", 8, 8);
        Tensor<Bool> p = builder.Input<Bool>("p");
        var (used, _) = Functional.Cond(p, () => (x.Sin(), x.MatMul(x)), () => (x.Cos(), x));
        Plan plan = Compile(Graph.Of("g", ("y", used.Node)));
        Assert.DoesNotContain(plan.Kernels, kernel => kernel.Name.Contains("contraction", StringComparison.Ordinal));
        Assert.Single(plan.Run.OfType<Branch>());

        Tensor<F32> same = Functional.Cond(p, () => x.Sin() + 1, () => 1 + x.Sin());
        Assert.Empty(Compile(Graph.Of("g", ("y", same.Node))).Run.OfType<Branch>());
        Tensor<F32> known = Functional.Cond(Tensor<Bool>.Scalar(0), x, x => x.MatMul(x), x => x.Sin());
        plan = Compile(Graph.Of("g", ("y", known.Node)));
        Assert.Empty(plan.Run.OfType<Branch>());
        Assert.DoesNotContain(plan.Kernels, kernel => kernel.Name.Contains("contraction", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_bad_row_is_told_where_its_branch_is_taken_and_changes_nothing(string engine)
    {
        var builder = new GraphBuilder(captureSource: false);
        var table = new Parameter(
            "table", new TensorType(DType.F32, new Shape(7, 4)), Initializer.Uniform(-1, 1), StateKind.Parameter);
        Tensor<F32> rows = new(table.Node);
        Tensor<I64> tokens = builder.Input<I64>("tokens", 5);
        Tensor<F32> chosen = Functional.Cond(
            builder.Input<Bool>("p"), () => rows.IndexSelect(0, tokens), () => Tensor<F32>.Full(1, 5, 4));
        var graph = new Graph(
            "g", builder.Inputs, [new Output("y", chosen.Node)], [new Update(table.Node, (rows * 0.5).Node)]);
        using Opened opened = Opened.On(engine, graph);
        float[] before = opened.State.Get<float>("table").ToArray();
        opened.Context.Input<long>("tokens")[3] = 9;
        for (int i = 0; i < 2; i++)
        {
            opened.Context.Input<bool>("p")[0] = true;
            string message = Assert.ThrowsAny<Exception>(opened.Context.Run).Message;
            Assert.Contains("input 'tokens' at [3]", message);
            Assert.Equal(before, opened.State.Get<float>("table").ToArray());
            opened.Context.Input<bool>("p")[0] = false;
            opened.Context.Run();
            Assert.All(opened.Context.Output<float>("y").ToArray(), value => Assert.Equal(1, value));
            before = [.. before.Select(value => value * 0.5f)];
            Assert.Equal(before, opened.State.Get<float>("table").ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void State_that_a_branch_keeps_is_not_copied(string engine)
    {
        var builder = new GraphBuilder(captureSource: false);
        var state = new Parameter(
            "w", new TensorType(DType.F32, new Shape(70, 33)), Initializer.Uniform(-1, 1), StateKind.Parameter);
        var w = new Tensor<F32>(state.Node);
        Tensor<F32> gradient = builder.Input<F32>("g", 70, 33);
        Tensor<Bool> isFinite = (gradient.Abs() < double.PositiveInfinity).All();
        var (next, length) = Functional.Cond(isFinite, () => (w - gradient * 0.5, gradient.Sum()), () => (w, w.Sum()));
        var graph = new Graph(
            "g", builder.Inputs, [new Output("sum", w.Sum().Node), new Output("length", length.Node)],
            [new Update(state.Node, next.Node)]);
        Assert.DoesNotContain(Compile(graph).Kernels, kernel => kernel.IsCopy);

        using Opened opened = Opened.On(engine, graph);
        float[] expected = opened.State.Get<float>("w").ToArray();
        foreach (float first in new[] { 1f, float.NaN, 2f, float.PositiveInfinity })
        {
            Draw(opened.Context.Input<float>("g"));
            opened.Context.Input<float>("g")[0] = first;
            float[] gradients = opened.Context.Input<float>("g").ToArray();
            float sum = opened.Run("sum")[0];
            Assert.InRange(sum, expected.Sum() - 1e-3, expected.Sum() + 1e-3);
            expected = float.IsFinite(first) ? [.. expected.Zip(gradients, (a, b) => a - (b * 0.5f))] : expected;
            Close(expected, opened.State.Get<float>("w").ToArray(), 1e-6, $"{first}");
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Sizes_that_the_run_computes_hold_in_branches(string engine)
    {
        var builder = new GraphBuilder(captureSource: false);
        Tensor<F32> x = builder.Input<F32>("x", 150);
        Tensor<Bool> p = builder.Input<Bool>("p");
        Tensor<F32> kept = x.MaskedSelect(x > 0, name: "K");
        Tensor<F32> y = Functional.Cond(p, () => kept * 2, () => kept + kept.Sum());
        Tensor<F32> z = Functional.Cond(p, () => x.MaskedSelect(x < 0, name: "L").Sum(), () => x.Sum());
        using Opened opened = Opened.On(engine, Graph.Of("g", ("y", y.Node), ("z", z.Node)));
        foreach (var (positive, holds) in new[] { (70, true), (150, false), (0, true), (1, false), (149, true) })
        {
            Span<float> values = opened.Context.Input<float>("x");
            values.Fill(-1);
            values[..positive].Fill(1);
            opened.Context.Input<bool>("p")[0] = holds;
            opened.Context.Run();
            Assert.Equal(
                Enumerable.Repeat(holds ? 2f : 1 + positive, positive), opened.Context.Output<float>("y").ToArray());
            Assert.Equal(holds ? positive - 150 : (2 * positive) - 150, opened.Context.Output<float>("z")[0]);
        }
    }

    [Fact]
    public void A_budget_changes_no_bit()
    {
        Graph graph = new ExitNet(Features, 6).Training(96, Features, new Sgd(0.1));
        using Opened whole = Opened.On("256", graph);
        using Opened small = Opened.On("256", graph, (long)(whole.Program.Table.ArenaBytes * 0.95));
        foreach (Opened opened in new[] { whole, small })
        {
            Draw(opened.Context.Input<float>("x"));
            foreach (float threshold in new[] { Never, Always })
            {
                opened.Context.Input<float>("threshold")[0] = threshold;
                opened.Context.Run();
            }
        }

        Assert.Equal(
            whole.State.Get<float>("first.weight").ToArray(), small.State.Get<float>("first.weight").ToArray());
    }

    [Fact]
    public void Draws_of_a_branch_move_with_every_run()
    {
        var builder = new GraphBuilder(training: true, captureSource: false);
        Tensor<F32> x = builder.Input<F32>("x", 64);
        Tensor<F32> y = Functional.Cond(builder.Input<Bool>("p"), () => x.Dropout(0.5), () => x.Dropout(0.5) * 2);
        using Opened opened = Opened.On("256", Graph.Of("g", ("y", y.Node)));
        opened.Context.Input<float>("x").Fill(1);
        var seen = new HashSet<string>();
        for (int run = 0; run < 4; run++)
        {
            opened.Context.Input<bool>("p")[0] = run % 2 == 0;
            seen.Add(string.Join(",", opened.Run("y").Select(value => value > 0)));
        }

        Assert.Equal(4, seen.Count);
    }

    [Fact]
    public void Wrong_branches_are_told()
    {
        var builder = new GraphBuilder(training: true, captureSource: false);
        Tensor<F32> x = builder.Input<F32>("x", 3, 4);
        Tensor<Bool> p = builder.Input<Bool>("p");
        var state = new Tensor<Bool>(new Parameter(
            "s", new TensorType(DType.Bool, Shape.Scalar), Initializer.Zeros, StateKind.Buffer).Node);
        var mean = new Tensor<F32>(new Parameter(
            "mean", new TensorType(DType.F32, Shape.Scalar), Initializer.Zeros, StateKind.Buffer).Node);
        Told("value 0 is f32[3, 4] where the predicate holds, f32[3] otherwise",
            () => Functional.Cond(p, () => x, () => x.Sum(1)));
        Told("the predicate is one truth value, bool[], not bool[3, 4]",
            () => Functional.Cond(x > 0, () => x, () => x * 2));
        Told("give a value of it as an operand", () => Functional.Cond(state, () => x, () => x * 2));
        Told("a branch updates 'mean'", () => Functional.Cond(
            p,
            () =>
            {
                builder.Update(mean, x.Mean());
                return x;
            },
            () => x * 2));

        static void Told(string message, Func<Tensor<F32>> cond) =>
            Assert.Contains(message, Assert.Throws<GraphException>(cond).Message);
    }

    private static bool IsPacking(Kernel kernel) => kernel.Name.Contains("pack", StringComparison.Ordinal);

    private static long[] Offsets(Plan plan, IEnumerable<Compiler.Values.Buffer> buffers) =>
        [.. buffers.Select(buffer => plan.Placements[buffer].Offset)];

    private static Plan Compile(Graph graph) =>
        Pipeline.Compile(graph, new PipelineOptions(CSharpTarget.Bits256.Processor, Check: true));

    private static void Draw(Span<float> values)
    {
        var random = new Random(values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (random.NextSingle() * 2) - 1;
        }
    }

    private static void Close(float[] expected, float[] actual, double tolerance, string name)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = Math.Max(expected.Max(Math.Abs), 1e-3);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance * scale,
                $"{name}: [{i}] is {actual[i]}, expected {expected[i]}");
        }
    }
}
