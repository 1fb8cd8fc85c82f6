using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Sinter.Runtime.Files;

namespace Sinter.Runtime.Cuda;

/// <summary>Gathers the facts that a report is made of.</summary>
internal static class Examination
{
    private static readonly string[] Variables =
        ["SINTER_CUDA_DRIVER", "SINTER_NVRTC", "SINTER_CACHE", "CUDA_VISIBLE_DEVICES", "CUDA_HOME", "CUDA_PATH"];

    public static DoctorFacts Run(
        Func<CudaDriver> driver, Func<CudaVersion?, Nvrtc> nvrtc, string? cache, Func<string, string?> variable)
    {
        (LibraryFacts driverFacts, CudaDriver? found) = Find(driver, each => (each.Path, each.Version));
        (LibraryFacts nvrtcFacts, Nvrtc? compiler) =
            Find(() => nvrtc(found?.Version), each => (each.Path, each.Version));
        var devices = new List<CudaDevice>();
        for (int i = 0; i < (found?.DeviceCount ?? 0); i++)
        {
            try
            {
                devices.Add(found!.GetDevice(i));
            }
            catch (CudaException error)
            {
                driverFacts = driverFacts with { Problem = error.Message };
            }
        }

        return new DoctorFacts
        {
            System = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
            Framework = RuntimeInformation.FrameworkDescription,
            Processors = Environment.ProcessorCount,
            MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            VectorBits = Device.VectorBits,
            Features = [.. Features().Where(feature => feature.IsThere).Select(feature => feature.Name)],
            Variables = [.. Variables.Select(name => (name, variable(name)!)).Where(pair => pair.Item2 is not null)],
            Driver = driverFacts,
            Devices = devices,
            Nvrtc = nvrtcFacts,
            Architectures = compiler?.SupportedArchitectures ?? [],
            Cache = Measure(cache),
        };
    }

    private static (LibraryFacts Facts, T? Found) Find<T>(Func<T> open, Func<T, (string, CudaVersion)> describe)
        where T : class
    {
        try
        {
            T found = open();
            (string path, CudaVersion version) = describe(found);
            return (new LibraryFacts(path, version, null, []), found);
        }
        catch (CudaException error)
        {
            IReadOnlyList<NativeAttempt> attempts = (error as CudaUnavailableException)?.Attempts ?? [];
            return (new LibraryFacts(null, null, error.Message, attempts), null);
        }
    }

    private static CacheFacts Measure(string? directory)
    {
        (int programs, long programBytes) = new KernelCache(directory).Measure();
        (int modules, long moduleBytes) = new KernelCache(directory, extension: KernelCache.Cubins).Measure();
        return new CacheFacts(
            string.IsNullOrEmpty(directory) ? null : directory, programs, programBytes, modules, moduleBytes);
    }

    // What the C# target's vectors and their functions are compiled to.
    private static IEnumerable<(string Name, bool IsThere)> Features() =>
    [
        ("SSE4.2", Sse42.IsSupported), ("AVX", Avx.IsSupported), ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported),
        ("BMI2", Bmi2.IsSupported), ("AVX-512F", Avx512F.IsSupported), ("AVX-512BW", Avx512BW.IsSupported),
        ("AVX-512DQ", Avx512DQ.IsSupported), ("AVX-512VL", Avx512F.VL.IsSupported), ("AdvSimd", AdvSimd.IsSupported),
    ];
}
