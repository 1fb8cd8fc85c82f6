namespace Sinter.Tests.Sizes;

/// <summary>Random sizes against their values at every point of their symbols' ranges.</summary>
public sealed class SizeAlgebraTests
{
    private static readonly Symbol[] Symbols =
        [Symbol.Create("A", 0, 4), Symbol.Create("B", 1, 5), Symbol.Create("C", 3, 9)];

    private static IEnumerable<RandomSize> Draw(int seed, int count)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            yield return RandomSize.Of(random, Symbols, random.Next(1, 8));
        }
    }

    [Fact]
    public void Canonical_forms_have_the_values_of_what_was_written_and_bounds_hold()
    {
        foreach (RandomSize drawn in Draw(1, 1500))
        {
            (long Min, long Max) bounds = (drawn.Size.Min, drawn.Size.Max);
            foreach (Func<Symbol, long> point in RandomSize.Points(Symbols))
            {
                long value = drawn.Value(point);
                Assert.True(value == drawn.Size.Evaluate(point), $"{drawn.Size}: {value}");
                Assert.True(value >= bounds.Min && value <= bounds.Max, $"{drawn.Size}: {value} in {bounds}");
            }
        }
    }

    [Fact]
    public void Sizes_of_one_form_have_equal_values_everywhere()
    {
        // Many small ones, so that forms meet.
        var random = new Random(2);
        var groups = Enumerable.Range(0, 4000).Select(_ => RandomSize.Of(random, Symbols, random.Next(1, 5)))
            .GroupBy(drawn => drawn.Size).Where(group => group.Count() > 1).ToList();
        Assert.True(groups.Count > 100);
        var points = RandomSize.Points(Symbols).Where((_, i) => i % 7 == 0).ToList();
        foreach (IGrouping<Dimension, RandomSize> group in groups)
        {
            foreach (Func<Symbol, long> point in points)
            {
                Assert.Single(group.Select(drawn => drawn.Value(point)).Distinct());
            }
        }
    }

    [Fact]
    public void Text_reads_back_as_the_same_size()
    {
        var declared = Symbols.ToDictionary(symbol => symbol.Name);
        foreach (RandomSize drawn in Draw(3, 3000))
        {
            // Extents are not negative.
            string text = (drawn.Size - Math.Min(drawn.Size.Min, 0)).ToString();
            Dimension read = Shape.Parse($"[{text}, 3]", declared)[0];
            Assert.True(read == drawn.Size - Math.Min(drawn.Size.Min, 0), $"{text} was read as {read}");
            Assert.Equal(text, read.ToString());
        }
    }

    [Fact]
    public void Substituted_sizes_have_the_values_of_their_parts()
    {
        Symbol a = Symbols[0];
        foreach (RandomSize drawn in Draw(4, 500))
        {
            Dimension moved = drawn.Size.Substitute(symbol => symbol == a ? (Dimension?)(a / 2) : null);
            foreach (Func<Symbol, long> point in RandomSize.Points(Symbols).Where((_, i) => i % 5 == 0))
            {
                Assert.Equal(drawn.Size.Evaluate(s => s == a ? point(a) / 2 : point(s)), moved.Evaluate(point));
            }
        }
    }

    [Fact]
    public void A_size_that_is_linear_in_its_open_symbol_tells_it()
    {
        Symbol t = Symbol.Create("T", 1, 64);
        Symbol u = Symbol.Create("U", 1, 64);
        Assert.Equal((t, 7), (t + 1).Evaluated(8));
        Assert.Equal((t, 5), ((2 * t) - 3).Evaluated(7));
        Assert.Null(((2 * t) - 3).Solve(8, _ => null));
        Assert.Null((t + u).Solve(8, _ => null));
        Assert.Equal((u, 5), ((t * u) + t).Solve(18, s => s == t ? 3 : null));
        Assert.Null((t / 2).Solve(8, _ => null));
        Assert.Null(Dimension.Minimum(t, 8).Solve(8, _ => null));
    }

    [Fact]
    public void Products_divide_by_their_factors_whatever_the_signs()
    {
        Dimension[] factors = [.. Draw(5, 400).Select(drawn => drawn.Size).Where(size => !size.IsStatic && size.Terms.Count < 4)];
        for (int i = 1; i < factors.Length; i++)
        {
            Assert.Equal(factors[i - 1], Dimension.Divide(factors[i - 1] * factors[i], factors[i]) ?? -12345);
        }
    }

    [Fact]
    public void Shapes_of_sizes_that_are_never_negative_have_products_that_are_not()
    {
        Symbol n = Symbol.Create("N", 1, 100);
        Symbol m = Symbol.Create("M", 0, 9);
        Dimension[] sizes =
        [
            (3 * n) + 3 - (3 * ((n + 1) / 2)), n - Dimension.Minimum(n, 8), n % (m + 1), n + 9 - m,
            Dimension.Maximum(n - m, 0), (n * m) - (m / 2 * n), 9 - m,
        ];
        foreach (Dimension a in sizes)
        {
            foreach (Dimension b in sizes)
            {
                var shape = new Shape(a, b, a);
                Assert.Equal(0, Math.Min(new Shape(shape.ElementCount)[0].Min, 0));
                Tensor<F32> x = new GraphBuilder(captureSource: false).Input<F32>("x", a, b);
                Assert.Equal(a * b, x.Flatten().Shape[0]);
            }
        }
    }

    [Fact]
    public void What_is_proved_of_two_sizes_is_mostly_proved_of_their_product()
    {
        Dimension[] sizes = [.. Draw(6, 2000).Select(drawn => drawn.Size)
            .Where(size => !size.IsStatic && size.Min >= 0 && size.Terms.Count < 4)];
        int proved = Enumerable.Range(1, sizes.Length - 1).Count(i => (sizes[i - 1] * sizes[i]).Min >= 0);
        Assert.True(proved >= 0.99 * (sizes.Length - 1), $"{proved} of {sizes.Length - 1}");
    }

    [Theory]
    [InlineData(3, 2, 1, "(H+1)/2")]
    [InlineData(3, 1, 1, "H")]
    [InlineData(2, 2, 0, "H/2")]
    [InlineData(7, 2, 3, "(H+1)/2")]
    public void Windows_have_the_positions_that_papers_write(int kernel, int stride, int padding, string text)
    {
        Symbol h = Symbol.Create("H", 8, 512);
        Dimension p = padding;
        Assert.Equal(text, (((h + (2 * p) - kernel) / stride) + 1).ToString());
    }

    [Fact]
    public void Halving_many_times_is_one_quotient()
    {
        Symbol h = Symbol.Create("H", 32, 512);
        Dimension size = h;
        for (int i = 0; i < 4; i++)
        {
            size = ((size + 2 - 3) / 2) + 1;
        }

        Assert.Equal((h + 15) / 16, size);
        Assert.Equal((2, 32), (size.Min, size.Max));
    }

    [Fact]
    public void What_cancels_is_seen_by_bounds()
    {
        Symbol t = Symbol.Create("T", 3, 1_000_000);
        Assert.Equal((2, 500_000), ((t - (t / 2)).Min, (t - (t / 2)).Max));
        Assert.Equal((0, 999_992), ((t - Dimension.Minimum(t, 8)).Min, (t - Dimension.Minimum(t, 8)).Max));
        Assert.Equal(3, Dimension.Minimum(t, 3));
        Assert.Equal(t, Dimension.Maximum(t, 2));
        Assert.Equal(0, ((t * t) - t).Min - 6);
        Assert.Equal(Dimension.Minimum(t, 8) + 1, Dimension.Minimum(t + 1, 9));
        Assert.Equal((0, 7), ((t % 8).Min, (t % 8).Max));
    }

    [Fact]
    public void Remainders_are_below_a_divisor_of_any_size()
    {
        Symbol n = Symbol.Create("N", 1, 64);
        Dimension rest = (Dimension)3 % n;
        Assert.Equal((0, 1), (rest.Min, (n - rest).Min));
        Assert.Equal(0, (((n + 5) % (2 * n)) - 0).Min);
        Assert.Equal(1, ((2 * n) - ((n + 5) % (2 * n))).Min);
    }

    // Bounds of a part are looked for with less effort than those of the whole.
    [Fact]
    public void A_divisor_that_is_positive_stays_positive_inside_a_size()
    {
        Symbol t = Symbol.Create("T", 0, 64);
        Symbol m = Symbol.Create("M", 0, 20);
        Dimension quotient = m / (t - Dimension.Minimum(t, 1) + 1);
        Assert.Equal((0, 20), (quotient.Min, quotient.Max));
        Assert.Equal((-10, 10), (((m - 10) / (t - Dimension.Minimum(t, 3) + 1)).Min, 10));
    }

    [Fact]
    public void What_sizes_cannot_do_is_told()
    {
        Symbol n = Symbol.Create("N", 0, 8);
        Assert.Equal("the size 5 is divided by N, which may be 0", Message(() => _ = 5 / (Dimension)n));
        Assert.Equal("the size N is divided by 0, which may be 0", Message(() => _ = n / 0));
        Symbol large = Symbol.Create("L", 1, long.MaxValue / 2);
        Assert.Contains("does not fit 63 bits", Message(() => _ = (large * 3).Max), StringComparison.Ordinal);
        Assert.Contains("does not fit 63 bits", Message(() => _ = (Dimension)long.MaxValue + 1), StringComparison.Ordinal);
        Assert.Contains("does not fit 63 bits", Message(() => _ = large * long.MaxValue * 2), StringComparison.Ordinal);
    }

    private static string Message(Action action) => Assert.Throws<GraphException>(action).Reason;
}

/// <summary>Short forms.</summary>
internal static class SizeExtensions
{
    public static (Symbol, long)? Evaluated(this Dimension size, long value) => size.Solve(value, _ => null);
}
