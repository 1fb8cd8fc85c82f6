using Sinter.Compiler.Differentiate;
using Sinter.Jit;
using Sinter.Optimizers;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests.State;

/// <summary>What moves while training goes on is state: another value compiles nothing and does what a program made for
/// it would do.</summary>
public sealed class RateTests : IDisposable
{
    private readonly string cache = Directory.CreateTempSubdirectory().FullName;

    public static TheoryData<string, string> Optimizers => Opened.With(Numbers.Keys);

    public static TheoryData<string, string> SomeOptimizers => Opened.With(Numbers.Keys, ["256", "cuda"]);

    // Each with two sets of numbers, and the settings in which they differ.
    private static Dictionary<string, (Func<bool, Optimizer> Make, (string Name, double Value)[] Settings)> Numbers
    { get; } = new()
    {
        ["sgd"] = (b => b ? new Sgd(0.3, 0.5, 0.2, false, 0.02) : new Sgd(0.1, 0.9, 0.1, false, 0.01),
            [("learning_rate", 0.3), ("momentum", 0.5), ("dampening", 0.2), ("weight_decay", 0.02)]),
        ["adam"] = (b => b ? new Adam(0.02, 0.8, 0.99, weightDecay: 0.1) : new Adam(0.01, weightDecay: 0.2),
            [("learning_rate", 0.02), ("beta1", 0.8), ("beta2", 0.99), ("weight_decay", 0.1)]),
        ["adamw"] = (b => b ? new AdamW(0.02, 0, weightDecay: 0.3) : new AdamW(0.01),
            [("learning_rate", 0.02), ("beta1", 0), ("weight_decay", 0.3)]),
        ["rmsprop"] = (b => b ? new RmsProp(0.02, 0.9, momentum: 0.3, centered: true)
                : new RmsProp(0.01, momentum: 0.5, centered: true),
            [("learning_rate", 0.02), ("alpha", 0.9), ("momentum", 0.3)]),
        ["adagrad"] = (b => b ? new Adagrad(0.02, 0.5) : new Adagrad(0.01, 0.1),
            [("learning_rate", 0.02), ("learning_rate_decay", 0.5)]),
    };

    public void Dispose() => Directory.Delete(cache, recursive: true);

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Numbers_that_are_set_do_what_numbers_that_are_given_do(string engine, string name)
    {
        var (make, settings) = Numbers[name];
        using Opened given = Opened.On(engine, Step(make(true)));
        using Opened set = Opened.On(engine, Step(make(false)));
        foreach (var (setting, value) in settings)
        {
            Assert.Equal(value, given.State.Get($"{name}.{setting}"));
            set.State.Set($"{name}.{setting}", value);
        }

        Assert.Equal(Weights(given, 4), Weights(set, 4));

        // And in the middle of training.
        given.State.Set($"{name}.learning_rate", 0.5);
        float[] before = Weights(given, 0);
        Assert.NotEqual(Weights(given, 1), Weights(set, 1));
        Assert.NotEqual(before, Weights(given, 0));
    }

    [Theory]
    [MemberData(nameof(SomeOptimizers))]
    public void What_starts_at_0_can_be_set_and_what_is_not_there_says_so(string engine, string name)
    {
        (Optimizer Zero, Optimizer Given, Optimizer None, (string, double)[] Settings) row = name switch
        {
            "sgd" => (new Sgd(0.1, momentum: 0, weightDecay: 0), new Sgd(0.1, momentum: 0.9, weightDecay: 0.01),
                new Sgd(0.1), [("momentum", 0.9), ("weight_decay", 0.01)]),
            "adam" => (new Adam(weightDecay: 0), new Adam(weightDecay: 0.1), new Adam(), [("weight_decay", 0.1)]),
            "adamw" => (new AdamW(weightDecay: 0), new AdamW(), new AdamW(weightDecay: null), [("weight_decay", 0.01)]),
            "rmsprop" => (new RmsProp(momentum: 0), new RmsProp(momentum: 0.5), new RmsProp(), [("momentum", 0.5)]),
            _ => (new Adagrad(learningRateDecay: 0), new Adagrad(learningRateDecay: 0.5), new Adagrad(),
                [("learning_rate_decay", 0.5)]),
        };
        using Opened wanted = Opened.On(engine, Step(row.Given));
        using Opened set = Opened.On(engine, Step(row.Zero));
        using Opened without = Opened.On(engine, Step(row.None));
        foreach (var (setting, value) in row.Settings)
        {
            Assert.Equal(0, set.State.Get($"{name}.{setting}"));
            set.State.Set($"{name}.{setting}", value);
            string told = Assert.Throws<RunException>(() => without.State.Set($"{name}.{setting}", value)).Message;
            Assert.Equal(
                $"the state has no tensor '{name}.{setting}': the optimizer was made without a "
                + $"{setting.Replace('_', ' ')}; made with 0, it can be set later", told);
        }

        Assert.Equal(Weights(wanted, 4), Weights(set, 4));
        Assert.NotEqual(Weights(wanted, 0), Weights(without, 4));
    }

    [Fact]
    public void Two_rates_are_one_compilation_and_each_program_starts_with_its_own()
    {
        foreach (double rate in new[] { 0.5, 0.25 })
        {
            var program = JitCompiler.Compile(Step(new Sgd(rate)), new JitOptions { CacheDirectory = cache });
            using var state = new ModelState(1, program);
            Assert.Equal(rate, state.Get("sgd.learning_rate"));
        }

        Assert.Single(Directory.GetFiles(cache, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Two_programs_that_disagree_about_a_rate_are_refused()
    {
        var slow = JitCompiler.Compile(Step(new Sgd(0.1)), new JitOptions { CacheDirectory = cache });
        var fast = JitCompiler.Compile(Step(new Sgd(0.2)), new JitOptions { CacheDirectory = cache });
        var error = Assert.Throws<RunException>(() => new ModelState(1, slow, fast));
        Assert.Contains("'sgd.learning_rate' starts at 0.1 in one program and at 0.2 in another", error.Message);
        new ModelState(1, slow, slow).Dispose();
    }

    [Fact]
    public void A_checkpoint_goes_on_with_the_rate_that_was_set()
    {
        string path = Path.Combine(cache, "checkpoint");
        using Opened first = Opened.On("256", Step(new Adam(0.1)));
        Weights(first, 2);
        first.State.Set("adam.learning_rate", 0.03);
        first.State.Save(path, all: true);
        float[] expected = Weights(first, 2);
        using Opened second = Opened.On("256", Step(new Adam(0.1)));
        second.State.Load(path);
        Assert.Equal(expected, Weights(second, 2));
    }

    // As torch.optim.lr_scheduler computes them.
    [Theory]
    [MemberData(nameof(Engines))]
    public void Schedules_are_functions_of_the_step(string engine)
    {
        Compare(engine, Schedules.Cosine(10, floor: 0.1), i =>
            i >= 10 ? 0.1 : 0.1 + (0.9 * (1 + Math.Cos(Math.PI * i / 10)) / 2));
        Compare(engine, Schedules.WarmUp(4, start: 0.25), i => Math.Min(1, 0.25 + (0.75 * i / 4)));
        Compare(engine, Schedules.Decay(3, 0.5), i => Math.Pow(0.5, i / 3));
        Compare(engine, step => Schedules.WarmUp(2, 0.5)(step) * Schedules.Decay(1, 0.9)(step), i =>
            Math.Min(1, 0.5 + (0.25 * i)) * Math.Pow(0.9, i));
    }

    public static TheoryData<string> Engines => Opened.Engines;

    // The gradient of the loss is 1, so each step takes the rate off.
    private static void Compare(string engine, Func<Tensor<F64>, Tensor<F64>> schedule, Func<int, double> factor)
    {
        var weight = new Parameter("w", new TensorType(DType.F32, new Shape(3)), Initializer.Zeros);
        var builder = new GraphBuilder(training: true, captureSource: false);
        Tensor<F32> loss = (new Tensor<F32>(weight.Node) + builder.Input<F32>("x", 3)).Sum();
        Optimizer optimizer = new Sgd(0.5) { Schedule = schedule };
        using Opened opened = Opened.On(engine, TrainingStep.Build("s", loss, optimizer, [weight]));
        double expected = 0;
        for (int i = 0; i < 14; i++)
        {
            opened.Context.Run();
            expected -= 0.5 * factor(i);
            Assert.Equal(expected, opened.State.Get<float>("w")[2], 1e-5);
        }
    }

    private static float[] Weights(Opened opened, int steps)
    {
        float[] x = [.. Enumerable.Range(0, 21).Select(i => (float)Math.Sin(i))];
        for (int i = 0; i < steps; i++)
        {
            x.CopyTo(opened.Context.Input<float>("x"));
            opened.Context.Run();
        }

        return opened.State.Get<float>("w").ToArray();
    }

    private static Graph Step(Optimizer optimizer)
    {
        var weight = new Parameter("w", new TensorType(DType.F32, new Shape(21)), Initializer.Uniform(-1, 1));
        var builder = new GraphBuilder(training: true, captureSource: false);
        Tensor<F32> x = builder.Input<F32>("x", 21);
        return TrainingStep.Build("s", ((new Tensor<F32>(weight.Node) * x) - 1).Square().Sum(), optimizer, [weight]);
    }
}
