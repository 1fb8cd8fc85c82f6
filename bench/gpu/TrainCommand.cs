using System.CommandLine;
using System.Diagnostics;
using Digits;
using Sinter.Jit;
using Sinter.Runtime;
using Sinter.Runtime.Data;
using Sinter.Runtime.Programs;
using Sinter.Runtime.Training;

namespace Sinter.GpuBench;

/// <summary>The command that trains LeNet-5 on the device and on the processor.</summary>
internal static class TrainCommand
{
    private const int Batch = 64;
    private const ulong Seed = 1;

    // Rounding makes two runs diverge step by step; both must learn as well.
    private const double Tolerance = 0.02;

    private static readonly Option<int> Examples = new("--examples")
    {
        Description = "The most images to train on.",
        DefaultValueFactory = _ => 20_000,
    };

    private static readonly Option<int> Epochs = new("--epochs")
    {
        Description = "How often to go through them.",
        DefaultValueFactory = _ => 2,
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "A folder with the files of MNIST; synthetic digits where it is left out.",
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("train", "Trains LeNet-5 on device and processor; both must learn as well.")
        {
            Examples, Epochs, Data,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(Data), parsed.GetValue(Examples), parsed.GetValue(Epochs)));
        return command;
    }

    private static int Run(string? folder, int examples, int epochs)
    {
        (ImageDataset train, ImageDataset test) = Load(folder, examples);
        using var gpu = new Gpu();
        Console.WriteLine(gpu);
        var model = new LeNet5();
        Symbol batch = Symbol.Create("N", 1, Batch);
        double cuda = Learn(
            "cuda", train, test, epochs, JitCompiler.CompileCuda(Graphs.Training(model, batch)),
            JitCompiler.CompileCuda(Graphs.Evaluation(model, batch)), gpu.Session.Open);
        using var pool = new WorkerPool(Math.Min(Environment.ProcessorCount, 4));
        double cpu = Learn(
            "cpu", train, test, epochs, JitCompiler.Compile(Graphs.Training(model, batch)),
            JitCompiler.Compile(Graphs.Evaluation(model, batch)),
            (program, state) => new ProgramContext(program, state, pool));
        bool learns = cuda >= cpu - Tolerance;
        Console.WriteLine(learns ? "both learn as well" : "the device learns less");
        return learns ? 0 : 1;
    }

    private static (ImageDataset Train, ImageDataset Test) Load(string? folder, int examples)
    {
        if (folder is not null)
        {
            (ImageDataset train, ImageDataset test) = Mnist.Load(folder);
            return (train.Take(examples), test);
        }

        return (Synthetic(Seed, examples), Synthetic(~Seed, Math.Max(Batch, examples / 5)));
    }

    private static ImageDataset Synthetic(ulong seed, int count)
    {
        (byte[] images, byte[] labels) = SyntheticDigits.Generate(seed, count);
        return new ImageDataset(images, labels, channels: 1, SyntheticDigits.Side, SyntheticDigits.Side);
    }

    private static double Learn<T>(
        string name, ImageDataset train, ImageDataset test, int epochs, T training, T evaluation,
        Func<T, ModelState, ProgramContext> open)
        where T : Runtime.Programs.Program
    {
        using var state = new ModelState(Seed, training, evaluation);
        using ProgramContext step = open(training, state);
        using ProgramContext look = open(evaluation, state);
        var trainer = new Trainer(step, look, train, epochs, Seed);
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            var clock = Stopwatch.StartNew();
            Score score = trainer.TrainEpoch();
            double microseconds = clock.Elapsed.TotalMicroseconds / ((train.Count + Batch - 1) / Batch);
            Console.WriteLine(FormattableString.Invariant(
                $"{name}, epoch {epoch + 1}: loss {score.Loss:F4}, {microseconds:F1} us a step of {Batch}"));
        }

        double accuracy = trainer.Evaluate(test).Accuracy;
        Console.WriteLine(FormattableString.Invariant($"{name}: test accuracy {accuracy:F4}"));
        return accuracy;
    }
}
