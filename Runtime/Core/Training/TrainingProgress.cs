namespace Sinter.Runtime.Training;

/// <summary>Where a training run stands after a step. A value: reporting it allocates nothing.</summary>
/// <param name="Epoch">The current epoch, counted from 1.</param>
/// <param name="Epochs">Number of epochs of the run.</param>
/// <param name="Step">Steps done in this epoch, 1 to <paramref name="StepsPerEpoch"/>.</param>
/// <param name="StepsPerEpoch">Steps of one epoch.</param>
/// <param name="Loss">Mean loss of this epoch so far, each example weighing the same.</param>
/// <param name="Accuracy">
/// Share of this epoch's examples so far that were classified correctly, 0 to 1; <see cref="double.NaN"/> when the
/// steps report no count of correct ones.
/// </param>
/// <param name="ExamplesPerSecond">Recent speed; 0 as long as no time has been measured.</param>
/// <param name="Elapsed">Time since the run began, pauses included.</param>
/// <param name="Remaining">Estimate of the time to the end of the run, at the recent speed.</param>
public readonly record struct TrainingProgress(
    int Epoch,
    int Epochs,
    int Step,
    int StepsPerEpoch,
    double Loss,
    double Accuracy,
    double ExamplesPerSecond,
    TimeSpan Elapsed,
    TimeSpan Remaining)
{
    /// <summary>Whether this was the last step of its epoch.</summary>
    public bool IsEpochEnd => Step == StepsPerEpoch;

    /// <summary>Whether this was the last step of the run.</summary>
    public bool IsRunEnd => IsEpochEnd && Epoch == Epochs;
}
