using System.Globalization;

namespace Sinter;

/// <summary>A named size that is known only when a program runs, within a declared range: <c>N in 1..256</c>.</summary>
/// <param name="Name">A letter or underscore, then letters, digits and underscores.</param>
/// <param name="Min">The smallest value a run may use (at least 0).</param>
/// <param name="Max">The largest value a run may use; the memory plan reserves address space for it.</param>
public sealed record Symbol(string Name, long Min, long Max)
{
    /// <summary>Declares a symbol.</summary>
    /// <exception cref="GraphException">The name is not an identifier or the range is empty.</exception>
    public static Symbol Create(string name, long min, long max)
    {
        Names.Check(name, "a symbolic dimension");
        bool valid = name.Length > 0 && (char.IsLetter(name[0]) || name[0] == '_')
            && name.All(c => c < 128 && (char.IsLetterOrDigit(c) || c == '_'));
        if (!valid)
        {
            throw new GraphException($"'{name}' is not a name for a symbolic dimension");
        }

        if (min < 0 || max < min)
        {
            throw new GraphException($"symbolic dimension {name} has the empty or negative range {min}..{max}");
        }

        return new Symbol(name, min, max);
    }

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>
/// One extent of a shape: an integer, a symbol, or an integer times symbols (<c>N</c>, <c>64*N</c>, <c>N*T</c>), in
/// canonical order.
/// </summary>
public readonly struct Dimension : IEquatable<Dimension>
{
    private Dimension(long coefficient, EquatableArray<Symbol> symbols)
    {
        Coefficient = coefficient;
        Symbols = coefficient == 0 ? default : symbols;
    }

    /// <summary>The integer factor; the whole value where there are no symbols.</summary>
    public long Coefficient { get; }

    /// <summary>The symbols multiplied, sorted by name.</summary>
    public EquatableArray<Symbol> Symbols { get; }

    /// <summary>Whether the value is known now.</summary>
    public bool IsStatic => Symbols.Count == 0;

    /// <summary>The value, where it is known now.</summary>
    /// <exception cref="GraphException">The dimension is symbolic.</exception>
    public long Value =>
        IsStatic ? Coefficient : throw new GraphException($"dimension {this} is symbolic, a fixed size is needed here");

    /// <summary>The smallest value within the symbols' ranges.</summary>
    public long Min
    {
        get
        {
            long product = Coefficient;
            for (int i = 0; i < Symbols.Count; i++)
            {
                product = Product(product, Symbols[i].Min);
            }

            return product;
        }
    }

    /// <summary>The largest value within the symbols' ranges.</summary>
    public long Max
    {
        get
        {
            long product = Coefficient;
            for (int i = 0; i < Symbols.Count; i++)
            {
                product = Product(product, Symbols[i].Max);
            }

            return product;
        }
    }

    private long Product(long product, long factor)
    {
        try
        {
            return checked(product * factor);
        }
        catch (OverflowException)
        {
            throw new GraphException($"the size {this} does not fit 63 bits within the ranges of its symbols");
        }
    }

    /// <summary>A fixed size.</summary>
    public static implicit operator Dimension(int value) => new(value, default);

    /// <summary>A fixed size.</summary>
    public static implicit operator Dimension(long value) => new(value, default);

    /// <summary>A symbolic size.</summary>
    public static implicit operator Dimension(Symbol symbol) => new(1, new([symbol]));

    /// <summary>The product, symbols sorted by name.</summary>
    public static Dimension operator *(Dimension left, Dimension right)
    {
        long coefficient;
        try
        {
            coefficient = checked(left.Coefficient * right.Coefficient);
        }
        catch (OverflowException)
        {
            throw new GraphException($"the size {left} * {right} does not fit 63 bits");
        }

        if (left.IsStatic || right.IsStatic)
        {
            return new Dimension(coefficient, left.IsStatic ? right.Symbols : left.Symbols);
        }

        var symbols = left.Symbols.Concat(right.Symbols).OrderBy(s => s.Name, StringComparer.Ordinal);
        return new Dimension(coefficient, new(symbols));
    }

    /// <summary>The exact quotient, or null where the divisor is zero or does not divide for every value of the
    /// symbols.</summary>
    public static Dimension? Divide(Dimension dividend, Dimension divisor)
    {
        if (divisor.Coefficient <= 0 || dividend.Coefficient % divisor.Coefficient != 0)
        {
            return null;
        }

        List<Symbol> rest = dividend.Symbols.ToList();
        if (!divisor.Symbols.All(rest.Remove))
        {
            return null;
        }

        return new Dimension(dividend.Coefficient / divisor.Coefficient, new(rest));
    }

    /// <summary>The same symbols under another integer factor.</summary>
    public Dimension WithCoefficient(long coefficient) => new(coefficient, Symbols);

    /// <summary>The value for given values of the symbols.</summary>
    public long Evaluate(Func<Symbol, long> valueOf) =>
        Symbols.Aggregate(Coefficient, (product, symbol) => checked(product * valueOf(symbol)));

    /// <inheritdoc/>
    public bool Equals(Dimension other) => Coefficient == other.Coefficient && Symbols == other.Symbols;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Dimension other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((Coefficient.GetHashCode() * 31) + Symbols.GetHashCode());

    /// <summary>Equality of coefficient and symbols.</summary>
    public static bool operator ==(Dimension left, Dimension right) => left.Equals(right);

    /// <summary>Inequality of coefficient or symbols.</summary>
    public static bool operator !=(Dimension left, Dimension right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString()
    {
        string number = Coefficient.ToString(CultureInfo.InvariantCulture);
        if (IsStatic)
        {
            return number;
        }

        string product = string.Join("*", Symbols.Select(s => s.Name));
        return Coefficient == 1 ? product : number + "*" + product;
    }
}
