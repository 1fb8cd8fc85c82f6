using Sinter.Compiler;
using Sinter.GpuBench.Timing;
using Sinter.Runtime.Cuda;
using Sinter.Runtime.Programs;

namespace Sinter.GpuBench.Cases;

/// <summary>Matrix products in f32, and with operands rounded to TF32 and BF16, beside those of cuBLAS. Of its BF16
/// products operands and results are BF16 in memory too, half the bytes of ours.</summary>
internal static class ProductCases
{
    private const int Samples = 512;

    // No smaller ones are multiplied as matrices.
    private const int Smallest = 24;

    // Squares, the layers of a GPT-2 step of 8,192 tokens, and shapes that no tile divides: rows, columns, terms.
    private static readonly (int M, int N, int K)[] Large =
        [(4096, 4096, 4096), (8192, 8192, 8192), (8192, 3072, 768), (8192, 768, 3072)];

    private static readonly (int M, int N, int K)[] Others =
        [(1000, 1001, 1003), (1024, 1024, 1024), (8192, 768, 768), (4095, 4097, 65), (64, 4096, 4096)];

    /// <summary>The cases.</summary>
    public static IEnumerable<BenchCase> All =>
    [
        .. Large.Concat(Others).Select(shape => Of(CuBlasMode.F32, ProductPrecision.Exact, shape)),
        .. Large.Append(Others[0]).Select(shape => Of(CuBlasMode.Bf16, ProductPrecision.Bf16, shape)),
        .. Large.Take(2).Select(shape => Of(CuBlasMode.Tf32, ProductPrecision.Tf32, shape)),
    ];

    private static BenchCase Of(CuBlasMode mode, ProductPrecision products, (int M, int N, int K) shape)
    {
        string extents = FormattableString.Invariant($"{shape.M}x{shape.N}x{shape.K}");
        string name = $"product/{mode.ToString().ToLowerInvariant()}-{extents}";
        return new BenchCase(name, session =>
        {
            int Shrunk(int extent) => Math.Max(Math.Min(Smallest, extent), extent / session.Shrink);
            return Run(session, name, mode, products, Shrunk(shape.M), Shrunk(shape.N), Shrunk(shape.K));
        });
    }

    private static GpuResult Run(
        BenchSession session, string name, CuBlasMode mode, ProductPrecision products, int m, int n, int k)
    {
        var builder = new GraphBuilder(captureSource: false);
        Tensor<F32> product = builder.Input<F32>("a", m, k).MatMul(builder.Input<F32>("b", k, n));
        using var ours = new DeviceRunnable(session.Gpu, Graph.Of("product", ("c", product.Node)), products);
        ReadOnlySpan<float> a = ours.Context.Input<float>("a");
        ReadOnlySpan<float> b = ours.Context.Input<float>("b");
        double precision = mode switch { CuBlasMode.F32 => 1e-5, CuBlasMode.Tf32 => 4e-3, _ => 3e-2 };
        Verify("ours", a, b, ours.Context.Output<float>("c"), n, k, precision);
        using var peer = session.CuBlas is { } library
            ? new CuBlasProduct(session, library, mode, m, n, k) : null;
        peer?.Fill(a, b);
        peer?.Verify(a, b);

        // Products of PyTorch with rounded operands are those of cuBLAS.
        var (result, others) = session.Compare(
            new GpuResult(name, 0), new Subject("ours", runs => ours.Context.TimeRuns(runs)),
            mode == CuBlasMode.F32 ? "product" : null, [m, n, k], peer is null ? [] : [peer.Subject]);
        result = result with { CublasMs = others.Length > 0 ? others[0].Median : null };
        return BenchSession.WithArithmetic(result, 2.0 * m * n * k);
    }

    /// <summary>Refuses elements, spread over all rows and columns, that are not the sums they should be.</summary>
    /// <param name="what">Whose result it is.</param>
    /// <param name="a">(m, k).</param>
    /// <param name="b">(k, n).</param>
    /// <param name="c">(m, n).</param>
    /// <param name="n">Columns of the result.</param>
    /// <param name="k">Terms of each sum.</param>
    /// <param name="precision">The error allowed, relative to the root of the number of terms.</param>
    public static void Verify(
        string what, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, int n, int k,
        double precision)
    {
        double tolerance = precision * Math.Sqrt(k);
        for (int i = 0; i < Samples; i++)
        {
            int at = (int)((c.Length - 1L) * i / (Samples - 1));
            double sum = 0;
            for (int term = 0; term < k; term++)
            {
                sum += (double)a[(at / n * k) + term] * b[(term * n) + (at % n)];
            }

            Close.Check(FormattableString.Invariant($"{what}, row {at / n}, column {at % n}"), c[at], sum, tolerance);
        }
    }
}
