using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Simplify;

/// <summary>Finds the matrix products that are written as sums of products of broadcasts.</summary>
internal static class ProductRecognition
{
    /// <summary>
    /// sum(broadcast(x) * broadcast(y)): axes of both that stay are batch axes, axes of both that are summed are
    /// contracted. Only where each operand has an axis of its own is this a matrix product; anything else is better off
    /// as a reduction.
    /// </summary>
    public static Node? Contraction(Match match)
    {
        Node product = match.Root.Inputs[0];
        bool fits = product.Op == Op.Multiply && product.DType is DType.F32 or DType.F64
            && product.Inputs.Any(operand => operand.Op == Op.Broadcast);
        return fits ? Build(match, Source(product.Inputs[0]), Source(product.Inputs[1]), product.Shape) : null;
    }

    private static Node? Build(Match match, Node left, Node right, Shape full)
    {
        var summed = match.Root.Get<ReduceAttributes>().Axes;
        int[] all = Enumerable.Range(0, full.Rank).Where(axis => full[axis] != 1).ToArray();
        int[] leftAxes = all.Where(axis => left.Shape[axis] != 1).ToArray();
        int[] rightAxes = all.Where(axis => right.Shape[axis] != 1).ToArray();
        int[] batch = leftAxes.Where(axis => rightAxes.Contains(axis) && !summed.Contains(axis)).ToArray();
        int[] contracted = leftAxes.Where(axis => rightAxes.Contains(axis) && summed.Contains(axis)).ToArray();
        int[] leftFree = leftAxes.Except(rightAxes).ToArray();
        int[] rightFree = rightAxes.Except(leftAxes).ToArray();
        bool isProduct = contracted.Length > 0 && leftFree.Length > 0 && rightFree.Length > 0
            && !leftFree.Concat(rightFree).Any(axis => summed.Contains(axis));
        if (!isProduct)
        {
            return null;
        }

        int[] Positions(int[] own, int[] axes) => axes.Select(axis => Array.IndexOf(own, axis)).ToArray();
        Expression result = Squeezed(match, left, leftAxes).Contract(
            Squeezed(match, right, rightAxes),
            Positions(leftAxes, batch), Positions(rightAxes, batch),
            Positions(leftAxes, contracted), Positions(rightAxes, contracted));
        int[] order = [.. batch, .. leftFree, .. rightFree];
        int[] wanted = order.OrderBy(axis => axis).ToArray();
        return result.Permute(Positions(order, wanted)).Reshape(match.Root.Shape).Node;
    }

    private static Node Source(Node operand) => operand.Op == Op.Broadcast ? operand.Inputs[0] : operand;

    private static Expression Squeezed(Match match, Node node, int[] axes) =>
        match.Expression(node).Reshape(new Shape(axes.Select(axis => node.Shape[axis])));
}
