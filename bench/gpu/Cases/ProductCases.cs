using Sinter.GpuBench.Timing;
using Sinter.Runtime.Cuda;
using Sinter.Runtime.Programs;

namespace Sinter.GpuBench.Cases;

/// <summary>Matrix products in f32, beside those of cuBLAS in f32, TF32 and BF16.</summary>
internal static class ProductCases
{
    private const int Samples = 512;

    // Squares, the layers of a GPT-2 step of 8,192 tokens, and shapes that no tile divides: rows, columns, terms.
    private static readonly (int M, int N, int K)[] Shapes =
    [
        (1024, 1024, 1024), (4096, 4096, 4096), (8192, 768, 768), (8192, 3072, 768), (8192, 768, 3072),
        (1000, 1001, 1003), (4095, 4097, 65), (64, 4096, 4096),
    ];

    /// <summary>The cases.</summary>
    public static IEnumerable<BenchCase> All => Shapes.Select(shape =>
    {
        string name = FormattableString.Invariant($"product/{shape.M}x{shape.N}x{shape.K}");
        return new BenchCase(name, session => Run(
            session, name, Shrunk(shape.M, session), Shrunk(shape.N, session), Shrunk(shape.K, session)));
    });

    private static int Shrunk(int extent, BenchSession session) => Math.Max(5, extent / session.Shrink);

    private static GpuResult Run(BenchSession session, string name, int m, int n, int k)
    {
        var builder = new GraphBuilder(captureSource: false);
        Tensor<F32> product = builder.Input<F32>("a", m, k).MatMul(builder.Input<F32>("b", k, n));
        using var ours = new DeviceRunnable(session.Gpu, Graph.Of("product", ("c", product.Node)));
        ReadOnlySpan<float> a = ours.Context.Input<float>("a");
        ReadOnlySpan<float> b = ours.Context.Input<float>("b");
        Verify("ours", a, b, ours.Context.Output<float>("c"), n, k, 1e-5);
        using var peer = session.CuBlas is { } library ? new CuBlasProduct(session, library, m, n, k) : null;
        peer?.Fill(a, b);
        peer?.Verify(a, b);
        var subject = new Subject("ours", runs => ours.Context.TimeRuns(runs));
        var (result, others) = session.Compare(
            new GpuResult(name, 0), subject, "product", [m, n, k], peer?.Subjects ?? []);
        result = result with
        {
            CublasMs = others.Length > 0 ? others[0].Median : null,
            CublasTf32Ms = others.Length > 0 ? others[1].Median : null,
            CublasBf16Ms = others.Length > 0 ? others[2].Median : null,
        };
        double operations = 2.0 * m * n * k;
        string Speed(double? ms) => FormattableString.Invariant($"{operations / ms / 1e9:F1}");
        string? note = others.Length == 0 ? null
            : $"cuBLAS {Speed(result.CublasMs)}, TF32 {Speed(result.CublasTf32Ms)}, BF16 {Speed(result.CublasBf16Ms)}";
        return BenchSession.WithArithmetic(result with { Note = note }, operations);
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
