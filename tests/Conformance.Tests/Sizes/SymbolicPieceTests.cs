using Sinter.Backends.CSharp;
using Sinter.Jit;
using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests.Sizes;

/// <summary>
/// How the work of a run is shared out: by its own sizes, not by the largest. Inputs are small integers, so that sums
/// are exact and every piece that is left out, or run twice, shows.
/// </summary>
public sealed class SymbolicPieceTests
{
    private const int Features = 520;
    private const int Depth = 784;

    private static readonly int[] Sizes = [5, 50, 1, 36, 37, 64, 7, 640, 73, 33, 2];

    [Theory]
    [InlineData("512", 50)]
    [InlineData("512", 640)]
    [InlineData("256", 50)]
    [InlineData("256", 640)]
    [InlineData("128", 640)]
    public void A_dense_layer_is_exact_for_any_rows_and_threads(string width, int largest)
    {
        int[] sizes = [.. Sizes.Where(size => size <= largest)];
        Program program = Dense(width, largest);
        using var state = new ModelState(1, program);
        foreach (int threads in new[] { 1, 2 })
        {
            using var pool = new WorkerPool(threads);
            using var context = new ProgramContext(program, state, pool);
            foreach (int rows in sizes.Concat(sizes.Reverse()))
            {
                context.SetSymbol("N", rows);
                Fill(context.Input<float>("x"), Depth, X);
                Fill(context.Input<float>("w"), Depth, W);
                context.Run();
                ReadOnlySpan<float> y = context.Output<float>("y");
                Assert.Equal(rows * Features, y.Length);
                for (int i = 0; i < y.Length; i += i % Features < Features - 9 ? 7 : 1)
                {
                    Assert.Equal(Exact(i / Features, i % Features), y[i]);
                }
            }
        }
    }

    [Theory]
    [InlineData(50)]
    [InlineData(640)]
    public void Few_rows_are_shared_out_as_well(int largest)
    {
        LaunchEntry product = Dense("512", largest).Table.Run.OfType<LaunchEntry>().Last();
        Assert.InRange(product.Pieces.Evaluate([5]), 4, 12);
        Assert.InRange(product.Pieces.Evaluate([50]), 4, 16);

        // What is known of the work does not depend on how it is cut.
        Size extent = product.Extent ?? product.Pieces;
        Assert.InRange(extent.Evaluate([5]) / (double)extent.Evaluate([largest]), 4.5 / largest, 5.5 / largest);
    }

    [Theory]
    [InlineData("512")]
    [InlineData("256")]
    public void Products_of_a_batch_are_exact_for_any_batch_and_threads(string width)
    {
        Symbol n = Symbol.Create("N", 0, 60);
        var b = new GraphBuilder();
        var y = b.Input<F32>("x", n, 70, 90).MatMul(b.Input<F32>("w", n, 90, 330));
        Program program = Compile(width, Graph.Of("batch", ("y", y.Node)));
        Assert.InRange(program.Table.Run.OfType<LaunchEntry>().Last().Pieces.Evaluate([1]), 2, 12);
        using var state = new ModelState(1, program);
        foreach (int threads in new[] { 1, 2 })
        {
            using var pool = new WorkerPool(threads);
            using var context = new ProgramContext(program, state, pool);
            foreach (int batch in new[] { 1, 60, 0, 3, 2, 17, 1 })
            {
                context.SetSymbol("N", batch);
                Fill(context.Input<float>("x"), 90, X);
                Fill(context.Input<float>("w"), 330, W);
                context.Run();
                ReadOnlySpan<float> got = context.Output<float>("y");
                Assert.Equal(batch * 70 * 330, got.Length);
                for (int i = 0; i < got.Length; i += 11)
                {
                    int row = i / 330;
                    int first = row / 70 * 90;
                    float expected = Enumerable.Range(0, 90).Sum(k => X(row, k) * W(first + k, i % 330));
                    Assert.Equal(expected, got[i]);
                }
            }
        }
    }

    private static Program Dense(string width, int largest)
    {
        var b = new GraphBuilder();
        Tensor<F32> x = b.Input<F32>("x", Symbol.Create("N", 1, largest), Depth);
        return Compile(width, Graph.Of("dense", ("y", x.Linear(b.Input<F32>("w", Features, Depth)).Relu().Node)));
    }

    private static Program Compile(string width, Graph graph) => JitCompiler.Compile(
        graph, new JitOptions { Target = CSharpTarget.Find(width)!, CacheDirectory = null, Check = true });

    private static float X(int row, int k) => ((row * 31) + (k * 7)) % 5;

    private static float W(int row, int k) => (((row * 13) + (k * 11)) % 7) - 3;

    private static void Fill(Span<float> to, int columns, Func<int, int, float> value)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = value(i / columns, i % columns);
        }
    }

    private static float Exact(int row, int feature) =>
        Math.Max(0, Enumerable.Range(0, Depth).Sum(k => X(row, k) * W(feature, k)));
}
