using Sinter.Reference;

namespace Sinter.Conformance.Tests.Sizes;

/// <summary>Sums of many terms: the error of a block, however many blocks there are.</summary>
public sealed class SumTests
{
    // Half a unit in the last place of single precision.
    private const double Unit = 1.0 / (1 << 24);

    public static TheoryData<string, bool> WidthsAndForms() => new()
    {
        { "512", false }, { "512", true }, { "256", false }, { "256", true }, { "128", false }, { "128", true },
    };

    private static Dimension Extent(string name, long value, bool symbolic) =>
        symbolic ? Symbol.Create(name, 1, 2 * value) : value;

    [Theory]
    [MemberData(nameof(WidthsAndForms))]
    public void Sum_of_a_vector_is_as_good_at_ten_million_terms_as_at_a_thousand(string width, bool symbolic)
    {
        foreach (int n in new[] { 1000, 4099, 100_003, 10_000_019 })
        {
            var b = new GraphBuilder();
            var x = b.Input<F32>("x", Extent("N", n, symbolic));
            float[] values = Draw(n);
            double[] result = Run(Graph.Of("g", ("y", x.Sum().Node)), width, symbolic, ("N", n), [("x", values)]);
            AssertNear(values.Sum(v => (double)v), values.Sum(v => (double)v), result[0], n);
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndForms))]
    public void Sums_of_columns_and_of_rows_are_as_good_however_long(string width, bool symbolic)
    {
        foreach (var (rows, columns) in new[] { (3001, 3), (2999, 67), (40_009, 300), (70_001, 17) })
        {
            var b = new GraphBuilder();
            var x = b.Input<F32>("x", Extent("N", rows, symbolic), columns);
            var z = b.Input<F32>("z", columns, Extent("N", rows, symbolic));
            float[] values = Draw(rows * columns);
            float[] turned = new float[values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                turned[(i % columns * rows) + (i / columns)] = values[i];
            }

            double[] result = Run(
                Graph.Of("g", ("y", x.Sum(0).Node), ("z", z.Sum(1).Node)),
                width, symbolic, ("N", rows), [("x", values), ("z", turned)]);
            for (int c = 0; c < columns; c++)
            {
                double exact = Enumerable.Range(0, rows).Sum(r => (double)values[(r * columns) + c]);
                AssertNear(exact, exact, result[c], rows);
                AssertNear(exact, exact, result[columns + c], rows);
            }
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndForms))]
    public void Products_over_many_terms_do_not_stand_still(string width, bool symbolic)
    {
        foreach (var (depth, rows, columns) in new[] { (2_000_003, 2, 3), (1025, 5, 40), (5003, 130, 100) })
        {
            var b = new GraphBuilder();
            Dimension n = Extent("N", depth, symbolic);
            var x = b.Input<F32>("x", n, rows);
            var y = b.Input<F32>("y", n, columns);
            float[] left = Draw(depth * rows);
            float[] right = Draw(depth * columns);
            double[] result = Run(
                Graph.Of("g", ("y", x.Transposed.MatMul(y).Node)), width, symbolic, ("N", depth),
                [("x", left), ("y", right)]);
            foreach (var (r, c) in new[] { (0, 0), (rows - 1, columns - 1), (rows / 2, columns / 2) })
            {
                double exact = Enumerable.Range(0, depth)
                    .Sum(k => (double)left[(k * rows) + r] * right[(k * columns) + c]);
                AssertNear(exact, exact, result[(r * columns) + c], depth);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Threads_of_a_block_sum_as_well(bool symbolic)
    {
        const int Count = 3_000_001;
        Symbol n = Symbol.Create("N", 1, 4_000_000);
        Graph graph = Graph.Of(
            "g", ("y", new GraphBuilder().Input<F32>("x", symbolic ? n : Count).Sum().Node));
        var x = new TensorValue(DType.F32, [Count], Enumerable.Repeat((double)0.1f, Count).ToArray());
        InterpreterResult result = new CudaEngine(reverse: false).Compile(graph)(
            new Dictionary<string, TensorValue> { ["x"] = x }, new Dictionary<string, TensorValue>());
        AssertNear(0.1f * (double)Count, 0.1f * (double)Count, result.Outputs["y"].Floats[0], Count);
    }

    [Fact]
    public void A_symbolic_product_of_ones_counts_beyond_two_to_the_24()
    {
        var b = new GraphBuilder();
        Symbol n = Symbol.Create("N", 1, 20_000_000);
        Graph graph = Graph.Of(
            "g", ("y", b.Input<F32>("x", n, 2).Transposed.MatMul(b.Input<F32>("z", n, 3)).Node));
        using Opened program = Opened.On("512", graph);
        program.Context.SetSymbol("N", 20_000_000);
        program.Context.Input<float>("x").Fill(1);
        program.Context.Input<float>("z").Fill(1);
        program.Context.Run();
        Assert.Equal(Enumerable.Repeat(20_000_000f, 6), program.Context.Output<float>("y").ToArray());
    }

    [Fact]
    public void Infinities_and_what_is_no_number_pass_through_long_sums()
    {
        Symbol n = Symbol.Create("N", 1, 100_000);
        using Opened program = Opened.On(
            "512", Graph.Of("g", ("y", new GraphBuilder().Input<F32>("x", n).Sum().Node)));
        foreach (var (values, expected) in new[]
        {
            (new[] { float.PositiveInfinity }, float.PositiveInfinity),
            ([float.NegativeInfinity, 1], float.NegativeInfinity),
            ([float.PositiveInfinity, float.NegativeInfinity], float.NaN),
            ([float.NaN], float.NaN),
            ([3e38f, 3e38f], float.PositiveInfinity),
        })
        {
            program.Context.SetSymbol("N", 90_001);
            Span<float> x = program.Context.Input<float>("x");
            x.Fill(1);
            for (int i = 0; i < values.Length; i++)
            {
                x[(i * 40_000) + 777] = values[i];
            }

            program.Context.Run();
            Assert.Equal(expected, program.Context.Output<float>("y")[0]);
        }
    }

    private static float[] Draw(int count)
    {
        var random = new Random(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            // The same sign, and rounding that leans to one side: the worst that inputs do.
            values[i] = i % 3 == 0 ? 0.1f : random.NextSingle();
        }

        return values;
    }

    private static double[] Run(
        Graph graph, string width, bool symbolic, (string Name, int Value) symbol,
        (string Name, float[] Values)[] inputs)
    {
        using Opened program = Opened.On(width, graph);
        if (symbolic)
        {
            program.Context.SetSymbol(symbol.Name, symbol.Value);
        }

        foreach (var (name, values) in inputs)
        {
            values.CopyTo(program.Context.Input<float>(name));
        }

        program.Context.Run();
        return graph.Outputs.SelectMany(output => program.Context.Output<float>(output.Name).ToArray())
            .Select(x => (double)x).ToArray();
    }

    private static void AssertNear(double exact, double magnitude, double actual, long terms)
    {
        double allowed = 8 * Math.Log2(terms) * Unit * Math.Abs(magnitude);
        Assert.True(
            Math.Abs(actual - exact) <= allowed,
            $"{terms} terms: {actual:R}, must be {exact:R}; "
            + $"{Math.Abs(actual - exact) / allowed:F2} of what is allowed");
    }
}
