using Sinter.Backends.CSharp;
using Sinter.Compiler;
using Sinter.Compiler.Differentiate;
using Sinter.Compiler.Values;
using Sinter.Jit;
using Sinter.Optimizers;
using Sinter.Reference;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests.Scans;

public sealed class ScanTests
{
    public static TheoryData<string> Engines => Opened.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public void An_LSTM_as_a_loop_equals_the_LSTM_written_out(string engine)
    {
        const int Width = 40;
        var cells = new Cells(24, Width);
        using Opened loop = Opened.On(engine, cells.Gradients(7, 5, 24, loop: true, reversed: true));
        Compare(loop, cells.Gradients(7, 5, 24, loop: false, reversed: true), [], 1e-4);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void One_context_runs_every_length(string engine)
    {
        var cells = new Cells(5, 8);
        Symbol steps = Symbol.Create("T", 0, 19);
        using Opened loop = Opened.On(engine, cells.Gradients(steps, 3, 5, loop: true));
        foreach (int length in new[] { 19, 1, 0, 2, 19 })
        {
            Graph expected = length == 0
                ? cells.Gradients(Symbol.Create("T", 0, 19), 3, 5, loop: true)
                : cells.Gradients(length, 3, 5, loop: false);
            Compare(loop, expected, [("T", length)], 1e-4);
        }
    }

    [Fact]
    public void A_loop_of_512_iterations_equals_512_iterations()
    {
        var cells = new Cells(3, 4);
        using Opened loop = Opened.On("256", cells.Gradients(512, 2, 3, loop: true));
        Compare(loop, cells.Gradients(512, 2, 3, loop: false), [], 1e-3);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Training_moves_weights_as_the_oracle_does(string engine)
    {
        Graph step = new Cells(6, 16).TrainingStep(9, 4, 6, new Sgd(0.5));
        using Opened training = Opened.On(engine, step);
        Fill(training, step, []);
        for (int run = 0; run < 3; run++)
        {
            Dictionary<string, TensorValue> before = StateOf(training, step);
            training.Context.Run();
            InterpreterResult expected = Interpreter.Run(step, InputsOf(training, step, []), before);
            foreach (var (name, value) in expected.Updates)
            {
                Close(value.Floats, training.State.Get<float>(name).ToArray(), 1e-5, name);
            }
        }
    }

    // What the first gradient keeps of the forward loop, the second one differentiates.
    [Theory]
    [MemberData(nameof(Engines))]
    public void The_gradient_of_a_gradient(string engine)
    {
        var builder = new GraphBuilder(captureSource: false);
        Tensor<F32> w = builder.Input<F32>("w", 3, 3);
        Tensor<F32> x = builder.Input<F32>("x", 4, 3);
        (Tensor<F32> last, _) = Functional.Scan(
            Tensor<F32>.Full(0.1, 3), x, (h, slice) => (((h.MatMul(w) * 0.3) + slice).Tanh(), h));
        Tensor<F32> slope = Slope(last.Square().Sum(), w);
        Tensor<F32> curve = Slope(slope.Square().Sum(), w);
        Graph graph = Graph.Of("curve", ("slope", slope.Node), ("curve", curve.Node));
        using Opened opened = Opened.On(engine, graph);
        Compare(opened, graph, [], 1e-4);

        var loss = new LossCase(
            slope.Square().Sum().Node, [w.Node], InputsOf(opened, graph, []), new Dictionary<string, TensorValue>());
        Close(GradientCheck.Differences(loss)[w.Node], opened.Context.Output<float>("curve").ToArray(), 1e-3, "curve");
    }

    private static Tensor<F32> Slope(Tensor<F32> loss, Tensor<F32> by) =>
        new(Differentiator.Gradient(loss.Node, [by.Node])[by.Node]);

    [Fact]
    public void The_text_of_a_loop_does_not_depend_on_its_length()
    {
        var cells = new Cells(32, 32);
        string[] texts = [.. new[] { 32, 128, 512 }.Select(steps => ProgramPrinter.Print(
            Pipeline.Compile(
                cells.TrainingStep(steps, 4, 32, new Sgd(0.1)), new PipelineOptions(CSharpTarget.Bits256.Processor)),
            CSharpTarget.Bits256, "P", "N"))];
        Assert.All(texts, text => Assert.InRange(text.Length, texts[0].Length * 0.97, texts[0].Length * 1.03));
    }

    [Fact]
    public void Weights_are_packed_once_and_products_of_inputs_come_in_front()
    {
        var builder = new GraphBuilder(captureSource: false);
        Tensor<F32> zero = Tensor<F32>.Full(0, 4, 64);
        var (all, _) = new Cells(48, 64).Loop(builder.Input<F32>("x", 32, 4, 48), zero, zero);
        Plan plan = Pipeline.Compile(
            Graph.Of("g", ("y", all.Node)), new PipelineOptions(CSharpTarget.Bits256.Processor, Check: true));
        Loop loop = Assert.Single(plan.Run.OfType<Loop>());
        Assert.InRange(loop.Kernels.Count(), 1, 3);
        Assert.Single(loop.Kernels, kernel => kernel.Name.Contains("contraction", StringComparison.Ordinal));
        Assert.DoesNotContain(loop.Kernels, kernel => kernel.Name.Contains("pack", StringComparison.Ordinal));
    }

    [Fact]
    public void Gradients_of_weights_are_one_product_behind_the_loop()
    {
        Plan plan = Pipeline.Compile(
            new Cells(48, 64).TrainingStep(32, 4, 48, new Sgd(0.1)),
            new PipelineOptions(CSharpTarget.Bits256.Processor, Check: true));
        Assert.Equal(2, plan.Run.OfType<Loop>().Count());
        Assert.All(plan.Run.OfType<Loop>(), loop => Assert.Single(
            loop.Kernels, kernel => kernel.Name.Contains("contraction", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_bad_row_is_told_with_the_name_of_its_input_and_changes_nothing(string engine)
    {
        var builder = new GraphBuilder(captureSource: false);
        var table = new Parameter(
            "table", new TensorType(DType.F32, new Shape(7, 4)), Initializer.Uniform(-1, 1), StateKind.Parameter);
        Tensor<F32> rows = new(table.Node);
        Tensor<I64> tokens = builder.Input<I64>("tokens", 5, 2);
        Tensor<F32> last = Functional.Scan(Tensor<F32>.Full(0, 2, 4), tokens, (h, token) =>
        {
            Tensor<F32> next = (h + rows.IndexSelect(0, token)).Tanh();
            return (next, next);
        }).Last;
        var graph = new Graph(
            "g", builder.Inputs, [new Output("y", last.Node)], [new Update(table.Node, (rows * 0.5).Node)]);
        using Opened opened = Opened.On(engine, graph);
        float[] before = opened.State.Get<float>("table").ToArray();
        opened.Context.Input<long>("tokens")[7] = 9;
        string message = Assert.ThrowsAny<Exception>(opened.Context.Run).Message;
        Assert.Contains("input 'tokens' at [3, 1]", message);
        Assert.Equal(before, opened.State.Get<float>("table").ToArray());
        opened.Context.Input<long>("tokens")[7] = 6;
        opened.Context.Run();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_bad_row_that_an_iteration_computes_is_told(string engine)
    {
        var builder = new GraphBuilder(captureSource: false);
        Tensor<F32> rows = builder.Input<F32>("rows", 7, 4);
        Tensor<I64> steps = builder.Input<I64>("steps", 5);
        var scan = new ScanBuilder(5);
        Tensor<I64> at = scan.Carry(Tensor<I64>.Scalar(0));
        scan.Next(at, at + scan.Slice(steps));
        Stacked<F32> chosen = scan.Stack(rows.IndexSelect(0, at));
        using Opened opened = Opened.On(engine, Graph.Of("g", ("y", chosen.Values.Node)));
        opened.Context.Input<long>("steps").Fill(2);
        string message = Assert.ThrowsAny<Exception>(opened.Context.Run).Message;
        Assert.Contains("8 is out of range, valid are 0 to 6", message);
        opened.Context.Input<long>("steps").Fill(1);
        opened.Context.Run();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Each_iteration_of_each_run_draws_other_numbers(string engine)
    {
        var builder = new GraphBuilder(training: true, captureSource: false);
        Tensor<F32> x = builder.Input<F32>("x", 3, 4, 8);
        Tensor<F32> all = Functional.Scan(Tensor<F32>.Full(0, 8), x, (h, rows) =>
        {
            var (_, inner) = Functional.Scan(h, rows, (g, row) => (g, row.Dropout(0.5)));
            return (h, inner);
        }).Outputs;
        using Opened opened = Opened.On(engine, Graph.Of("g", ("y", all.Node)));
        opened.Context.Input<float>("x").Fill(1);
        var seen = new HashSet<string>();
        for (int run = 0; run < 2; run++)
        {
            opened.Context.Run();
            foreach (float[] row in opened.Context.Output<float>("y").ToArray().Chunk(8))
            {
                seen.Add(string.Join(",", row));
            }
        }

        // 24 draws of 8 bits each: two may be equal by chance, not many.
        Assert.InRange(seen.Count, 19, 24);
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        Graph graph = new Cells(64, 128).Gradients(6, 70, 64, loop: true);
        Program program = JitCompiler.Compile(graph, new JitOptions { CacheDirectory = null });
        float[][] results = [.. new[] { 1, 3 }.Select(threads =>
        {
            using var pool = new WorkerPool(threads);
            var state = new ModelState(1, program);
            using var context = new ProgramContext(program, state, pool);
            foreach (Node input in graph.Inputs)
            {
                Draw(context.Input<float>(input.Get<InputAttributes>().Name));
            }

            context.Run();
            context.Run();
            return graph.Outputs.SelectMany(output => context.Output<float>(output.Name).ToArray()).ToArray();
        })];
        Assert.Equal(results[0], results[1]);
    }

    [Fact]
    public void Values_of_a_body_stay_inside()
    {
        var builder = new GraphBuilder(captureSource: false);
        Tensor<F32>? leaked = null;
        Tensor<F32> last = Functional.Scan(
            builder.Input<F32>("h", 3), builder.Input<F32>("x", 4, 3), (h, x) => (leaked = h + x, h)).Last;
        var error = Assert.Throws<GraphException>(() => Graph.Of("g", ("y", last.Node), ("z", leaked!.Node)));
        Assert.Contains("a value of a loop's body, is used outside of it", error.Message);
    }

    [Fact]
    public void What_is_carried_keeps_its_shape()
    {
        var builder = new GraphBuilder(captureSource: false);
        var error = Assert.Throws<GraphException>(() => Functional.Scan(
            builder.Input<F32>("h", 3), builder.Input<F32>("x", 4, 2, 3), (h, x) => (h + x, h)));
        Assert.Contains("a carried value begins as f32[3] and becomes f32[2, 3]", error.Message);
        error = Assert.Throws<GraphException>(() => Functional.Scan(
            builder.Input<F32>("g", 3), builder.Input<F32>("y"), (h, x) => (h, x)));
        Assert.Contains("a loop needs a sequence", error.Message);
    }

    private static void Compare(
        Opened opened, Graph expected, (string Name, long Value)[] symbols, double tolerance)
    {
        foreach (var (name, value) in symbols)
        {
            opened.Context.SetSymbol(name, value);
        }

        Fill(opened, expected, symbols);
        opened.Context.Run();
        InterpreterResult result = Interpreter.Run(
            expected, InputsOf(opened, expected, symbols), StateOf(opened, expected));
        foreach (var (name, value) in result.Outputs)
        {
            Close(value.Floats, opened.Context.Output<float>(name).ToArray(), tolerance, name);
        }
    }

    private static void Fill(Opened opened, Graph graph, (string Name, long Value)[] symbols)
    {
        foreach (Node input in graph.Inputs)
        {
            Draw(opened.Context.Input<float>(input.Get<InputAttributes>().Name));
        }
    }

    private static void Draw(Span<float> values)
    {
        var random = new Random(values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (random.NextSingle() * 2) - 1;
        }
    }

    private static Dictionary<string, TensorValue> InputsOf(
        Opened opened, Graph graph, (string Name, long Value)[] symbols) => graph.Inputs.ToDictionary(
            input => input.Get<InputAttributes>().Name,
            input => new TensorValue(
                DType.F32, [.. input.Shape.Select(d => d.Evaluate(s => symbols.Single(p => p.Name == s.Name).Value))],
                Array.ConvertAll(
                    opened.Context.Input<float>(input.Get<InputAttributes>().Name).ToArray(), value => (double)value)));

    private static Dictionary<string, TensorValue> StateOf(Opened opened, Graph graph) => graph.Parameters
        .Select(node => node.Get<ParameterAttributes>().Declaration).ToDictionary(
            declaration => declaration.FullName,
            declaration => new TensorValue(
                declaration.Type.Type, [.. declaration.Type.Shape.Select(d => d.Value)],
                declaration.Type.Type == DType.F64
                    ? opened.State.Get<double>(declaration.FullName).ToArray()
                    : Array.ConvertAll(
                        opened.State.Get<float>(declaration.FullName).ToArray(), value => (double)value)));

    private static void Close(double[] expected, float[] actual, double tolerance, string name)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = Math.Max(expected.Select(Math.Abs).DefaultIfEmpty(0).Max(), 1e-3);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance * scale,
                $"{name}[{i}] is {actual[i]}, expected {expected[i]}");
        }
    }
}
