using System.Globalization;

namespace Sinter.Runtime.Programs;

/// <summary>A size: an integer times symbolic dimensions, or what sums, quotients, minima and maxima make of
/// such.</summary>
public sealed class Size
{
    private enum Kind
    {
        Product,
        Sum,
        Quotient,
        Minimum,
        Maximum,
    }

    private readonly Kind kind;
    private readonly Size[] parts;

    /// <summary>An integer times symbolic dimensions, given by position.</summary>
    /// <param name="coefficient">The integer.</param>
    /// <param name="symbols">Positions in <see cref="ProgramTable.Symbols"/>.</param>
    public Size(long coefficient, params int[] symbols)
        : this(Kind.Product, coefficient, symbols, [])
    {
    }

    private Size(Kind kind, long coefficient, int[] symbols, Size[] parts)
    {
        this.kind = kind;
        this.parts = parts;
        Coefficient = coefficient;
        Symbols = symbols;
    }

    /// <summary>The integer of a product.</summary>
    public long Coefficient { get; }

    /// <summary>The symbols that a product begins with.</summary>
    public int[] Symbols { get; }

    /// <summary>The position of the only symbol where the size is that symbol; -1 where it is anything else.</summary>
    public int Symbol => kind == Kind.Product && parts.Length == 0 && Coefficient == 1 && Symbols.Length == 1
        ? Symbols[0] : -1;

    /// <summary>Whether no symbol occurs.</summary>
    public bool IsFixed => Symbols.Length == 0 && parts.All(part => part.IsFixed);

    /// <summary>A fixed size.</summary>
    public static implicit operator Size(long value) => new(value);

    /// <summary>Every symbol that occurs, as often as it does.</summary>
    internal IEnumerable<int> AllSymbols => Symbols.Concat(parts.SelectMany(part => part.AllSymbols));

    /// <summary>The size as constant + slope * symbol, where all others are known; null where it is nothing of the
    /// kind.</summary>
    internal (long Constant, long Slope)? Linear(int symbol, long?[] values)
    {
        if (!AllSymbols.Contains(symbol))
        {
            return (Evaluate([.. values.Select(value => value ?? 0)]), 0);
        }

        var own = Symbols.Select(s => s == symbol ? (0L, 1L) : (values[s] ?? 0, 0L));
        (long Constant, long Slope)? result = (Coefficient, 0);
        foreach (var next in own.Select(line => ((long Constant, long Slope)?)line)
            .Concat(parts.Select(part => part.Linear(symbol, values))))
        {
            result = (kind, result, next) switch
            {
                (Kind.Sum, { } a, { } b) => (checked(a.Constant + b.Constant), checked(a.Slope + b.Slope)),
                (Kind.Product, { Slope: 0 } a, { } b) =>
                    (checked(a.Constant * b.Constant), checked(a.Constant * b.Slope)),
                (Kind.Product, { } a, { Slope: 0 } b) =>
                    (checked(a.Constant * b.Constant), checked(a.Slope * b.Constant)),
                _ => null,
            };
        }

        return result;
    }

    /// <summary>The sum of sizes.</summary>
    public static Size Sum(params Size[] parts) => new(Kind.Sum, 0, [], parts);

    /// <summary>The product of sizes.</summary>
    public static Size Product(params Size[] parts) => new(Kind.Product, 1, [], parts);

    /// <summary>A quotient rounded down; the divisor is at least 1.</summary>
    public static Size Quotient(Size dividend, Size divisor) => new(Kind.Quotient, 0, [], [dividend, divisor]);

    /// <summary>The smallest of sizes.</summary>
    public static Size Minimum(params Size[] parts) => new(Kind.Minimum, 0, [], parts);

    /// <summary>The largest of sizes.</summary>
    public static Size Maximum(params Size[] parts) => new(Kind.Maximum, 0, [], parts);

    /// <summary>The value under the given values of the symbols.</summary>
    /// <exception cref="OverflowException">It does not fit 63 bits.</exception>
    public long Evaluate(ReadOnlySpan<long> values)
    {
        if (kind == Kind.Quotient)
        {
            long dividend = parts[0].Evaluate(values);
            long divisor = parts[1].Evaluate(values);
            return (dividend / divisor) - (dividend % divisor < 0 ? 1 : 0);
        }

        long result = kind is Kind.Product or Kind.Sum ? Coefficient : parts[0].Evaluate(values);
        foreach (int symbol in Symbols)
        {
            result = checked(result * values[symbol]);
        }

        foreach (Size part in parts)
        {
            long value = part.Evaluate(values);
            result = kind switch
            {
                Kind.Product => checked(result * value),
                Kind.Sum => checked(result + value),
                Kind.Minimum => Math.Min(result, value),
                _ => Math.Max(result, value),
            };
        }

        return result;
    }

    /// <summary>The size as models write it, symbols by name: <c>(N+1)/2</c>, <c>64*N</c>, <c>min(T, 8)</c>.</summary>
    public string Text(IReadOnlyList<SymbolEntry> symbols)
    {
        switch (kind)
        {
            case Kind.Sum:
                // A size that begins with a minus reads badly.
                string[] terms = [.. parts.Select(part => part.Text(symbols)).OrderBy(term => term[0] == '-')];
                return terms[0] + string.Concat(terms.Skip(1).Select(term => term[0] == '-' ? term : "+" + term));
            case Kind.Quotient:
                return $"{Operand(parts[0], isDivisor: false, symbols)}/{Operand(parts[1], isDivisor: true, symbols)}";
            case Kind.Minimum or Kind.Maximum:
                string all = string.Join(", ", parts.Select(part => part.Text(symbols)));
                return $"{(kind == Kind.Minimum ? "min" : "max")}({all})";
            default:
                return ProductText(symbols);
        }
    }

    private string ProductText(IReadOnlyList<SymbolEntry> symbols)
    {
        var (coefficient, factors) = Flat();
        string number = coefficient.ToString(CultureInfo.InvariantCulture).TrimStart('-');
        bool isNumberShown = number != "1" || factors.Count == 0;
        bool isAlone = factors.Count == 1 && !isNumberShown;
        var texts = factors.Select(factor =>
            factor.Symbol >= 0 ? symbols[factor.Symbol].Name
            : factor.kind is Kind.Quotient or Kind.Sum && !isAlone ? $"({factor.Text(symbols)})"
            : factor.Text(symbols));
        return (coefficient < 0 ? "-" : "") + string.Join("*", isNumberShown ? texts.Prepend(number) : texts);
    }

    // The integer, and all other factors, none of them a product of several.
    private (long Coefficient, List<Size> Factors) Flat()
    {
        if (kind != Kind.Product)
        {
            return (1, [this]);
        }

        long coefficient = Coefficient;
        List<Size> factors = [.. Symbols.Select(symbol => new Size(1, symbol))];
        foreach (Size part in parts)
        {
            var (number, others) = part.Flat();
            coefficient *= number;
            factors.AddRange(others);
        }

        return (coefficient, factors);
    }

    private static string Operand(Size size, bool isDivisor, IReadOnlyList<SymbolEntry> symbols)
    {
        var (coefficient, factors) = size.Flat();
        bool isPlain = size.IsFixed || (factors[0].kind is not (Kind.Quotient or Kind.Sum) && coefficient > 0);
        bool isOne = size.IsFixed || (factors.Count == 1 && coefficient == 1);
        return isPlain && (isOne || !isDivisor) ? size.Text(symbols) : $"({size.Text(symbols)})";
    }
}
