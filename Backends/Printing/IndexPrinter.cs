using System.Globalization;
using Sinter.Compiler.Values;
using Index = Sinter.Compiler.Values.Index;

namespace Sinter.Backends.Printing;

/// <summary>
/// Positions, sizes and conditions of one kernel as text: sums, products, quotients and remainders that every language
/// of the C family spells alike.
/// </summary>
/// <param name="symbols">The plan's symbols; the one at position i is written <c>ni</c>.</param>
/// <param name="data">The text of a value read from memory, as a 64-bit integer.</param>
/// <param name="symbolText">A symbol's value as a 64-bit integer, where sizes are computed.</param>
public sealed class IndexPrinter(
    IReadOnlyList<Symbol> symbols, Func<Value, string> data, Func<int, string> symbolText)
{
    private readonly Dictionary<LoopVariable, string> counters = [];
    private readonly Dictionary<string, int> names = [];
    private readonly Dictionary<Dimension, (string Name, string Value)> sizes = [];
    private readonly Dictionary<Symbol, int> positions =
        symbols.Select((symbol, i) => (symbol, i)).ToDictionary(pair => pair.symbol, pair => pair.i);
    private readonly SortedSet<int> used = [];

    /// <summary>The positions of the symbols that the text names so far.</summary>
    public IEnumerable<int> Symbols => used;

    /// <summary>A number as every language reads it.</summary>
    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The name of a counter: short, numbered where a kernel has several of a kind.</summary>
    public string Counter(LoopVariable variable)
    {
        if (!counters.TryGetValue(variable, out string? name))
        {
            names.TryGetValue(variable.Name, out int count);
            names[variable.Name] = count + 1;
            name = count == 0 && variable.Name.Length > 1 ? variable.Name : variable.Name + Number(count);
            counters.Add(variable, name);
        }

        return name;
    }

    /// <summary>The sizes that are more than products of symbols, with their names: a kernel computes each once, in
    /// front.</summary>
    public IEnumerable<(string Name, string Value)> Sizes => sizes.Values;

    /// <summary>A position.</summary>
    public string Text(Index index)
    {
        if (index.Terms.Count == 0)
        {
            return "0";
        }

        string text = "";
        foreach (Term term in index.Terms
            .OrderBy(term => term.Atom is null).ThenBy(term => IsNegative(term.Coefficient)))
        {
            bool isNegative = IsNegative(term.Coefficient);
            string magnitude = Text(isNegative ? -term.Coefficient : term.Coefficient, term.Atom);
            text += text.Length == 0 ? (isNegative ? "-" : "") + magnitude : (isNegative ? " - " : " + ") + magnitude;
        }

        return text;
    }

    /// <summary>A size: a product, or the name of what is more.</summary>
    public string Text(Dimension dimension)
    {
        if (IsProduct(dimension))
        {
            int[] factors = dimension.Terms.SelectMany(term => term.Factors)
                .Select(factor => Position(((SymbolFactor)factor).Symbol)).ToArray();
            var texts = factors.Select(position => "n" + Number(position)).ToList();
            if (dimension.Coefficient != 1 || texts.Count == 0)
            {
                texts.Insert(0, Number(dimension.Coefficient));
            }

            return string.Join(" * ", texts);
        }

        if (!sizes.TryGetValue(dimension, out var size))
        {
            size = ("size" + Number(sizes.Count), Definition(dimension));
            sizes.Add(dimension, size);
        }

        return size.Name;
    }

    private static bool IsProduct(Dimension size) =>
        size.Terms.Count <= 1 && size.Terms.All(term => term.Factors.All(factor => factor is SymbolFactor));

    // A product with a minus; of a sum, the parts have their own.
    private static bool IsNegative(Dimension size) => size.Terms.Count == 1 && size.Coefficient < 0;

    private int Position(Symbol symbol)
    {
        int position = positions[symbol];
        used.Add(position);
        return position;
    }

    // Written out, in symbols.
    private string Definition(Dimension size)
    {
        string text = "";
        foreach (SizeTerm term in size.Terms.OrderBy(term => term.Coefficient < 0))
        {
            var factors = term.Factors.Select(Definition).ToList();
            string number = Number(term.Coefficient).TrimStart('-');
            if (number != "1" || factors.Count == 0)
            {
                factors.Insert(0, number);
            }

            string sign = term.Coefficient < 0 ? text.Length == 0 ? "-" : " - " : text.Length == 0 ? "" : " + ";
            text += sign + string.Join(" * ", factors);
        }

        return text;
    }

    private string Definition(SizeFactor factor)
    {
        switch (factor)
        {
            case SymbolFactor symbol:
                return symbolText(Position(symbol.Symbol));
            case QuotientFactor quotient:
                // These languages round to zero, sizes round down: whole divisors are added until nothing is negative.
                long below = quotient.Dividend.Min < 0 ? (-quotient.Dividend.Min / quotient.Divisor.Min) + 1 : 0;
                string divisor = $"({Definition(quotient.Divisor)})";
                string dividend = Definition(quotient.Dividend + (quotient.Divisor * below));
                return $"(({dividend}) / {divisor}{(below == 0 ? "" : $" - {Number(below)}")})";
            case ExtremeFactor extreme:
                string compares = extreme.IsMinimum ? "<" : ">";
                return extreme.Operands.Select(operand => $"({Definition(operand)})").Aggregate(
                    (left, right) => $"({left} {compares} {right} ? {left} : {right})");
            default:
                throw new InvalidOperationException("unknown factor of a size");
        }
    }

    /// <summary>A place in memory, from the place an index counts from.</summary>
    public string Moved(string pointer, Index index)
    {
        if (index.Terms.Count == 0)
        {
            return pointer;
        }

        string text = Text(index);
        return text[0] == '-' ? $"{pointer} - {text.Substring(1)}" : $"{pointer} + {text}";
    }

    /// <summary>The test that all conditions hold; what always does is left out.</summary>
    public string All(IReadOnlyList<Condition> conditions)
    {
        string[] tests = conditions.SelectMany(Tests).ToArray();
        return tests.Length == 0 ? "true" : string.Join(" && ", tests);
    }

    private IEnumerable<string> Tests(Condition condition)
    {
        string index = Text(condition.Index);
        if (!condition.IsNeverLow)
        {
            yield return $"{index} >= {Text(condition.Low)}";
        }

        if (!condition.IsNeverHigh)
        {
            yield return $"{index} < {Text(condition.High)}";
        }

        if (condition.Step != 1)
        {
            yield return $"{Whole(condition.Index)} % {Number(condition.Step)} == 0";
        }
    }

    private string Text(Dimension coefficient, Atom? atom)
    {
        if (atom is null)
        {
            return Text(coefficient);
        }

        string text = atom switch
        {
            VariableAtom variable => Counter(variable.Variable),
            QuotientAtom quotient => $"{Whole(quotient.Dividend)} / {Divisor(quotient.Divisor)}",
            RemainderAtom remainder => $"{Whole(remainder.Dividend)} % {Divisor(remainder.Divisor)}",
            DataAtom read => data(read.Value),
            _ => throw new InvalidOperationException("unknown atom"),
        };
        return coefficient == 1 ? text : atom is VariableAtom
            ? $"{text} * {Text(coefficient)}" : $"({text}) * {Text(coefficient)}";
    }

    private string Whole(Index index) => Text(index) is var text && text.Contains(' ') ? $"({text})" : text;

    // An axis may be empty, and its positions computed in front of the test that there are none.
    private string Divisor(Dimension size) =>
        size.IsStatic ? Text(size) : $"({Text(size.Min < 1 ? Dimension.Maximum(size, 1) : size)})";
}
