namespace Sinter.Runtime.Training;

/// <summary>
/// Turns the results of single steps into <see cref="TrainingProgress"/>: running means over the epoch, a smoothed
/// speed and an estimate of the remaining time. Allocates nothing after construction. Not thread-safe: one training
/// loop, one meter.
/// </summary>
public sealed class ProgressMeter
{
    // Steps older than about this count little for the speed: long enough to be steady, short enough to follow a
    // machine that slows down.
    private const double SpeedMemorySeconds = 5;

    private readonly int _epochs;
    private readonly int _stepsPerEpoch;
    private readonly TimeProvider _clock;
    private readonly long _start;

    private int _epoch;
    private int _step;
    private double _lossSum;
    private long _correct;
    private long _examples;
    private bool _correctKnown = true;

    private long _lastStep;
    private long _pausedAt;
    private bool _paused;
    private double _recentSeconds;
    private double _recentExamples;
    private double _recentSteps;

    /// <summary>Creates a meter; its clock starts now.</summary>
    /// <param name="epochs">Number of epochs of the run.</param>
    /// <param name="stepsPerEpoch">Steps of one epoch.</param>
    /// <param name="completedSteps">Steps done before, by the run that this one resumes.</param>
    /// <param name="clock">Source of time; the system's when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A number of epochs or steps is not positive, or the completed steps are negative or exceed the run.
    /// </exception>
    public ProgressMeter(int epochs, int stepsPerEpoch, long completedSteps = 0, TimeProvider? clock = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epochs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stepsPerEpoch);
        ArgumentOutOfRangeException.ThrowIfNegative(completedSteps);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(completedSteps, (long)epochs * stepsPerEpoch);
        _epochs = epochs;
        _stepsPerEpoch = stepsPerEpoch;
        _clock = clock ?? TimeProvider.System;
        _epoch = (int)(completedSteps / stepsPerEpoch);
        _step = (int)(completedSteps % stepsPerEpoch);
        _start = _clock.GetTimestamp();
        _lastStep = _start;
    }

    /// <summary>Counts one finished step of a classifier.</summary>
    /// <param name="loss">Mean loss of the step's examples.</param>
    /// <param name="examples">Number of examples in the step.</param>
    /// <param name="correct">How many of them were classified correctly.</param>
    /// <returns>Where the run stands now.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No examples, or fewer examples than correct ones.</exception>
    /// <exception cref="InvalidOperationException">The run has ended already.</exception>
    public TrainingProgress AddStep(double loss, int examples, int correct)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(correct);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(correct, examples);
        return Add(loss, examples, correct);
    }

    /// <summary>Counts one finished step of a model without an accuracy; the epoch's accuracy becomes NaN.</summary>
    /// <inheritdoc cref="AddStep(double, int, int)"/>
    public TrainingProgress AddStep(double loss, int examples) => Add(loss, examples, correct: null);

    /// <summary>
    /// Stops the clock of the speed, for an evaluation or a checkpoint between two steps; <see cref="Continue"/> starts
    /// it again. Pausing twice is harmless, and the next step continues by itself.
    /// </summary>
    public void Pause()
    {
        if (_paused)
            return;
        _paused = true;
        _pausedAt = _clock.GetTimestamp();
    }

    /// <summary>Ends a pause; without one, does nothing.</summary>
    public void Continue()
    {
        if (!_paused)
            return;
        _paused = false;
        _lastStep += _clock.GetTimestamp() - _pausedAt;
    }

    private TrainingProgress Add(double loss, int examples, int? correct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(examples);
        if (_epoch == _epochs)
            throw new InvalidOperationException($"All {_epochs} epochs of {_stepsPerEpoch} steps are counted already.");

        Continue();
        long now = _clock.GetTimestamp();
        MeasureSpeed(_clock.GetElapsedTime(_lastStep, now).TotalSeconds, examples);
        _lastStep = now;

        _step++;
        _lossSum += loss * examples;
        _examples += examples;
        _correct += correct ?? 0;
        _correctKnown &= correct.HasValue;
        TrainingProgress progress = Snapshot(now);
        if (_step == _stepsPerEpoch)
            StartNextEpoch();
        return progress;
    }

    // Examples, steps and seconds fade at the same rate, so their quotients are unbiased from the first step on.
    private void MeasureSpeed(double seconds, int examples)
    {
        double keep = Math.Exp(-seconds / SpeedMemorySeconds);
        _recentSeconds = (_recentSeconds * keep) + seconds;
        _recentExamples = (_recentExamples * keep) + examples;
        _recentSteps = (_recentSteps * keep) + 1;
    }

    private TrainingProgress Snapshot(long now)
    {
        long stepsLeft = ((long)(_epochs - _epoch) * _stepsPerEpoch) - _step;
        return new TrainingProgress(
            _epoch + 1,
            _epochs,
            _step,
            _stepsPerEpoch,
            _lossSum / _examples,
            _correctKnown ? (double)_correct / _examples : double.NaN,
            _recentSeconds > 0 ? _recentExamples / _recentSeconds : 0,
            _clock.GetElapsedTime(_start, now),
            Duration(stepsLeft * (_recentSeconds / _recentSteps)));
    }

    private void StartNextEpoch()
    {
        _epoch++;
        _step = 0;
        _lossSum = 0;
        _correct = 0;
        _examples = 0;
        _correctKnown = true;
    }

    // A first step that compiles for a minute, times a billion steps, is more than a TimeSpan can hold.
    private static TimeSpan Duration(double seconds) =>
        seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
}
