using System.Globalization;

namespace Sinter;

/// <summary>
/// Cuts the body of a loop out of the expressions that were written for it. What depends on carried values or slices is
/// the body; all else is computed once, outside, and is an operand.
/// </summary>
internal sealed class BodyExtraction
{
    // Draws of different iterations differ, those of nested loops too: the seed becomes seed * a + (position + 1) * b.
    private const double SeedFactor = 0x9E3779B97F5;
    private const double SeedStep = 0xC2B2AE3D27D;

    private readonly Dimension length;
    private readonly bool reversed;
    private readonly List<Leaf> carried;
    private readonly List<Leaf> sequences;
    private readonly Dictionary<GraphBuilder, int> before;
    private readonly HashSet<Node> inside = [];
    private readonly Dictionary<Node, Node> copies = [];
    private readonly HashSet<Parameter> leaves;

    public BodyExtraction(
        Dimension length, bool reversed, List<Leaf> carried, List<Leaf> sequences, Dictionary<GraphBuilder, int> before)
    {
        this.length = length;
        this.reversed = reversed;
        this.carried = carried;
        this.sequences = [.. sequences];
        this.before = before;
        leaves = [.. carried.Concat(sequences).Select(leaf => leaf.Declaration)];
    }

    /// <summary>The loop that gives these values.</summary>
    public Node Run(Node[] results)
    {
        GraphBuilder builder = GraphBuilder.Of([.. results, .. carried.Concat(sequences).Select(leaf => leaf.Outer)]);
        results = [.. results.Select(builder.Adopt)];
        int first = before.TryGetValue(builder, out int count) ? count : 0;
        List<Node> order = NodeOrder.Of(results, node => node.Id >= first || node.Owner != builder);
        Node? state = null;
        foreach (Node node in order)
        {
            bool isLeaf = node.Attributes is ParameterAttributes own && leaves.Contains(own.Declaration);
            Node? drawn = node.Id >= first ? node.Inputs.FirstOrDefault(IsRandomState) : null;
            state ??= drawn;
            if (isLeaf || drawn is not null || node.Inputs.Any(inside.Contains))
            {
                inside.Add(node);
            }
        }

        RefuseSizes(builder, order.Where(inside.Contains));
        var keys = state is null ? null : new Leaf(Parameter.RandomState, Keys(builder, state));
        if (keys is not null)
        {
            sequences.Add(keys);
        }

        return Make(builder, results, order.Where(inside.Contains).ToArray());
    }

    // A plan has one value for a symbol, an iteration would want its own.
    private void RefuseSizes(GraphBuilder builder, IEnumerable<Node> nodes)
    {
        foreach (Symbol symbol in nodes.SelectMany(node => node.Symbols).Distinct())
        {
            if (builder.SizeOf(symbol) is { } size && NodeOrder.Of([size]).Any(
                node => node.Attributes is ParameterAttributes own && leaves.Contains(own.Declaration)))
            {
                throw builder.Error(
                    $"each iteration of a loop would have a size {symbol} of its own; compute it in front of the loop",
                    size.Get<SetSizeAttributes>().What, size);
            }
        }
    }

    private Node Make(GraphBuilder builder, Node[] results, Node[] nodes)
    {
        var body = new GraphBuilder(builder.IsTraining, captureSource: false);
        var leafInputs = carried.Select(leaf => (leaf, leaf.Outer.Type))
            .Concat(sequences.Select(leaf => (leaf, Sliced(leaf.Outer.Type))))
            .ToDictionary(pair => pair.leaf.Declaration, pair => Input(body, pair.Item2));
        var captured = new List<Node>();
        foreach (Node node in results.Concat(nodes.SelectMany(node => node.Inputs)))
        {
            if (node.Attributes is ParameterAttributes own && leafInputs.TryGetValue(own.Declaration, out Node? input))
            {
                copies[node] = input;
            }
            else if (!inside.Contains(node) && !copies.ContainsKey(node))
            {
                bool isCopied = node.Op == Op.Iota || node.Attributes is ConstantAttributes { IsSplat: true };
                copies.Add(node, isCopied ? body.Make(node.Op, node.Attributes) : Input(body, node.Type));
                if (!isCopied)
                {
                    captured.Add(node);
                }
            }
        }

        foreach (Node node in nodes.Where(node => !copies.ContainsKey(node)))
        {
            using IDisposable scope = body.EnterPath(node.ModulePath);
            copies.Add(node, body.Make(node.Op, node.Attributes, [.. node.Inputs.Select(input => copies[input])]));
        }

        Output[] outputs = [.. results.Select((node, i) =>
            new Output("y" + i.ToString(CultureInfo.InvariantCulture), copies[node]))];
        var graph = new Graph("body", body.Inputs, outputs, []);
        var attributes = new ScanAttributes(length, carried.Count, sequences.Count, reversed, new Body(graph));
        return builder.Make(
            Op.Scan, attributes, [.. carried.Concat(sequences).Select(leaf => leaf.Outer), .. captured]);
    }

    private static Node Input(GraphBuilder body, TensorType type) =>
        body.Input("x" + body.Inputs.Count.ToString(CultureInfo.InvariantCulture), type);

    private static TensorType Sliced(TensorType type) => type with { Shape = type.Shape.Range(1, type.Shape.Rank - 1) };

    private static bool IsRandomState(Node node) =>
        node.Attributes is ParameterAttributes { Declaration: var declaration } && declaration == Parameter.RandomState;

    // (seed, step) of each iteration: (length, 2).
    private Node Keys(GraphBuilder builder, Node state)
    {
        var shape = new Shape(length, 2);
        Tensor<I64> all = new Tensor<I64>(builder.Adopt(state)).Reshape(1, 2).Expand(shape);
        Tensor<I64> position = Tensor<I64>.Iota(shape, 0) + 1;
        return builder.Adopt(((all * Tensor<I64>.Of([SeedFactor, 1], 1, 2))
            + (position * Tensor<I64>.Of([SeedStep, 0], 1, 2))).Node);
    }
}
