using System.Runtime.InteropServices;

namespace Sinter.Bench;

/// <summary>The matrix product of OpenBLAS, where that is installed.</summary>
internal sealed unsafe class OpenBlas
{
    private const int RowMajor = 101;
    private const int NotTransposed = 111;
    private const int IsTransposed = 112;

    private readonly delegate* unmanaged[Cdecl]<int, void> setThreads;
    private readonly delegate* unmanaged[Cdecl]<
        int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> multiply;

    private OpenBlas(nint library)
    {
        setThreads =
            (delegate* unmanaged[Cdecl]<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads");
        multiply = (delegate* unmanaged[Cdecl]<
            int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)
            NativeLibrary.GetExport(library, "cblas_sgemm");
    }

    /// <summary>The library, or null.</summary>
    public static OpenBlas? Find()
    {
        string[] names = ["libopenblas.so.0", "libopenblas", "openblas"];
        foreach (string name in names)
        {
            bool loads = NativeLibrary.TryLoad(name, out nint library);
            if (loads && NativeLibrary.TryGetExport(library, "cblas_sgemm", out _))
            {
                return new OpenBlas(library);
            }
        }

        return null;
    }

    /// <summary>How many threads the next products use.</summary>
    public void SetThreads(int threads) => setThreads(threads);

    /// <summary>c = a · b, or a · bᵀ; row-major.</summary>
    /// <param name="a">(m, k).</param>
    /// <param name="b">(k, n), or (n, k) where transposed.</param>
    /// <param name="c">(m, n).</param>
    /// <param name="m">Rows of the result.</param>
    /// <param name="n">Columns of the result.</param>
    /// <param name="k">Terms of each sum.</param>
    /// <param name="transposed">Whether <paramref name="b"/> is transposed.</param>
    public void Multiply(float* a, float* b, float* c, int m, int n, int k, bool transposed)
    {
        int order = transposed ? IsTransposed : NotTransposed;
        multiply(RowMajor, NotTransposed, order, m, n, k, 1, a, k, b, transposed ? k : n, 0, c, n);
    }
}
