using System.Globalization;

namespace Sinter;

/// <summary>
/// Reads graphs from the text that <see cref="GraphPrinter"/> writes. Any text is safe to read: what is no graph throws
/// <see cref="GraphException"/>, and time and memory stay in proportion to the text.
/// </summary>
public sealed class GraphParser
{
    // Bodies inside bodies: far above what anyone writes, far below what a stack holds.
    private const int MostNested = 16;

    private readonly GraphBuilder builder = new(training: false, captureSource: false);
    private readonly Dictionary<long, Node> nodes = [];
    private readonly Dictionary<long, Body> bodies = [];
    private readonly int depth;
    private readonly List<Output> outputs = [];
    private readonly List<Update> updates = [];
    private readonly TextCursor text;

    private GraphParser(TextCursor text, int depth)
    {
        this.text = text;
        this.depth = depth;
    }

    /// <summary>Reads one graph.</summary>
    /// <exception cref="GraphException">The text is no graph; <see cref="GraphException.Location"/> has line and
    /// column.</exception>
    public static Graph Parse(string text)
    {
        var parser = new GraphParser(new TextCursor(text), 0);
        try
        {
            return parser.ReadGraph();
        }
        catch (GraphException error) when (error.Location is null)
        {
            throw parser.text.Error(error.Message);
        }
        catch (OverflowException)
        {
            throw parser.text.Error("a size does not fit 63 bits");
        }
    }

    private Graph ReadGraph()
    {
        text.SkipBlankLines();
        text.Expect("graph");
        string name = text.Quoted();
        text.EndLine();
        text.SkipBlankLines();
        while (!text.IsAtEnd)
        {
            ReadLine();
            text.EndLine();
            text.SkipBlankLines();
        }

        return new Graph(name, builder.Inputs, outputs, updates);
    }

    private void ReadLine()
    {
        if (text.Next == '%')
        {
            ReadNode();
            return;
        }

        string word = text.Word();
        switch (word)
        {
            case "symbol" when depth == 0:
                ReadSymbol();
                break;
            case "body":
                ReadBody();
                break;
            case "output":
                string name = text.Quoted();
                text.Expect("=");
                outputs.Add(new Output(name, ReadOperand()));
                break;
            case "update" when depth == 0:
                Node parameter = ReadOperand();
                text.Expect("=");
                updates.Add(new Update(parameter, ReadOperand()));
                break;
            default:
                throw text.ErrorBefore($"a line cannot start with '{word}'");
        }
    }

    private void ReadSymbol()
    {
        string name = text.Word();
        text.Expect("=");
        long min = text.Number();
        text.Expect("..");
        text.Declare(Symbol.Create(name, min, text.Number()));
    }

    private void ReadBody()
    {
        long number = text.Number();
        if (bodies.ContainsKey(number))
        {
            throw text.ErrorBefore($"there are two bodies {number.ToString(CultureInfo.InvariantCulture)}");
        }

        text.EndLine();
        if (depth == MostNested)
        {
            throw text.Error(FormattableString.Invariant($"bodies inside more than {MostNested} others"));
        }

        var inside = new GraphParser(text, depth + 1);
        text.SkipBlankLines();
        while (text.Next == '%' || !text.TakeWord("end"))
        {
            if (text.IsAtEnd)
            {
                throw text.Error("a body without an end");
            }

            inside.ReadLine();
            text.EndLine();
            text.SkipBlankLines();
        }

        bodies.Add(number, new Body(new Graph("body", inside.builder.Inputs, inside.outputs, [])));
    }

    private Attributes Settings(OpRow row) => row.Op switch
    {
        Op.Scan => AttributeReaders.Scan(text, BodyOf),
        Op.Cond => AttributeReaders.Cond(text, BodyOf),
        _ => AttributeReaders.Read(row, text),
    };

    private Body BodyOf(long number) => bodies.TryGetValue(number, out Body? body)
        ? body
        : throw text.ErrorBefore($"there is no body {number.ToString(CultureInfo.InvariantCulture)} above");

    private void ReadNode()
    {
        text.Expect("%");
        long number = text.Number();
        if (nodes.ContainsKey(number))
        {
            throw text.ErrorBefore($"there are two nodes %{number.ToString(CultureInfo.InvariantCulture)}");
        }

        text.Expect("=");
        string name = text.Word();
        OpRow row = OpTable.Find(name) ?? throw text.ErrorBefore($"there is no operation '{name}'");
        Node[] operands = ReadOperands();
        Attributes attributes = Settings(row);
        text.EndSettings();
        text.Expect(":");
        var type = new TensorType(text.ElementType(), text.Shape());
        string path = text.Take('@') ? text.Quoted() : "";
        Node node = Make(row.Op, attributes, operands, path);
        if (attributes is ParameterAttributes { Declaration: var state })
        {
            builder.Hold(state);
        }

        nodes.Add(number, node);
        if (node.Type != type)
        {
            throw text.Error($"{name} gives {node.Type}, but the text says {type}");
        }
    }

    private Node[] ReadOperands()
    {
        text.Expect("(");
        var operands = new List<Node>();
        if (text.Take(')'))
        {
            return [];
        }

        do
        {
            operands.Add(ReadOperand());
        }
        while (text.Take(','));
        text.Expect(")");
        return [.. operands];
    }

    private Node ReadOperand()
    {
        text.Expect("%");
        long number = text.Number();
        return nodes.TryGetValue(number, out Node? node)
            ? node
            : throw text.ErrorBefore($"there is no node %{number.ToString(CultureInfo.InvariantCulture)} above");
    }

    private Node Declare(InputAttributes input) => builder.Input(input.Name, input.Type);

    private Node Make(Op op, Attributes attributes, Node[] operands, string path)
    {
        bool isInput = op == Op.Input && operands.Length == 0;
        using IDisposable scope = builder.EnterPath(path);
        return isInput ? Declare((InputAttributes)attributes) : builder.Make(op, attributes, operands);
    }
}
