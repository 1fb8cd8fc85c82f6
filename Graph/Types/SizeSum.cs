using System.Globalization;

namespace Sinter;

/// <summary>A symbolic size in canonical form: a sum of different products, none of them zero.</summary>
internal sealed class SizeSum : IEquatable<SizeSum>
{
    private readonly SizeTerm[] terms;
    private (long Min, long Max)? range;
    private string? text;
    private int hash;

    private SizeSum(SizeTerm[] terms) => this.terms = terms;

    public IReadOnlyList<SizeTerm> Terms => terms;

    public IEnumerable<Symbol> Symbols => terms.SelectMany(term => term.Factors).SelectMany(f => f.Symbols).Distinct();

    /// <summary>The greatest common divisor of all coefficients; negative where there is one term that is.</summary>
    public long Content => terms.Length == 1
        ? terms[0].Coefficient
        : terms.Aggregate(0L, (common, term) => SizeAlgebra.CommonDivisor(common, term.Coefficient));

    public long Min => Range.Min;

    public long Max => Range.Max;

    private (long Min, long Max) Range => range ??= SizeRange.Of(new Dimension(this));

    public static SizeSum Of(SizeFactor factor) => new([new SizeTerm(1, new EquatableArray<SizeFactor>([factor]))]);

    /// <summary>The size that is the sum of different terms in any order.</summary>
    public static Dimension Of(List<SizeTerm> terms)
    {
        terms.RemoveAll(term => term.Coefficient == 0);
        if (terms.Count == 0)
        {
            return 0;
        }

        if (terms.Count == 1 && terms[0].Factors.Count == 0)
        {
            return terms[0].Coefficient;
        }

        terms.Sort(Compare);
        return new Dimension(new SizeSum([.. terms]));
    }

    /// <summary>Higher degrees first, then as factors compare: an order that products keep, as division needs
    /// it.</summary>
    public static int Compare(SizeTerm left, SizeTerm right)
    {
        int degree = right.Factors.Count.CompareTo(left.Factors.Count);
        for (int i = 0; degree == 0 && i < left.Factors.Count; i++)
        {
            degree = SizeFactor.Compare(left.Factors[i], right.Factors[i]);
        }

        return degree;
    }

    public bool Equals(SizeSum? other) =>
        other is not null && GetHashCode() == other.GetHashCode() && terms.SequenceEqual(other.terms);

    public override bool Equals(object? obj) => Equals(obj as SizeSum);

    public override int GetHashCode()
    {
        if (hash == 0)
        {
            hash = terms.Aggregate(17, (all, term) => unchecked((all * 31) + term.GetHashCode()));
        }

        return hash;
    }

    public override string ToString() => text ??= Text();

    private string Text()
    {
        // A size that begins with a minus reads badly.
        string result = "";
        foreach (SizeTerm term in terms.OrderBy(term => term.Coefficient < 0))
        {
            string sign = term.Coefficient < 0 ? "-" : result.Length > 0 ? "+" : "";
            result += sign + Text(term);
        }

        return result;
    }

    private static string Text(SizeTerm term)
    {
        string number = term.Coefficient.ToString(CultureInfo.InvariantCulture).TrimStart('-');
        var factors = term.Factors.Select(factor => factor.ToString()).ToList();
        if (number != "1" || factors.Count == 0)
        {
            factors.Insert(0, number);
        }

        if (factors.Count > 1)
        {
            int first = factors.Count - term.Factors.Count;
            for (int i = 0; i < term.Factors.Count; i++)
            {
                factors[first + i] = term.Factors[i] is QuotientFactor ? $"({factors[first + i]})" : factors[first + i];
            }
        }

        return string.Join("*", factors);
    }
}
