using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Sinter.Generators.Reading;

/// <summary>Reads the strings of the attribute: an input with its shape, and the ranges of symbols.</summary>
internal static class AttributeText
{
    /// <summary>Reads <c>N = 1..256, T = 1..128</c>.</summary>
    /// <exception cref="GraphException">The text is something else.</exception>
    public static IReadOnlyDictionary<string, Symbol> Symbols(string text)
    {
        var symbols = new Dictionary<string, Symbol>(StringComparer.Ordinal);
        foreach (string part in text.Split([','], StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = part.Split('=');
            string[] range = sides.Length == 2 ? sides[1].Split(["..",], StringSplitOptions.None) : [];
            if (range.Length != 2 || !Number(range[0], out long min) || !Number(range[1], out long max))
            {
                throw new GraphException($"'{part.Trim()}' is not a symbol with its range, such as N = 1..256");
            }

            Symbol symbol = Symbol.Create(sides[0].Trim(), min, max);
            if (symbols.ContainsKey(symbol.Name))
            {
                throw new GraphException($"there are two symbols named {symbol.Name}");
            }

            symbols.Add(symbol.Name, symbol);
        }

        return symbols;
    }

    /// <summary>Reads <c>tokens: i64[N, T], mask: bool[N, T]</c>.</summary>
    /// <exception cref="GraphException">The text is something else, or uses a symbol that is not declared.</exception>
    public static IReadOnlyList<(string Name, TensorType Type)> Inputs(
        string text, IReadOnlyDictionary<string, Symbol> symbols)
    {
        var inputs = new List<(string, TensorType)>();
        for (int start = 0; start < text.Length;)
        {
            int close = text.IndexOf(']', start);
            int end = close < 0 ? text.Length : close + 1;
            inputs.Add(Input(text.Substring(start, end - start), symbols));
            string rest = text.Substring(end).TrimStart();
            if (rest.Length > 0 && rest[0] != ',')
            {
                throw new GraphException($"inputs are separated by commas, not '{rest}'");
            }

            start = rest.Length == 0 ? text.Length : text.Length - rest.Length + 1;
        }

        return inputs;
    }

    /// <summary>Reads <c>images: f32[N, 1, 28, 28]</c>.</summary>
    /// <exception cref="GraphException">The text is something else, or uses a symbol that is not declared.</exception>
    public static (string Name, TensorType Type) Input(string text, IReadOnlyDictionary<string, Symbol> symbols)
    {
        int colon = text.IndexOf(':');
        int open = text.IndexOf('[');
        string trimmed = text.TrimEnd();
        bool isWhole = colon > 0 && open > colon && trimmed.EndsWith("]", StringComparison.Ordinal);
        if (!isWhole)
        {
            throw new GraphException($"'{text}' is not an input such as images: f32[N, 1, 28, 28]");
        }

        string name = text.Substring(0, colon).Trim();
        string element = text.Substring(colon + 1, open - colon - 1).Trim();
        DType type = DTypes.Parse(element) ?? throw new GraphException($"there is no element type '{element}'");
        string extents = trimmed.Substring(open + 1, trimmed.Length - open - 2);
        return (name, new TensorType(type, Shape(extents, symbols)));
    }

    private static Shape Shape(string extents, IReadOnlyDictionary<string, Symbol> symbols)
    {
        try
        {
            return Sinter.Shape.Parse($"[{extents}]", symbols);
        }
        catch (GraphException error)
        {
            throw new GraphException($"'{extents.Trim()}' are no extents: {error.Reason}");
        }
    }

    private static bool Number(string text, out long value) =>
        long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
