using System.Globalization;
using System.Text;

namespace Sinter;

/// <summary>What graph text says beyond the graph's identity.</summary>
[Flags]
public enum GraphTextOptions
{
    /// <summary>Nothing: equal graphs have equal text.</summary>
    Canonical = 0,
    /// <summary>The path of the module that made each node; read back by the parser.</summary>
    Paths = 1,
    /// <summary>The values of constants as comments for human readers; skipped by the parser.</summary>
    Comments = 2,
}

/// <summary>
/// Writes graphs as text: a header, the symbols, one line for each node in the graph's order, the outputs, the updates.
/// ASCII, lines end with '\n', and nothing depends on the machine or its culture.
/// </summary>
/// <example>
/// <code>
/// graph "double"
/// symbol N = 1..256
/// %0 = input() {name="x", type=f32, shape=[N]} : f32[N]
/// %1 = add(%0, %0) : f32[N]
/// output "y" = %1
/// </code>
/// </example>
public static class GraphPrinter
{
    /// <summary>The text of a graph.</summary>
    public static string Print(Graph graph, GraphTextOptions options = GraphTextOptions.Canonical)
    {
        var text = new StringBuilder();
        text.Append("graph ").Append(Quote(graph.Name)).Append('\n');
        foreach (Symbol symbol in graph.Symbols)
        {
            text.Append(FormattableString.Invariant($"symbol {symbol.Name} = {symbol.Min}..{symbol.Max}\n"));
        }

        var numbers = new Dictionary<Node, string>();
        foreach (Node node in graph.Nodes)
        {
            numbers.Add(node, "%" + numbers.Count.ToString(CultureInfo.InvariantCulture));
            Append(text, node, numbers, options);
        }

        foreach (Output output in graph.Outputs)
        {
            text.Append($"output {Quote(output.Name)} = {numbers[output.Node]}\n");
        }

        foreach (Update update in graph.Updates)
        {
            text.Append($"update {numbers[update.Parameter]} = {numbers[update.Value]}\n");
        }

        return text.ToString();
    }

    /// <summary>A string in quotes, with escapes for whatever is not printable ASCII.</summary>
    public static string Quote(string value)
    {
        var text = new StringBuilder("\"");
        foreach (char c in value)
        {
            if (c is '"' or '\\')
            {
                text.Append('\\').Append(c);
            }
            else if (c is >= ' ' and <= '~')
            {
                text.Append(c);
            }
            else
            {
                text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
        }

        return text.Append('"').ToString();
    }

    private static void Append(
        StringBuilder text, Node node, Dictionary<Node, string> numbers, GraphTextOptions options)
    {
        string operands = string.Join(", ", node.Inputs.Select(input => numbers[input]));
        text.Append($"{numbers[node]} = {OpTable.Row(node.Op).Name}({operands})");
        var fields = node.Attributes.Fields.Select(field => field.Name + "=" + Value(field.Value));
        string settings = string.Join(", ", fields);
        if (settings.Length > 0)
        {
            text.Append(" {").Append(settings).Append('}');
        }

        text.Append($" : {node.Type}");
        if (options.HasFlag(GraphTextOptions.Paths) && node.ModulePath.Length > 0)
        {
            text.Append(" @ ").Append(Quote(node.ModulePath));
        }
        bool comments = options.HasFlag(GraphTextOptions.Comments);
        if (comments && node.Attributes is ConstantAttributes { IsSplat: true } constant)
        {
            text.Append(" # ").Append(constant.Value(0).ToString("R", CultureInfo.InvariantCulture));
        }

        text.Append('\n');
    }

    private static string Value(object value) => value switch
    {
        int number => number.ToString(CultureInfo.InvariantCulture),
        long number => number.ToString(CultureInfo.InvariantCulture),
        string words => Quote(words),
        DType type => type.Name(),
        Shape shape => shape.ToString(),
        EquatableArray<int> numbers => List(numbers.Select(number => (long)number)),
        EquatableArray<long> numbers => List(numbers),
        _ => throw new GraphException($"a setting of type {value.GetType().Name} has no text"),
    };

    private static string List(IEnumerable<long> numbers) =>
        "[" + string.Join(", ", numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))) + "]";
}
