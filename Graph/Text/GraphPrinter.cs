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
    /// <summary>Without the initial values of state, which no kernel depends on: graphs with one such text are one
    /// program, whatever the rates they start with. The parser does not read it.</summary>
    WithoutInitialValues = 4,
}

/// <summary>
/// Writes graphs as text: a header, the symbols, the bodies of loops and branches by number, one line for each node in
/// the graph's order, the outputs, the updates.
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
    // Well below the 85,000 bytes from which on the runtime calls an object large.
    private const int PieceLength = 32_000;
    private const int LineLength = 1000;
    private const int PieceNodes = 400;

    /// <summary>The text of a graph.</summary>
    public static string Print(Graph graph, GraphTextOptions options = GraphTextOptions.Canonical) =>
        PrintPieces(graph, options).ToString();

    /// <summary>The text of a graph in pieces.</summary>
    public static GraphText PrintPieces(Graph graph, GraphTextOptions options = GraphTextOptions.Canonical)
    {
        var pieces = new List<string>();
        var text = new StringBuilder(graph.Nodes.Count > PieceNodes ? PieceLength + LineLength : 0);
        text.Append("graph ").Append(Quote(graph.Name)).Append('\n');
        foreach (Symbol symbol in graph.Symbols)
        {
            text.Append(FormattableString.Invariant($"symbol {symbol.Name} = {symbol.Min}..{symbol.Max}\n"));
        }

        var bodies = AppendBodies(graph, text, options);
        var lines = new Lines(graph, text, options, bodies);
        foreach (Node node in graph.Nodes)
        {
            lines.Append(node);
            if (text.Length > PieceLength)
            {
                pieces.Add(text.ToString());
                text.Clear();
            }
        }

        AppendOutputs(graph, text);

        foreach (Update update in graph.Updates)
        {
            text.Append($"update %{graph.NumberOf(update.Parameter)} = %{graph.NumberOf(update.Value)}\n");
        }

        pieces.Add(text.ToString());
        return new GraphText(new EquatableArray<string>(pieces));
    }

    // Each body once, in front, with the bodies inside it.
    private static Dictionary<Body, int> AppendBodies(Graph graph, StringBuilder text, GraphTextOptions options)
    {
        var bodies = new Dictionary<Body, int>();
        IEnumerable<Body> all = graph.Nodes.Select(node => node.Attributes).OfType<BodyAttributes>()
            .SelectMany(inside => inside.Bodies);
        foreach (Body body in all)
        {
            if (bodies.ContainsKey(body))
            {
                continue;
            }

            text.Append(FormattableString.Invariant($"body {bodies.Count}\n"));
            bodies.Add(body, bodies.Count);
            Graph inside = body.Graph;
            var lines = new Lines(inside, text, options, AppendBodies(inside, text, options));
            foreach (Node node in inside.Nodes)
            {
                lines.Append(node);
            }

            AppendOutputs(inside, text);
            text.Append("end\n");
        }

        return bodies;
    }

    private static void AppendOutputs(Graph graph, StringBuilder text)
    {
        foreach (Output output in graph.Outputs)
        {
            text.Append($"output {Quote(output.Name)} = %{graph.NumberOf(output.Node)}\n");
        }
    }

    /// <summary>A string in quotes, with escapes for whatever is not printable ASCII.</summary>
    public static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2);
        AppendQuoted(text, value);
        return text.ToString();
    }

    private static void AppendQuoted(StringBuilder text, string value)
    {
        text.Append('"');
        int plain = 0;
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (c is >= ' ' and <= '~' and not ('"' or '\\'))
            {
                continue;
            }

            text.Append(value, plain, i - plain).Append('\\');
            plain = i + 1;
            _ = c is '"' or '\\'
                ? text.Append(c)
                : text.Append('u').Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
        }

        text.Append(value, plain, value.Length - plain).Append('"');
    }

    // Graphs of ten thousand nodes are printed at each keystroke, and most of their lines are made of few different
    // settings and shapes.
    private sealed class Lines(
        Graph graph, StringBuilder text, GraphTextOptions options, Dictionary<Body, int> bodies)
    {
        private readonly Dictionary<Attributes, string> settings = [];
        private readonly Dictionary<TensorType, string> types = [];
        private TensorType? lastType;
        private string lastText = "";

        public void Append(Node node)
        {
            text.Append('%').Append(graph.NumberOf(node)).Append(" = ").Append(OpTable.Row(node.Op).Name).Append('(');
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                text.Append(i == 0 ? "%" : ", %").Append(graph.NumberOf(node.Inputs[i]));
            }

            text.Append(')').Append(Settings(node.Attributes)).Append(" : ").Append(Type(node.Type));
            if ((options & GraphTextOptions.Paths) != 0 && node.ModulePath.Length > 0)
            {
                text.Append(" @ ");
                AppendQuoted(text, node.ModulePath);
            }

            bool comments = (options & GraphTextOptions.Comments) != 0;
            if (comments && node.Attributes is ConstantAttributes { IsSplat: true } constant)
            {
                text.Append(" # ").Append(constant.Value(0).ToString("R", CultureInfo.InvariantCulture));
            }

            text.Append('\n');
        }

        private string Type(TensorType type)
        {
            if (ReferenceEquals(type, lastType))
            {
                return lastText;
            }

            if (!types.TryGetValue(type, out string? known))
            {
                known = type.ToString();
                types.Add(type, known);
            }

            (lastType, lastText) = (type, known);
            return known;
        }

        private string Settings(Attributes attributes)
        {
            if (attributes is NoAttributes)
            {
                return "";
            }

            if (!settings.TryGetValue(attributes, out string? known))
            {
                bool omits = attributes is ParameterAttributes
                    && (options & GraphTextOptions.WithoutInitialValues) != 0;
                string fields = string.Join(
                    ", ", attributes.Fields.Where(f => !(omits && f.Name == ParameterAttributes.Initial))
                        .Select(f => f.Name + "=" + Value(f.Value is Body body ? bodies[body] : f.Value)));
                known = fields.Length == 0 ? "" : " {" + fields + "}";
                settings.Add(attributes, known);
            }

            return known;
        }
    }

    private static string Value(object value) => value switch
    {
        int number => number.ToString(CultureInfo.InvariantCulture),
        long number => number.ToString(CultureInfo.InvariantCulture),
        string words => Quote(words),
        DType type => type.Name(),
        Shape shape => shape.ToString(),
        Dimension size => size.ToString(),
        EquatableArray<Dimension> sizes => sizes.ToString(),
        EquatableArray<int> numbers => List(numbers.Select(number => (long)number)),
        EquatableArray<long> numbers => List(numbers),
        _ => throw new GraphException($"a setting of type {value.GetType().Name} has no text"),
    };

    private static string List(IEnumerable<long> numbers) =>
        "[" + string.Join(", ", numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))) + "]";
}
