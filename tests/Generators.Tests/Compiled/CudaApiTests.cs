using Sinter.Cuda.Tests;
using Sinter.Modules;
using Sinter.Optimizers;
using Sinter.Runtime.Cuda;
using Sinter.Runtime.Programs;

namespace Sinter.Generators.Tests.Compiled;

/// <summary>A model of this project that is compiled for CUDA devices too, on an emulated one.</summary>
public sealed class CudaApiTests : IDisposable
{
    private readonly FakeDriver driver = new();
    private readonly FakeNvrtc nvrtc = new(emulates: true);
    private readonly CudaSession session;

    public CudaApiTests()
    {
        CudaDevice device = driver.Open().GetDevice(0);
        session = new CudaSession(device, CudaCompiler.For(device, nvrtc.Open(), cacheDirectory: null));
    }

    public void Dispose()
    {
        session.Dispose();
        nvrtc.Dispose();
        driver.Dispose();
    }

    [Fact]
    public void A_device_gives_what_the_processor_gives()
    {
        using var state = new ModelState(4, Perceptron.Compiled.CudaProgram, Perceptron.Training.CudaProgram);
        using var model = new Perceptron.Compiled(state, session);
        using var training = new Perceptron.Training(state, session);
        using var plain = Perceptron.Compiled.Create(4);
        using var plainTraining = new Perceptron.Training(
            new ModelState(4, Perceptron.Compiled.Program, Perceptron.Training.Program));

        float[] x = [.. Enumerable.Range(0, 3 * 5).Select(i => MathF.Sin(i))];
        float[] actual = new float[6], expected = new float[6], loss = new float[1], plainLoss = new float[1];
        for (int i = 0; i < 3; i++)
        {
            training.Run(x, loss, N: 3);
            plainTraining.Run(x, plainLoss, N: 3);
            Near(plainLoss, loss);
        }

        plain.State.Set("first.weight", plainTraining.State.Get<float>("first.weight"));
        plain.State.Set("first.bias", plainTraining.State.Get<float>("first.bias"));
        model.Run(x, actual, N: 3);
        plain.Run(x, expected, N: 3);
        Near(expected, actual);

        using Perceptron.Compiled.Context another = model.CreateContext();
        Array.Clear(actual);
        another.Run(x, actual, N: 3);
        Near(expected, actual);
        plainTraining.State.Dispose();
    }

    [Fact]
    public void The_processor_is_a_device_too()
    {
        using var model = Perceptron.Compiled.Create(4, Device.Cpu);
        using var same = Perceptron.Compiled.Create(4);
        float[] actual = new float[2], expected = new float[2];
        model.Run([1, 2, 3, 4, 5], actual, N: 1);
        same.Run([1, 2, 3, 4, 5], expected, N: 1);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void A_state_of_another_model_is_refused()
    {
        using var state = new ModelState(1, Affine.Compiled.Program);
        var error = Assert.Throws<RunException>(() => new Perceptron.Compiled(state, session));
        Assert.Contains("the state has no tensor 'first.", error.Message, StringComparison.Ordinal);
    }

    private static void Near(float[] expected, float[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
}

/// <summary>A small model of two programs.</summary>
[CompiledModel("x: f32[N, 5]", Symbols = "N = 1..8", Training = nameof(Objective), Cuda = true)]
public sealed partial class Perceptron : Layer
{
    private readonly Linear first;

    public Perceptron() => first = Register("first", new Linear(5, 2));

    /// <summary>The mean of the squares, and plain descent.</summary>
    public static TrainingObjective Objective()
    {
        var model = new Perceptron();
        Tensor<F32> x = new GraphBuilder(training: true).Input<F32>("x", Symbol.Create("N", 1, 8), 5);
        Tensor<F32> y = model.Call(x);
        return new TrainingObjective((y * y).Mean(), new Sgd(0.1), model.Parameters);
    }

    protected override Tensor<F32> Forward(Tensor<F32> input) => first.Call(input).Tanh();
}
