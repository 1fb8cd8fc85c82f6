using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests.Compilation;

public sealed class ArchitectureTests
{
    private static readonly int[] Known = [52, 75, 80, 86, 90, 100];

    [Theory]
    [InlineData(9, 0, "sm_90a")]
    [InlineData(8, 6, "sm_86")]
    [InlineData(8, 9, "sm_86")]
    [InlineData(8, 7, "sm_86")]
    [InlineData(10, 0, "sm_100a")]
    [InlineData(10, 3, "sm_100")]
    [InlineData(12, 0, "compute_100")]
    [InlineData(7, 0, "compute_52")]
    [InlineData(5, 2, "sm_52")]
    public void The_devices_own_or_the_newest_before_it(int major, int minor, string expected) =>
        Assert.Equal(expected, Choose(major, minor, new CudaVersion(12, 8)).Name);

    [Fact]
    public void Old_compilers_know_no_instructions_of_one_architecture() =>
        Assert.Equal("sm_90", Choose(9, 0, new CudaVersion(11, 8)).Name);

    [Fact]
    public void A_device_older_than_all_that_is_known_is_refused()
    {
        var error = Assert.Throws<CudaUnavailableException>(() => Choose(3, 5, new CudaVersion(12, 8)));
        Assert.Equal(CudaProblem.Architecture, error.Problem);
        Assert.Equal(
            "NVRTC 12.8 compiles for compute capability 5.2 and newer, the device has 3.5: an older NVRTC is needed,"
            + " SINTER_NVRTC names it", error.Message);
    }

    private static CudaArchitecture Choose(int major, int minor, CudaVersion compiler) =>
        CudaArchitecture.Choose(new ComputeCapability(major, minor), Known, compiler);
}
