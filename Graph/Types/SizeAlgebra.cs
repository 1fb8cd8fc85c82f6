namespace Sinter;

/// <summary>The rules that keep sizes in canonical form.</summary>
internal static class SizeAlgebra
{
    // No model has sizes of so many terms, or quotients inside one another so deep; they would cost much time.
    private const int MostTerms = 64;
    private const int Deepest = 16;

    public static Dimension Sum(Dimension left, Dimension right) => Combine(left, "+", right, () =>
    {
        var terms = new List<SizeTerm>(left.Terms);
        foreach (SizeTerm term in right.Terms)
        {
            Add(terms, term);
        }

        return SizeSum.Of(terms);
    });

    public static Dimension Product(Dimension left, Dimension right) => Combine(left, "*", right, () =>
    {
        var terms = new List<SizeTerm>();
        foreach (SizeTerm a in left.Terms)
        {
            foreach (SizeTerm b in right.Terms)
            {
                Add(terms, Times(a, b));
            }
        }

        return SizeSum.Of(terms);
    });

    /// <summary>The quotient where there is no rest whatever the symbols are, else null.</summary>
    public static Dimension? Exact(Dimension dividend, Dimension divisor)
    {
        if (divisor.IsStatic)
        {
            bool divides = divisor.Value > 0 && dividend.IsMultipleOf(divisor.Value);
            if (!divides)
            {
                return null;
            }

            return SizeSum.Of(dividend.Terms
                .Select(term => term with { Coefficient = term.Coefficient / divisor.Value }).ToList());
        }

        // Long division: each step takes the leading term away.
        Dimension quotient = 0;
        SizeTerm leading = divisor.Terms[0];
        while (dividend != 0)
        {
            if (Quotient(dividend.Terms[0], leading) is not { } term)
            {
                return null;
            }

            Dimension part = SizeSum.Of([term]);
            quotient += part;
            dividend -= part * divisor;
        }

        return quotient;
    }

    /// <summary>The quotient rounded down.</summary>
    public static Dimension Floor(Dimension dividend, Dimension divisor)
    {
        if (dividend.IsStatic && divisor.IsStatic && divisor.Value > 0)
        {
            return FloorOf(dividend.Value, divisor.Value);
        }

        if (Exact(dividend, divisor) is { } exact)
        {
            return exact;
        }

        if (divisor.Min < 1)
        {
            throw new GraphException($"the size {dividend} is divided by {divisor}, which may be {divisor.Min}");
        }

        return divisor.IsStatic ? FloorByNumber(dividend, divisor.Value) : FloorBySize(dividend, divisor);
    }

    /// <summary>The smaller or the larger of two sizes.</summary>
    public static Dimension Extreme(bool isMinimum, Dimension left, Dimension right)
    {
        if (left.IsStatic && right.IsStatic)
        {
            return left.Value < right.Value == isMinimum ? left : right;
        }

        return Extreme(isMinimum, [left, right]);
    }

    private static Dimension Extreme(bool isMinimum, IReadOnlyList<Dimension> all)
    {
        var operands = new List<Dimension>();
        foreach (Dimension operand in all.SelectMany(size => Operands(isMinimum, size)))
        {
            // What is never beyond another operand decides nothing.
            bool Decides(Dimension other) => isMinimum ? other.IsAtMost(operand) : operand.IsAtMost(other);
            if (!operands.Any(Decides))
            {
                operands.RemoveAll(other => isMinimum ? operand.IsAtMost(other) : other.IsAtMost(operand));
                operands.Add(operand);
            }
        }

        if (operands.Count == 1)
        {
            return operands[0];
        }

        // min(a + c, b + c) → min(a, b) + c, min(f*a, f*b) → f*min(a, b)
        Dimension shared = Shared(operands);
        long factor = operands.Aggregate(0L, (common, o) => CommonDivisor(common, (o - shared).Coefficient));
        var reduced = operands.Select(operand => Exact(operand - shared, factor)!.Value)
            .OrderBy(operand => operand.IsStatic).ThenBy(operand => operand.ToString(), StringComparer.Ordinal).ToArray();
        return shared == 0 && factor == 1
            ? Of(new ExtremeFactor(isMinimum, reduced)) : shared + (Extreme(isMinimum, reduced) * factor);
    }

    /// <summary>How many factors of a size lie inside one another.</summary>
    public static int Depth(Dimension size) =>
        size.IsStatic ? 0 : size.Terms.SelectMany(term => term.Factors).Max(factor => factor.Depth);

    /// <summary>The quotient of numbers rounded down; the divisor is positive.</summary>
    public static long FloorOf(long dividend, long divisor) =>
        (dividend / divisor) - (dividend % divisor < 0 ? 1 : 0);

    /// <summary>The greatest common divisor, not negative.</summary>
    public static long CommonDivisor(long left, long right)
    {
        while (right != 0)
        {
            (left, right) = (right, left % right);
        }

        return Math.Abs(left);
    }

    // Multiples of the divisor leave the quotient; what is left has coefficients in [0, divisor).
    private static Dimension FloorByNumber(Dimension dividend, long divisor)
    {
        var whole = new List<SizeTerm>();
        var rest = new List<SizeTerm>();
        foreach (SizeTerm term in dividend.Terms)
        {
            long quotient = FloorOf(term.Coefficient, divisor);
            whole.Add(term with { Coefficient = quotient });
            rest.Add(term with { Coefficient = term.Coefficient - (quotient * divisor) });
        }

        return SizeSum.Of(whole) + FloorOfRest(SizeSum.Of(rest), divisor);
    }

    private static Dimension FloorOfRest(Dimension dividend, long divisor)
    {
        // (f*a + c) / (f*d) → (a + c/f) / d
        long constant = dividend.Terms.Where(term => term.Factors.Count == 0).Sum(term => term.Coefficient);
        Dimension moving = dividend - constant;
        long factor = CommonDivisor(moving.Coefficient, divisor);
        if (factor > 1)
        {
            return Floor(Exact(moving, factor)!.Value + FloorOf(constant, factor), divisor / factor);
        }

        return FloorBySize(dividend, divisor);
    }

    private static Dimension FloorBySize(Dimension dividend, Dimension divisor)
    {
        // (e/a + r) / b → (e + a*r) / (a*b)
        SizeTerm[] inner = dividend.Terms.Where(IsQuotient).ToArray();
        if (inner.Length == 1)
        {
            var quotient = (QuotientFactor)inner[0].Factors[0];
            Dimension rest = dividend - Of(quotient);
            return Floor(quotient.Dividend + (rest * quotient.Divisor), quotient.Divisor * divisor);
        }

        long least = FloorOf(dividend.Min, dividend.Min < 0 ? divisor.Min : divisor.Max);
        long largest = FloorOf(dividend.Max, dividend.Max < 0 ? divisor.Max : divisor.Min);
        return least == largest ? least : Of(new QuotientFactor(dividend, divisor));
    }

    private static bool IsQuotient(SizeTerm term) =>
        term.Coefficient == 1 && term.Factors.Count == 1 && term.Factors[0] is QuotientFactor;

    // min(c*min(a, b) + r, …) → min(c*a + r, c*b + r, …)
    private static IEnumerable<Dimension> Operands(bool isMinimum, Dimension size)
    {
        SizeTerm[] inner = size.Terms.Where(term => term.Factors.Count == 1
            && term.Factors[0] is ExtremeFactor extreme && extreme.IsMinimum == isMinimum).ToArray();
        if (inner.Length != 1 || inner[0].Coefficient < 0)
        {
            return [size];
        }

        Dimension rest = size - SizeSum.Of([inner[0]]);
        return ((ExtremeFactor)inner[0].Factors[0]).Operands
            .Select(operand => (operand * inner[0].Coefficient) + rest)
            .SelectMany(operand => Operands(isMinimum, operand));
    }

    // The terms that all operands have, and the constant that leaves none negative.
    private static Dimension Shared(List<Dimension> operands)
    {
        Dimension shared = operands.Min(operand =>
            operand.Terms.Where(term => term.Factors.Count == 0).Sum(term => term.Coefficient));
        foreach (SizeTerm term in operands[0].Terms.Where(term => term.Factors.Count > 0))
        {
            if (operands.All(operand => operand.Terms.Contains(term)))
            {
                shared += SizeSum.Of([term]);
            }
        }

        return shared;
    }

    private static Dimension Of(SizeFactor factor) => factor.Depth <= Deepest
        ? new Dimension(SizeSum.Of(factor))
        : throw new GraphException($"the size {factor} has quotients and minima inside one another deeper than {Deepest}");

    private static Dimension Combine(Dimension left, string sign, Dimension right, Func<Dimension> combine)
    {
        try
        {
            Dimension result = combine();
            return result.Terms.Count <= MostTerms
                ? result : throw new GraphException($"the size {left} {sign} {right} has more than {MostTerms} terms");
        }
        catch (OverflowException)
        {
            throw new GraphException($"the size {left} {sign} {right} does not fit 63 bits");
        }
    }

    private static void Add(List<SizeTerm> terms, SizeTerm term)
    {
        int at = terms.FindIndex(other => other.Factors == term.Factors);
        if (at < 0)
        {
            terms.Add(term);
            return;
        }

        terms[at] = term with { Coefficient = checked(terms[at].Coefficient + term.Coefficient) };
        if (terms[at].Coefficient == 0)
        {
            terms.RemoveAt(at);
        }
    }

    private static SizeTerm Times(SizeTerm left, SizeTerm right)
    {
        var factors = left.Factors.Concat(right.Factors).ToList();
        factors.Sort(SizeFactor.Compare);
        return new SizeTerm(checked(left.Coefficient * right.Coefficient), new EquatableArray<SizeFactor>(factors));
    }

    private static SizeTerm? Quotient(SizeTerm dividend, SizeTerm divisor)
    {
        var rest = dividend.Factors.ToList();
        return dividend.Coefficient != long.MinValue && dividend.Coefficient % divisor.Coefficient == 0
            && divisor.Factors.All(rest.Remove)
            ? new SizeTerm(dividend.Coefficient / divisor.Coefficient, new EquatableArray<SizeFactor>(rest)) : null;
    }
}
