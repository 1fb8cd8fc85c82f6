using System.Globalization;
using Sinter.Reference;

namespace Sinter.Conformance.Tests;

/// <summary>
/// Many graphs side by side in one, each with its own inputs, state and results under a prefix: compiling a few large
/// programs takes a fraction of the time of many small ones. Symbols of the same name become one and must have one
/// value.
/// </summary>
public sealed class CaseBatch
{
    private readonly GraphBuilder builder = new(captureSource: false);
    private readonly Dictionary<string, TensorValue> inputs = [];
    private readonly Dictionary<string, TensorValue> parameters = [];
    private readonly List<Output> outputs = [];
    private readonly List<Update> updates = [];

    /// <summary>Joins graphs.</summary>
    public CaseBatch(IReadOnlyList<BuiltCase> parts)
    {
        Parts = parts;
        for (int i = 0; i < parts.Count; i++)
        {
            Add(parts[i], Prefix(i));
        }

        Whole = new BuiltCase(new Graph("batch", builder.Inputs, outputs, updates), inputs, parameters);
    }

    /// <summary>What was joined.</summary>
    public IReadOnlyList<BuiltCase> Parts { get; }

    /// <summary>The joined graph with all values.</summary>
    public BuiltCase Whole { get; }

    /// <summary>The results of one part among those of the whole.</summary>
    public InterpreterResult ResultOf(int part, InterpreterResult whole)
    {
        string prefix = Prefix(part);
        Graph graph = Parts[part].Graph;
        return new InterpreterResult(
            graph.Outputs.ToDictionary(output => output.Name, output => whole.Outputs[prefix + output.Name]),
            graph.Updates.Select(NameOf).ToDictionary(name => name, name => whole.Updates[prefix + name]));
    }

    /// <summary>Cuts a list of graphs into batches whose symbols agree.</summary>
    public static IEnumerable<CaseBatch> Of(IEnumerable<BuiltCase> parts, int size) =>
        parts.GroupBy(Symbols).SelectMany(group => group.Chunk(size)).Select(chunk => new CaseBatch(chunk));

    private static string Prefix(int part) => "g" + part.ToString(CultureInfo.InvariantCulture) + ".";

    private static string NameOf(Update update) => update.Parameter.Get<ParameterAttributes>().Declaration.FullName;

    // Names, ranges and values of the symbols: graphs without any are kept together. Those that runs compute have names
    // of their own.
    private static string Symbols(BuiltCase part)
    {
        var text = new List<string>();
        foreach (Symbol symbol in part.Graph.Symbols.Where(symbol => !part.Graph.Computes(symbol)))
        {
            IEnumerable<long> values = part.Graph.Inputs.SelectMany(
                input => input.Shape.Select((extent, axis) => (extent, axis))
                .Where(pair => pair.extent == symbol)
                .Select(pair => part.Inputs[input.Get<InputAttributes>().Name].Shape[pair.axis]));
            text.Add($"{symbol.Name} {symbol.Min} {symbol.Max} {values.FirstOrDefault(-1)}");
        }

        return string.Join(", ", text);
    }

    private void Add(BuiltCase part, string prefix)
    {
        var copies = new Dictionary<Node, Node>();
        foreach (Node node in part.Graph.Nodes)
        {
            copies.Add(node, Copy(node, part, prefix, copies));
        }

        outputs.AddRange(part.Graph.Outputs.Select(output => new Output(prefix + output.Name, copies[output.Node])));
        updates.AddRange(
            part.Graph.Updates.Select(update => new Update(copies[update.Parameter], copies[update.Value])));
    }

    private Node Copy(Node node, BuiltCase part, string prefix, Dictionary<Node, Node> copies)
    {
        switch (node.Attributes)
        {
            case InputAttributes input:
                inputs.Add(prefix + input.Name, part.Inputs[input.Name]);
                return builder.Input(prefix + input.Name, node.Type);
            case ParameterAttributes { Declaration: var own }:
                parameters.Add(prefix + own.FullName, part.Parameters[own.FullName]);
                var renamed = new Parameter(prefix + own.FullName, own.Type, own.Initializer, own.Kind);
                return builder.Make(Op.Parameter, renamed.Node.Attributes);
            default:
                return builder.Make(node.Op, node.Attributes, node.Inputs.Select(input => copies[input]).ToArray());
        }
    }
}
