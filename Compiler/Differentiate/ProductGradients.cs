using Sinter.Compiler.Decompose;
using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Differentiate;

/// <summary>Gradient rules of contractions and convolutions.</summary>
internal static class ProductGradients
{
    /// <summary>
    /// The left operand's gradient: the result's, contracted with the right operand over the right's free axes.
    /// </summary>
    public static Expression ContractionLeft(GradientContext c)
    {
        var a = c.Get<ContractionAttributes>();
        return ContractionOperand(
            c.G, c.A.Shape, a.LeftBatch, a.LeftContracted, c.B, a.RightBatch, a.RightContracted, ownFirst: true);
    }

    /// <summary>
    /// The right operand's gradient: the result's, contracted with the left operand over the left's free axes.
    /// </summary>
    public static Expression ContractionRight(GradientContext c)
    {
        var a = c.Get<ContractionAttributes>();
        return ContractionOperand(
            c.G, c.B.Shape, a.RightBatch, a.RightContracted, c.A, a.LeftBatch, a.LeftContracted, ownFirst: false);
    }

    /// <summary>
    /// The gradient of the image (N, C, S): the result's gradient, spread by the stride and padded to the full size,
    /// convolved with the flipped weight whose channel axes have changed places.
    /// </summary>
    public static Expression ConvolutionInput(GradientContext c)
    {
        var a = c.Get<ConvolutionAttributes>();
        int spatial = a.Stride.Count;
        var low = new Dimension[spatial];
        var high = new Dimension[spatial];
        for (int i = 0; i < spatial; i++)
        {
            Dimension reach = (c.B.Shape[i + 2] - 1) * a.Dilation[i];
            Dimension spread = ((c.Node.Shape[i + 2] - 1) * a.Stride[i]) + 1;
            low[i] = reach - a.Low[i];
            high[i] = c.A.Shape[i + 2] + reach - low[i] - spread;
        }

        // The convolution pads by itself where it can; spreading and cutting are the pad's.
        bool plain = a.Stride.All(s => s == 1) && low.All(p => p.Min >= 0) && high.All(p => p.Min >= 0);
        long[] interior = [0, 0, .. a.Stride.Select(s => s - 1)];
        Expression gradient = plain ? c.G : c.G.Pad([0, 0, .. low], [0, 0, .. high], interior);
        var none = new Dimension[spatial];
        long[] ones = Enumerable.Repeat(1L, spatial).ToArray();
        var back = new ConvolutionAttributes(ones, plain ? low : none, plain ? high : none, a.Dilation, a.Groups);
        return gradient.Make(Op.Convolution, back, TransposedWeight(c.B, a.Groups));
    }

    /// <summary>
    /// The gradient of the weight (O, C / groups, K): the result's gradient contracted with the windows of the image
    /// over batch and positions.
    /// </summary>
    public static Expression ConvolutionWeight(GradientContext c)
    {
        var a = c.Get<ConvolutionAttributes>();
        int spatial = a.Stride.Count;
        int[] overResult = [0, .. Enumerable.Range(2, spatial)];
        if (a.Groups == 1)
        {
            // (N, O, P) with (N, C, P, K) over N and P gives (O, C, K).
            Expression windows = ConvolutionWindows.Of(c.A, c.B.Shape, a);
            return c.G.Contract(windows, [], [], overResult, overResult);
        }

        // (N, G, O / G, P) with (N, G, C / G, P, K), batch over G, gives (G, O / G, C / G, K).
        int[] grouped = [0, .. Enumerable.Range(3, spatial)];
        Expression gradient = ConvolutionWindows.SplitAxis(c.G, 1, a.Groups);
        Expression groupedWindows = ConvolutionWindows.Of(ConvolutionWindows.SplitAxis(c.A, 1, a.Groups), c.B.Shape, a);
        return gradient.Contract(groupedWindows, [1], [1], grouped, grouped).Reshape(c.B.Shape);
    }

    // (O, C / G, K) to (C, O / G, K), flipped along K.
    private static Expression TransposedWeight(Expression weight, int groups)
    {
        int[] kernel = Enumerable.Range(2, weight.Rank - 2).ToArray();
        Expression flipped = weight.Flip(kernel.Where(axis => weight.Shape[axis] != 1).ToArray());
        if (groups == 1)
        {
            return flipped.Permute([1, 0, .. kernel]);
        }

        // (G, O / G, C / G, K) to (G, C / G, O / G, K).
        int[] order = [0, 2, 1, .. kernel.Select(axis => axis + 1)];
        Expression split = ConvolutionWindows.SplitAxis(flipped, 0, groups).Permute(order);
        Shape shape = split.Shape;
        return split.Reshape(new Shape([shape[0] * shape[1], .. shape.Skip(2)]));
    }

    /// <summary>
    /// The result has the axes (batch, left free, right free). Contracting its gradient with the other operand over the
    /// other's free axes leaves batch, own free axes, and the other's contracted axes, which stand for own contracted
    /// ones. Of the two orders of operands, the one that leaves them as the operand has them is taken; where neither
    /// does, a permutation follows.
    /// </summary>
    private static Expression ContractionOperand(
        Expression gradient, Shape own, EquatableArray<int> ownBatch, EquatableArray<int> ownContracted,
        Expression other, EquatableArray<int> otherBatch, EquatableArray<int> otherContracted, bool ownFirst)
    {
        int[] ownFree = ContractionAttributes.FreeAxes(own.Rank, ownBatch, ownContracted);
        int[] otherFree = ContractionAttributes.FreeAxes(other.Rank, otherBatch, otherContracted);
        int[] batch = Enumerable.Range(0, ownBatch.Count).ToArray();
        int firstOther = batch.Length + (ownFirst ? ownFree.Length : 0);
        int[] summed = Enumerable.Range(firstOther, otherFree.Length).ToArray();

        // What is left of the other operand, as the axes of the own one that they were paired with.
        var pairs = otherContracted.Zip(ownContracted, (theirs, mine) => (Theirs: theirs, Mine: mine));
        int[] paired = pairs.OrderBy(pair => pair.Theirs).Select(pair => pair.Mine).ToArray();
        int[] gradientFirst = [.. ownBatch, .. ownFree, .. paired];
        int[] otherComesFirst = [.. ownBatch, .. paired, .. ownFree];
        bool swap = otherComesFirst.SequenceEqual(Enumerable.Range(0, own.Rank));
        Expression result = swap
            ? other.Contract(gradient, otherBatch.ToArray(), batch, otherFree, summed)
            : gradient.Contract(other, batch, otherBatch.ToArray(), summed, otherFree);
        int[] labels = swap ? otherComesFirst : gradientFirst;
        return result.Permute(Enumerable.Range(0, own.Rank).Select(axis => Array.IndexOf(labels, axis)).ToArray());
    }
}
