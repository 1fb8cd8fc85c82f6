using System.Globalization;
using System.Text;

namespace Sinter;

/// <summary>
/// A place in graph text, and the pieces that can be read from there. Never looks back; recurses in sizes only, to a
/// limit.
/// </summary>
internal sealed class TextCursor(string text)
{
    // No tensor has so many axes, and no extent so many factors; without limits a short text could cost much time.
    private const int MaxAxes = 64;
    private const int MaxFactors = 64;
    private const int MaxDepth = 16;

    private readonly Dictionary<string, Symbol> symbols = [];
    private int position;
    private int lastStart;
    private int factors;
    private bool inSettings;

    /// <summary>Whether everything is read.</summary>
    public bool IsAtEnd => position >= text.Length;

    /// <summary>The next character that is no space; '\n' at the end of a line and of the text.</summary>
    public char Next
    {
        get
        {
            while (position < text.Length && text[position] is ' ' or '\t' or '\r')
            {
                position++;
            }

            return position < text.Length ? text[position] : '\n';
        }
    }

    /// <summary>An error at this place.</summary>
    public GraphException Error(string reason) => Error(reason, position);

    /// <summary>An error of the word, number or string read last, at its start.</summary>
    public GraphException ErrorBefore(string reason) => Error(reason, lastStart);

    private GraphException Error(string reason, int end)
    {
        int line = 1;
        int start = 0;
        for (int i = 0; i < end; i++)
        {
            if (text[i] == '\n')
            {
                line++;
                start = i + 1;
            }
        }

        string location = FormattableString.Invariant($"line {line}, column {end - start + 1}");
        return new GraphException(reason, "", "graph text", [], location);
    }

    /// <summary>Skips to the next line that says something.</summary>
    public void SkipBlankLines()
    {
        while (!IsAtEnd && Next is '\n' or '#')
        {
            EndLine();
        }
    }

    /// <summary>Finishes a line, a comment included.</summary>
    public void EndLine()
    {
        if (Next == '#')
        {
            int end = text.IndexOf('\n', position);
            position = end < 0 ? text.Length : end;
        }

        if (Next != '\n')
        {
            throw Error("expected the end of the line");
        }

        position = Math.Min(position + 1, text.Length);
    }

    /// <summary>Takes a character if it comes next.</summary>
    public bool Take(char c)
    {
        if (Next != c)
        {
            return false;
        }

        position++;
        return true;
    }

    /// <summary>Takes a piece of punctuation that must come next.</summary>
    public void Expect(string punctuation)
    {
        _ = Next;
        if (string.CompareOrdinal(text, position, punctuation, 0, punctuation.Length) != 0)
        {
            throw Error($"expected '{punctuation}'");
        }

        position += punctuation.Length;
    }

    /// <summary>A name of letters, digits and underscores.</summary>
    public string Word()
    {
        _ = Next;
        int start = lastStart = position;
        while (position < text.Length && IsWord(text[position]))
        {
            position++;
        }

        return position > start ? text.Substring(start, position - start) : throw Error("expected a name");
    }

    /// <summary>An integer in decimal digits.</summary>
    public long Number()
    {
        bool isNegative = Next == '-';
        int start = lastStart = position;
        position += isNegative ? 1 : 0;
        while (position < text.Length && text[position] is >= '0' and <= '9')
        {
            position++;
        }

        string digits = text.Substring(start, position - start);
        return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw ErrorBefore("expected an integer of 64 bits");
    }

    /// <summary>A string in quotes, as <see cref="GraphPrinter.Quote"/> writes it.</summary>
    public string Quoted()
    {
        _ = Next;
        lastStart = position;
        Expect("\"");
        var result = new StringBuilder();
        while (true)
        {
            char c = position < text.Length ? text[position] : '\n';
            position += c == '\n' ? 0 : 1;
            switch (c)
            {
                case '"':
                    return result.ToString();
                case '\n':
                    throw Error("expected '\"'");
                case '\\':
                    result.Append(Escaped());
                    break;
                default:
                    result.Append(c);
                    break;
            }
        }
    }

    /// <summary>Whether the next setting has this name.</summary>
    public bool Has(string name)
    {
        int before = position;
        bool found = Take(inSettings ? ',' : '{') && Next == name[0]
            && string.CompareOrdinal(text, position, name, 0, name.Length) == 0;
        position = before;
        return found;
    }

    /// <summary>A string setting.</summary>
    public string Text(string name)
    {
        Setting(name);
        return Quoted();
    }

    /// <summary>An integer setting of 64 bits.</summary>
    public long Long(string name)
    {
        Setting(name);
        return Number();
    }

    /// <summary>An integer setting of 32 bits.</summary>
    public int Integer(string name)
    {
        Setting(name);
        return Narrow(Number());
    }

    /// <summary>A setting that is 0 or 1.</summary>
    public bool Flag(string name)
    {
        Setting(name);
        long value = Number();
        return value is 0 or 1 ? value == 1 : throw ErrorBefore("expected 0 or 1");
    }

    /// <summary>A list of integers.</summary>
    public long[] Longs(string name)
    {
        Setting(name);
        return List(Number).ToArray();
    }

    /// <summary>A size setting.</summary>
    public Dimension Size(string name)
    {
        Setting(name);
        return Extent();
    }

    /// <summary>A list of sizes.</summary>
    public Dimension[] Sizes(string name)
    {
        Setting(name);
        return List(Extent).ToArray();
    }

    /// <summary>A list of integers of 32 bits.</summary>
    public int[] Integers(string name)
    {
        Setting(name);
        return List(() => Narrow(Number())).ToArray();
    }

    /// <summary>An element type setting.</summary>
    public DType ElementType(string name)
    {
        Setting(name);
        return ElementType();
    }

    /// <summary>An element type.</summary>
    public DType ElementType()
    {
        string word = Word();
        return DTypes.Parse(word) ?? throw ErrorBefore($"'{word}' is no element type");
    }

    /// <summary>A shape setting.</summary>
    public Shape Shape(string name)
    {
        Setting(name);
        return Shape();
    }

    /// <summary>A shape.</summary>
    public Shape Shape() => new(List(Extent));

    /// <summary>Declares a symbol for the shapes that follow.</summary>
    public void Declare(Symbol symbol)
    {
        if (symbols.ContainsKey(symbol.Name))
        {
            throw ErrorBefore($"there are two symbols named {symbol.Name}");
        }

        symbols.Add(symbol.Name, symbol);
    }

    /// <summary>Finishes the settings of an operation, if any were read.</summary>
    public void EndSettings()
    {
        if (inSettings)
        {
            Expect("}");
        }

        inSettings = false;
    }

    private static bool IsWord(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_';

    private void Setting(string name)
    {
        Expect(inSettings ? "," : "{");
        inSettings = true;
        if (Word() != name)
        {
            throw ErrorBefore($"expected the setting '{name}'");
        }

        Expect("=");
    }

    private int Narrow(long value) => value is >= int.MinValue and <= int.MaxValue
        ? (int)value
        : throw ErrorBefore("expected an integer of 32 bits");

    private char Escaped()
    {
        if (position < text.Length && text[position] is '"' or '\\')
        {
            return text[position++];
        }

        string digits = position + 5 <= text.Length && text[position] == 'u' ? text.Substring(position + 1, 4) : "";
        if (!ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
        {
            throw Error("expected an escape: \\\", \\\\ or \\u and four hexadecimal digits");
        }

        position += 5;
        return (char)code;
    }

    private List<T> List<T>(Func<T> item)
    {
        var items = new List<T>();
        Expect("[");
        if (Take(']'))
        {
            return items;
        }

        do
        {
            if (items.Count == MaxAxes)
            {
                throw Error(FormattableString.Invariant($"a list of more than {MaxAxes} items"));
            }

            items.Add(item());
        }
        while (Take(','));
        Expect("]");
        return items;
    }

    private Dimension Extent()
    {
        factors = 0;
        return Sum(0);
    }

    private Dimension Sum(int depth)
    {
        // A sign in front is that of the whole product, quotients included.
        Dimension sum = Take('-') ? -Product(depth) : Product(depth);
        while (Next is '+' or '-')
        {
            sum = Take('-') ? sum - Product(depth) : Take('+') ? sum + Product(depth) : sum;
        }

        return sum;
    }

    private Dimension Product(int depth)
    {
        Dimension product = Factor(depth);
        while (Next is '*' or '/')
        {
            product = Take('*') ? product * Factor(depth) : Take('/') ? product / Factor(depth) : product;
        }

        return product;
    }

    private Dimension Factor(int depth)
    {
        if (factors++ == MaxFactors || depth == MaxDepth)
        {
            throw Error(FormattableString.Invariant(
                $"a size of more than {MaxFactors} factors, or deeper than {MaxDepth}"));
        }

        if (Next is >= '0' and <= '9')
        {
            return Number();
        }

        if (Take('('))
        {
            Dimension inside = Sum(depth + 1);
            Expect(")");
            return inside;
        }

        string name = Word();
        if (name is "min" or "max" && Take('('))
        {
            return Extremes(name == "min" ? Dimension.Minimum : Dimension.Maximum, depth + 1);
        }

        return symbols.TryGetValue(name, out Symbol? symbol)
            ? symbol
            : throw ErrorBefore($"the symbol {name} is not declared");
    }

    private Dimension Extremes(Func<Dimension, Dimension, Dimension> combine, int depth)
    {
        Dimension result = Sum(depth);
        while (Take(','))
        {
            result = combine(result, Sum(depth));
        }

        Expect(")");
        return result;
    }
}
