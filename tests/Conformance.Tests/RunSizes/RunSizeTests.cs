using Sinter.Backends.CSharp;
using Sinter.Jit;
using Sinter.Reference;
using Sinter.Runtime;
using Sinter.Runtime.Programs;
using RunException = Sinter.Runtime.Programs.RunException;

namespace Sinter.Conformance.Tests.RunSizes;

/// <summary>Sizes that a run computes: one context at one count after another, at real sizes, and what it
/// refuses.</summary>
public sealed class RunSizeTests
{
    // Per mille of the elements that are chosen, from run to run.
    private static readonly int[] Shares = [500, 1000, 0, 3, 997, 0, 1000];

    private static readonly Dictionary<string, JitOptions> Widths = new[]
    {
        CSharpTarget.Bits128, CSharpTarget.Bits256, CSharpTarget.Bits512,
    }.ToDictionary(
        target => "jit" + target.VectorBits,
        target => new JitOptions { Target = target, CacheDirectory = null, Check = true });

    public static TheoryData<string> Engines => [.. Widths.Keys, "cuda"];

    /// <summary>x chosen by mask: the elements, their positions, softmax and a running product; and all of it again in
    /// a product over rows.</summary>
    private static Graph Chosen(Dimension rows, Dimension columns)
    {
        var b = new GraphBuilder(captureSource: false);
        Tensor<F32> x = b.Input<F32>("x", rows, columns);
        Tensor<Bool> mask = b.Input<Bool>("mask", rows, columns);
        Tensor<F32> some = x.MaskedSelect(mask, name: "K");
        Tensor<I64> at = mask.NonZero(name: "K");
        Tensor<F32> kept = x.Compress(mask.Slice(1, 0, 1).Reshape(rows), name: "R");
        Tensor<F32> weight = b.Input<F32>("w", columns, 13);
        return Graph.Of(
            "chosen", ("some", some.Node), ("at", at.Node), ("soft", some.Softmax(0).Node), ("sum", some.Sum().Node),
            ("product", kept.MatMul(weight).Relu().Node), ("of rows", kept.Max(1).Node),
            ("count", Tensor<I64>.Size(some.Shape[0]).Node));
    }

    private static Dictionary<string, TensorValue> Values(int rows, int columns, int share)
    {
        var random = new Random(rows + columns + share);
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 2) - 1)];
        long[] mask = [.. Enumerable.Range(0, rows * columns).Select(_ => random.Next(1000) < share ? 1L : 0)];
        return new Dictionary<string, TensorValue>
        {
            ["x"] = TensorValue.FromNumbers(DType.F32, [rows, columns], [.. Draw(rows * columns).Select(v => (double)(float)v)]),
            ["mask"] = new(DType.Bool, [rows, columns], mask),
            ["w"] = TensorValue.FromNumbers(DType.F32, [columns, 13], [.. Draw(columns * 13).Select(v => (double)(float)v)]),
        };
    }

    private static IEnumerable<InterpreterResult> Run(
        string engine, Graph graph, IEnumerable<IReadOnlyDictionary<string, TensorValue>> rounds, int threads = 2,
        IReadOnlyDictionary<string, TensorValue>? parameters = null)
    {
        parameters ??= new Dictionary<string, TensorValue>();
        if (engine == "cuda")
        {
            var cuda = new CudaEngine(reverse: true);
            var program = JitCompiler.CompileCuda(graph, new JitOptions { CacheDirectory = null, Check = true });
            return JitEngine.RunRounds(program, rounds, parameters, state => cuda.Open(program, state)).ToArray();
        }

        using var pool = new WorkerPool(threads);
        Program compiled = JitCompiler.Compile(graph, Widths[engine]);
        return JitEngine.RunRounds(compiled, rounds, parameters, state => new ProgramContext(compiled, state, pool)).ToArray();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void One_context_at_one_count_after_another(string engine)
    {
        bool isCuda = engine == "cuda";
        Symbol rows = Symbol.Create("N", 0, isCuda ? 300 : 3000);
        Graph graph = Chosen(rows, 37);
        var rounds = Shares.Select((share, i) => Values(isCuda ? 300 - (i * 11) : 2703 - (i * 11), 37, share)).ToList();
        rounds.Add(Values(0, 37, 500));
        rounds.Add(Values(1, 37, 500));
        var results = Run(engine, graph, rounds).ToArray();
        for (int i = 0; i < rounds.Count; i++)
        {
            InterpreterResult expected = Interpreter.Run(graph, rounds[i], new Dictionary<string, TensorValue>());
            Comparison.AssertClose(expected, results[i], 1e-4);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Results_do_not_depend_on_threads(int threads)
    {
        Graph graph = Chosen(2703, 37);
        var rounds = new[] { Values(2703, 37, 500) };
        Comparison.AssertClose(
            Run("jit256", graph, rounds, 1).Single(), Run("jit256", graph, rounds, threads).Single(), 0);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    [InlineData(DType.I64)]
    [InlineData(DType.I32)]
    [InlineData(DType.I16)]
    [InlineData(DType.I8)]
    [InlineData(DType.U8)]
    [InlineData(DType.U32)]
    [InlineData(DType.Bool)]
    public void Elements_of_every_type(DType type)
    {
        const int Count = 5003;
        var b = new GraphBuilder(captureSource: false);
        Node x = b.Input("x", new TensorType(type, new Shape(Count)));
        Tensor<I64> at = new Tensor<Bool>(b.Make(Op.Cast, new CastAttributes(DType.Bool), x)).NonZero();
        Node chosen = b.Make(Op.Gather, new AxisAttributes(0), x, at.Reshape(at.Shape[0]).Node);
        Graph graph = Graph.Of("types", ("at", at.Node), ("chosen", chosen));
        var random = new Random(3);
        var rounds = new[] { 2, 40, 1 }.Select(among => new Dictionary<string, TensorValue>
        {
            ["x"] = TensorValue.FromNumbers(
                type, [Count], [.. Enumerable.Range(0, Count).Select(_ => (double)(random.Next(among) % 2))]),
        }).ToArray();
        InterpreterResult[] results = Run("jit256", graph, rounds).ToArray();
        for (int i = 0; i < rounds.Length; i++)
        {
            Comparison.AssertClose(
                Interpreter.Run(graph, rounds[i], new Dictionary<string, TensorValue>()), results[i], 0);
        }
    }

    // A hundred thousand elements in one block, in many, and at their borders.
    [Theory]
    [InlineData(100_000, 500)]
    [InlineData(100_000, 1000)]
    [InlineData(100_000, 0)]
    [InlineData(2047, 1000)]
    [InlineData(2048, 1000)]
    [InlineData(2049, 1000)]
    [InlineData(4097, 1)]
    public void A_vector_of_any_length(int count, int share)
    {
        var b = new GraphBuilder(captureSource: false);
        Tensor<Bool> mask = b.Input<Bool>("mask", count);
        Tensor<I64> first = new(b.Make(Op.NonZero, new NonZeroAttributes(2100), mask.Node));
        Graph graph = Graph.Of("vector", ("at", mask.NonZero().Node), ("first", first.Node));
        var random = new Random(count + share);
        var inputs = new Dictionary<string, TensorValue>
        {
            ["mask"] = new(DType.Bool, [count], [.. Enumerable.Range(0, count).Select(_ => random.Next(1000) < share ? 1L : 0)]),
        };
        InterpreterResult expected = Interpreter.Run(graph, inputs, new Dictionary<string, TensorValue>());
        Comparison.AssertClose(expected, Run("jit512", graph, [inputs]).Single(), 0);
    }

    // Positions, slices, products and random words of what state alone holds must not be those of another count.
    [Theory]
    [MemberData(nameof(Engines))]
    public void State_cut_to_a_size_of_the_run(string engine)
    {
        var b = new GraphBuilder(captureSource: false);
        Tensor<I64> data = b.Input<I64>("count");
        Dimension count = data.AsDimension(96, "T");
        var table = new Parameter("table", new TensorType(DType.F32, new Shape(96, 40)), Initializer.Zeros, StateKind.Parameter);
        Tensor<F32> rows = new Tensor<F32>(table.Node).Slice(0, 0, count);
        Tensor<F32> square = rows.MatMul(new Tensor<F32>(table.Node).Transpose(0, 1));
        Tensor<F32> fixedSum = rows.Sum(0);
        Graph graph = Graph.Of(
            "cut", ("rows", (rows * 2).Node), ("square", square.Node), ("sum", fixedSum.Node),
            ("gram", rows.Transpose(0, 1).MatMul(rows).Node));
        var random = new Random(7);
        var parameters = new Dictionary<string, TensorValue>
        {
            ["table"] = TensorValue.FromNumbers(
                DType.F32, [96, 40], [.. Enumerable.Range(0, 96 * 40).Select(_ => (double)(random.NextSingle() - 0.5f))]),
        };
        var rounds = new long[] { 96, 5, 0, 33, 95, 1 }.Select(size => new Dictionary<string, TensorValue>
        {
            ["count"] = new(DType.I64, [], [size]),
        }).ToArray();
        InterpreterResult[] results = Run(engine, graph, rounds, parameters: parameters).ToArray();
        for (int i = 0; i < rounds.Length; i++)
        {
            Comparison.AssertClose(Interpreter.Run(graph, rounds[i], parameters), results[i], 1e-4);
        }
    }

    // As long as the run says: a loop; and a size of which only one branch speaks.
    [Theory]
    [MemberData(nameof(Engines))]
    public void Loops_and_branches_with_sizes_of_the_run(string engine)
    {
        var b = new GraphBuilder(captureSource: false);
        Tensor<F32> x = b.Input<F32>("x", Symbol.Create("N", 1, 50), 6);
        Tensor<F32> kept = x.Compress(x.Sum(1) > 0, name: "K");
        var (last, all) = Functional.Scan<F32, F32, F32>(
            Tensor<F32>.Full(0.25, 6), kept, (sum, row) => ((sum * 0.5) + row, sum * row));
        Tensor<F32> chosen = Functional.Cond(
            b.Input<Bool>("flag"), () => x.MaskedSelect(x > 0.5, name: "C").Square().Sum(), () => x.Sum());
        Graph graph = Graph.Of("inside", ("last", last.Node), ("all", all.Node), ("chosen", chosen.Node));
        var random = new Random(5);
        var rounds = new[] { (50, 0.5), (7, 1.0), (20, 0.0), (1, 0.5), (50, 1) }.Select((round, i) =>
        {
            var (rows, share) = round;
            double[] values = [.. Enumerable.Range(0, rows * 6).Select(_ => (double)(float)(random.NextDouble() - 1 + share))];
            return new Dictionary<string, TensorValue>
            {
                ["x"] = TensorValue.FromNumbers(DType.F32, [rows, 6], values),
                ["flag"] = new(DType.Bool, [], [i % 2]),
            };
        }).ToArray();
        InterpreterResult[] results = Run(engine, graph, rounds).ToArray();
        for (int i = 0; i < rounds.Length; i++)
        {
            InterpreterResult expected = Interpreter.Run(graph, rounds[i], new Dictionary<string, TensorValue>());
            Comparison.AssertClose(expected, results[i], 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Training_on_rows_that_a_mask_keeps(string engine)
    {
        var b = new GraphBuilder(captureSource: false);
        Symbol rows = Symbol.Create("N", 1, 120);
        Tensor<F32> x = b.Input<F32>("x", rows, 24);
        var weight = new Parameter("w", new TensorType(DType.F32, new Shape(24, 17)), Initializer.Zeros, StateKind.Parameter);
        var w = new Tensor<F32>(weight.Node);
        Tensor<F32> y = x.Compress(b.Input<Bool>("mask", rows)).MatMul(w);
        Tensor<F32> loss = y.MaskedSelect(y > 0).Square().Sum() * 0.01;
        var gradients = Compiler.Differentiate.Differentiator.Gradient(loss.Node, [w.Node, x.Node]);
        Tensor<F32> next = w - (new Tensor<F32>(gradients[w.Node]) * 0.1);
        var graph = new Graph(
            "train", b.Inputs, [new Output("loss", loss.Node), new Output("dx", gradients[x.Node])],
            [new Update(w.Node, next.Node)]);
        foreach (var (count, share) in new[] { (97, 500), (120, 1000), (31, 0) })
        {
            var random = new Random(count);
            double[] Draw(int size) => [.. Enumerable.Range(0, size).Select(_ => (double)(random.NextSingle() - 0.5f))];
            var inputs = new Dictionary<string, TensorValue>
            {
                ["x"] = TensorValue.FromNumbers(DType.F32, [count, 24], Draw(count * 24)),
                ["mask"] = new(DType.Bool, [count], [.. Enumerable.Range(0, count).Select(_ => random.Next(1000) < share ? 1L : 0)]),
            };
            var parameters = new Dictionary<string, TensorValue>
            {
                ["w"] = TensorValue.FromNumbers(DType.F32, [24, 17], Draw(24 * 17)),
            };
            Comparison.AssertClose(
                Interpreter.Run(graph, inputs, parameters),
                Run(engine, graph, [inputs], parameters: parameters).Single(), 1e-4);
        }
    }

    // A mask of parameters knows no input: its size comes along with what names it.
    [Theory]
    [MemberData(nameof(Engines))]
    public void A_size_of_state_alone(string engine)
    {
        var weight = new Parameter("w", new TensorType(DType.F32, new Shape(70)), Initializer.Zeros, StateKind.Parameter);
        var w = new Tensor<F32>(weight.Node);
        Tensor<F32> large = w.MaskedSelect(w > 0.2, name: "L");
        var b = new GraphBuilder(captureSource: false);
        Tensor<F32> x = b.Input<F32>("x", 3);
        Graph graph = Graph.Of(
            "state", ("y", (large.Reshape(large.Shape[0], 1) * x).Node), ("ones", Tensor<F32>.Full(1.0, large.Shape[0]).Node));
        Assert.Single(graph.Sizes);
        var random = new Random(9);
        var parameters = new Dictionary<string, TensorValue>
        {
            ["w"] = TensorValue.FromNumbers(DType.F32, [70], [.. Enumerable.Range(0, 70).Select(_ => (double)(random.NextSingle() - 0.5f))]),
        };
        var inputs = new Dictionary<string, TensorValue> { ["x"] = TensorValue.FromNumbers(DType.F32, [3], [1, -2, 3]) };
        Comparison.AssertClose(
            Interpreter.Run(graph, inputs, parameters), Run(engine, graph, [inputs], parameters: parameters).Single(), 1e-6);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_count_beyond_the_bound_changes_nothing(string engine)
    {
        var b = new GraphBuilder(captureSource: false);
        Symbol rows = Symbol.Create("N", 1, 40);
        Tensor<Bool> mask = b.Input<Bool>("mask", rows);
        var sum = new Parameter("sum", new TensorType(DType.F32, new Shape(4)), Initializer.Zeros, StateKind.Cache);
        Tensor<F32> old = new(sum.Node);
        Node positions;
        using (b.EnterPath("head.filter"))
        {
            positions = mask.NonZero(max: 3, name: "kept").Node;
        }

        Tensor<F32> count = new Tensor<I64>(positions).Cast<F32>().Sum();
        var graph = new Graph(
            "bound", b.Inputs, [new Output("at", positions)], [new Update(old.Node, (old + 1 + (count * 0)).Node)]);
        long[][] masks = [[1, 0, 1, 1], [1, 1, 0, 1, 1], [0, 0, 0]];
        using var pool = new WorkerPool(2);
        (ModelState State, ProgramContext Context) opened = Open(engine, graph, pool);
        using ModelState state = opened.State;
        using ProgramContext context = opened.Context;
        var seen = new List<string>();
        foreach (long[] flags in masks)
        {
            context.SetSymbol("N", flags.Length);
            Array.ConvertAll(flags, flag => (byte)flag).CopyTo(context.Input<byte>("mask"));
            try
            {
                context.Run();
                seen.Add(string.Join(" ", context.Output<long>("at").ToArray()) + "; " + context.Symbol("kept"));
            }
            catch (RunException error)
            {
                seen.Add(error.Message);
            }
        }

        Assert.Equal(
            ["0 2 3; 3", "head.filter: nonzero: kept = 4 is out of range, valid are 0 to 3", "; 0"], seen);
        Assert.Equal([2f, 2, 2, 2], state.Get<float>("sum").ToArray());
        Assert.Contains("computed by the run", Assert.Throws<RunException>(() => context.SetSymbol("kept", 1)).Message);
    }

    [Fact]
    public void The_oracle_refuses_what_is_beyond_the_bound()
    {
        var b = new GraphBuilder(captureSource: false);
        Graph graph = Graph.Of("g", ("y", b.Input<Bool>("mask", 5).NonZero(max: 2).Node));
        var inputs = new Dictionary<string, TensorValue> { ["mask"] = new(DType.Bool, [5], [1L, 1, 0, 0, 1]) };
        string message = Assert.Throws<Sinter.Reference.RunException>(
            () => Interpreter.Run(graph, inputs, new Dictionary<string, TensorValue>())).Message;
        Assert.Equal("nonzero: count0 = 3 is out of range, valid are 0 to 2", message);
    }

    [Fact]
    public void Contexts_beside_one_another_have_sizes_of_their_own()
    {
        var b = new GraphBuilder(captureSource: false);
        Tensor<F32> x = b.Input<F32>("x", 3001);
        Graph graph = Graph.Of("beside", ("y", (x.MaskedSelect(x > 0) * 2).Node));
        using var pool = new WorkerPool(2);
        Program program = JitCompiler.Compile(graph, Widths["jit256"]);
        using var state = new ModelState(0, program);
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 2 }, worker =>
        {
            using var context = new ProgramContext(program, state, pool);
            for (int run = 0; run < 20; run++)
            {
                var random = new Random((worker * 100) + run);
                float[] values = [.. Enumerable.Range(0, 3001).Select(_ => (float)(random.Next(4 + run) - 3))];
                values.CopyTo(context.Input<float>("x"));
                context.Run();
                Assert.Equal(values.Where(v => v > 0).Select(v => v * 2), context.Output<float>("y").ToArray());
            }
        });
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Masks_of_parameters_alone_are_counted_apart(string engine)
    {
        var type = new TensorType(DType.F32, new Shape(40));
        Parameter[] state = [.. new[] { "a", "b" }.Select(name => new Parameter(name, type, Initializer.Ones))];
        Tensor<F32>[] values = [.. state.Select(declared => new Tensor<F32>(declared.Node))];
        Tensor<F32>[] kept = [.. values.Select(value => value.MaskedSelect(value > 0))];
        Assert.NotEqual(kept[0].Shape, kept[1].Shape);
        Assert.Equal(kept[0].Shape, values[0].MaskedSelect(values[0] > 0).Shape);
        Tensor<F32> x = new GraphBuilder(captureSource: false).Input<F32>("x", 3);
        Graph graph = Graph.Of(
            "masks", ("all", Tensor.Concat(0, kept).Node), ("sums", (x * kept[0].Sum() * kept[1].Sum()).Node));
        Assert.Equal(2, graph.Sizes.Count);
        Assert.Equal(GraphPrinter.Print(graph), GraphPrinter.Print(GraphParser.Parse(GraphPrinter.Print(graph))));
        double[] Row(int period) => [.. Enumerable.Range(0, 40).Select(i => (double)((i % period) - 2))];
        var parameters = new Dictionary<string, TensorValue>
        {
            ["a"] = TensorValue.FromNumbers(DType.F32, [40], Row(7)),
            ["b"] = TensorValue.FromNumbers(DType.F32, [40], Row(4)),
        };
        var inputs = new Dictionary<string, TensorValue>
        {
            ["x"] = TensorValue.FromNumbers(DType.F32, [3], [1.0, 2, 3]),
        };
        InterpreterResult actual = Run(engine, graph, [inputs], parameters: parameters).Single();
        double[] first = [.. Row(7).Where(value => value > 0)];
        double[] second = [.. Row(4).Where(value => value > 0)];
        Assert.Equal(first.Concat(second), actual.Outputs["all"].Floats);
        Assert.Equal(first.Sum() * second.Sum() * 3, actual.Outputs["sums"].Number(2));
    }

    [Fact]
    public void Text_is_read_back()
    {
        Graph graph = Chosen(Symbol.Create("N", 0, 90), 37);
        string text = GraphPrinter.Print(graph);
        Graph again = GraphParser.Parse(text);
        Assert.Equal(text, GraphPrinter.Print(again));
        Assert.Equal(2, again.Sizes.Count);
    }

    [Theory]
    [InlineData("%0 = input() {name=\"m\", type=i64, shape=[K]} : i64[K]\n%1 = sum(%0) {axes=[0]} : i64[]\n"
        + "%2 = set_size(%1) {symbol=K, bound=9, what=\"w\"} : i64[]\noutput \"y\" = %2\n", "but the run computes K")]
    [InlineData("%0 = iota() {type=i64, shape=[K], axis=0} : i64[K]\n%1 = sum(%0) {axes=[0]} : i64[]\n"
        + "%2 = set_size(%1) {symbol=K, bound=9, what=\"w\"} : i64[]\noutput \"y\" = %2\n", "depends on itself")]
    [InlineData("%0 = input() {name=\"m\", type=i64, shape=[]} : i64[]\n%1 = negate(%0) : i64[]\n"
        + "%2 = set_size(%1) {symbol=K, bound=9, what=\"w\"} : i64[]\n"
        + "%3 = set_size(%0) {symbol=K, bound=9, what=\"w\"} : i64[]\n"
        + "%4 = add(%2, %3) : i64[]\noutput \"y\" = %4\n", "two sizes are named K")]
    [InlineData("%0 = input() {name=\"m\", type=i64, shape=[]} : i64[]\n"
        + "%2 = set_size(%0) {symbol=K, bound=10, what=\"w\"} : i64[]\noutput \"y\" = %2\n", "beyond the range")]
    [InlineData("%0 = input() {name=\"m\", type=i64, shape=[]} : i64[]\n"
        + "%2 = set_size(%0) {symbol=2*K, bound=9, what=\"w\"} : i64[]\noutput \"y\" = %2\n", "expected a symbol")]
    public void Text_that_is_no_graph(string lines, string reason) => Assert.Contains(
        reason, Assert.Throws<GraphException>(() => GraphParser.Parse("graph \"g\"\nsymbol K = 0..9\n" + lines)).Message);

    [Fact]
    public void A_size_inside_a_loop_is_refused()
    {
        var b = new GraphBuilder(captureSource: false);
        Tensor<F32> x = b.Input<F32>("x", 4, 6);
        string message = Assert.Throws<GraphException>(() =>
        {
            var scan = new ScanBuilder(4);
            Tensor<F32> row = scan.Slice(x);
            Stacked<F32> sums = scan.Stack(row.MaskedSelect(row > 0).Sum());
            return Graph.Of("g", ("y", sums.Values.Node));
        }).Message;
        Assert.Contains("masked_select", message);
    }

    private static (ModelState State, ProgramContext Context) Open(string engine, Graph graph, WorkerPool pool)
    {
        if (engine == "cuda")
        {
            var cuda = new CudaEngine(reverse: false);
            var program = JitCompiler.CompileCuda(graph, new JitOptions { CacheDirectory = null, Check = true });
            var own = new ModelState(0, program);
            return (own, cuda.Open(program, own));
        }

        Program compiled = JitCompiler.Compile(graph, Widths[engine]);
        var state = new ModelState(0, compiled);
        return (state, new ProgramContext(compiled, state, pool));
    }
}
