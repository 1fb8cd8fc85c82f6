using System.Runtime.InteropServices;
using Sinter.Runtime.Cuda.Driver;

namespace Sinter.Runtime.Cuda;

/// <summary>What a device can do, as its architecture is numbered.</summary>
/// <param name="Major">The generation; code for one runs on no other.</param>
/// <param name="Minor">The member of it.</param>
public readonly record struct ComputeCapability(int Major, int Minor)
{
    /// <summary>Both in one number, as compilers name it: 90 for 9.0.</summary>
    public int Number => (10 * Major) + Minor;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Major}.{Minor}");
}

/// <summary>A CUDA device and its facts; reading them takes no memory on it.</summary>
public sealed record CudaDevice
{
    private CudaDevice(CudaDriver driver, int index, int ordinal)
    {
        Driver = driver;
        Index = index;
        Ordinal = ordinal;
    }

    /// <summary>The driver that knows it.</summary>
    public CudaDriver Driver { get; }

    /// <summary>Its number, from 0, among those that the process may use.</summary>
    public int Index { get; }

    /// <summary>The product's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its architecture.</summary>
    public required ComputeCapability Capability { get; init; }

    /// <summary>Its memory, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>How many multiprocessors it has.</summary>
    public required int Multiprocessors { get; init; }

    /// <summary>The threads of a warp.</summary>
    public required int WarpSize { get; init; }

    /// <summary>The most threads of a block.</summary>
    public required int MaxThreadsPerBlock { get; init; }

    /// <summary>The most threads of a multiprocessor.</summary>
    public required int MaxThreadsPerMultiprocessor { get; init; }

    /// <summary>The most shared memory of a block, in bytes, without asking.</summary>
    public required int SharedBytesPerBlock { get; init; }

    /// <summary>The most shared memory of a block, in bytes, when asked for: kernels of this library ask by
    /// themselves.</summary>
    public required int MaxSharedBytesPerBlock { get; init; }

    /// <summary>The shared memory of a multiprocessor, in bytes.</summary>
    public required int SharedBytesPerMultiprocessor { get; init; }

    /// <summary>The 32-bit registers of a multiprocessor.</summary>
    public required int RegistersPerMultiprocessor { get; init; }

    /// <summary>The level-2 cache, in bytes.</summary>
    public required int CacheBytes { get; init; }

    /// <summary>The highest clock, in kHz.</summary>
    public required int ClockKilohertz { get; init; }

    /// <summary>The driver's own number for it.</summary>
    internal int Ordinal { get; }

    /// <summary>A device of the system's driver.</summary>
    /// <param name="index">Its number, from 0, among those that the process may use.</param>
    /// <exception cref="CudaUnavailableException">There is no driver, or no such device.</exception>
    /// <exception cref="CudaDriverException">The driver does not tell about it.</exception>
    public static CudaDevice Get(int index) => CudaDriver.Default.GetDevice(index);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"cuda:{Index} {Name}, compute capability {Capability}, {MemoryBytes / (1 << 20):N0} MiB");

    internal static unsafe CudaDevice Read(CudaDriver driver, int index)
    {
        DriverApi api = driver.Api;
        int found;
        Check(api, api.DeviceGet(&found, index), "cuDeviceGet", index);
        int ordinal = found;
        const int Length = 256;
        byte* name = stackalloc byte[Length];
        Check(api, api.DeviceGetName(name, Length, ordinal), "cuDeviceGetName", index);
        nuint memory;
        Check(api, api.DeviceTotalMem(&memory, ordinal), "cuDeviceTotalMem_v2", index);
        int Attribute(DeviceAttribute attribute)
        {
            int value;
            Check(api, api.DeviceGetAttribute(&value, attribute, ordinal), "cuDeviceGetAttribute", index);
            return value;
        }

        return new CudaDevice(driver, index, ordinal)
        {
            Name = Marshal.PtrToStringUTF8((nint)name) ?? "",
            Capability = new ComputeCapability(
                Attribute(DeviceAttribute.ComputeCapabilityMajor), Attribute(DeviceAttribute.ComputeCapabilityMinor)),
            MemoryBytes = (long)memory,
            Multiprocessors = Attribute(DeviceAttribute.MultiprocessorCount),
            WarpSize = Attribute(DeviceAttribute.WarpSize),
            MaxThreadsPerBlock = Attribute(DeviceAttribute.MaxThreadsPerBlock),
            MaxThreadsPerMultiprocessor = Attribute(DeviceAttribute.MaxThreadsPerMultiprocessor),
            SharedBytesPerBlock = Attribute(DeviceAttribute.MaxSharedMemoryPerBlock),
            MaxSharedBytesPerBlock = Attribute(DeviceAttribute.MaxSharedMemoryPerBlockOptin),
            SharedBytesPerMultiprocessor = Attribute(DeviceAttribute.MaxSharedMemoryPerMultiprocessor),
            RegistersPerMultiprocessor = Attribute(DeviceAttribute.MaxRegistersPerMultiprocessor),
            CacheBytes = Attribute(DeviceAttribute.L2CacheSize),
            ClockKilohertz = Attribute(DeviceAttribute.ClockRate),
        };
    }

    private static void Check(DriverApi api, CudaResult result, string call, int index)
    {
        if (result != CudaResult.Success)
        {
            throw DriverErrors.Error(api, result, call, $"reading about CUDA device {index}");
        }
    }
}
