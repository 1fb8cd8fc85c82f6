using Sinter.Runtime.Cuda.Driver;
using Sinter.Runtime.Cuda.Native;

namespace Sinter.Runtime.Cuda;

/// <summary>
/// The CUDA driver of this machine. It is looked for when it is first asked for, never at start-up; a machine without
/// one gets a <see cref="CudaUnavailableException"/> that names every place. Thread-safe.
/// </summary>
public sealed unsafe class CudaDriver
{
    /// <summary>The oldest driver interface that has every function used here: CUDA 11.4, of June 2021.</summary>
    public static readonly CudaVersion Oldest = new(11, 4);

    // A failure is not remembered: the next caller looks again.
    private static readonly Lazy<CudaDriver> Found =
        new(() => Open(Environment.GetEnvironmentVariable(PathVariable)), LazyThreadSafetyMode.PublicationOnly);

    private const string PathVariable = "SINTER_CUDA_DRIVER";

    private CudaDriver(DriverApi api, string path, CudaVersion version, int devices)
    {
        Api = api;
        Path = path;
        Version = version;
        DeviceCount = devices;
    }

    /// <summary>The driver that the environment variable SINTER_CUDA_DRIVER names, else the system's.</summary>
    /// <exception cref="CudaUnavailableException">There is no driver, it is too old or broken, or it has no
    /// device.</exception>
    public static CudaDriver Default => Found.Value;

    /// <summary>The library's file.</summary>
    public string Path { get; }

    /// <summary>The newest CUDA version that the driver serves.</summary>
    public CudaVersion Version { get; }

    /// <summary>How many devices the process may use; at least one.</summary>
    public int DeviceCount { get; }

    internal DriverApi Api { get; }

    /// <summary>Loads and starts a driver.</summary>
    /// <param name="path">Its file; null or empty looks where systems keep it.</param>
    /// <exception cref="CudaUnavailableException">There is no driver, it is too old or broken, or it has no
    /// device.</exception>
    public static CudaDriver Open(string? path = null)
    {
        var attempts = new List<NativeAttempt>();
        NativeModule library = NativeSearch.Load(Candidates(path), attempts) ?? throw new CudaUnavailableException(
            CudaProblem.NoDriver,
            $"no CUDA driver can be loaded; an NVIDIA driver for Linux brings it, {PathVariable} names another place."
            + $" Tried:{NativeSearch.Describe(attempts)}",
            attempts);
        CudaVersion version = ReadVersion(library);
        var api = new DriverApi(library);
        if (library.Missing.Count > 0)
        {
            string missing = string.Join(", ", library.Missing);
            throw new CudaUnavailableException(
                CudaProblem.OldDriver,
                $"the CUDA driver {library.Path} serves CUDA {version} but lacks {missing};"
                + $" CUDA {Oldest} or newer is needed");
        }

        DriverErrors.Check(
            api, api.Init(0), library.Path, version, Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES"));
        int devices;
        CudaResult counted = api.DeviceGetCount(&devices);
        if (counted == CudaResult.Success && devices == 0)
        {
            counted = CudaResult.NoDevice;
        }

        DriverErrors.Check(
            api, counted, library.Path, version, Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES"));
        return new CudaDriver(api, library.Path, version, devices);
    }

    /// <summary>A device.</summary>
    /// <param name="index">Its number, from 0, among those that the process may use.</param>
    /// <exception cref="CudaUnavailableException">There is no such device.</exception>
    /// <exception cref="CudaDriverException">The driver does not tell about it.</exception>
    public CudaDevice GetDevice(int index) => index >= 0 && index < DeviceCount
        ? CudaDevice.Read(this, index)
        : throw new CudaUnavailableException(
            CudaProblem.DeviceIndex,
            $"there is no CUDA device {index}: " + (DeviceCount == 1
                ? "the only one has the index 0"
                : $"the {DeviceCount} devices have the indices 0 to {DeviceCount - 1}"));

    /// <summary>All devices that the process may use.</summary>
    /// <exception cref="CudaDriverException">The driver does not tell about one.</exception>
    public CudaDevice[] GetDevices() => [.. Enumerable.Range(0, DeviceCount).Select(GetDevice)];

    // The last two are where container hosts and the Windows subsystem put it, not always on the loader's path.
    private static IEnumerable<string> Candidates(string? path) => string.IsNullOrEmpty(path)
        ? ["libcuda.so.1", "/usr/local/nvidia/lib64/libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"]
        : [path];

    private static CudaVersion ReadVersion(NativeModule library)
    {
        void* function = library.Export("cuDriverGetVersion");
        if (function is null)
        {
            throw new CudaUnavailableException(
                CudaProblem.NoDriver, $"{library.Path} is no CUDA driver: it lacks cuDriverGetVersion");
        }

        library.Locate(function);
        int number = 0;
        CudaResult result = ((delegate* unmanaged<int*, CudaResult>)function)(&number);
        if (result != CudaResult.Success)
        {
            throw new CudaUnavailableException(
                CudaProblem.BrokenDriver,
                $"the CUDA driver {library.Path} does not tell its version: cuDriverGetVersion returned {(int)result}");
        }

        var version = CudaVersion.Parse(number);
        return version >= Oldest
            ? version
            : throw new CudaUnavailableException(
                CudaProblem.OldDriver,
                $"the CUDA driver {library.Path} is too old: it serves CUDA {version}, {Oldest} or newer is needed");
    }
}
