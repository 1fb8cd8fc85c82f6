namespace Sinter;

/// <content>Windows that slide.</content>
internal static partial class ShapeRules
{
    public static TensorType Window(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        var window = (WindowAttributes)attributes;
        Shape from = inputs[0].Shape;
        int spatial = window.Kernel.Count;
        Check(spatial <= from.Rank, $"windows over {spatial} axes of a shape {from}");
        Shape positions = new(Positions(from.Range(from.Rank - spatial, spatial).ToArray(), window));
        Shape kernel = new(window.Kernel);
        return inputs[0].Type with { Shape = from.Range(0, from.Rank - spatial).Concat(positions).Concat(kernel) };
    }

    public static TensorType Fold(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        var fold = (FoldAttributes)attributes;
        int spatial = fold.Size.Count;
        Shape from = inputs[0].Shape;
        int lead = from.Rank - (2 * spatial);
        Check(lead >= 0, $"folds {2 * spatial} axes of a shape {from}");
        var expected = Positions(fold.Size.ToArray(), fold.Window).Concat(fold.Window.Kernel);
        bool fits = from.Skip(lead).SequenceEqual(expected);
        Check(fits, $"windows {new Shape(from.Skip(lead))} do not fit the size {fold.Size}");
        return inputs[0].Type with
        {
            Shape = from.Range(0, lead).Concat(new Shape(fold.Size)),
        };
    }

    public static TensorType Convolution(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        var c = (ConvolutionAttributes)attributes;
        Shape image = inputs[0].Shape;
        Shape weight = inputs[1].Shape;
        int spatial = c.Stride.Count;
        Check(inputs[0].DType == inputs[1].DType,
            $"operands have the types {inputs[0].DType.Name()} and {inputs[1].DType.Name()}");
        Check(
            image.Rank == spatial + 2, $"wants input (batch, channels, {spatial} spatial axes), got rank {image.Rank}");
        Check(weight.Rank == spatial
            + 2, $"wants weight (out, in / groups, {spatial} kernel axes), got rank {weight.Rank}");
        Check(c.Low.Count == spatial && c.High.Count == spatial
            && c.Dilation.Count == spatial, $"settings differ in length");
        Check(c.Groups > 0, $"groups is {c.Groups}");
        long channels = image[1].Value;
        long outputs = weight[0].Value;
        long wanted = checked(weight[1].Value * c.Groups);
        Check(channels == wanted, $"input has {channels} channels, weight wants {wanted} (groups {c.Groups})");
        Check(outputs % c.Groups == 0, $"{outputs} output channels do not divide into {c.Groups} groups");
        Check(c.Low.All(p => p.Min >= 0) && c.High.All(p => p.Min >= 0), $"padding is negative");
        Dimension[] kernel = weight.Skip(2).ToArray();
        Dimension[] sizes = image.Skip(2).Select((d, i) => d + c.Low[i] + c.High[i]).ToArray();
        Dimension[] positions = Positions(sizes, new WindowAttributes(kernel, c.Stride, c.Dilation));
        return inputs[0].Type with { Shape = new Shape([image[0], weight[0], .. positions]) };
    }

    public static TensorType Pool(IReadOnlyList<Node> inputs, Attributes attributes)
    {
        var pool = (PoolAttributes)attributes;
        Shape from = inputs[0].Shape;
        int spatial = pool.Window.Kernel.Count;
        Check(from.Rank >= spatial, $"pools {spatial} axes of a shape {from}");
        Check(inputs[0].DType.IsFloat(), $"wants floating-point numbers, got {inputs[0].DType.Name()}");
        Check(pool.Low.Count == spatial && pool.High.Count == spatial, $"settings differ in length");
        int lead = from.Rank - spatial;
        Dimension[] sizes = from.Skip(lead).Select((d, i) => d + pool.Low[i] + pool.High[i]).ToArray();
        return inputs[0].Type with
        {
            Shape = from.Range(0, lead).Concat(new Shape(Positions(sizes, pool.Window))),
        };
    }

    /// <summary>The number of window positions along each axis of the given (padded) sizes.</summary>
    private static Dimension[] Positions(Dimension[] sizes, WindowAttributes window)
    {
        Check(window.Stride.Count == sizes.Length && window.Dilation.Count == sizes.Length
            && window.Kernel.Count == sizes.Length,
            $"kernel, stride and dilation differ in length");
        var positions = new Dimension[sizes.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            Check(window.Kernel[i].Min > 0, $"kernel extent {window.Kernel[i]}{Example(window.Kernel[i] - 1)}");
            Check(window.Stride[i] > 0, $"stride {window.Stride[i]}");
            Check(window.Dilation[i] > 0, $"dilation {window.Dilation[i]}");
            Dimension reach = ((window.Kernel[i] - 1) * window.Dilation[i]) + 1;
            Check(reach.IsAtMost(sizes[i]),
                $"a window that spans {reach} does not fit an axis of {sizes[i]} (padding included){Example(sizes[i] - reach)}");
            positions[i] = ((sizes[i] - reach) / window.Stride[i]) + 1;
        }

        return positions;
    }

    /// <summary>Where a size that must not be negative may be: values of its symbols for which it is, or the bound
    /// that is known.</summary>
    private static string Example(params Dimension[] sizes)
    {
        foreach (Dimension size in sizes.Where(size => !size.IsStatic && size.Min < 0))
        {
            foreach (bool smallest in new[] { true, false })
            {
                long Ends(Symbol symbol) => smallest ? symbol.Min : symbol.Max;
                if (size.Evaluate(Ends) < 0)
                {
                    var values = size.Symbols.Select(s => FormattableString.Invariant($"{s} = {Ends(s)}"));
                    return $", where {string.Join(", ", values)}";
                }
            }

            return FormattableString.Invariant($", as {size} may be {size.Min} by the ranges of its symbols");
        }

        return "";
    }
}
