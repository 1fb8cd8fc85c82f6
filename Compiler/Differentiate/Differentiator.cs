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
        GraphBuilder builder = Walk.Builder([loss, .. withRespectTo]);
        loss = Walk.Own(builder, loss);
        var wanted = new HashSet<Node>(withRespectTo.Select(node => Walk.Own(builder, node)));
        List<Node> order = Walk.Order([loss]);
        HashSet<Node> onTheWay = LeadingTo(wanted, order);

        var gradients = new Dictionary<Node, Node> { [loss] = Constants.Splat(loss.DType, loss.Shape, 1) };
        for (int i = order.Count - 1; i >= 0; i--)
        {
            // All users of a node come behind it, so its gradient is complete when the walk arrives.
            if (onTheWay.Contains(order[i]) && gradients.TryGetValue(order[i], out Node? gradient))
            {
                PassBack(builder, order[i], gradient, onTheWay, gradients);
            }
        }

        var result = new Dictionary<Node, Node>();
        foreach (Node node in withRespectTo)
        {
            bool reached = gradients.TryGetValue(Walk.Own(builder, node), out Node? gradient);
            result[node] = Walk.Own(builder, reached ? gradient! : Constants.Splat(node.DType, node.Shape, 0));
        }

        return result;
    }

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

            Node part = rule(new GradientContext(node, new Value(builder, gradient), operand)).Node;
            gradients[input] = gradients.TryGetValue(input, out Node? sum)
                ? builder.Make(Op.Add, NoAttributes.Instance, sum, part)
                : part;
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
                if (row.Rule(operand) is not null && input.DType.IsFloat() && reached.Add(input))
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
            if (wanted.Contains(node) || (node.DType.IsFloat() && AnyFlows(node, result)))
            {
                result.Add(node);
            }
        }

        return result;
    }

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
