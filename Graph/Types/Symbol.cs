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

    /// <summary>What sets the symbol where a run computes it; no part of its identity.</summary>
    internal Node? Source { get; init; }

    /// <inheritdoc/>
    public bool Equals(Symbol? other) =>
        ReferenceEquals(this, other) || (other is not null && Name == other.Name && Min == other.Min && Max == other.Max);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The sum.</summary>
    public static Dimension operator +(Symbol left, Dimension right) => (Dimension)left.Given() + right;

    /// <summary>The sum.</summary>
    public static Dimension operator +(Dimension left, Symbol right) => left + (Dimension)right.Given();

    /// <summary>The sum.</summary>
    public static Dimension operator +(Symbol left, Symbol right) => (Dimension)left.Given() + (Dimension)right.Given();

    /// <summary>The difference.</summary>
    public static Dimension operator -(Symbol left, Dimension right) => (Dimension)left.Given() - right;

    /// <summary>The difference.</summary>
    public static Dimension operator -(Dimension left, Symbol right) => left - (Dimension)right.Given();

    /// <summary>The difference.</summary>
    public static Dimension operator -(Symbol left, Symbol right) => (Dimension)left.Given() - (Dimension)right.Given();

    /// <summary>The product.</summary>
    public static Dimension operator *(Symbol left, Dimension right) => (Dimension)left.Given() * right;

    /// <summary>The product.</summary>
    public static Dimension operator *(Dimension left, Symbol right) => left * (Dimension)right.Given();

    /// <summary>The product.</summary>
    public static Dimension operator *(Symbol left, Symbol right) => (Dimension)left.Given() * (Dimension)right.Given();

    /// <summary>The quotient rounded down.</summary>
    /// <exception cref="GraphException">The divisor may be less than 1.</exception>
    public static Dimension operator /(Symbol left, Dimension right) => (Dimension)left.Given() / right;

    /// <summary>The quotient rounded down.</summary>
    /// <exception cref="GraphException">The divisor may be less than 1.</exception>
    public static Dimension operator /(Dimension left, Symbol right) => left / (Dimension)right.Given();

    /// <summary>The quotient rounded down.</summary>
    /// <exception cref="GraphException">The divisor may be less than 1.</exception>
    public static Dimension operator /(Symbol left, Symbol right) => (Dimension)left.Given() / (Dimension)right.Given();

    /// <summary>What the division rounded down leaves.</summary>
    /// <exception cref="GraphException">The divisor may be less than 1.</exception>
    public static Dimension operator %(Symbol left, Dimension right) => (Dimension)left.Given() % right;

    /// <summary>What the division rounded down leaves.</summary>
    /// <exception cref="GraphException">The divisor may be less than 1.</exception>
    public static Dimension operator %(Dimension left, Symbol right) => left % (Dimension)right.Given();

    /// <summary>What the division rounded down leaves.</summary>
    /// <exception cref="GraphException">The divisor may be less than 1.</exception>
    public static Dimension operator %(Symbol left, Symbol right) => (Dimension)left.Given() % (Dimension)right.Given();
}
