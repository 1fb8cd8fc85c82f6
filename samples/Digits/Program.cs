using System.Diagnostics;
using Digits;
using Sinter;
using Sinter.Modules;
using Sinter.Runtime.Data;
using Sinter.Runtime.Files;
using Sinter.Runtime.Programs;
using Sinter.Runtime.Training;

const int Interrupted = 130;
return CommandLine.Run(args, Train);

static int Train(Settings settings)
{
    // Training that could not be saved would be in vain.
    AtomicFile.CheckWritable(settings.Output);
    using var place = Workplace.Open(settings.Device, settings.Threads);
    (ImageDataset examples, ImageDataset tests) = settings.LoadData();
    if (settings.SaveData is not null)
    {
        Directory.CreateDirectory(settings.SaveData);
        Mnist.Save(settings.SaveData, examples, tests);
    }

    var model = new LeNet5();
    Console.Write(ModelSummary.Of(model));

    // A batch has any size up to the one asked for: the rest at the end of an epoch needs no program of its own.
    Symbol batch = Symbol.Create("N", 1, settings.Batch);
    var clock = Stopwatch.StartNew();
    var training = place.Compile(Graphs.Training(model, batch));
    var evaluation = place.Compile(Graphs.Evaluation(model, batch));
    using var state = new ModelState(settings.Seed, training, evaluation);
    using var trainingContext = place.Open(training, state);
    using var evaluationContext = place.Open(evaluation, state);
    Say($"compiled in {clock.Elapsed.TotalSeconds:F2} s");
    Say($"memory: {training.PeakBytes:N0} bytes for training, {evaluation.PeakBytes:N0} for evaluation");
    var trainer = new Trainer(trainingContext, evaluationContext, examples, settings.Epochs, settings.Seed);

    // Ctrl-C ends training after a step, and what is learned so far is saved.
    using (var stop = new GracefulStop())
    {
        TrainAll(trainer, settings.Epochs, stop.Token);
        state.Save(settings.Output);
    }

    Say($"saved {settings.Output}");
    if (trainer.Epoch < settings.Epochs)
    {
        Say($"stopped in epoch {trainer.Epoch + 1} of {settings.Epochs}");
        return Interrupted;
    }

    Say($"test accuracy: {trainer.Evaluate(tests).Accuracy:F4}");
    return 0;
}

static void TrainAll(Trainer trainer, int epochs, CancellationToken cancellation)
{
    using var progress = new ConsoleProgress();
    try
    {
        while (trainer.Epoch < epochs)
        {
            trainer.TrainEpoch(progress, cancellation);
        }
    }
    catch (OperationCanceledException)
    {
        // The user's wish, not an error.
    }
}

static void Say(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));
