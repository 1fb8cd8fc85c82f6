using Sinter.Runtime.Data;
using Sinter.Runtime.Programs;

namespace Sinter.Runtime.Training;

/// <summary>
/// Trains a classifier of images and measures it. Both programs have the inputs <c>images</c> (f32, batch first, pixels
/// from 0 to 1) and <c>labels</c> (i64) and the outputs <c>loss</c> (the batch's mean) and <c>correct</c> (a count),
/// both f32 scalars; their contexts share one state. A symbolic batch takes any rest of the data; with a fixed one the
/// data must divide into batches. A step allocates nothing. Not thread-safe.
/// </summary>
public sealed class Trainer
{
    private readonly BatchRunner training;
    private readonly BatchRunner evaluation;
    private readonly ImageDataset data;
    private readonly ulong seed;
    private readonly int[] order;
    private readonly int[] consecutive;
    private readonly ProgressMeter meter;

    /// <summary>Prepares a run; the clock of its progress starts now.</summary>
    /// <param name="training">Runs one training step.</param>
    /// <param name="evaluation">Runs the model without training it.</param>
    /// <param name="data">What to train on.</param>
    /// <param name="epochs">How many times the run goes through the data.</param>
    /// <param name="seed">Chooses the order of the examples, another one each epoch.</param>
    /// <exception cref="RunException">A program does not fit the data, or lacks an input or output.</exception>
    /// <exception cref="ArgumentException">There is no data, or no epoch.</exception>
    public Trainer(
        ProgramContext training, ProgramContext evaluation, ImageDataset data, int epochs, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(data.Count, nameof(data));
        this.training = new BatchRunner(training);
        this.evaluation = new BatchRunner(evaluation);
        this.training.Check(data);
        this.data = data;
        this.seed = seed;
        order = new int[data.Count];
        consecutive = new int[this.evaluation.Capacity];
        meter = new ProgressMeter(epochs, (data.Count + this.training.Capacity - 1) / this.training.Capacity);
    }

    /// <summary>How many epochs have been trained.</summary>
    public int Epoch { get; private set; }

    /// <summary>The learning rate of the steps that follow, before a schedule's factor; another one compiles
    /// nothing.</summary>
    /// <exception cref="RunException">The training program has no learning rate, or several.</exception>
    public double LearningRate
    {
        get => training.State.Get(training.LearningRate);
        set => training.State.Set(training.LearningRate, value);
    }

    /// <summary>Trains on each example once, in random order.</summary>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellation">Looked at after each step, so that the state is never half a step's.</param>
    /// <returns>The mean over the steps, each measured before it changed the parameters.</returns>
    /// <exception cref="TrainingException">The loss is not finite any more.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what the steps so far have learned is in the
    /// state.</exception>
    /// <exception cref="InvalidOperationException">All epochs are trained already.</exception>
    public Score TrainEpoch(
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        Shuffle.Fill(order, seed, (ulong)Epoch);
        var total = new Total();
        for (int start = 0; start < order.Length; start += training.Capacity)
        {
            int count = Math.Min(training.Capacity, order.Length - start);
            Score step = training.Run(data, order.AsSpan(start, count));
            RequireFinite(step.Loss, start);
            total.Add(step);
            TrainingProgress now = meter.AddStep(step.Loss, step.Count, step.Correct);
            progress?.Report(now);
            cancellation.ThrowIfCancellationRequested();
        }

        Epoch++;
        return total.Score;
    }

    /// <summary>Measures the model on every example of a data set.</summary>
    /// <param name="examples">The examples; usually others than those trained on.</param>
    /// <param name="cancellation">Looked at after each batch.</param>
    /// <exception cref="RunException">The program does not take these images, or it trains: measuring would change the
    /// model.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Score Evaluate(ImageDataset examples, CancellationToken cancellation = default)
    {
        evaluation.RequireUntrained();
        evaluation.Check(examples);
        meter.Pause();
        var total = new Total();
        for (int start = 0; start < examples.Count; start += evaluation.Capacity)
        {
            Span<int> batch = consecutive.AsSpan(0, Math.Min(evaluation.Capacity, examples.Count - start));
            for (int i = 0; i < batch.Length; i++)
            {
                batch[i] = start + i;
            }

            total.Add(evaluation.Run(examples, batch));
            cancellation.ThrowIfCancellationRequested();
        }

        meter.Continue();
        return total.Score;
    }

    private void RequireFinite(double loss, int start)
    {
        if (!double.IsFinite(loss))
        {
            string place = FormattableString.Invariant($"epoch {Epoch + 1}, step {(start / training.Capacity) + 1}");
            throw new TrainingException(
                FormattableString.Invariant($"the loss is {loss} at {place}: a smaller learning rate may help"));
        }
    }

    private struct Total
    {
        private double loss;
        private int correct;
        private int count;

        public readonly Score Score => new(loss / count, correct, count);

        public void Add(in Score step)
        {
            loss += step.Loss * step.Count;
            correct += step.Correct;
            count += step.Count;
        }
    }
}
