namespace Sinter;

/// <summary>An integer times factors: one term of a <see cref="Dimension"/>.</summary>
/// <param name="Coefficient">Not zero.</param>
/// <param name="Factors">In canonical order; none of a constant.</param>
public readonly record struct SizeTerm(long Coefficient, EquatableArray<SizeFactor> Factors);

/// <summary>What the terms of a size are products of. Compared by value.</summary>
public abstract record SizeFactor
{
    private string? text;

    /// <summary>The symbols that occur.</summary>
    public abstract IEnumerable<Symbol> Symbols { get; }

    /// <summary>How many factors lie inside one another.</summary>
    internal abstract int Depth { get; }

    /// <summary>The factor as a size, its symbols replaced.</summary>
    internal abstract Dimension Substitute(Func<Symbol, Dimension?> map);

    /// <summary>The value for given values of the symbols.</summary>
    internal abstract long Evaluate(Func<Symbol, long> valueOf);

    /// <summary>The factor as it is written.</summary>
    protected abstract string Text();

    /// <inheritdoc/>
    public sealed override string ToString() => text ??= Text();

    /// <summary>The order within a term, and of terms.</summary>
    internal static int Compare(SizeFactor left, SizeFactor right)
    {
        int order = left.Rank.CompareTo(right.Rank);
        order = order != 0 ? order : string.CompareOrdinal(left.ToString(), right.ToString());
        return order != 0 || left.Equals(right) ? order : CompareRanges(left.Symbols, right.Symbols);
    }

    // Symbols of one name with different ranges: a graph refuses them, an error shows them.
    private static int CompareRanges(IEnumerable<Symbol> left, IEnumerable<Symbol> right) => left.Zip(
        right, (a, b) => a.Min != b.Min ? a.Min.CompareTo(b.Min) : a.Max.CompareTo(b.Max))
        .FirstOrDefault(order => order != 0);

    private int Rank => this is SymbolFactor ? 0 : this is QuotientFactor ? 1 : 2;

    // The text is no part of the value, and neither is whether it was asked for.

    /// <inheritdoc/>
    public virtual bool Equals(SizeFactor? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc/>
    public override int GetHashCode() => Rank;
}

/// <summary>A symbol.</summary>
/// <param name="Symbol">The symbol.</param>
public sealed record SymbolFactor(Symbol Symbol) : SizeFactor
{
    /// <inheritdoc/>
    public override IEnumerable<Symbol> Symbols => [Symbol];

    internal override int Depth => 0;

    internal override Dimension Substitute(Func<Symbol, Dimension?> map) => map(Symbol) ?? Symbol;

    internal override long Evaluate(Func<Symbol, long> valueOf) => valueOf(Symbol);

    /// <inheritdoc/>
    protected override string Text() => Symbol.Name;
}

/// <summary>A quotient rounded down, that is no simpler size.</summary>
/// <param name="Dividend">What is divided.</param>
/// <param name="Divisor">At least 1 for all values of its symbols.</param>
public sealed record QuotientFactor(Dimension Dividend, Dimension Divisor) : SizeFactor
{
    /// <inheritdoc/>
    public override IEnumerable<Symbol> Symbols => Dividend.Symbols.Concat(Divisor.Symbols);

    internal override int Depth => 1 + Math.Max(SizeAlgebra.Depth(Dividend), SizeAlgebra.Depth(Divisor));

    internal override Dimension Substitute(Func<Symbol, Dimension?> map) =>
        Dividend.Substitute(map) / Divisor.Substitute(map);

    internal override long Evaluate(Func<Symbol, long> valueOf) =>
        SizeAlgebra.FloorOf(Dividend.Evaluate(valueOf), Divisor.Evaluate(valueOf));

    /// <inheritdoc/>
    protected override string Text()
    {
        string dividend = Dividend.Terms.Count == 1 && Dividend.Coefficient > 0 && !StartsWithQuotient(Dividend)
            ? $"{Dividend}" : $"({Dividend})";
        bool isPlain = Divisor.IsStatic
            || (Divisor.Terms.Count == 1 && Divisor.Coefficient == 1 && Divisor.Terms[0].Factors.Count == 1
                && Divisor.Terms[0].Factors[0] is not QuotientFactor);
        return $"{dividend}/{(isPlain ? $"{Divisor}" : $"({Divisor})")}";
    }

    private static bool StartsWithQuotient(Dimension size) =>
        size.Terms[0].Factors.Count > 0 && size.Terms[0].Factors[0] is QuotientFactor;
}

/// <summary>The smallest or largest of several sizes, none of which always is.</summary>
/// <param name="IsMinimum">Whether the smallest is meant.</param>
/// <param name="Operands">Two or more, in canonical order.</param>
public sealed record ExtremeFactor(bool IsMinimum, EquatableArray<Dimension> Operands) : SizeFactor
{
    /// <inheritdoc/>
    public override IEnumerable<Symbol> Symbols => Operands.SelectMany(operand => operand.Symbols);

    internal override int Depth => 1 + Operands.Max(SizeAlgebra.Depth);

    internal override Dimension Substitute(Func<Symbol, Dimension?> map) =>
        Operands.Select(operand => operand.Substitute(map)).Aggregate(IsMinimum ? Dimension.Minimum : Dimension.Maximum);

    internal override long Evaluate(Func<Symbol, long> valueOf)
    {
        var values = Operands.Select(operand => operand.Evaluate(valueOf));
        return IsMinimum ? values.Min() : values.Max();
    }

    /// <inheritdoc/>
    protected override string Text() => $"{(IsMinimum ? "min" : "max")}({string.Join(", ", Operands)})";
}
