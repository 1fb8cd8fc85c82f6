using Sinter.Runtime.Cuda;

namespace Sinter.Cuda.Tests.Driver;

public sealed class DriverTests : IDisposable
{
    private readonly FakeDriver fake = new();

    public void Dispose() => fake.Dispose();

    [Fact]
    public void A_driver_tells_its_file_version_and_devices()
    {
        fake.Set("devices", 3);
        fake.Set("version", 13010);
        CudaDriver driver = fake.Open();
        Assert.Equal(fake.Path, driver.Path);
        Assert.Equal(new CudaVersion(13, 1), driver.Version);
        Assert.Equal("13.1", driver.Version.ToString());
        Assert.Equal(3, driver.DeviceCount);
        Assert.Equal([0, 1, 2], driver.GetDevices().Select(device => device.Index));
    }

    [Fact]
    public void A_device_tells_its_facts()
    {
        fake.Set("capability", 86);
        CudaDevice device = fake.Open().GetDevice(0);
        Assert.Equal("Fake GPU 0", device.Name);
        Assert.Equal(new ComputeCapability(8, 6), device.Capability);
        Assert.Equal(1L << 30, device.MemoryBytes);
        Assert.Equal(132, device.Multiprocessors);
        Assert.Equal(32, device.WarpSize);
        Assert.Equal(1024, device.MaxThreadsPerBlock);
        Assert.Equal(2048, device.MaxThreadsPerMultiprocessor);
        Assert.Equal(48 << 10, device.SharedBytesPerBlock);
        Assert.Equal(227 << 10, device.MaxSharedBytesPerBlock);
        Assert.Equal(228 << 10, device.SharedBytesPerMultiprocessor);
        Assert.Equal(65536, device.RegistersPerMultiprocessor);
        Assert.Equal(50 << 20, device.CacheBytes);
        Assert.Equal(1_980_000, device.ClockKilohertz);
        Assert.Equal("cuda:0 Fake GPU 0, compute capability 8.6, 1,024 MiB", device.ToString());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void An_index_out_of_range_names_those_that_there_are(int index)
    {
        var error = Assert.Throws<CudaUnavailableException>(() => fake.Open().GetDevice(index));
        Assert.Equal(CudaProblem.DeviceIndex, error.Problem);
        Assert.Equal($"there is no CUDA device {index}: the only one has the index 0", error.Message);
        fake.Set("devices", 2);
        error = Assert.Throws<CudaUnavailableException>(() => fake.Open().GetDevice(2));
        Assert.Equal("there is no CUDA device 2: the 2 devices have the indices 0 to 1", error.Message);
    }

    [Fact]
    public void A_missing_driver_names_what_was_tried()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("libcuda.so.1");
        var error = Assert.Throws<CudaUnavailableException>(() => CudaDriver.Open(path));
        Assert.Equal(CudaProblem.NoDriver, error.Problem);
        Assert.EndsWith($"SINTER_CUDA_DRIVER names another place. Tried:\n  {path}: no such file", error.Message);
    }

    [Fact]
    public void A_file_that_is_no_library_says_so()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("libcuda.so.1");
        File.WriteAllText(path, "not a library");
        var error = Assert.Throws<CudaUnavailableException>(() => CudaDriver.Open(path));
        Assert.Equal(CudaProblem.NoDriver, error.Problem);
        Assert.Matches(@"Tried:\n  .*libcuda\.so\.1: .+", error.Message);
    }

    [Fact]
    public void Another_library_is_no_driver()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("libother.so");
        CCompiler.BuildEmpty(path, "libother.so");
        var error = Assert.Throws<CudaUnavailableException>(() => CudaDriver.Open(path));
        Assert.Equal($"{path} is no CUDA driver: it lacks cuDriverGetVersion", error.Message);
    }

    [Fact]
    public void An_old_driver_tells_the_version_found_and_the_one_needed()
    {
        fake.Set("version", 10020);
        var error = Assert.Throws<CudaUnavailableException>(fake.Open);
        Assert.Equal(CudaProblem.OldDriver, error.Problem);
        Assert.Equal(
            $"the CUDA driver {fake.Path} is too old: it serves CUDA 10.2, 11.4 or newer is needed", error.Message);
        Assert.Equal(["cuDriverGetVersion"], fake.Calls);
    }

    [Fact]
    public void A_machine_without_a_device_is_told_from_one_without_a_driver()
    {
        fake.Set("devices", 0);
        var error = Assert.Throws<CudaUnavailableException>(fake.Open);
        Assert.Equal(CudaProblem.NoDevice, error.Problem);
        Assert.StartsWith($"the CUDA driver {fake.Path} (CUDA 12.4) has no device: ", error.Message);
        Assert.Contains("CUDA_ERROR_NO_DEVICE (no CUDA-capable device is detected)", error.Message);
    }

    [Fact]
    public void No_devices_are_no_devices_when_only_the_count_says_so()
    {
        FakeDriver copy = fake;
        copy.Open();
        copy.Set("devices", 0);
        copy.Fail("cuInit", 0);
        var error = Assert.Throws<CudaUnavailableException>(copy.Open);
        Assert.Equal(CudaProblem.NoDevice, error.Problem);
    }

    [Theory]
    [InlineData(803, "restart the system after an update")]
    [InlineData(34, "the driver's is libcuda.so.1")]
    [InlineData(999, "CUDA_ERROR_UNKNOWN")]
    [InlineData(12345, "cuInit returned 12345, unknown error")]
    public void A_driver_that_does_not_start_says_why(int result, string expected)
    {
        fake.Fail("cuInit", result);
        var error = Assert.Throws<CudaUnavailableException>(fake.Open);
        Assert.Equal(CudaProblem.BrokenDriver, error.Problem);
        Assert.Contains(expected, error.Message);
    }

    [Theory]
    [InlineData("cuDriverGetVersion")]
    [InlineData("cuDeviceGetCount")]
    public void A_driver_that_fails_early_is_a_broken_one(string call)
    {
        fake.Fail(call, 999);
        var error = Assert.Throws<CudaUnavailableException>(fake.Open);
        Assert.Equal(CudaProblem.BrokenDriver, error.Problem);
    }

    [Theory]
    [InlineData("cuDeviceGet")]
    [InlineData("cuDeviceGetName")]
    [InlineData("cuDeviceTotalMem_v2")]
    [InlineData("cuDeviceGetAttribute")]
    public void A_device_that_tells_nothing_is_an_error_that_names_the_call(string call)
    {
        CudaDriver driver = fake.Open();
        fake.Fail(call, 101);
        var error = Assert.Throws<CudaDriverException>(() => driver.GetDevice(0));
        Assert.Equal((call, CudaResult.InvalidDevice), (error.Call, error.Result));
        Assert.Equal(
            $"reading about CUDA device 0: {call} returned 101, CUDA_ERROR_INVALID_DEVICE (invalid device ordinal)",
            error.Message);
    }
}
