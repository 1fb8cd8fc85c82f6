using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Decompose;

/// <summary>
/// Arithmetic on types that are for memory only becomes arithmetic in the types they compute in, between casts. After
/// it, nothing but casts and movement meets such a type, so kernels know it in loads, stores and casts alone, and sums
/// are kept in the wider type.
/// </summary>
/// <remarks>
/// A result is rounded to its type, but for one that a single other operation uses: a chain of arithmetic is rounded
/// once, at its end, as a compiled chain of singles keeps its products unrounded. Which results are rounded follows
/// from the graph, never from what shares a kernel: a value that several operations see is the same number for all of
/// them, so that a maximum, say, is found again among the elements it was taken from.
/// </remarks>
public static class StorageTypes
{
    // What is no other number than one of the operands: there is nothing to round.
    private static readonly HashSet<Op> Choosing =
    [
        Op.Negate, Op.Abs, Op.Sign, Op.Floor, Op.Ceil, Op.Round, Op.Truncate, Op.Maximum, Op.Minimum, Op.Where, Op.Max,
        Op.Min, Op.MaxPool,
    ];

    // What sees a number as it is in memory: it decides something, or reads it as an operand of a product.
    private static readonly HashSet<Op> Exacting =
    [
        Op.Equal, Op.NotEqual, Op.Less, Op.LessEqual, Op.Greater, Op.GreaterEqual, Op.ArgMax, Op.ArgMin, Op.Sign,
        Op.Floor, Op.Ceil, Op.Round, Op.Truncate, Op.Remainder, Op.Contraction, Op.Convolution,
    ];

    /// <summary>The same function, up to roundings between operations of a chain.</summary>
    public static Graph Widen(Graph graph)
    {
        if (!HasAny(graph))
        {
            return graph;
        }

        var walk = new Widening(graph);
        return walk.Run();
    }

    private static bool HasAny(Graph graph) => graph.Nodes.Any(node =>
        node.DType.IsStorage() || HasAny(node.Attributes));

    private static bool HasAny(Attributes attributes) =>
        attributes is BodyAttributes inside && inside.Bodies.Any(body => HasAny(body.Graph));

    private sealed class Widening(Graph graph)
    {
        private readonly GraphBuilder builder = Builders.Of(graph.Nodes);
        private readonly HashSet<Node> unrounded = Unrounded(graph);

        // Each node as its type says, and what it is in the type it computes in.
        private readonly Dictionary<Node, Node> narrow = [];
        private readonly Dictionary<Node, Node> wide = [];

        // Nodes whose wide value has more digits than their type.
        private readonly HashSet<Node> longer = [];

        public Graph Run()
        {
            foreach (Node node in graph.Nodes)
            {
                using IDisposable scope = builder.EnterPath(node.ModulePath);
                Add(node);
            }

            return new Graph(
                graph.Name, graph.Inputs, [.. graph.Outputs.Select(o => o with { Node = narrow[o.Node] })],
                [.. graph.Updates.Select(u => new Update(narrow[u.Parameter], narrow[u.Value]))],
                [.. graph.Sizes.Select(size => narrow[size])]);
        }

        private void Add(Node node)
        {
            OpKind kind = OpTable.Row(node.Op).Kind;
            bool computes = node.DType.IsStorage() || node.Inputs.Any(input => input.DType.IsStorage());
            bool moves = kind is OpKind.Movement or OpKind.Body
                || node.Op is Op.Cast or Op.Gather or Op.UpdateRows or Op.StopGradient;
            if (node.Op == Op.Iota && computes)
            {
                var iota = node.Get<IotaAttributes>();
                TensorType type = iota.Type with { Type = iota.Type.Type.Facts().Computes };
                SetWide(node, builder.Make(Op.Iota, iota with { Type = type }));
            }
            else if (!computes || moves || kind == OpKind.Leaf)
            {
                narrow[node] = node.Op == Op.Input
                    ? node
                    : builder.Make(node.Op, Inside(node.Attributes), [.. node.Inputs.Select(input => narrow[input])]);
            }
            else
            {
                SetWide(node, builder.Make(node.Op, node.Attributes, [.. node.Inputs.Select(Operand)]));
            }
        }

        private static Attributes Inside(Attributes attributes) =>
            attributes is BodyAttributes inside && HasAny(inside)
                ? inside.With([.. inside.Bodies.Select(body => new Body(Widen(body.Graph)))]) : attributes;

        private void SetWide(Node node, Node result)
        {
            narrow[node] = node.DType.IsStorage() ? Cast(result, node.DType) : result;
            bool isRounded = Choosing.Contains(node.Op) && !node.Inputs.Any(longer.Contains);
            if (isRounded || unrounded.Contains(node))
            {
                wide[node] = result;
            }

            if (!isRounded && unrounded.Contains(node))
            {
                longer.Add(node);
            }
        }

        private Node Operand(Node node)
        {
            if (!node.DType.IsStorage())
            {
                return narrow[node];
            }

            return wide.TryGetValue(node, out Node? known) ? known : Cast(narrow[node], node.DType.Facts().Computes);
        }

        private Node Cast(Node node, DType type) => Constants.SplatValue(node) is { } value
            ? Constants.Splat(type, node.Shape, value)
            : builder.Make(Op.Cast, new CastAttributes(type), node);
    }

    private static HashSet<Node> Unrounded(Graph graph)
    {
        var user = new Dictionary<Node, Node?>();
        foreach (Node node in graph.Nodes)
        {
            foreach (Node input in node.Inputs)
            {
                user[input] = user.ContainsKey(input) ? null : node;
            }
        }

        bool IsUnrounded(Node node) => user.TryGetValue(node, out Node? one) && one is not null
            && OpTable.Row(node.Op).Kind == OpKind.Elementwise && OpTable.Row(one.Op).Kind is OpKind.Elementwise
                or OpKind.Reduction && !Exacting.Contains(one.Op) && one.DType.IsStorage();
        var roots = new HashSet<Node>(graph.Roots);
        return [.. graph.Nodes.Where(node => IsUnrounded(node) && !roots.Contains(node))];
    }
}
