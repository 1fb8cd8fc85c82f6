using System.Globalization;
using Sinter.Compiler.Kernels;
using Index = Sinter.Compiler.Kernels.Index;

namespace Sinter.Backends.Printing;

/// <summary>
/// Positions, sizes and conditions of one kernel as text: sums, products, quotients and remainders that every language
/// of the C family spells alike.
/// </summary>
/// <param name="symbols">The plan's symbols; the one at position i is written <c>ni</c>.</param>
/// <param name="data">The text of a value read from memory, as a 64-bit integer.</param>
public sealed class IndexPrinter(IReadOnlyList<Symbol> symbols, Func<Value, string> data)
{
    private readonly Dictionary<LoopVariable, string> counters = [];
    private readonly Dictionary<string, int> names = [];
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

    /// <summary>A position.</summary>
    public string Text(Index index)
    {
        if (index.Terms.Count == 0)
        {
            return "0";
        }

        string text = "";
        foreach (Term term in index.Terms
            .OrderBy(term => term.Atom is null).ThenBy(term => term.Coefficient.Coefficient < 0))
        {
            long factor = term.Coefficient.Coefficient;
            string magnitude = Text(term.Coefficient.WithCoefficient(Math.Abs(factor)), term.Atom);
            text += text.Length == 0 ? (factor < 0 ? "-" : "") + magnitude : (factor < 0 ? " - " : " + ") + magnitude;
        }

        return text;
    }

    /// <summary>A size.</summary>
    public string Text(Dimension dimension)
    {
        int[] factors = dimension.Symbols.Select(symbol => positions[symbol]).ToArray();
        used.UnionWith(factors);
        var texts = factors.Select(position => "n" + Number(position)).ToList();
        if (dimension.Coefficient != 1 || texts.Count == 0)
        {
            texts.Insert(0, Number(dimension.Coefficient));
        }

        return string.Join(" * ", texts);
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
            QuotientAtom quotient => $"{Whole(quotient.Dividend)} / {Factor(quotient.Divisor)}",
            RemainderAtom remainder => $"{Whole(remainder.Dividend)} % {Factor(remainder.Divisor)}",
            DataAtom read => data(read.Value),
            _ => throw new InvalidOperationException("unknown atom"),
        };
        return coefficient == 1 ? text : atom is VariableAtom
            ? $"{text} * {Text(coefficient)}" : $"({text}) * {Text(coefficient)}";
    }

    private string Whole(Index index) => Text(index) is var text && text.Contains(' ') ? $"({text})" : text;

    private string Factor(Dimension dimension) => dimension.IsStatic ? Text(dimension) : $"({Text(dimension)})";
}
