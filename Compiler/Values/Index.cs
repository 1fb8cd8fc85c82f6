namespace Sinter.Compiler.Values;

/// <summary>A loop's counter: takes the values 0, 1, … below its extent (or multiples of its loop's step).</summary>
/// <param name="name">The name in program text.</param>
/// <param name="extent">Values stay below this.</param>
public sealed class LoopVariable(string name, Dimension extent)
{
    /// <summary>The name in program text.</summary>
    public string Name { get; set; } = name;

    /// <summary>Values stay below this.</summary>
    public Dimension Extent { get; } = extent;

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>What an index is a sum of, besides constants: never negative where it is used. Compared by value.</summary>
public abstract record Atom
{
    /// <summary>The largest value, by the declared ranges.</summary>
    public abstract long Max { get; }

    /// <summary>A size that no value exceeds: of a counter, its extent less one.</summary>
    public abstract Dimension Upper { get; }
}

/// <summary>A loop's counter.</summary>
/// <param name="Variable">The loop.</param>
public sealed record VariableAtom(LoopVariable Variable) : Atom
{
    /// <inheritdoc/>
    public override long Max => Math.Max(Variable.Extent.Max - 1, 0);

    /// <inheritdoc/>
    public override Dimension Upper => Variable.Extent.IsStatic ? Max : Variable.Extent - 1;
}

/// <summary>A quotient rounded down, of a non-negative index.</summary>
/// <param name="Dividend">Not negative.</param>
/// <param name="Divisor">Positive.</param>
public sealed record QuotientAtom(Index Dividend, Dimension Divisor) : Atom
{
    /// <inheritdoc/>
    public override long Max => Dividend.Max / Math.Max(Divisor.Min, 1);

    /// <inheritdoc/>
    public override Dimension Upper => Divisor.Min < 1 ? Dividend.Upper : Dividend.Upper / Divisor;
}

/// <summary>A remainder of a non-negative index.</summary>
/// <param name="Dividend">Not negative.</param>
/// <param name="Divisor">Positive.</param>
public sealed record RemainderAtom(Index Dividend, Dimension Divisor) : Atom
{
    /// <inheritdoc/>
    public override long Max => Math.Max(Divisor.Max - 1, 0);

    /// <inheritdoc/>
    public override Dimension Upper => Divisor.IsStatic ? Max : Divisor - 1;
}

/// <summary>An index computed from data, already checked to be in range.</summary>
/// <param name="Value">An integer value.</param>
/// <param name="Extent">It is below this.</param>
public sealed record DataAtom(Value Value, Dimension Extent) : Atom
{
    /// <inheritdoc/>
    public override long Max => Extent.Max - 1;

    /// <inheritdoc/>
    public override Dimension Upper => Extent - 1;
}

/// <summary>A size times an atom, or a constant where the atom is null.</summary>
/// <param name="Coefficient">Not zero; may be negative.</param>
/// <param name="Atom">What is multiplied, or null for 1.</param>
public readonly record struct Term(Dimension Coefficient, Atom? Atom);

/// <summary>
/// An integer expression of loop counters, kept as a sum of terms: the canonical form in which equal positions are
/// equal objects by value, strides can be read off, and division simplifies with what is known of ranges. Sizes are the
/// numbers of this algebra: coefficients, divisors and bounds are of the type <see cref="Dimension"/>, each atom has
/// one term, and what is certain of a position is what is certain of its bounds as sizes.
/// </summary>
public sealed class Index : IEquatable<Index>
{
    private readonly Term[] terms;
    private HashSet<LoopVariable>? variables;
    private (Dimension Lower, Dimension Upper)? bounds;

    private Index(Term[] terms) => this.terms = terms;

    /// <summary>The value 0.</summary>
    public static Index Zero { get; } = new([]);

    /// <summary>The terms of the sum.</summary>
    public IReadOnlyList<Term> Terms => terms;

    /// <summary>Whether no loop counter or data occurs.</summary>
    public bool IsConstant => terms.All(term => term.Atom is null);

    /// <summary>The value of a constant without symbols, or null.</summary>
    public long? Constant => terms.Length switch
    {
        0 => 0,
        1 when terms[0].Atom is null && terms[0].Coefficient.IsStatic => terms[0].Coefficient.Coefficient,
        _ => null,
    };

    /// <summary>The counter that this index is, or null where it is anything else.</summary>
    public LoopVariable? AsVariable =>
        terms.Length == 1 && terms[0].Coefficient == 1 && terms[0].Atom is VariableAtom atom ? atom.Variable : null;

    /// <summary>An upper bound, by the declared ranges.</summary>
    public long Max => Upper.Max;

    /// <summary>A lower bound, by the declared ranges.</summary>
    public long Min => Lower.Min;

    /// <summary>A size that no value exceeds, for any values of symbols and counters.</summary>
    public Dimension Upper => (bounds ??= IndexRules.Bounds(terms)).Upper;

    /// <summary>A size that no value is below.</summary>
    public Dimension Lower => (bounds ??= IndexRules.Bounds(terms)).Lower;

    /// <summary>A constant.</summary>
    public static implicit operator Index(long value) => Of(value);

    /// <summary>A loop's counter; 0 for a loop of one iteration.</summary>
    public static implicit operator Index(LoopVariable variable) =>
        variable.Extent == 1 ? Zero : new([new Term(1, new VariableAtom(variable))]);

    /// <summary>A constant that may hold symbols.</summary>
    public static Index Of(Dimension value) => value == 0 ? Zero : new([new Term(value, null)]);

    /// <summary>One atom.</summary>
    public static Index Of(Atom atom) => new([new Term(1, atom)]);

    /// <summary>The sum, like terms joined.</summary>
    public static Index operator +(Index left, Index right)
    {
        if (left.terms.Length == 0 || right.terms.Length == 0)
        {
            return left.terms.Length == 0 ? right : left;
        }

        var sum = new List<Term>(left.terms);
        foreach (Term term in right.terms)
        {
            AddTerm(sum, term);
        }

        IndexRules.Recombine(sum);
        return new Index([.. sum]);
    }

    /// <summary>The difference.</summary>
    public static Index operator -(Index left, Index right) => left + (right * -1);

    /// <summary>The product with a size.</summary>
    public static Index operator *(Index left, Dimension factor)
    {
        if (factor == 1)
        {
            return left;
        }

        return factor == 0
            ? Zero
            : new Index(left.terms.Select(term => term with { Coefficient = term.Coefficient * factor }).ToArray());
    }

    /// <summary>The quotient rounded down; this is not negative where the result is used.</summary>
    public static Index operator /(Index left, Dimension divisor)
    {
        if (divisor == 1)
        {
            return left;
        }

        // Positions in a shape without elements: there are none, so any will do.
        if (divisor == 0)
        {
            return Zero;
        }

        var (quotient, rest) = IndexRules.Split(left, divisor);
        if (IndexRules.IsBelow(rest, divisor))
        {
            return quotient;
        }

        // (a*i + j) / ab → i / b, where j < a
        if (IndexRules.SplitByFactor(rest, divisor) is { } split)
        {
            return quotient + (split.High / (divisor.Value / split.Factor));
        }

        // (e / a) / b → e / ab
        bool nested = rest.Terms.Count == 1 && rest.Terms[0].Coefficient == 1 && rest.Terms[0].Atom is QuotientAtom;
        if (nested && rest.Terms[0].Atom is QuotientAtom inner)
        {
            return quotient + (inner.Dividend / (inner.Divisor * divisor));
        }

        return quotient + Of(new QuotientAtom(rest, divisor));
    }

    /// <summary>The remainder; this is not negative where the result is used.</summary>
    public static Index operator %(Index left, Dimension divisor)
    {
        if (divisor == 1 || divisor == 0)
        {
            return Zero;
        }

        Index rest = IndexRules.Split(left, divisor).Remainder;
        if (IndexRules.IsBelow(rest, divisor))
        {
            return rest;
        }

        // (a*i + j) % ab → a*(i % b) + j, where j < a
        if (IndexRules.SplitByFactor(rest, divisor) is { } split)
        {
            return ((split.High % (divisor.Value / split.Factor)) * split.Factor) + split.Low;
        }

        // (e % ab) % b → e % b
        bool nested = rest.Terms.Count == 1 && rest.Terms[0].Coefficient == 1 && rest.Terms[0].Atom is RemainderAtom;
        return nested && rest.Terms[0].Atom is RemainderAtom inner
            && Dimension.Divide(inner.Divisor, divisor) is not null
            ? inner.Dividend % divisor
            : Of(new RemainderAtom(rest, divisor));
    }

    /// <summary>The coefficient of a counter among the terms; counters inside quotients and remainders are not
    /// seen.</summary>
    public Dimension CoefficientOf(LoopVariable variable)
    {
        foreach (Term term in terms)
        {
            if (term.Atom is VariableAtom atom && atom.Variable == variable)
            {
                return term.Coefficient;
            }
        }

        return 0;
    }

    /// <summary>Whether every value is a multiple, whatever the counters are.</summary>
    public bool IsMultipleOf(long factor) => terms.All(term => term.Coefficient.IsMultipleOf(factor));

    /// <summary>Whether the counter occurs anywhere.</summary>
    public bool DependsOn(LoopVariable variable) => Variables.Contains(variable);

    /// <summary>Every counter that occurs.</summary>
    internal HashSet<LoopVariable> Variables => variables ??= [.. terms.SelectMany(term => VariablesOf(term.Atom))];

    /// <summary>Whether the counter occurs inside a quotient, remainder or data index.</summary>
    public bool HasNested(LoopVariable variable) =>
        terms.Any(term => term.Atom is not VariableAtom && VariablesOf(term.Atom).Contains(variable));

    /// <summary>The index with counters replaced; those not in the map stay.</summary>
    public Index Substitute(Func<LoopVariable, Index?> map)
    {
        Index result = Zero;
        foreach (Term term in terms)
        {
            Index value = term.Atom switch
            {
                null => 1,
                VariableAtom atom => map(atom.Variable) ?? atom.Variable,
                QuotientAtom atom => atom.Dividend.Substitute(map) / atom.Divisor,
                RemainderAtom atom => atom.Dividend.Substitute(map) % atom.Divisor,
                DataAtom atom => Of(new DataAtom(atom.Value.Substitute(map), atom.Extent)),
                _ => throw new InvalidOperationException("unknown atom"),
            };
            result += value * term.Coefficient;
        }

        return result;
    }

    /// <inheritdoc/>
    public bool Equals(Index? other) =>
        other is not null && terms.Length == other.terms.Length && terms.All(term => other.terms.Contains(term));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Index);

    /// <inheritdoc/>
    public override int GetHashCode() => terms.Aggregate(17, (hash, term) => unchecked(hash + term.GetHashCode()));

    /// <inheritdoc/>
    public override string ToString() => terms.Length == 0
        ? "0"
        : string.Join(" + ", terms.Select(t => t.Atom is null ? $"{t.Coefficient}" : $"{t.Coefficient}*{t.Atom}"));

    internal static void AddTerm(List<Term> sum, Term term)
    {
        for (int i = 0; i < sum.Count; i++)
        {
            if (!Equals(sum[i].Atom, term.Atom))
            {
                continue;
            }

            Dimension coefficient = sum[i].Coefficient + term.Coefficient;
            if (coefficient == 0)
            {
                sum.RemoveAt(i);
            }
            else
            {
                sum[i] = sum[i] with { Coefficient = coefficient };
            }

            return;
        }

        sum.Add(term);
    }

    internal static Index FromTerms(IEnumerable<Term> terms) => new(terms.ToArray());

    private static IEnumerable<LoopVariable> VariablesOf(Atom? atom) => atom switch
    {
        null => [],
        VariableAtom v => [v.Variable],
        QuotientAtom q => q.Dividend.Variables,
        RemainderAtom r => r.Dividend.Variables,
        DataAtom d => d.Value.Variables,
        _ => throw new InvalidOperationException("unknown atom"),
    };
}
