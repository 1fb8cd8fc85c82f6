using Sinter.Modules;

namespace Sinter.Bench.Cases;

/// <summary>Matrix products of many shapes, beside OpenBLAS.</summary>
internal static class Products
{
    /// <summary>The cases: plain products of two inputs, then products with a weight.</summary>
    public static IEnumerable<Case> Cases =>
    [
        .. Shapes.Select(shape => Case("product/", shape)),
        .. Shapes.Where(shape => shape.Batch == 1)
            .Select(shape => Case("product/linear/", shape with { IsLinear = true })),
    ];

    private static ProductShape[] Shapes =>
    [
        new(1920, 1920, 1920), new(1024, 1024, 1024), new(512, 512, 512), new(256, 256, 256), new(128, 128, 128),
        new(64, 64, 64), new(97, 113, 61), new(1, 512, 784), new(64, 10, 84), new(64, 512, 784), new(512, 784, 64),
        new(1000, 7, 1000), new(33, 65, 1023), new(4096, 64, 64), new(64, 4096, 64), new(64, 64, 64, Batch: 32),
    ];

    private static Case Case(string prefix, ProductShape shape) =>
        new(prefix + shape, (session, threads) => Run(session, threads, prefix + shape, shape));

    private static unsafe Result Run(Session session, int threads, string name, ProductShape shape)
    {
        float[] a = Draw.Uniform(shape.LeftCount, 1);
        float[] b = Draw.Uniform(shape.RightCount, 2);
        float[] c = new float[shape.ResultCount];
        using var ours = new Runnable(shape.Graph(), threads);
        Fill(ours, a, b, shape);
        ours.Context.Run();

        // A second run shows whether the first one left its inputs alone.
        ours.Context.Run();
        shape.Check(a, b, ours.Context.Output<float>("c"));
        var timing = new Timing();
        var subject = new Subject(ours.Context.Run);
        if (session.OpenBlas is not { } blas)
        {
            session.Report.Note("OpenBLAS is not installed: products are not compared");
            Measure.Alternate(session.Options.Seconds, (subject, timing));
            return session.WithArithmetic(Result(name, threads, timing), shape.Operations);
        }

        blas.SetThreads(threads);
        fixed (float* left = a, right = b, result = c)
        {
            var theirs = new Theirs(blas, shape, left, right, result);
            theirs.Run();
            shape.Check(a, b, c);
            var theirTiming = new Timing();
            Measure.Alternate(session.Options.Seconds, (subject, timing), (new Subject(theirs.Run), theirTiming));
            Result compared = Result(name, threads, timing) with { Peer = "OpenBLAS", PeerMs = theirTiming.MedianMs };
            return session.WithArithmetic(compared, shape.Operations);
        }
    }

    private static Result Result(string name, int threads, Timing timing) =>
        new(name, threads, timing.MedianMs) { P95Ms = timing.P95Ms };

    private static void Fill(Runnable ours, float[] a, float[] b, ProductShape shape)
    {
        a.CopyTo(ours.Context.Input<float>("a"));
        if (shape.IsLinear)
        {
            ours.State.Set<float>("weight", b);
        }
        else
        {
            b.CopyTo(ours.Context.Input<float>("b"));
        }
    }

    // A closure cannot hold pointers.
    private sealed unsafe class Theirs(OpenBlas blas, ProductShape shape, float* a, float* b, float* c)
    {
        public void Run()
        {
            for (long i = 0; i < shape.Batch; i++)
            {
                float* left = a + (i * shape.M * shape.K);
                float* right = b + (i * shape.N * shape.K);
                blas.Multiply(left, right, c + (i * shape.M * shape.N), shape.M, shape.N, shape.K, shape.IsLinear);
            }
        }
    }

    private sealed record ProductShape(int M, int N, int K, int Batch = 1, bool IsLinear = false)
    {
        public long LeftCount => (long)Batch * M * K;

        public long RightCount => (long)Batch * N * K;

        public long ResultCount => (long)Batch * M * N;

        public double Operations => 2.0 * Batch * M * N * K;

        public Graph Graph()
        {
            var builder = new GraphBuilder();
            Dimension[] batch = Batch == 1 ? [] : [Batch];
            Tensor<F32> a = builder.Input<F32>("a", [.. batch, M, K]);
            Tensor<F32> c = IsLinear
                ? new Linear(K, N, bias: false).Call(a)
                : a.MatMul(builder.Input<F32>("b", [.. batch, K, N]));
            return Sinter.Graph.Of("product", ("c", c.Node));
        }

        public void Check(ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c)
        {
            for (int i = 0; i < Batch; i++)
            {
                Bench.Cases.Check.Product(
                    a.Slice(i * M * K, M * K), b.Slice(i * N * K, N * K), c.Slice(i * M * N, M * N), N, K, IsLinear);
            }
        }

        public override string ToString() => Batch == 1 ? $"{M}x{N}x{K}" : $"{Batch}x{M}x{N}x{K}";
    }
}
