using System.Globalization;

namespace Sinter;

/// <summary>
/// A size, usually one extent of a shape: an integer, or an expression of symbols such as <c>N</c>, <c>64*N</c>,
/// <c>T+1</c>, <c>(H+1)/2</c> or <c>min(T, 8)</c>. Kept in canonical form, a sum of products, so that sizes which the
/// algebra can bring to one form are equal. Divisions round down.
/// </summary>
public readonly struct Dimension : IEquatable<Dimension>
{
    // The value where there is no sum.
    private readonly long number;
    private readonly SizeSum? sum;

    private Dimension(long number) => this.number = number;

    internal Dimension(SizeSum sum) => this.sum = sum;

    /// <summary>What is added up, of the highest degree first and constants last; nothing for 0.</summary>
    public IReadOnlyList<SizeTerm> Terms =>
        sum is not null ? sum.Terms : number == 0 ? [] : [new SizeTerm(number, default)];

    /// <summary>The integer that divides every term: the value of a fixed size, 64 of <c>64*N</c>, 1 of
    /// <c>T+1</c>.</summary>
    public long Coefficient => sum is null ? number : sum.Content;

    /// <summary>The number that is added to everything else: 1 of <c>T+1</c>, the value of a fixed size.</summary>
    public long Constant =>
        sum is null ? number : sum.Terms[sum.Terms.Count - 1] is { Factors.Count: 0 } last ? last.Coefficient : 0;

    /// <summary>The symbols that occur.</summary>
    public IEnumerable<Symbol> Symbols => sum is null ? [] : sum.Symbols;

    /// <summary>How many quotients, minima and maxima lie inside one another; there is a limit.</summary>
    public int Depth => SizeAlgebra.Depth(this);

    /// <summary>Whether the value is known now.</summary>
    public bool IsStatic => sum is null;

    /// <summary>The value, where it is known now.</summary>
    /// <exception cref="GraphException">The dimension is symbolic.</exception>
    public long Value =>
        IsStatic ? number : throw new GraphException($"dimension {this} is symbolic, a fixed size is needed here");

    /// <summary>A value that none within the symbols' ranges is below; for products and sums of single symbols the
    /// smallest.</summary>
    /// <exception cref="GraphException">It does not fit 63 bits.</exception>
    public long Min => sum is null ? number : sum.Min;

    /// <summary>A value that none within the symbols' ranges exceeds; for products and sums of single symbols the
    /// largest.</summary>
    /// <exception cref="GraphException">It does not fit 63 bits.</exception>
    public long Max => sum is null ? number : sum.Max;

    /// <summary>A fixed size.</summary>
    public static implicit operator Dimension(int value) => new(value);

    /// <summary>A fixed size.</summary>
    public static implicit operator Dimension(long value) => new(value);

    /// <summary>A symbolic size.</summary>
    public static implicit operator Dimension(Symbol symbol) => new(SizeSum.Of(new SymbolFactor(symbol.Given())));

    /// <summary>Fixed sizes.</summary>
    public static Dimension[] Of(IEnumerable<long> values) => values.Given().Select(value => (Dimension)value).ToArray();

    /// <summary>One term of a size as a size.</summary>
    public static Dimension Of(SizeTerm term) => SizeSum.Of([term]);

    /// <summary>The sum.</summary>
    /// <exception cref="GraphException">Numbers leave 63 bits.</exception>
    public static Dimension operator +(Dimension left, Dimension right)
    {
        if (left.sum is null && right.sum is null)
        {
            long value = unchecked(left.number + right.number);
            bool fits = ((left.number ^ value) & (right.number ^ value)) >= 0;
            return fits ? value : throw TooLarge(left, "+", right);
        }

        return left == 0 ? right : right == 0 ? left : SizeAlgebra.Sum(left, right);
    }

    /// <summary>The difference.</summary>
    /// <exception cref="GraphException">Numbers leave 63 bits.</exception>
    public static Dimension operator -(Dimension left, Dimension right) => left + (right * -1);

    /// <summary>The opposite.</summary>
    /// <exception cref="GraphException">Numbers leave 63 bits.</exception>
    public static Dimension operator -(Dimension size) => size * -1;

    /// <summary>The product.</summary>
    /// <exception cref="GraphException">Numbers leave 63 bits.</exception>
    public static Dimension operator *(Dimension left, Dimension right)
    {
        if (left.sum is null && right.sum is null)
        {
            try
            {
                return checked(left.number * right.number);
            }
            catch (OverflowException)
            {
                throw TooLarge(left, "*", right);
            }
        }

        return left == 1 ? right : right == 1 ? left : SizeAlgebra.Product(left, right);
    }

    /// <summary>The quotient rounded down.</summary>
    /// <exception cref="GraphException">The divisor may be less than 1.</exception>
    public static Dimension operator /(Dimension left, Dimension right) => SizeAlgebra.Floor(left, right);

    /// <summary>What the division rounded down leaves.</summary>
    /// <exception cref="GraphException">The divisor may be less than 1.</exception>
    public static Dimension operator %(Dimension left, Dimension right) => left - (left / right * right);

    /// <summary>The quotient rounded up: how many parts of one size cover another.</summary>
    /// <exception cref="GraphException">The divisor may be less than 1.</exception>
    public static Dimension Ceiling(Dimension dividend, Dimension divisor) => (dividend + divisor - 1) / divisor;

    /// <summary>The smaller of two sizes.</summary>
    public static Dimension Minimum(Dimension left, Dimension right) => SizeAlgebra.Extreme(true, left, right);

    /// <summary>The larger of two sizes.</summary>
    public static Dimension Maximum(Dimension left, Dimension right) => SizeAlgebra.Extreme(false, left, right);

    /// <summary>The exact quotient, or null where the divisor is zero or does not divide for every value of the
    /// symbols.</summary>
    public static Dimension? Divide(Dimension dividend, Dimension divisor) => SizeAlgebra.Exact(dividend, divisor);

    /// <summary>Whether every value is a multiple of a number.</summary>
    public bool IsMultipleOf(long factor) => factor is -1 or 1 || (factor == 0 ? this == 0 : Coefficient % factor == 0);

    /// <summary>Whether this is at most another size for every value of the symbols.</summary>
    public bool IsAtMost(Dimension other) =>
        sum is null && other.sum is null ? number <= other.number : (other - this).Min >= 0;

    /// <summary>The value for given values of the symbols.</summary>
    /// <exception cref="OverflowException">It does not fit 63 bits.</exception>
    public long Evaluate(Func<Symbol, long> valueOf)
    {
        long total = sum is null ? number : 0;
        foreach (SizeTerm term in sum is null ? [] : sum.Terms)
        {
            total = checked(total + term.Factors.Aggregate(
                term.Coefficient, (product, factor) => checked(product * factor.Evaluate(valueOf))));
        }

        return total;
    }

    /// <summary>The size with symbols replaced; those for which the map gives null stay.</summary>
    public Dimension Substitute(Func<Symbol, Dimension?> map)
    {
        if (sum is null)
        {
            return this;
        }

        Dimension total = 0;
        foreach (SizeTerm term in sum.Terms)
        {
            total += term.Factors.Aggregate(
                (Dimension)term.Coefficient, (product, factor) => product * factor.Substitute(map));
        }

        return total;
    }

    /// <summary>
    /// The value of the one symbol that is not known, from the value of the size; null where several are not known, or
    /// the size does not tell it (a rounded quotient, a minimum), or no integer fits.
    /// </summary>
    /// <param name="value">What the size is.</param>
    /// <param name="valueOf">The values of known symbols, null for others.</param>
    public (Symbol Symbol, long Value)? Solve(long value, Func<Symbol, long?> valueOf)
    {
        Dimension rest = Substitute(symbol => valueOf(symbol) is { } known ? known : null);
        Symbol[] open = rest.Symbols.Take(2).ToArray();
        if (open.Length != 1)
        {
            return null;
        }

        Dimension constant = rest.Substitute(_ => 0);
        Dimension slope = rest - constant;
        bool isLinear = constant.IsStatic && slope.Terms.Count == 1
            && slope.Terms[0] is { Factors: { Count: 1 } factors } && factors[0] is SymbolFactor;
        decimal distance = isLinear ? (decimal)value - constant.number : 0;
        return isLinear && distance % slope.Coefficient == 0
            ? (open[0], (long)(distance / slope.Coefficient)) : null;
    }

    /// <inheritdoc/>
    public bool Equals(Dimension other) =>
        number == other.number && (ReferenceEquals(sum, other.sum) || (sum?.Equals(other.sum) ?? false));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Dimension other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => sum is null ? number.GetHashCode() : sum.GetHashCode();

    /// <summary>Equality of canonical forms.</summary>
    public static bool operator ==(Dimension left, Dimension right) => left.Equals(right);

    /// <summary>Inequality of canonical forms; the values may be equal all the same.</summary>
    public static bool operator !=(Dimension left, Dimension right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => sum?.ToString() ?? number.ToString(CultureInfo.InvariantCulture);

    private static GraphException TooLarge(Dimension left, string sign, Dimension right) =>
        new($"the size {left} {sign} {right} does not fit 63 bits");
}
