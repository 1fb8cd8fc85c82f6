using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Decompose;

/// <summary>What operations that only graphs have are made of: one row for each.</summary>
internal static class DecompositionRules
{
    // Each element of a concatenation chooses among the parts, one after another, in one expression.
    private const int MostParts = 32;

    /// <summary>Rules whose operation stays, in a form that kernels can be made of.</summary>
    public static RuleSet Large { get; } =
        new([new Rule("concat of many → concat of concats", Op.Concat, ConcatOfMany)]);

    public static RuleSet Table { get; } = new(
    [
        new Rule("convolution → contraction with windows", Op.Convolution, Convolution),
        new Rule("max pool → max over windows", Op.MaxPool, MaxPool),
        new Rule("stop gradient → operand", Op.StopGradient, match => match.Root.Inputs[0]),
    ]);

    private static Node? ConcatOfMany(Match match)
    {
        IReadOnlyList<Node> parts = match.Root.Inputs;
        if (parts.Count <= MostParts)
        {
            return null;
        }

        var whole = new List<Node>();
        for (int i = 0; i < parts.Count; i += MostParts)
        {
            Node[] some = [.. parts.Skip(i).Take(MostParts)];
            whole.Add(some.Length == 1 ? some[0] : match.Builder.Make(Op.Concat, match.Root.Attributes, some));
        }

        return match.Builder.Make(Op.Concat, match.Root.Attributes, whole.ToArray());
    }

    /// <summary>image (N, C, S), weight (O, C / G, K) → (N, O, P).</summary>
    private static Node Convolution(Match match)
    {
        var settings = match.Root.Get<ConvolutionAttributes>();
        Expression image = match.Expression(match.Root.Inputs[0]);
        Expression weight = match.Expression(match.Root.Inputs[1]);
        return settings.Groups == 1 ? Whole(image, weight, settings).Node : Grouped(image, weight, settings).Node;
    }

    private static Expression Whole(Expression image, Expression weight, ConvolutionAttributes settings)
    {
        int spatial = settings.Stride.Count;
        int[] positions = Enumerable.Range(2, spatial).ToArray();
        if (IsPointwise(weight.Shape, settings))
        {
            // One tap at every position is a matrix product over the channels: (O, C) with (N, C, P) gives (O, N, P).
            Expression matrix = weight.Reshape(weight.Shape.Range(0, 2));
            return matrix.Contract(image, [], [], [1], [1]).Permute([1, 0, .. positions]);
        }

        // (O, C, K) with (N, C, P, K) over C and K gives (O, N, P).
        Expression windows = ConvolutionWindows.Of(image, weight.Shape, settings);
        int[] taps = Enumerable.Range(2 + spatial, spatial).ToArray();
        return weight.Contract(windows, [], [], [1, .. positions], [1, .. taps]).Permute([1, 0, .. positions]);
    }

    private static Expression Grouped(Expression image, Expression weight, ConvolutionAttributes settings)
    {
        int spatial = settings.Stride.Count;
        Expression groups = ConvolutionWindows.SplitAxis(weight, 0, settings.Groups);
        Expression split = ConvolutionWindows.SplitAxis(image, 1, settings.Groups);
        int[] positions = Enumerable.Range(3, spatial).ToArray();
        Expression product;
        if (IsPointwise(weight.Shape, settings))
        {
            // (G, O / G, C / G) with (N, G, C / G, P), batch over G, gives (G, O / G, N, P).
            product = groups.Reshape(groups.Shape.Range(0, 3)).Contract(split, [0], [1], [2], [2]);
        }
        else
        {
            // (G, O / G, C / G, K) with (N, G, C / G, P, K), batch over G, gives (G, O / G, N, P).
            Expression windows = ConvolutionWindows.Of(split, weight.Shape, settings);
            int[] taps = Enumerable.Range(3 + spatial, spatial).ToArray();
            product = groups.Contract(windows, [0], [1], [2, .. positions], [2, .. taps]);
        }

        Expression ordered = product.Permute([2, 0, 1, .. positions]);
        return ordered.Reshape(new Shape([image.Shape[0], weight.Shape[0], .. ordered.Shape.Skip(3)]));
    }

    private static bool IsPointwise(Shape weight, ConvolutionAttributes settings) =>
        weight.Skip(2).All(k => k == 1) && settings.Stride.All(s => s == 1)
        && settings.Low.Concat(settings.High).All(pad => pad == 0);

    private static Node MaxPool(Match match)
    {
        var pool = match.Root.Get<PoolAttributes>();
        Expression input = match.Expression(match.Root.Inputs[0]);
        int spatial = pool.Window.Kernel.Count;
        int lead = input.Rank - spatial;
        if (PoolWindows.Tiles(pool, input.Shape))
        {
            // (..., P1, K1, P2, K2): windows that tile the input need no window indices.
            int[] inside = Enumerable.Range(0, spatial).Select(i => lead + (2 * i) + 1).ToArray();
            return PoolWindows.Split(input, pool).Reduce(Op.Max, inside).Node;
        }

        int[] kernel = Enumerable.Range(lead + spatial, spatial).ToArray();
        return PoolWindows.Slide(input, pool).Reduce(Op.Max, kernel).Node;
    }
}
