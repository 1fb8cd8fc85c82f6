using Sinter.GpuBench;

namespace Sinter.Cuda.Tests.GpuBench;

/// <summary>Checks of some cases only, as they are run where time is short. A class of its own: it runs beside the
/// others.</summary>
public sealed class RunnerRangeTests
{
    [Fact]
    public void Ranges_of_every_part_agree_with_the_oracle()
    {
        Child.Outcome outcome = Runner.Run(
            "check", "golden:0:1", "ops:0:3", "tf32", "bf16", "f16", "gradients:0:2", "random:0:2",
            "random-gradients:0:2", "large:0:1");
        Assert.True(outcome.Code == 0, outcome.Text);
        Assert.Contains(" graphs agree, 0 differ, 0 fail, 0 were not begun in time", outcome.Text);
    }
}
