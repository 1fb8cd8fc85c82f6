namespace Sinter.Compiler.Values;

/// <summary>The algebra of division on sums of terms: what lets a reshape of a reshape cost nothing.</summary>
internal static class IndexRules
{
    /// <summary>index = quotient * divisor + rest with a rest that is never negative; terms that divide go to the
    /// quotient.</summary>
    public static (Index Quotient, Index Remainder) Split(Index index, Dimension divisor)
    {
        var quotient = new List<Term>();
        var rest = new List<Term>();
        foreach (Term term in index.Terms)
        {
            if (Dimension.Divide(term.Coefficient, divisor) is { } exact)
            {
                quotient.Add(term with { Coefficient = exact });
                continue;
            }

            // Of a constant, and of a size that is a sum, the part that divides; the remainder is taken positive.
            Dimension whole = term.Atom is null || !term.Coefficient.IsStatic
                ? Whole(term.Coefficient, divisor, term.Atom is null) : 0;
            quotient.Add(term with { Coefficient = whole });
            rest.Add(term with { Coefficient = term.Coefficient - (whole * divisor) });
        }

        quotient.RemoveAll(term => term.Coefficient == 0);
        Index low = Index.FromTerms(rest);
        // With negative terms in the rest (a flipped axis) the parts would round differently from the whole.
        return low.Min >= 0 ? (Index.FromTerms(quotient), low) : (Index.Zero, index);
    }

    // The terms of a size that are multiples of a divisor, divided; of numbers, where asked, the quotient.
    private static Dimension Whole(Dimension size, Dimension divisor, bool splitsNumbers)
    {
        Dimension whole = 0;
        foreach (SizeTerm term in size.Terms)
        {
            Dimension part = Dimension.Of(term);
            bool splits = splitsNumbers && part.IsStatic && divisor.IsStatic;
            whole += splits ? part / divisor : Dimension.Divide(part, divisor) ?? 0;
        }

        return whole;
    }

    /// <summary>Bounds of a sum of terms, as sizes. Counters lie between 0 and their extent less one.</summary>
    public static (Dimension Lower, Dimension Upper) Bounds(IReadOnlyList<Term> terms)
    {
        Dimension lower = 0;
        Dimension upper = 0;
        try
        {
            foreach (Term term in terms)
            {
                Dimension end = term.Atom is null ? term.Coefficient : term.Coefficient * term.Atom.Upper;
                Dimension start = term.Atom is null ? end : 0;
                if (term.Atom is not null && term.Coefficient.Min < 0)
                {
                    // A coefficient of either sign bounds by its numbers alone.
                    bool isNegative = term.Coefficient.Max <= 0;
                    Dimension most = term.Atom.Max;
                    (start, end) = isNegative
                        ? (end, start) : (most * term.Coefficient.Min, most * term.Coefficient.Max);
                }

                lower += start;
                upper += end;
            }

            // Asked for here, so that sizes which leave 63 bits are found here.
            _ = lower.Min;
            _ = upper.Max;
            return (lower, upper);
        }
        catch (GraphException)
        {
            return (-Unbounded, Unbounded);
        }
    }

    // Beyond every position, and far from overflow.
    private const long Unbounded = long.MaxValue / 4;

    /// <summary>
    /// index = factor * high + low with low below the factor, a divisor of <paramref name="divisor"/> other than 1 and
    /// itself: then index / divisor is high / (divisor / factor). Null where there is no such factor.
    /// </summary>
    public static (long Factor, Index High, Index Low)? SplitByFactor(Index index, Dimension divisor)
    {
        if (!divisor.IsStatic || index.Min < 0)
        {
            return null;
        }

        foreach (long factor in index.Terms.Select(term => term.Coefficient.Coefficient).Distinct()
            .OrderByDescending(f => f))
        {
            if (factor <= 1 || factor >= divisor.Value || divisor.Value % factor != 0)
            {
                continue;
            }

            var (high, low) = Split(index, factor);
            if (high.Terms.Count > 0 && IsBelow(low, factor))
            {
                return (factor, high, low);
            }
        }

        return null;
    }

    /// <summary>Whether 0 ≤ index &lt; limit is certain for all values of counters and symbols.</summary>
    public static bool IsBelow(Index index, Dimension limit)
    {
        return index.Lower.Min >= 0 && (index.Upper + 1).IsAtMost(limit);
    }

    /// <summary>
    /// Joins what belongs together: c*(e / d)·d' + (e % d)… → e, the trace that a reshape leaves.
    /// </summary>
    public static void Recombine(List<Term> sum)
    {
        for (int i = 0; i < sum.Count; i++)
        {
            if (sum[i].Atom is not RemainderAtom remainder)
            {
                continue;
            }

            for (int j = 0; j < sum.Count; j++)
            {
                // c*(e % d) + c*d*((e / d) % m) → c*(e % dm): two digits of one number.
                if (sum[j].Atom is RemainderAtom higher && sum[j].Coefficient == sum[i].Coefficient * remainder.Divisor
                    && IsNextDigit(higher, remainder))
                {
                    Index digits = remainder.Dividend % (remainder.Divisor * higher.Divisor);
                    Replace(sum, i, j, digits * sum[i].Coefficient);
                    return;
                }

                if (sum[j].Atom is QuotientAtom quotient && sum[j].Coefficient == sum[i].Coefficient * quotient.Divisor
                    && Join(quotient, remainder) is { } joined)
                {
                    Replace(sum, i, j, joined * sum[i].Coefficient);
                    return;
                }
            }
        }
    }

    private static void Replace(List<Term> sum, int i, int j, Index by)
    {
        sum.RemoveAt(Math.Max(i, j));
        sum.RemoveAt(Math.Min(i, j));
        foreach (Term term in by.Terms)
        {
            Index.AddTerm(sum, term);
        }

        Recombine(sum);
    }

    private static bool IsNextDigit(RemainderAtom higher, RemainderAtom lower) =>
        higher.Dividend.Terms.Count == 1
        && higher.Dividend.Terms[0] is { Coefficient: var one, Atom: QuotientAtom quotient }
        && one == 1 && quotient.Divisor == lower.Divisor && quotient.Dividend.Equals(lower.Dividend);

    private static Index? Join(QuotientAtom quotient, RemainderAtom remainder)
    {
        if (quotient.Divisor != remainder.Divisor)
        {
            return null;
        }

        // (e / d) * d + e % d → e
        if (quotient.Dividend.Equals(remainder.Dividend))
        {
            return quotient.Dividend;
        }

        // ((e % dm) / d) * d + e % d → e % dm, for any m
        bool nested = quotient.Dividend.Terms.Count == 1
            && quotient.Dividend.Terms[0] is { Coefficient: var one, Atom: RemainderAtom outer }
            && one == 1 && outer.Dividend.Equals(remainder.Dividend)
            && Dimension.Divide(outer.Divisor, remainder.Divisor) is not null;
        return nested ? quotient.Dividend : null;
    }
}
