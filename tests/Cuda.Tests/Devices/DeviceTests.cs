using Sinter.Runtime.Cuda;
using Sinter.Runtime.Cuda.Compilation;

namespace Sinter.Cuda.Tests.Devices;

public sealed class DeviceTests : IDisposable
{
    private readonly FakeDriver driver = new();
    private readonly FakeNvrtc nvrtc = new();
    private readonly List<string> messages = [];

    public void Dispose()
    {
        driver.Dispose();
        nvrtc.Dispose();
    }

    [Fact]
    public void The_best_device_is_the_GPU_where_everything_is_there()
    {
        driver.Set("devices", 2);
        Device device = Best();
        Assert.True(device.IsCuda);
        Assert.Equal(0, device.Gpu!.Index);
        Assert.Equal(
            ["running on cuda:0 Fake GPU 0, compute capability 9.0, 1,024 MiB, compiled for sm_90a by NVRTC 12.4"],
            messages);
    }

    [Fact]
    public void Without_a_driver_the_processor_is_taken_and_the_reason_told()
    {
        driver.Set("devices", 0);
        Assert.Equal(Device.Cpu, Best());
        Assert.StartsWith("running on cpu: ", Assert.Single(messages));
        Assert.Contains("without CUDA: the CUDA driver ", messages[0]);
        Assert.Contains("has no device", messages[0]);
    }

    [Fact]
    public void A_GPU_that_nothing_can_be_compiled_for_is_not_taken()
    {
        driver.Set("capability", 61);
        Assert.False(Best().IsCuda);
        Assert.Contains("NVRTC 12.4 compiles for compute capability 7.0 and newer, the device has 6.1", messages[0]);
        driver.Set("capability", 90);
        driver.Set("version", 11040);
        Assert.False(Best().IsCuda);
        Assert.Contains("it is of CUDA 12.4, the driver only serves 11.4", messages[1]);
    }

    [Fact]
    public void A_GPU_with_kernels_that_were_built_needs_no_compiler()
    {
        using var folder = new TemporaryFolder();
        new BuiltKernels(folder.Path).Make(nvrtc.Open(), [new CudaSource("k.cu", "")], [new CudaArchitecture(90)]);
        driver.Set("version", 11040);
        Assert.True(Best(folder.Path).IsCuda);
        Assert.EndsWith(", with kernels compiled before", Assert.Single(messages));
    }

    [Fact]
    public void A_report_lists_what_there_is()
    {
        using var folder = new TemporaryFolder();
        string cache = folder.File("cache");
        new CudaCompiler(nvrtc.Open(), new CudaArchitecture(90), cache).Compile(new CudaSource("k.cu", ""));
        DoctorFacts facts = Examination.Run(
            driver.Open, limit => Nvrtc.Open([nvrtc.Path], limit), cache,
            name => name == "SINTER_NVRTC" ? nvrtc.Path : null);
        DoctorFacts fixedFacts = facts with
        {
            System = "Linux, X64",
            Framework = ".NET 10",
            Processors = 8,
            MemoryBytes = 16L << 30,
            VectorBits = 256,
            Features = ["AVX2", "FMA"],
        };
        string[] rows = [.. Doctor.Report(fixedFacts).Select(row => $"{row.Section} | {row.Name} | {row.Value}")];
        Assert.Equal(
            [
                "system | system | Linux, X64",
                "system | .NET | .NET 10",
                $"system | SINTER_NVRTC | {nvrtc.Path}",
                "processor | processors | 8",
                "processor | memory | 16,384 MiB",
                "processor | vectors | 256 bits",
                "processor | features | AVX2, FMA",
                $"driver | file | {driver.Path}",
                "driver | version | CUDA 12.4",
                "cuda:0 | name | Fake GPU 0",
                "cuda:0 | compute capability | 9.0",
                "cuda:0 | memory | 1,024 MiB",
                "cuda:0 | multiprocessors | 132, 227 KiB of shared memory a block",
                "cuda:0 | cache, clock | 50 MiB, 1980 MHz",
                $"nvrtc | file | {nvrtc.Path}",
                "nvrtc | version | CUDA 12.4",
                "nvrtc | compiles for | sm_70, sm_75, sm_80, sm_86, sm_89, sm_90",
                $"cache | folder | {cache}",
                "cache | C# programs | 0, 0 bytes",
                "cache | CUDA modules | 1, 50 bytes",
                "use | best device | cuda:0, compiled for sm_90a by NVRTC 12.4",
            ], rows);
    }

    [Fact]
    public void A_report_lists_what_is_missing_and_where_it_was_looked_for()
    {
        using var folder = new TemporaryFolder();
        string[] places = [folder.File("libcuda.so.1"), folder.File("libnvrtc.so.12")];
        DoctorFacts facts = Examination.Run(
            () => CudaDriver.Open(places[0]), limit => Nvrtc.Open([places[1]], limit), null, _ => null);
        DoctorRow[] problems = [.. Doctor.Report(facts).Where(row => row.IsProblem)];
        Assert.Equal(
            [
                ("driver", $"{places[0]}: no such file"),
                ("driver", "no CUDA driver can be loaded; an NVIDIA driver for Linux brings it, SINTER_CUDA_DRIVER"
                    + " names another place."),
                ("nvrtc", $"{places[1]}: no such file"),
                ("nvrtc", "no NVRTC can be used; the CUDA toolkit and the Python package nvidia-cuda-nvrtc bring it,"
                    + " SINTER_NVRTC names its file."),
            ], problems.Select(row => (row.Section, row.Value)));
        DoctorRow use = Doctor.Report(facts)[^1];
        Assert.Equal(("use", "best device"), (use.Section, use.Name));
        Assert.StartsWith("the processor, with vectors of ", use.Value);
    }

    [Fact]
    public void A_report_survives_a_device_that_does_not_answer()
    {
        CudaDriver opened = driver.Open();
        driver.Fail("cuDeviceGetName", 999);
        DoctorFacts facts = Examination.Run(() => opened, limit => Nvrtc.Open([nvrtc.Path], limit), null, _ => null);
        Assert.Empty(facts.Devices);
        Assert.Contains(
            Doctor.Report(facts),
            row => row.IsProblem && row.Value.StartsWith("reading about CUDA device 0", StringComparison.Ordinal));
    }

    [Fact]
    public void A_device_is_tried_out_from_compilation_to_copy()
    {
        using var emulating = new FakeNvrtc(emulates: true);
        driver.Set("memory", 32 << 20);
        IReadOnlyList<DoctorRow> rows = DeviceCheck.Run(driver.Open().GetDevice(0), emulating.Open());
        Assert.Equal(["compile", "run", "copy"], rows.Select(row => row.Name));
        Assert.StartsWith("sm_90a, ", rows[0].Value);
        Assert.Equal("100,001 elements by a graph, all right", rows[1].Value);
        Assert.EndsWith(" GB/s on the device, read and written", rows[2].Value);
        Assert.DoesNotContain(rows, row => row.IsProblem);
        Assert.Equal((0, 0), (driver.Count("memory"), driver.Count("contexts")));
    }

    [Fact]
    public void A_device_that_does_nothing_is_found_out()
    {
        // This compiler only lists kernels, and the driver then only writes launches down.
        IReadOnlyList<DoctorRow> rows = DeviceCheck.Run(driver.Open().GetDevice(0), nvrtc.Open());
        Assert.Equal(("run", "100001 of 100001 elements are wrong"), (rows[^1].Name, rows[^1].Value));
        Assert.True(rows[^1].IsProblem);
        driver.Fail("cuMemAlloc_v2", 2);
        Assert.Contains("has no room for", DeviceCheck.Run(driver.Open().GetDevice(0), nvrtc.Open())[^1].Value);
    }

    [Fact]
    public void This_machine_can_be_examined() => Assert.NotEmpty(Doctor.Report(Doctor.Examine()));

    private Device Best(string built = "/none") =>
        Device.Best(
            messages.Add, driver.Open, limit => Nvrtc.Open([nvrtc.Path], limit), new BuiltKernels(built));
}
