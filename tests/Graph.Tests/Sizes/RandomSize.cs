namespace Sinter.Tests.Sizes;

/// <summary>A size built by operators, beside the same computation in numbers.</summary>
/// <param name="Size">The size.</param>
/// <param name="Value">Its value, computed without the algebra.</param>
internal sealed record RandomSize(Dimension Size, Func<Func<Symbol, long>, long> Value)
{
    /// <summary>A size of at most so many operations; of symbols with small ranges.</summary>
    public static RandomSize Of(Random random, IReadOnlyList<Symbol> symbols, int operations)
    {
        if (operations == 0)
        {
            Symbol symbol = symbols[random.Next(symbols.Count)];
            long number = random.Next(-2, 7);
            return random.Next(5) < 3 ? new(symbol, at => at(symbol)) : new(number, _ => number);
        }

        int left = random.Next(operations);
        RandomSize a = Of(random, symbols, left);
        RandomSize b = Of(random, symbols, operations - 1 - left);
        long c = random.Next(1, 7);
        switch (random.Next(9))
        {
            case 0 or 1:
                return new(a.Size + b.Size, at => a.Value(at) + b.Value(at));
            case 2:
                return new(a.Size - b.Size, at => a.Value(at) - b.Value(at));
            case 3:
                return new(a.Size * b.Size, at => a.Value(at) * b.Value(at));
            case 4 when b.Size.Min >= 1:
                return new(a.Size / b.Size, at => Floor(a.Value(at), b.Value(at)));
            case 5:
                return new(a.Size % c, at => a.Value(at) - (Floor(a.Value(at), c) * c));
            case 6:
                return new(Dimension.Minimum(a.Size, b.Size), at => Math.Min(a.Value(at), b.Value(at)));
            case 7:
                return new(Dimension.Maximum(a.Size, b.Size), at => Math.Max(a.Value(at), b.Value(at)));
            default:
                return new(a.Size / c, at => Floor(a.Value(at), c));
        }
    }

    /// <summary>All values of symbols within their ranges.</summary>
    public static IEnumerable<Func<Symbol, long>> Points(IReadOnlyList<Symbol> symbols)
    {
        long count = symbols.Aggregate(1L, (n, s) => n * (s.Max - s.Min + 1));
        for (long i = 0; i < count; i++)
        {
            var values = new Dictionary<Symbol, long>();
            long rest = i;
            foreach (Symbol symbol in symbols)
            {
                values[symbol] = symbol.Min + (rest % (symbol.Max - symbol.Min + 1));
                rest /= symbol.Max - symbol.Min + 1;
            }

            yield return symbol => values[symbol];
        }
    }

    private static long Floor(long a, long b) => (long)Math.Floor((decimal)a / b);
}
