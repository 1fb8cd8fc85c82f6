using System.Numerics;

namespace Sinter;

/// <summary>
/// Bounds of sizes. Term by term they are exact where each symbol occurs once. Otherwise terms depend on each other
/// (<c>T - T/2</c>), and more is known: a minimum is one of its operands, a quotient is its dividend less a remainder,
/// and a polynomial that is linear in each symbol has its extremes at the ends of their ranges.
/// </summary>
internal static class SizeRange
{
    // Extremes are looked for at 2^n corners.
    private const int MostCorners = 10;

    // Each minimum doubles the work.
    private const int MostCases = 6;

    private readonly record struct Bounds(BigInteger Min, BigInteger Max)
    {
        public static Bounds operator +(Bounds a, Bounds b) => new(a.Min + b.Min, a.Max + b.Max);

        public static Bounds operator *(Bounds a, Bounds b)
        {
            BigInteger[] ends = [a.Min * b.Min, a.Min * b.Max, a.Max * b.Min, a.Max * b.Max];
            return new(ends.Min(), ends.Max());
        }

        public static Bounds operator /(Bounds a, Bounds b) => new(
            Down(a.Min, a.Min < 0 ? b.Min : b.Max), Down(a.Max, a.Max < 0 ? b.Max : b.Min));

        public Bounds Both(Bounds other) => new(BigInteger.Max(Min, other.Min), BigInteger.Min(Max, other.Max));

        public Bounds Either(Bounds other) => new(BigInteger.Min(Min, other.Min), BigInteger.Max(Max, other.Max));

        public static BigInteger Down(BigInteger a, BigInteger b) => BigInteger.Divide(a - (((a % b) + b) % b), b);
    }

    /// <summary>The bounds of a size.</summary>
    /// <exception cref="GraphException">They do not fit 63 bits.</exception>
    public static (long Min, long Max) Of(Dimension size)
    {
        Bounds bounds = new Search().Of(size, 0);
        return bounds.Min >= long.MinValue / 2 && bounds.Max <= long.MaxValue
            ? ((long)bounds.Min, (long)bounds.Max)
            : throw new GraphException($"the size {size} does not fit 63 bits within the ranges of its symbols");
    }

    private sealed class Search
    {
        private int fresh;

        public Bounds Of(Dimension size, int cases)
        {
            Bounds bounds = TermByTerm(size);
            if (size.IsStatic || !Depends(size))
            {
                return bounds;
            }

            try
            {
                return bounds.Both(Together(size, cases));
            }
            catch (GraphException)
            {
                // Numbers on the way were too large; the first bounds hold all the same.
                return bounds;
            }
        }

        private static bool Depends(Dimension size)
        {
            var seen = new HashSet<Symbol>();
            return size.Terms.SelectMany(term => term.Factors).Any(factor => !factor.Symbols.All(seen.Add));
        }

        private Bounds TermByTerm(Dimension size) => size.Terms.Aggregate(
            new Bounds(0, 0), (sum, term) => sum + term.Factors.Aggregate(
                new Bounds(term.Coefficient, term.Coefficient), (product, factor) => product * Of(factor)));

        private Bounds Of(SizeFactor factor)
        {
            switch (factor)
            {
                case SymbolFactor symbol:
                    return new(symbol.Symbol.Min, symbol.Symbol.Max);
                case QuotientFactor quotient:
                    // At least 1 for certain, though these bounds may be too wide to tell.
                    Bounds divisor = Of(quotient.Divisor, MostCases);
                    return Of(quotient.Dividend, MostCases) / divisor.Both(new(1, divisor.Max));
                default:
                    var extreme = (ExtremeFactor)factor;
                    var all = extreme.Operands.Select(operand => Of(operand, MostCases)).ToArray();
                    return extreme.IsMinimum
                        ? new(all.Min(b => b.Min), all.Min(b => b.Max))
                        : new(all.Max(b => b.Min), all.Max(b => b.Max));
            }
        }

        private Bounds Together(Dimension size, int cases)
        {
            SizeFactor? nested = size.Terms.SelectMany(term => term.Factors).FirstOrDefault(f => f is not SymbolFactor);
            bool isOnce = size.Terms.All(term => term.Factors.Count(factor => factor.Equals(nested)) <= 1);
            return nested switch
            {
                null => OfPolynomial(size),
                ExtremeFactor extreme when isOnce && cases < MostCases => OfCases(size, extreme, cases + 1),
                QuotientFactor { Divisor.IsStatic: true } quotient when isOnce => OfQuotient(size, quotient, cases),
                QuotientFactor quotient when isOnce && OfRemainder(size, quotient, cases) is { } bounds => bounds,
                _ => Of(Replace(size, nested, Fresh(Of(nested))), cases),
            };
        }

        // The value is that of one operand; and a minimum is not above any of them.
        private Bounds OfCases(Dimension size, ExtremeFactor extreme, int cases)
        {
            Bounds[] all = extreme.Operands.Select(operand => Of(Replace(size, extreme, operand), cases)).ToArray();
            Bounds bounds = all.Aggregate((a, b) => a.Either(b));
            Bounds slope = TermByTerm(Replace(size, extreme, 1) - Replace(size, extreme, 0));
            bool grows = slope.Min >= 0;
            if (!grows && slope.Max > 0)
            {
                return bounds;
            }

            return grows == extreme.IsMinimum
                ? bounds with { Max = all.Min(b => b.Max) }
                : bounds with { Min = all.Max(b => b.Min) };
        }

        // a/p is (a - r) / p for some remainder r in [0, p).
        private Bounds OfQuotient(Dimension size, QuotientFactor quotient, int cases)
        {
            long divisor = quotient.Divisor.Value;
            Dimension without = Replace(size, quotient, 0);
            Dimension slope = Replace(size, quotient, 1) - without;
            Dimension exact = quotient.Dividend - Fresh(new Bounds(0, divisor - 1));
            Bounds scaled = Of((without * divisor) + (slope * exact), cases);
            return new(-Bounds.Down(-scaled.Min, divisor), Bounds.Down(scaled.Max, divisor));
        }

        // c*b*(a/b) is c*(a - r) for some remainder r, which is 0, b - 1, or between.
        private Bounds? OfRemainder(Dimension size, QuotientFactor quotient, int cases)
        {
            Dimension without = Replace(size, quotient, 0);
            Dimension slope = Replace(size, quotient, 1) - without;
            if (Dimension.Divide(slope, quotient.Divisor) is not { } count)
            {
                return null;
            }

            Dimension whole = without + (count * quotient.Dividend);
            return Of(whole, cases).Either(Of(whole - (count * (quotient.Divisor - 1)), cases));
        }

        private Bounds OfPolynomial(Dimension size)
        {
            Symbol[] symbols = size.Symbols.ToArray();
            bool isLinear = size.Terms.All(term => term.Factors.Distinct().Count() == term.Factors.Count);
            if (isLinear && symbols.Length <= MostCorners)
            {
                Bounds? corners = null;
                for (int corner = 0; corner < 1 << symbols.Length; corner++)
                {
                    BigInteger value = At(size, symbol =>
                        (corner >> Array.IndexOf(symbols, symbol) & 1) == 0 ? symbol.Min : symbol.Max);
                    var point = new Bounds(value, value);
                    corners = corners?.Either(point) ?? point;
                }

                return corners!.Value;
            }

            // Counted from their smallest values, symbols leave less to cancel.
            return TermByTerm(size.Substitute(symbol => symbol.Min + Fresh(new Bounds(0, symbol.Max - symbol.Min), symbol)));
        }

        private static BigInteger At(Dimension size, Func<Symbol, long> valueOf) => size.Terms.Aggregate(
            BigInteger.Zero, (sum, term) => sum + term.Factors.Aggregate(
                new BigInteger(term.Coefficient), (product, factor) => product * valueOf(((SymbolFactor)factor).Symbol)));

        // A symbol that no name can have.
        private Dimension Fresh(Bounds bounds, Symbol? of = null)
        {
            bool fits = bounds.Min >= long.MinValue && bounds.Max <= long.MaxValue;
            return fits
                ? new Symbol(of is null ? $"?{fresh++}" : "?" + of.Name, (long)bounds.Min, (long)bounds.Max)
                : throw new GraphException("a part of a size does not fit 63 bits");
        }

        private static Dimension Replace(Dimension size, SizeFactor factor, Dimension by)
        {
            Dimension result = 0;
            foreach (SizeTerm term in size.Terms)
            {
                result += term.Factors.Aggregate(
                    (Dimension)term.Coefficient,
                    (product, f) => product * (f.Equals(factor) ? by : new Dimension(SizeSum.Of(f))));
            }

            return result;
        }
    }
}
