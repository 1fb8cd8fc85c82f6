using System.Numerics;

namespace Sinter;

/// <summary>
/// Bounds of sizes. Term by term they are exact where each symbol occurs once. Otherwise terms depend on each other
/// (<c>T - T/2</c>), and more is known: a minimum is one of its operands, a quotient is its dividend less a remainder,
/// and polynomials have bounds of their own. What is proved of two sizes in these ways is proved of their product.
/// </summary>
internal static class SizeRange
{
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
            // What all terms share is a factor of its own, the number too: rounding finds more of what is left.
            if (size.Terms.Count > 1 && size.Coefficient > 1)
            {
                return new Bounds(size.Coefficient, size.Coefficient)
                    * Of(Dimension.Divide(size, size.Coefficient)!.Value, cases);
            }

            SizeFactor? shared = size.Terms[0].Factors.FirstOrDefault(f => size.Terms.All(t => t.Factors.Contains(f)));
            if (shared is not null)
            {
                return Of(shared) * Of(Dimension.Divide(size, new Dimension(SizeSum.Of(shared)))!.Value, cases);
            }

            SizeFactor? nested = size.Terms.SelectMany(term => term.Factors).FirstOrDefault(f => f is not SymbolFactor);
            Bounds? bounds = nested switch
            {
                null => OfPolynomial(size),
                ExtremeFactor extreme when cases < MostCases => OfCases(size, extreme, cases + 1),
                QuotientFactor { Divisor.IsStatic: true } quotient => OfQuotient(size, quotient, cases),
                QuotientFactor quotient => OfRemainder(size, quotient, cases),
                _ => null,
            };
            bool isEnough = nested is null || (bounds is { } found && (found.Min >= 0 || cases >= MostCases));
            if (isEnough)
            {
                return bounds!.Value;
            }

            // More may be known of the factor alone: max(T - 8, 0) is no less than 0, though T - 8 is.
            Bounds apart = Of(Replace(size, nested!, Fresh(Of(nested!))), bounds is null ? cases : cases + 1);
            return bounds?.Both(apart) ?? apart;
        }

        // The value is that of one operand; and a minimum is not above any of them.
        private Bounds OfCases(Dimension size, ExtremeFactor extreme, int cases)
        {
            Dimension[] powers = Powers(size, extreme);
            Bounds slope = powers.Length == 2 ? TermByTerm(powers[1]) : new Bounds(-1, 1);
            bool grows = slope.Min >= 0;
            bool isSteady = grows || slope.Max <= 0;
            Bounds[] all = extreme.Operands.Select(operand =>
            {
                Dimension value = Replace(size, extreme, operand);
                return Of(isSteady ? value : Where(extreme, operand, value), cases);
            }).ToArray();
            Bounds bounds = all.Aggregate((a, b) => a.Either(b));
            if (!isSteady)
            {
                return bounds;
            }

            return grows == extreme.IsMinimum
                ? bounds with { Max = all.Min(b => b.Max) }
                : bounds with { Min = all.Max(b => b.Min) };
        }

        // Where one operand is the smallest, no other is smaller. Of one symbol alone that narrows the range.
        private Dimension Where(ExtremeFactor extreme, Dimension operand, Dimension size)
        {
            foreach (Dimension other in extreme.Operands.Where(other => other != operand))
            {
                Dimension room = extreme.IsMinimum ? other - operand : operand - other;
                Dimension slope = room - room.Constant;
                if (slope.Terms.Count != 1 || slope.Terms[0].Factors.Count != 1
                    || slope.Terms[0].Factors[0] is not SymbolFactor { Symbol: var symbol })
                {
                    continue;
                }

                // slope * symbol + constant is at least 0.
                var range = slope.Coefficient > 0
                    ? new Bounds(BigInteger.Max(symbol.Min, -Bounds.Down(room.Constant, slope.Coefficient)), symbol.Max)
                    : new Bounds(symbol.Min, BigInteger.Min(symbol.Max, Bounds.Down(room.Constant, -slope.Coefficient)));
                if (range.Min <= range.Max)
                {
                    Dimension narrow = Fresh(range);
                    size = size.Substitute(s => s == symbol ? (Dimension?)narrow : null);
                }
            }

            return size;
        }

        // a/p is (a - r) / p for some remainder r in [0, p).
        private Bounds OfQuotient(Dimension size, QuotientFactor quotient, int cases)
        {
            long divisor = quotient.Divisor.Value;
            Dimension[] powers = Powers(size, quotient);
            Dimension exact = quotient.Dividend - Fresh(new Bounds(0, divisor - 1));
            Dimension scaled = 0;
            Dimension scale = 1;
            for (int k = powers.Length - 1; k >= 0; k--)
            {
                scaled = (scaled * exact) + (powers[k] * scale);
                scale *= k > 0 ? divisor : 1;
            }

            Bounds bounds = Of(scaled, cases);
            return new(-Bounds.Down(-bounds.Min, scale.Value), Bounds.Down(bounds.Max, scale.Value));
        }

        // c*b*(a/b) is c*(a - r) for some remainder r = t*(b - 1) with t between 0 and 1, which polynomials' bounds
        // take for any numbers; likewise c*b^k*(a/b)^k.
        private Bounds? OfRemainder(Dimension size, QuotientFactor quotient, int cases)
        {
            Dimension[] powers = Powers(size, quotient);
            Dimension exact = quotient.Dividend - (Fresh(new Bounds(0, 1)) * (quotient.Divisor - 1));
            Dimension whole = 0;
            for (int k = powers.Length - 1; k >= 0; k--)
            {
                Dimension? count = powers[k];
                for (int i = 0; i < k; i++)
                {
                    count = count is { } left ? Dimension.Divide(left, quotient.Divisor) : null;
                }

                if (count is not { } factor)
                {
                    return null;
                }

                whole = (whole * exact) + factor;
            }

            return Of(whole, cases);
        }

        private Bounds OfPolynomial(Dimension size)
        {
            if (Bernstein.Bounds(size) is { } bounds)
            {
                return new(bounds.Min, bounds.Max);
            }

            // Counted from their smallest values, symbols leave less to cancel.
            return TermByTerm(size.Substitute(
                symbol => symbol.Min + Fresh(new Bounds(0, symbol.Max - symbol.Min), symbol)));
        }

        // A symbol that no name can have.
        private Dimension Fresh(Bounds bounds, Symbol? of = null)
        {
            bool fits = bounds.Min >= long.MinValue && bounds.Max <= long.MaxValue;
            return fits
                ? new Symbol(of is null ? $"?{fresh++}" : "?" + of.Name, (long)bounds.Min, (long)bounds.Max)
                : throw new GraphException("a part of a size does not fit 63 bits");
        }

        // The size is the sum of powers[k] * factor^k.
        private static Dimension[] Powers(Dimension size, SizeFactor factor)
        {
            var powers = new Dimension[1 + size.Terms.Max(term => term.Factors.Count(factor.Equals))];
            foreach (SizeTerm term in size.Terms)
            {
                SizeFactor[] others = term.Factors.Where(other => !other.Equals(factor)).ToArray();
                powers[term.Factors.Count - others.Length] += Dimension.Of(
                    new SizeTerm(term.Coefficient, new EquatableArray<SizeFactor>(others)));
            }

            return powers;
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
