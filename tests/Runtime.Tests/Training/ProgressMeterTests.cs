using Sinter.Runtime.Training;

namespace Sinter.Runtime.Tests.Training;

public class ProgressMeterTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void MeansWeighEveryExampleTheSame()
    {
        var meter = new ProgressMeter(1, 2, clock: _clock);
        _clock.Advance(1);
        meter.AddStep(loss: 1.0, examples: 30, correct: 15);
        _clock.Advance(1);
        TrainingProgress progress = meter.AddStep(loss: 5.0, examples: 10, correct: 10);

        Assert.Equal(2.0, progress.Loss, 12);
        Assert.Equal(25.0 / 40, progress.Accuracy, 12);
    }

    [Fact]
    public void EpochsFollowEachOtherAndMeansStartAfresh()
    {
        var meter = new ProgressMeter(2, 2, clock: _clock);
        meter.AddStep(8, 1, 0);
        TrainingProgress second = meter.AddStep(8, 1, 0);
        TrainingProgress third = meter.AddStep(2, 1, 1);
        TrainingProgress last = meter.AddStep(4, 1, 1);

        Assert.Equal((1, 2), (second.Epoch, second.Step));
        Assert.True(second.IsEpochEnd);
        Assert.False(second.IsRunEnd);
        Assert.Equal((2, 1), (third.Epoch, third.Step));
        Assert.Equal((2.0, 1.0), (third.Loss, third.Accuracy));
        Assert.Equal(3.0, last.Loss);
        Assert.True(last.IsRunEnd);
        Assert.Equal(TimeSpan.Zero, last.Remaining);
        Assert.Throws<InvalidOperationException>(() => meter.AddStep(1, 1));
    }

    [Fact]
    public void SpeedAndRemainingTimeAreExactForEvenSteps()
    {
        var meter = new ProgressMeter(3, 10, clock: _clock);
        TrainingProgress progress = default;
        for (int step = 0; step < 4; step++)
        {
            _clock.Advance(0.5);
            progress = meter.AddStep(1, 64, 32);
        }

        Assert.Equal(128, progress.ExamplesPerSecond, 6);
        Assert.Equal(TimeSpan.FromSeconds(2), progress.Elapsed);
        Assert.Equal(13, progress.Remaining.TotalSeconds, 6);
    }

    [Fact]
    public void SpeedFollowsAMachineThatSlowsDown()
    {
        var meter = new ProgressMeter(1, 1000, clock: _clock);
        for (int step = 0; step < 100; step++)
        {
            _clock.Advance(0.1);
            meter.AddStep(1, 10);
        }

        TrainingProgress progress = default;
        for (int step = 0; step < 100; step++)
        {
            _clock.Advance(1);
            progress = meter.AddStep(1, 10);
        }

        Assert.InRange(progress.ExamplesPerSecond, 10, 10.1);
    }

    [Fact]
    public void PausesCountAsElapsedButNotForTheSpeed()
    {
        var meter = new ProgressMeter(2, 1, clock: _clock);
        _clock.Advance(1);
        meter.AddStep(1, 100);
        meter.Pause();
        _clock.Advance(60);
        meter.Pause();
        meter.Continue();
        meter.Continue();
        _clock.Advance(1);
        TrainingProgress progress = meter.AddStep(1, 100);

        Assert.Equal(100, progress.ExamplesPerSecond, 6);
        Assert.Equal(TimeSpan.FromSeconds(62), progress.Elapsed);
    }

    [Fact]
    public void AccuracyIsUnknownAsSoonAsOneStepDoesNotReportIt()
    {
        var meter = new ProgressMeter(2, 2, clock: _clock);
        Assert.Equal(0.5, meter.AddStep(1, 2, 1).Accuracy);
        Assert.True(double.IsNaN(meter.AddStep(1, 2).Accuracy));
        Assert.Equal(1.0, meter.AddStep(1, 2, 2).Accuracy);
    }

    [Fact]
    public void ResumesWithinAnEpoch()
    {
        var meter = new ProgressMeter(3, 10, completedSteps: 14, clock: _clock);
        _clock.Advance(2);
        TrainingProgress progress = meter.AddStep(1, 1);

        Assert.Equal((2, 5), (progress.Epoch, progress.Step));
        Assert.Equal(30, progress.Remaining.TotalSeconds, 6);
    }

    [Fact]
    public void NothingMeasuredMeansNoSpeed()
    {
        TrainingProgress progress = new ProgressMeter(1, 2, clock: _clock).AddStep(1, 1);
        Assert.Equal(0, progress.ExamplesPerSecond);
        Assert.Equal(TimeSpan.Zero, progress.Remaining);
    }

    [Fact]
    public void AbsurdRemainingTimesAreCapped()
    {
        var meter = new ProgressMeter(int.MaxValue, int.MaxValue, clock: _clock);
        _clock.Advance(3600);
        Assert.Equal(TimeSpan.MaxValue, meter.AddStep(1, 1).Remaining);
    }

    [Fact]
    public void WrongNumbersAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProgressMeter(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProgressMeter(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProgressMeter(2, 2, completedSteps: 5));
        var meter = new ProgressMeter(1, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => meter.AddStep(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => meter.AddStep(1, 2, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => meter.AddStep(1, 2, -1));
    }

    [Fact]
    public void StepsAllocateNothing()
    {
        var meter = new ProgressMeter(1, 2000);
        for (int step = 0; step < 1000; step++)
            meter.AddStep(1, 64, 32);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 1000; step++)
            meter.AddStep(1, 64, 32);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
