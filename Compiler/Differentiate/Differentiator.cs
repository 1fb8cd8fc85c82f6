using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Differentiate;

/// <summary>Derives gradients: one walk from the loss back, each operation by its row of the gradient table.</summary>
public static class Differentiator
{
    /// <summary>
    /// The gradient of a loss with respect to values that it depends on. Only what leads from the loss to these values
    /// is differentiated; a value that the loss does not depend on has the gradient zero.
    /// </summary>
    /// <param name="loss">A floating-point value with one element.</param>
    /// <param name="withRespectTo">Floating-point nodes of the loss' graph, or free nodes of parameters.</param>
    /// <returns>For each requested node, as it was given, a node of the same type.</returns>
    /// <exception cref="GraphException">
    /// The loss has more than one element, a value is not floating-point, or an operation on the way has no gradient
    /// rule; the message names operation and module path.
    /// </exception>
    public static IReadOnlyDictionary<Node, Node> Gradient(Node loss, IReadOnlyList<Node> withRespectTo)
    {
        Check(loss, withRespectTo);
        GraphBuilder builder = Builders.Of([loss, .. withRespectTo]);
        loss = Builders.Own(builder, loss);
        Node[] wanted = withRespectTo.Select(node => Builders.Own(builder, node)).ToArray();
        var start = new Dictionary<Node, Node> { [loss] = Constants.Splat(loss.DType, loss.Shape, 1) };
        IReadOnlyDictionary<Node, Node> gradients = PullBack(builder, start, wanted);

        var result = new Dictionary<Node, Node>();
        foreach (Node node in withRespectTo)
        {
            bool reached = gradients.TryGetValue(Builders.Own(builder, node), out Node? gradient);
            result[node] = Builders.Own(builder, reached ? gradient! : Constants.Splat(node.DType, node.Shape, 0));
        }

        return result;
    }

    /// <summary>The gradients of the wanted nodes, from those of results; a node that none of them depends on has
    /// none.</summary>
    /// <param name="builder">The builder of all of them.</param>
    /// <param name="start">The gradients of the results.</param>
    /// <param name="wanted">Floating-point nodes.</param>
    internal static IReadOnlyDictionary<Node, Node> PullBack(
        GraphBuilder builder, IReadOnlyDictionary<Node, Node> start, IReadOnlyList<Node> wanted)
    {
        List<Node> order = NodeOrder.Of(start.Keys);
        HashSet<Node> onTheWay = LeadingTo(new HashSet<Node>(wanted), order);
        var gradients = start.ToDictionary(pair => pair.Key, pair => pair.Value);
        var bodies = new BodyGradients(builder);
        for (int i = order.Count - 1; i >= 0; i--)
        {
            // All users of a node come behind it, so its gradient is complete when the walk arrives.
            Node node = order[i];
            if (!onTheWay.Contains(node))
            {
                continue;
            }

            if (node.Attributes is BodyAttributes)
            {
                PassBack(builder, node, bodies, onTheWay, gradients);
            }
            else if (gradients.TryGetValue(node, out Node? gradient))
            {
                if (node.Op == Op.Result)
                {
                    bodies.Add(node, gradient);
                }
                else
                {
                    PassBack(builder, node, gradient, onTheWay, gradients);
                }
            }
        }

        return gradients;
    }

    private static void PassBack(
        GraphBuilder builder, Node node, BodyGradients bodies, HashSet<Node> onTheWay,
        Dictionary<Node, Node> gradients)
    {
        using IDisposable scope = builder.EnterPath(node.ModulePath);
        Node?[] parts = bodies.Operands(node, onTheWay.Contains);
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i] is { } part && onTheWay.Contains(node.Inputs[i]))
            {
                AddTo(gradients, builder, node.Inputs[i], part);
            }
        }
    }

    private static void AddTo(Dictionary<Node, Node> gradients, GraphBuilder builder, Node node, Node part) =>
        gradients[node] = gradients.TryGetValue(node, out Node? sum)
            ? builder.Make(Op.Add, NoAttributes.Instance, sum, part)
            : part;

    private static void PassBack(
        GraphBuilder builder, Node node, Node gradient, HashSet<Node> onTheWay, Dictionary<Node, Node> gradients)
    {
        using IDisposable scope = builder.EnterPath(node.ModulePath);
        GradientRow row = Row(node);
        for (int operand = 0; operand < node.Inputs.Count; operand++)
        {
            Node input = node.Inputs[operand];
            if (row.Rule(operand) is not { } rule || !onTheWay.Contains(input))
            {
                continue;
            }

            Node part = rule(new GradientContext(node, new Expression(builder, gradient), operand)).Node;
            AddTo(gradients, builder, input, part);
        }
    }

    /// <summary>The nodes that a gradient of the loss flows to, the loss first.</summary>
    public static IReadOnlyCollection<Node> Reached(Node loss)
    {
        var reached = new HashSet<Node> { loss };
        var stack = new Stack<Node>();
        stack.Push(loss);
        while (stack.Count > 0)
        {
            Node node = stack.Pop();
            GradientRow? row = GradientRules.Find(node.Op);
            for (int operand = 0; row is not null && operand < node.Inputs.Count; operand++)
            {
                Node input = node.Inputs[operand];
                if (row.Rule(operand) is not null && MayFlow(input) && reached.Add(input))
                {
                    stack.Push(input);
                }
            }
        }

        return reached;
    }

    // The nodes through which a gradient reaches one of the wanted nodes.
    private static HashSet<Node> LeadingTo(HashSet<Node> wanted, List<Node> order)
    {
        var result = new HashSet<Node>();
        foreach (Node node in order)
        {
            if (wanted.Contains(node) || (MayFlow(node) && AnyFlows(node, result)))
            {
                result.Add(node);
            }
        }

        return result;
    }

    // Of numbers, and through loops and branches, whose results are.
    private static bool MayFlow(Node node) => node.DType.IsFloat() || node.Attributes is BodyAttributes;

    private static bool AnyFlows(Node node, HashSet<Node> onTheWay)
    {
        for (int operand = 0; operand < node.Inputs.Count; operand++)
        {
            if (onTheWay.Contains(node.Inputs[operand]) && Row(node).Rule(operand) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static GradientRow Row(Node node) => GradientRules.Find(node.Op) ?? throw new GraphException(
        "there is no gradient rule for this operation", node.ModulePath, OpTable.Row(node.Op).Name,
        node.Inputs.Select(input => input.Type.ToString()).ToArray(), null);

    private static void Check(Node loss, IReadOnlyList<Node> withRespectTo)
    {
        if (loss.Shape.ElementCount != 1 || !loss.DType.IsFloat())
        {
            throw new GraphException(
                $"only a floating-point scalar has a gradient, not {loss.Type}; sum or average it first");
        }

        foreach (Node node in withRespectTo.Where(node => !node.DType.IsFloat()))
        {
            throw new GraphException($"there is no gradient with respect to a value of type {node.Type}");
        }
    }
}
