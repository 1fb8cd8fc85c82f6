using Sinter.Runtime.Cuda;
using Sinter.Runtime.Cuda.Compilation;

namespace Sinter.Cuda.Tests.Compilation;

/// <summary>Kernels that were compiled while their program was built.</summary>
public sealed class BuiltKernelsTests : IDisposable
{
    private static readonly CudaSource Source = new("kernels0.cu", "SN_KERNEL(32) a() { }");

    private readonly FakeNvrtc nvrtc = new();
    private readonly FakeDriver driver = new();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        nvrtc.Dispose();
        driver.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(9, 0, "sm_90a")]
    [InlineData(8, 0, "sm_80")]
    [InlineData(8, 9, "sm_86")]
    [InlineData(10, 0, "compute_80")]
    [InlineData(7, 5, "compute_75")]
    public void A_device_gets_the_newest_code_that_it_runs(int major, int minor, string expected)
    {
        BuiltKernels built = Make("sm_80", "sm_86", "sm_90", "sm_90a", "compute_75", "compute_80");
        var device = new ComputeCapability(major, minor);
        CudaImage? image = built.Find(Source, device);
        Assert.Equal((Source.Name, expected), (image!.Name, image.Architecture));
        Assert.True(built.Serve(device));
        Assert.Null(built.Find(Source with { Text = Source.Text + " " }, device));
    }

    [Fact]
    public void Nothing_serves_a_device_older_than_all()
    {
        BuiltKernels built = Make("sm_80", "compute_80");
        var old = new ComputeCapability(7, 5);
        Assert.False(built.Serve(old));
        Assert.Null(built.Find(Source, old));
    }

    [Fact]
    public void No_NVRTC_is_looked_for_where_kernels_are_there()
    {
        BuiltKernels built = Make("sm_90");
        CudaDevice device = driver.Open().GetDevice(0);
        int compiled = nvrtc.Compiles;
        CudaCompiler compiler = CudaCompiler.For(device, nvrtc.Open(), cacheDirectory: null, built);
        Assert.Equal("sm_90", compiler.Compile(Source).Architecture);
        Assert.Equal((compiled, 0), (nvrtc.Compiles, compiler.CompiledCount));

        // What was not built is compiled.
        Assert.Equal("sm_90a", compiler.Compile(Source with { Text = "SN_KERNEL(32) b() { }" }).Architecture);
        Assert.Equal(compiled + 1, nvrtc.Compiles);
    }

    [Fact]
    public void A_file_that_went_away_is_as_good_as_absent()
    {
        BuiltKernels built = Make("sm_86", "sm_80");
        var device = new ComputeCapability(8, 6);
        Assert.Equal("sm_86", built.Find(Source, device)!.Architecture);
        File.Delete(Directory.GetFiles(folder.Path, "*.sm_86.cubin").Single());
        Assert.Equal("sm_80", built.Find(Source, device)!.Architecture);
    }

    [Fact]
    public void Other_files_and_no_folder_at_all_are_nothing()
    {
        string[] names = ["readme.txt", "x.sm_90.txt", "x.sm_ninety.cubin", "sm_90.cubin", "x.sm_-90.cubin"];
        Array.ForEach(names, name => File.WriteAllText(folder.File(name), ""));

        var device = new ComputeCapability(9, 0);
        var built = new BuiltKernels(folder.Path);
        Assert.False(built.Serve(device));
        built.Clear();
        Assert.Equal(5, Directory.GetFiles(folder.Path).Length);
        Make("sm_90").Clear();
        Assert.Equal(5, Directory.GetFiles(folder.Path).Length);
        Assert.False(new BuiltKernels(folder.File("nowhere")).Serve(device));
        Assert.Null(new BuiltKernels(folder.File("nowhere")).Find(Source, device));
    }

    [Theory]
    [InlineData("sm_90")]
    [InlineData("sm_90a")]
    [InlineData("sm_100")]
    [InlineData("compute_80")]
    public void Architectures_are_read_as_they_are_written(string name) =>
        Assert.Equal(name, CudaArchitecture.Parse(name)!.Name);

    [Theory]
    [InlineData("")]
    [InlineData("90")]
    [InlineData("sm_")]
    [InlineData("sm_9x")]
    [InlineData("gfx_90")]
    [InlineData("sm_-9")]
    public void What_is_no_architecture_is_not_read(string name) => Assert.Null(CudaArchitecture.Parse(name));

    private BuiltKernels Make(params string[] architectures)
    {
        new BuiltKernels(folder.Path).Make(
            nvrtc.Open(), [Source], [.. architectures.Select(name => CudaArchitecture.Parse(name)!)]);
        return new BuiltKernels(folder.Path);
    }
}
