namespace Sinter.Compiler.Kernels;

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
                quotient.Add(new Term(exact, term.Atom));
            }
            else if (term.Atom is null && term.Coefficient.IsStatic && divisor.IsStatic)
            {
                // A constant splits in two; the remainder is taken positive.
                long remainder = ((term.Coefficient.Value % divisor.Value) + divisor.Value) % divisor.Value;
                rest.Add(new Term(remainder, null));
                quotient.Add(new Term((term.Coefficient.Value - remainder) / divisor.Value, null));
            }
            else
            {
                rest.Add(term);
            }
        }

        quotient.RemoveAll(term => term.Coefficient.Coefficient == 0);
        Index low = Index.FromTerms(rest);
        // With negative terms in the rest (a flipped axis) the parts would round differently from the whole.
        return low.Min >= 0 ? (Index.FromTerms(quotient), low) : (Index.Zero, index);
    }

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
        if (index.Min < 0)
        {
            return false;
        }

        return (limit.IsStatic && index.Max < limit.Value) || TelescopesBelow(index, limit);
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

    // i*C + j < R*C where i < R and j < C, for symbolic sizes: each coefficient must be the reach of the terms below
    // it.
    private static bool TelescopesBelow(Index index, Dimension limit)
    {
        var terms = index.Terms.Where(term => term.Atom is VariableAtom).ToList();
        if (terms.Count != index.Terms.Count)
        {
            return false;
        }

        Dimension reach = limit;
        while (terms.Count > 0)
        {
            int next = terms.FindIndex(t => t.Coefficient * ((VariableAtom)t.Atom!).Variable.Extent == reach);
            if (next < 0)
            {
                return false;
            }

            reach = terms[next].Coefficient;
            terms.RemoveAt(next);
        }

        return true;
    }
}
