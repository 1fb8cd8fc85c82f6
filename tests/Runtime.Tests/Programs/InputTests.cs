using Sinter.Jit;
using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Tests.Programs;

/// <summary>What programs are given: wrong names, types, lengths, sizes and values.</summary>
[Collection(TestPrograms.Collection)]
public sealed class InputTests : IDisposable
{
    private readonly Program inference;
    private readonly Program step;
    private readonly ModelState state;
    private readonly ProgramContext context;
    private readonly ProgramContext training;

    public InputTests(TestPrograms programs)
    {
        (inference, step) = programs["mlp"];
        state = new ModelState(1, inference, step);
        context = new ProgramContext(inference, state);
        training = new ProgramContext(step, state);
    }

    public void Dispose()
    {
        context.Dispose();
        training.Dispose();
        state.Dispose();
    }

    [Fact]
    public void Unknown_names_are_told_with_the_nearest() => Assert.Multiple(
        () => Refused("program 'mlp' has no input 'imgae'; did you mean 'image'?", () => context.Input<float>("imgae")),
        () => Refused("program 'mlp' has no input ''; did you mean 'image'?", () => context.Input<float>("")),
        () => Refused(
            "program 'mlp' has no output 'image'; did you mean 'logits'?", () => context.Output<float>("image")),
        () => Refused(
            "program 'mlp' has no symbolic dimension 'M'; did you mean 'N'?", () => context.SetSymbol("M", 1)),
        () => Refused("the state has no tensor 'first.wieght'; did you mean 'first.weight' or 'first.bias'?",
            () => state.Get<float>("first.wieght")));

    [Fact]
    public void Other_element_types_are_refused() => Assert.Multiple(
        () => Refused("'image' holds f32, not Double", () => context.Input<double>("image")),
        () => Refused("'image' holds f32, not Int32", () => context.Input<int>("image")),
        () => Refused("'logits' holds f32, not Byte", () => context.Output<byte>("logits")),
        () => Refused("'label' holds i64, not Int32", () => training.Input<int>("label")),
        () => Refused("'first.bias' is f32[128], not readable as Double", () => state.Get<double>("first.bias")),
        () => Refused(
            "'image' holds f32, not Double", () => context.Run<double, float>(new double[784], new float[10])));

    [Theory]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(TestPrograms.MaximumBatch + 1L)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(1L << 32)]
    public void A_symbol_outside_its_range_is_refused_and_the_old_value_stays(long value)
    {
        context.SetSymbol("N", 3);
        Refused($"N = {value} is outside its declared range 1..48", () => context.SetSymbol("N", value));
        Assert.Equal(3 * 784, context.Input<float>("image").Length);
        Assert.Equal(30, context.Output<float>("logits").Length);
    }

    [Fact]
    public void Lengths_must_fit_the_symbols_and_nothing_runs_before_they_do()
    {
        context.SetSymbol("N", 2);
        float[] logits = [.. Enumerable.Repeat(-1f, 20)];
        const string Shape = "its shape is [N, 1, 28, 28] with N = 2";
        foreach (int length in new[] { 0, 784, 1567, 1569, 3 * 784 })
        {
            Refused($"'image' has 1568 elements, got {length}; {Shape}",
                () => context.Run<float, float>(new float[length], logits));
        }

        foreach (int length in new[] { 0, 19, 21 })
        {
            Refused($"'logits' has 20 elements, got {length}; its shape is [N, 10] with N = 2",
                () => context.Run<float, float>(new float[1568], new float[length]));
        }

        Assert.All(logits, value => Assert.Equal(-1, value));
        context.Run<float, float>(new float[1568], logits);
        Assert.DoesNotContain(-1f, logits);
    }

    [Fact]
    public void Values_of_the_wrong_length_are_refused_by_the_state() =>
        Refused("'first.bias' has 128 elements, got 127", () => state.Set<float>("first.bias", new float[127]));

    [Fact]
    public void A_run_with_one_span_needs_one_input_and_an_output()
    {
        long version = state.Version;
        Refused("program 'mlp-step' has 2 inputs; fill them by name",
            () => training.Run<float, float>(new float[784], new float[1]));
        Assert.Equal(version, state.Version);

        var x = new PortEntry("x", ElementType.F32, [new Size(4)], new Place(false, 0));
        using var silent = new ProgramContext(new EmptyProgram([x], arenaBytes: 16), state);
        Refused("program 'empty' has no output", () => silent.Run<float, float>(new float[4], new float[1]));
    }

    [Fact]
    public void Two_runs_at_a_time_on_one_state_are_refused_where_one_of_them_updates_it()
    {
        training.SetSymbol("N", 2);
        training.Input<float>("image").Fill(0.5f);
        training.Input<long>("label").Clear();
        context.SetSymbol("N", 2);
        state.BeginRun("another", writes: true);
        Assert.Throws<InvalidOperationException>(training.Run);
        string told = Assert.Throws<InvalidOperationException>(context.Run).Message;
        Assert.Contains($"program '{context.Program.Table.Name}' reads it while it is updated", told);
        Assert.Throws<InvalidOperationException>(() => state.Set<long>("random.state", [1, 2]));
        state.EndRun(writes: true);
        training.Run();

        state.BeginRun("another", writes: false);
        context.Run();
        told = Assert.Throws<InvalidOperationException>(training.Run).Message;
        Assert.StartsWith("two threads use one state at the same time, and program 'mlp-step' updates it", told);
        state.EndRun(writes: false);
        training.Run();
    }

    [Theory]
    [InlineData(10L)]
    [InlineData(-1L)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_label_that_is_no_class_is_told_and_the_next_run_is_whole(long label)
    {
        training.SetSymbol("N", 2);
        training.Input<float>("image").Fill(0.5f);
        training.Input<long>("label")[1] = label;
        Refused($"class {label} is out of range, valid are 0 to 9: input 'label' at [1]", training.Run);
        training.Input<long>("label")[1] = 9;
        training.Run();
        Assert.True(float.IsFinite(training.Output<float>("loss")[0]));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void What_is_no_number_stays_in_its_row(float value)
    {
        context.SetSymbol("N", 3);
        Span<float> images = context.Input<float>("image");
        images.Fill(0.5f);
        context.Run();
        float[] clean = context.Output<float>("logits").ToArray();
        images[784] = value;
        context.Run();
        float[] logits = context.Output<float>("logits").ToArray();
        Assert.Equal(clean[..10], logits[..10]);
        Assert.Equal(clean[20..], logits[20..]);
        Assert.All(logits[10..20], logit => Assert.False(float.IsFinite(logit)));
    }

    [Fact]
    public void An_input_that_is_no_number_makes_a_loss_that_is_none()
    {
        training.Input<float>("image").Fill(float.NaN);
        training.Run();
        Assert.True(float.IsNaN(training.Output<float>("loss")[0]));
    }

    [Fact]
    public void A_symbol_may_be_zero_where_its_range_says_so()
    {
        var builder = new GraphBuilder();
        Tensor<F32> x = builder.Input<F32>("x", Symbol.Create("N", 0, 8), 4);
        Graph graph = Graph.Of("zero", ("rows", x.Exp().Sum(1).Node), ("sum", x.Sum().Node));
        Program program = JitCompiler.Compile(graph);
        using var none = new ModelState(0, program);
        using var zero = new ProgramContext(program, none);
        zero.SetSymbol("N", 0);
        Assert.Equal(0, zero.Input<float>("x").Length);
        zero.Run();
        Assert.Equal(0, zero.Output<float>("rows").Length);
        Assert.Equal([0f], zero.Output<float>("sum").ToArray());
    }

    [Fact]
    public void More_elements_than_a_span_holds_are_told()
    {
        var symbol = new SymbolEntry("N", 1, 1 << 30);
        var x = new PortEntry("x", ElementType.U8, [new Size(1, 0), new Size(8)], new Place(false, 0));
        using var large = new ProgramContext(new EmptyProgram([x], [x], [symbol], arenaBytes: 64), state);
        const string Message = "'x' has 8589934592 elements, more than a span holds; its shape is [N, 8] with N = 1073741824";
        Refused(Message, () => large.Input<byte>("x"));
        Refused(Message, () => large.Run<byte, byte>([], []));
        large.SetSymbol("N", 8);
        Assert.Equal(64, large.Input<byte>("x").Length);
    }

    [Fact]
    public void Memory_that_the_system_does_not_have_is_refused_by_its_size()
    {
        var error = Assert.Throws<RunException>(
            () => new ProgramContext(new EmptyProgram(arenaBytes: long.MaxValue / 2), state));
        Assert.StartsWith("the system has no room for a block of 4,611,686,018,4", error.Message);
    }

    [Fact]
    public void A_state_of_other_programs_is_refused()
    {
        var small = new EmptyProgram(state: [EmptyProgram.Parameter("first.bias", ElementType.F32, 4)]);
        var bias = new EmptyProgram(state: [EmptyProgram.Parameter("first.bias", ElementType.F32, 128)]);
        using var other = new ModelState(0, small);
        Refused("the state has no tensor 'first.weight', which the program needs",
            () => new ProgramContext(inference, other));
        const string Message = "'first.bias' is f32[4] in the state, but a program wants f32[128]";
        Refused(Message, () => new ProgramContext(bias, other));
        Refused(Message, () => new ModelState(0, small, bias));
    }

    private static void Refused(string message, Action call) =>
        Assert.Equal(message, Assert.Throws<RunException>(call).Message);

    private static void Refused<T>(string message, Func<Span<T>> call) =>
        Refused(message, () => { _ = call().Length; });

    private static void Refused<T>(string message, Func<ReadOnlySpan<T>> call) =>
        Refused(message, () => { _ = call().Length; });

    private static void Refused(string message, Func<object> call) => Refused(message, () => { call(); });
}
