using System.Runtime.InteropServices;
using Sinter.Runtime.Cuda;
using Sinter.Runtime.Cuda.Compilation;
using Sinter.Runtime.Cuda.Native;

namespace Sinter.GpuBench.Timing;

/// <summary>How cuBLAS multiplies.</summary>
internal enum CuBlasMode
{
    /// <summary>f32 as IEEE 754 has it.</summary>
    F32,
    /// <summary>f32 operands rounded to TF32 for the tensor cores.</summary>
    Tf32,
    /// <summary>BF16 operands, f32 sums, BF16 result.</summary>
    Bf16,
}

/// <summary>The matrix product of cuBLAS, where that is installed.</summary>
internal sealed unsafe class CuBlas
{
    private const int NotTransposed = 0;
    private const int TypeF32 = 0;
    private const int TypeBf16 = 14;
    private const int ComputeF32 = 68;
    private const int ComputeTf32 = 77;
    private const int DefaultAlgorithm = -1;

    private static readonly string[] Versions = ["13", "12", "11"];

    private readonly DeviceClock clock;
    private readonly nint handle;
    private readonly delegate* unmanaged<
        nint, int, int, int, int, int, float*, void*, int, void*, int, float*, void*, int, int> multiplySingle;
    private readonly delegate* unmanaged<
        nint, int, int, int, int, int, void*, void*, int, int, void*, int, int, void*, void*, int, int, int, int, int>
        multiplyMixed;

    private CuBlas(nint library, DeviceClock clock)
    {
        this.clock = clock;
        multiplySingle = (delegate* unmanaged<
            nint, int, int, int, int, int, float*, void*, int, void*, int, float*, void*, int, int>)
            NativeLibrary.GetExport(library, "cublasSgemm_v2");
        multiplyMixed = (delegate* unmanaged<
            nint, int, int, int, int, int, void*, void*, int, int, void*, int, int, void*, void*, int, int, int, int,
            int>)NativeLibrary.GetExport(library, "cublasGemmEx");
        var create = (delegate* unmanaged<nint*, int>)NativeLibrary.GetExport(library, "cublasCreate_v2");
        var setStream = (delegate* unmanaged<nint, nint, int>)NativeLibrary.GetExport(library, "cublasSetStream_v2");
        using HandleUse context = clock.Context.Enter();
        nint made;
        Check(create(&made), "cublasCreate_v2");
        handle = made;
        Check(setStream(handle, clock.Stream.Handle.DangerousGetHandle()), "cublasSetStream_v2");
    }

    /// <summary>The library for a clock's context, or null.</summary>
    /// <param name="clock">Whose stream it works on.</param>
    /// <param name="nvrtc">The NVRTC in use. Toolkits and Python packages keep both side by side, so it is looked for
    /// there first, then by name, then wherever an NVRTC might be.</param>
    public static CuBlas? Find(DeviceClock clock, Nvrtc nvrtc)
    {
        IEnumerable<string> places = NvrtcSearch.OfProcess.Candidates().Prepend(nvrtc.Path)
            .Select(file => Path.GetDirectoryName(file) ?? "");
        IEnumerable<string> folders = places.SelectMany(
            place => new[] { place, place.Length == 0 ? "" : Path.Combine(place, "..", "..", "cublas", "lib") });
        foreach (string folder in folders.Distinct())
        {
            foreach (string version in Versions)
            {
                // It finds its own half by name only, unless that is loaded already.
                _ = NativeLibrary.TryLoad(Path.Combine(folder, "libcublasLt.so." + version), out _);
                if (NativeLibrary.TryLoad(Path.Combine(folder, "libcublas.so." + version), out nint library))
                {
                    return Start(library, clock);
                }
            }
        }

        return null;
    }

    /// <summary>c = a · b, row-major: asked for as cᵀ = bᵀ · aᵀ, as cuBLAS counts columns first.</summary>
    /// <param name="mode">The types of all three.</param>
    /// <param name="a">(m, k).</param>
    /// <param name="b">(k, n).</param>
    /// <param name="c">(m, n).</param>
    /// <param name="m">Rows of the result.</param>
    /// <param name="n">Columns of the result.</param>
    /// <param name="k">Terms of each sum.</param>
    public void Multiply(CuBlasMode mode, CudaMemory a, CudaMemory b, CudaMemory c, int m, int n, int k)
    {
        float one = 1;
        float zero = 0;
        void* left = (void*)b.Address;
        void* right = (void*)a.Address;
        void* result = (void*)c.Address;
        using HandleUse context = clock.Context.Enter();
        if (mode == CuBlasMode.F32)
        {
            Check(
                multiplySingle(
                    handle, NotTransposed, NotTransposed, n, m, k, &one, left, n, right, k, &zero, result, n),
                "cublasSgemm_v2");
            return;
        }

        int type = mode == CuBlasMode.Tf32 ? TypeF32 : TypeBf16;
        int compute = mode == CuBlasMode.Tf32 ? ComputeTf32 : ComputeF32;
        Check(
            multiplyMixed(
                handle, NotTransposed, NotTransposed, n, m, k, &one, left, type, n, right, type, k, &zero, result, type,
                n, compute, DefaultAlgorithm),
            "cublasGemmEx");
    }

    // One of another version than the driver's loads, and refuses to start.
    private static CuBlas? Start(nint library, DeviceClock clock)
    {
        try
        {
            return new CuBlas(library, clock);
        }
        catch (Exception error) when (error is InvalidOperationException or EntryPointNotFoundException)
        {
            GpuReport.Note($"cuBLAS does not start: {error.Message}");
            return null;
        }
    }

    private static void Check(int status, string call)
    {
        if (status != 0)
        {
            throw new InvalidOperationException(FormattableString.Invariant($"{call} returns {status}"));
        }
    }
}
