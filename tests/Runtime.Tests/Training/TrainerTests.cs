using Sinter.Compiler.Differentiate;
using Sinter.Jit;
using Sinter.Modules;
using Sinter.Optimizers;
using Sinter.Runtime.Data;
using Sinter.Runtime.Programs;
using Sinter.Runtime.Training;

namespace Sinter.Runtime.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private const int Side = 4;
    private const int Classes = 3;

    private readonly Linear model = new(Side * Side, Classes);
    private readonly Program training;
    private readonly Program evaluation;
    private readonly ModelState state;
    private readonly ProgramContext trainingContext;
    private readonly ProgramContext evaluationContext;

    public TrainerTests()
    {
        training = JitCompiler.Compile(Training(Symbol.Create("N", 1, 16), new Sgd(0.5)));
        evaluation = JitCompiler.Compile(Evaluation(Symbol.Create("N", 1, 10)));
        state = new ModelState(1, training, evaluation);
        trainingContext = new ProgramContext(training, state);
        evaluationContext = new ProgramContext(evaluation, state);
    }

    public void Dispose()
    {
        trainingContext.Dispose();
        evaluationContext.Dispose();
        state.Dispose();
    }

    [Fact]
    public void Learns_and_counts_every_example()
    {
        ImageDataset data = Bars(101);
        var trainer = new Trainer(trainingContext, evaluationContext, data, epochs: 20);
        Score before = trainer.Evaluate(data);
        Assert.Equal(101, before.Count);
        Score first = trainer.TrainEpoch();
        Assert.Equal(101, first.Count);
        while (trainer.Epoch < 20)
        {
            trainer.TrainEpoch();
        }

        Score after = trainer.Evaluate(data);
        Assert.Equal(new Score(after.Loss, 101, 101), after);
        Assert.Equal(1.0, after.Accuracy);
        Assert.True(after.Loss < first.Loss && first.Loss < before.Loss);
        Assert.Throws<InvalidOperationException>(() => trainer.TrainEpoch());
    }

    [Fact]
    public void The_score_is_that_of_single_examples()
    {
        ImageDataset data = Bars(23);
        var trainer = new Trainer(trainingContext, evaluationContext, data, epochs: 1);
        Score all = trainer.Evaluate(data);
        double loss = 0;
        int correct = 0;
        for (int i = 0; i < data.Count; i++)
        {
            var single = new ImageDataset(data.Image(i).ToArray(), [data.Labels[i]], 1, Side, Side);
            Score score = trainer.Evaluate(single);
            loss += score.Loss;
            correct += score.Correct;
        }

        Assert.Equal(correct, all.Correct);
        Assert.Equal(loss / data.Count, all.Loss, 1e-6);
    }

    [Fact]
    public void Progress_ends_with_the_epoch_and_the_mean()
    {
        var reports = new List<TrainingProgress>();
        var trainer = new Trainer(trainingContext, evaluationContext, Bars(33), epochs: 2);
        Score score = trainer.TrainEpoch(new Recorder(reports.Add));
        Assert.Equal(3, reports.Count);
        Assert.True(reports[^1].IsEpochEnd);
        Assert.False(reports[^1].IsRunEnd);
        Assert.Equal(score.Loss, reports[^1].Loss);
        Assert.Equal(score.Accuracy, reports[^1].Accuracy);
    }

    [Fact]
    public void Cancellation_ends_after_the_step_that_runs()
    {
        using var source = new CancellationTokenSource();
        int steps = 0;
        var trainer = new Trainer(trainingContext, evaluationContext, Bars(100), epochs: 1);
        var progress = new Recorder(_ =>
        {
            if (++steps == 2)
            {
                source.Cancel();
            }
        });
        long version = state.Version;
        Assert.Throws<OperationCanceledException>(() => trainer.TrainEpoch(progress, source.Token));
        Assert.Equal(2, steps);
        Assert.Equal(version + 2, state.Version);
        Assert.Equal(0, trainer.Epoch);
        Assert.Throws<OperationCanceledException>(() => trainer.Evaluate(Bars(100), source.Token));
    }

    [Fact]
    public void An_epoch_allocates_nothing()
    {
        ImageDataset data = Bars(101);
        var trainer = new Trainer(trainingContext, evaluationContext, data, epochs: 3);
        trainer.TrainEpoch();
        trainer.Evaluate(data);
        long before = GC.GetAllocatedBytesForCurrentThread();
        trainer.TrainEpoch();
        trainer.Evaluate(data);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Evaluating_with_a_program_that_trains_is_refused_and_changes_nothing()
    {
        var trainer = new Trainer(trainingContext, trainingContext, Bars(33), epochs: 1);
        trainer.TrainEpoch();
        float[] before = state.Get<float>("weight").ToArray();
        var error = Assert.Throws<RunException>(() => trainer.Evaluate(Bars(10)));
        Assert.StartsWith("program 'training' updates 'weight', so evaluating with it would train", error.Message);
        Assert.Equal(before, state.Get<float>("weight").ToArray());
    }

    [Fact]
    public void Programs_that_do_not_fit_are_refused()
    {
        var large = new ImageDataset(new byte[2 * 25], new byte[2], 1, 5, 5);
        var error = Assert.Throws<RunException>(() => new Trainer(trainingContext, evaluationContext, large, 1));
        Assert.Equal("program 'training' takes images of 16 pixels, the data has 1×5×5", error.Message);

        var trainer = new Trainer(trainingContext, evaluationContext, Bars(8), 1);
        Assert.Throws<RunException>(() => trainer.Evaluate(large));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(trainingContext, evaluationContext, Bars(0), 1));

        var other = new GraphBuilder();
        Tensor<F32> images = other.Input<F32>("image", 4, 16);
        Program stranger = JitCompiler.Compile(Graph.Of("stranger", ("loss", images.Sum().Node)));
        using var context = new ProgramContext(stranger, state);
        error = Assert.Throws<RunException>(() => new Trainer(context, evaluationContext, Bars(8), 1));
        Assert.Equal("program 'stranger' has no input 'images' of type f32, which training needs", error.Message);
    }

    [Fact]
    public void A_fixed_batch_takes_data_that_divides_into_it()
    {
        Program fixedBatch = JitCompiler.Compile(Training(8, new Sgd(0.5)));
        using var context = new ProgramContext(fixedBatch, state);
        Assert.Equal(24, new Trainer(context, evaluationContext, Bars(24), 1).TrainEpoch().Count);
        var error = Assert.Throws<RunException>(() => new Trainer(context, evaluationContext, Bars(25), 1));
        Assert.Equal(
            "program 'training' takes 8 images a run, 25 images leave 1 for the last batch: make the batch a Symbol",
            error.Message);
    }

    [Fact]
    public void A_loss_that_is_no_number_ends_training()
    {
        var trainer = new Trainer(trainingContext, evaluationContext, Bars(40), epochs: 1);
        var weight = new float[Side * Side * Classes];
        Array.Fill(weight, float.NaN);
        state.Set<float>("weight", weight);
        var error = Assert.Throws<TrainingException>(() => trainer.TrainEpoch());
        Assert.Equal("the loss is NaN at epoch 1, step 1: a smaller learning rate may help", error.Message);
    }

    // The label is the row that is dark.
    private static ImageDataset Bars(int count)
    {
        var images = new byte[count * Side * Side];
        var labels = new byte[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = (byte)(i % Classes);
            images.AsSpan((i * Side * Side) + (labels[i] * Side), Side).Fill((byte)(100 + (i % 100)));
        }

        return new ImageDataset(images, labels, 1, Side, Side);
    }

    private Graph Training(Dimension batch, Optimizer optimizer)
    {
        var (loss, correct) = Measure(batch);
        var metric = new Output("correct", correct.Node);
        return TrainingStep.Build("training", loss, optimizer, [.. model.Parameters], metric);
    }

    private Graph Evaluation(Dimension batch)
    {
        var (loss, correct) = Measure(batch);
        return Graph.Of("evaluation", ("loss", loss.Node), ("correct", correct.Node));
    }

    private (Tensor<F32> Loss, Tensor<F32> Correct) Measure(Dimension batch)
    {
        var graph = new GraphBuilder();
        Tensor<F32> images = graph.Input<F32>("images", batch, 1, Side, Side);
        Tensor<I64> labels = graph.Input<I64>("labels", batch);
        Tensor<F32> logits = model.Call(images.Flatten(1));
        return (Losses.CrossEntropy(logits, labels), Losses.Accuracy(logits, labels));
    }

    private sealed class Recorder(Action<TrainingProgress> add) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => add(value);
    }
}
