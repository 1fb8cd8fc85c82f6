using Sinter.Runtime.Programs;

namespace Sinter.Conformance.Tests.Sizes;

/// <summary>
/// Sums along a symbolic extent, which a run sums at once or in blocks: in one context around every number of terms at
/// which that changes, up and down. What is there of another size of the run before must not be seen.
/// </summary>
public sealed class SymbolicSumTests
{
    private const int Largest = 5000;
    private const int Rows = 13;
    private const int Lanes = 300;

    private static readonly int[] Counts = [1, 2, 15, 255, 256, 257, 1000, 1024, 1025, 1600, 4096, Largest];

    // Emulation is slow.
    private static readonly int[] EmulatedCounts = [3, 1025, 2];

    [Theory]
    [MemberData(nameof(Opened.Engines), MemberType = typeof(Opened))]
    public void Few_and_many_terms_take_turns(string engine)
    {
        Symbol n = Symbol.Create("N", 1, Largest);
        var b = new GraphBuilder(captureSource: false);
        Tensor<F32> x = b.Input<F32>("x", n, Rows);
        Tensor<F32> y = b.Input<F32>("y", n, Lanes);
        Tensor<F32> z = b.Input<F32>("z", Rows, n);
        Graph graph = Graph.Of(
            "g", ("product", x.Transposed.MatMul(y).Node), ("lanes", y.Transposed.MatMul(x).Node),
            ("columns", y.Sum(0).Node), ("rows", z.Sum(1).Node), ("few", x.Sum(0).Node),
            ("squares", (z * z).Sum(1).Node), ("all", y.Sum().Node));
        using Opened program = Opened.On(engine, graph);
        IEnumerable<int> counts = engine == "cuda" ? EmulatedCounts : Counts.Concat(Counts.Reverse());
        foreach (int count in counts)
        {
            Check(program.Context, count);
        }
    }

    private static void Check(ProgramContext context, int count)
    {
        context.SetSymbol("N", count);
        Span<float> x = Fill(context.Input<float>("x"), count);
        Span<float> y = Fill(context.Input<float>("y"), count + 1);
        Span<float> z = Fill(context.Input<float>("z"), count + 2);
        double[] product = new double[Rows * Lanes];
        double[] columns = new double[Lanes];
        double[] rows = new double[Rows];
        double[] squares = new double[Rows];
        double[] few = new double[Rows];
        for (int i = 0; i < count; i++)
        {
            for (int r = 0; r < Rows; r++)
            {
                few[r] += x[(i * Rows) + r];
                rows[r] += z[(r * count) + i];
                squares[r] += (double)z[(r * count) + i] * z[(r * count) + i];
                for (int c = 0; c < Lanes; c++)
                {
                    product[(r * Lanes) + c] += (double)x[(i * Rows) + r] * y[(i * Lanes) + c];
                }
            }

            for (int c = 0; c < Lanes; c++)
            {
                columns[c] += y[(i * Lanes) + c];
            }
        }

        double[] turned = [.. Enumerable.Range(0, Lanes * Rows).Select(i => product[(i % Rows * Lanes) + (i / Rows)])];
        context.Run();
        (string Name, double[] Values)[] expected =
        [
            ("product", product), ("lanes", turned), ("columns", columns), ("rows", rows), ("squares", squares),
            ("few", few), ("all", [columns.Sum()]),
        ];
        foreach (var (name, values) in expected)
        {
            float[] actual = context.Output<float>(name).ToArray();
            Assert.Equal(values.Length, actual.Length);
            double largest = values.Max(Math.Abs);
            for (int i = 0; i < values.Length; i++)
            {
                Assert.True(
                    Math.Abs(values[i] - actual[i]) <= 4e-6 * largest,
                    $"{name} of {count} terms: element {i} is {actual[i]:R}, must be {values[i]:R}");
            }
        }
    }

    // The same sign, so that what is left out or counted twice is seen.
    private static Span<float> Fill(Span<float> values, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle() + 0.5f;
        }

        return values;
    }
}
