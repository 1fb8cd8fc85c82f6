using Digits;
using Sinter.Cuda.Tests;
using Sinter.Jit;
using Sinter.Runtime.Cuda;
using Sinter.Runtime.Data;
using Sinter.Runtime.Files;
using Sinter.Runtime.Programs;
using Sinter.Runtime.Training;

namespace Sinter.Samples.Tests;

/// <summary>Training on a CUDA device, which is emulated: everything is real but the driver and NVRTC.</summary>
public sealed class DeviceTests : IDisposable
{
    private const ulong Seed = 5;

    // Sums have another order there. Adam makes steps of 1e-3 of gradients of any size, and so of differences of them.
    private const float Tolerance = 1e-4f;

    private readonly Runtime.Tests.TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_device_learns_what_the_processor_learns()
    {
        using var driver = new FakeDriver();
        using var nvrtc = new FakeNvrtc(emulates: true);
        CudaDevice device = driver.Open().GetDevice(0);
        using var session = new CudaSession(device, CudaCompiler.For(device, nvrtc.Open(), cacheDirectory: null));
        Symbol batch = Symbol.Create("N", 1, 16);
        Graph step = Graphs.Training(new LeNet5(), batch);
        Graph measure = Graphs.Evaluation(new LeNet5(), batch);

        (byte[] images, byte[] labels) = SyntheticDigits.Generate(Seed, 42);
        var examples = new ImageDataset(images, labels, 1, SyntheticDigits.Side, SyntheticDigits.Side);
        CudaProgram training = JitCompiler.CompileCuda(step), evaluation = JitCompiler.CompileCuda(measure);
        using var state = new ModelState(Seed, training, evaluation);
        using ProgramContext trainingContext = session.Open(training, state);
        using ProgramContext evaluationContext = session.Open(evaluation, state);

        Program plainStep = JitCompiler.Compile(step), plainMeasure = JitCompiler.Compile(measure);
        using var plainState = new ModelState(Seed, plainStep, plainMeasure);
        using var plainTraining = new ProgramContext(plainStep, plainState);
        using var plainEvaluation = new ProgramContext(plainMeasure, plainState);

        // Batches of 16, 16 and the rest of 10; the second epoch runs them as captured graphs where sizes repeat.
        var trainer = new Trainer(trainingContext, evaluationContext, examples, 2, Seed);
        var plainTrainer = new Trainer(plainTraining, plainEvaluation, examples, 2, Seed);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            Near(plainTrainer.TrainEpoch().Loss, trainer.TrainEpoch().Loss, "the loss");
        }

        foreach (Parameter parameter in new LeNet5().Parameters)
        {
            Near(plainState.Get<float>(parameter.FullName), state.Get<float>(parameter.FullName), parameter.FullName);
        }

        Score score = trainer.Evaluate(examples);
        Near(plainTrainer.Evaluate(examples).Loss, score.Loss, "the evaluation");

        // What the device has learned, the processor reads from a file.
        state.Save(folder.File("saved"));
        plainState.Load(folder.File("saved"));
        Score again = plainTrainer.Evaluate(examples);
        Near(score.Loss, again.Loss, "the evaluation of the file");
        Assert.Equal(score.Accuracy, again.Accuracy);
    }

    [LongFact]
    public void The_sample_trains_saves_and_evaluates_on_a_device()
    {
        string[] arguments = ["--epochs", "1", "--examples", "72", "--batch", "32", "--output"];
        using Sample plain = Sample.Run("Digits", folder.Path, [.. arguments, "plain", "--save-data", "data"]);
        Assert.Equal(0, plain.Wait());
        using Sample run = Start(Emulated, ["--data", "data", "--device", "cuda:0", .. arguments, "cuda"]);
        Assert.True(run.Wait() == 0, run.Errors);
        Assert.Contains("running on cuda:0", run.Output);
        Assert.Matches(@"compiled in \d+\.\d\d s", run.Output);
        Assert.Matches(@"^test accuracy: [01]\.\d{4}$", run.LastLine);

        using SafetensorsFile expected = SafetensorsFile.Open(folder.File("plain"));
        using SafetensorsFile actual = SafetensorsFile.Open(folder.File("cuda"));
        foreach (SafetensorsEntry entry in expected.Entries)
        {
            Near(expected.Get<float>(entry.Name), actual.Get<float>(entry.Name), entry.Name);
        }
    }

    [Fact]
    public void A_device_that_is_not_there_is_an_error_of_one_line()
    {
        string driver = $"export SINTER_CUDA_DRIVER={CCompiler.Driver}";
        Refused("export SINTER_CUDA_DRIVER=/none", "cuda", "no CUDA driver can be loaded; ");
        Refused(driver, "cuda:7", "there is no CUDA device 7: ");
        Refused($"{driver} SINTER_NVRTC=/none", "cuda", "no NVRTC ");
    }

    [Fact]
    public void The_best_place_without_a_driver_is_the_processor_and_that_is_told()
    {
        string[] arguments = ["--device", "best", "--epochs", "1", "--examples", "64", "--output", "w"];
        using Sample run = Start("export SINTER_CUDA_DRIVER=/none", arguments);
        Assert.Equal(0, run.Wait());
        Assert.StartsWith("running on cpu: ", run.Output);
        Assert.Contains("without CUDA: no CUDA driver can be loaded; ", run.Output);
        Assert.True(File.Exists(folder.File("w")));
    }

    // Machine code of an emulated device must not end up where that of a real one is looked for.
    private string Emulated
    {
        get
        {
            string header = Path.Combine(AppContext.BaseDirectory, "Emulation", "emulation.h");
            return $"export SINTER_CUDA_DRIVER='{CCompiler.Driver}' SINTER_NVRTC='{CCompiler.Nvrtc}'"
                + $" SINTER_EMULATION='{header}' SINTER_CACHE='{folder.File("cache")}'";
        }
    }

    private Sample Start(string environment, params string[] arguments) =>
        Sample.StartIn(environment + "; exec \"$@\"", "Digits", folder.Path, arguments);

    private void Refused(string environment, string device, string message)
    {
        using Sample run = Start(environment, "--device", device);
        Assert.Equal(1, run.Wait());
        Assert.StartsWith("error: " + message, run.Error);
        Assert.Empty(run.Output);
    }

    private static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string name)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Near(expected[i], actual[i], $"{name}[{i}]");
        }
    }

    private static void Near(double expected, double actual, string what)
    {
        double difference = Math.Abs(expected - actual);
        Assert.True(difference <= Tolerance, $"{what}: {expected} on the processor, {actual} on the device");
    }
}
