using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Decompose;

/// <summary>The windows of a convolution as movement; used by its decomposition and by its gradient.</summary>
internal static class ConvolutionWindows
{
    /// <summary>The padded windows of an image (..., S): (..., positions, kernel).</summary>
    /// <param name="image">Its last axes are the spatial ones.</param>
    /// <param name="weight">The weight's shape (O, C / groups, kernel).</param>
    /// <param name="settings">The convolution's settings.</param>
    public static Expression Of(Expression image, Shape weight, ConvolutionAttributes settings)
    {
        int lead = image.Rank - settings.Stride.Count;
        Dimension[] low = [.. new Dimension[lead], .. settings.Low];
        Dimension[] high = [.. new Dimension[lead], .. settings.High];
        Dimension[] kernel = weight.Skip(2).ToArray();
        var window = new WindowAttributes(kernel, settings.Stride, settings.Dilation);
        return image.Pad(low, high, new long[image.Rank]).Make(Op.Window, window);
    }

    /// <summary>An axis of extent g * n as two axes (g, n).</summary>
    public static Expression SplitAxis(Expression value, int axis, int groups)
    {
        Shape shape = value.Shape;
        var split = new Dimension[] { groups, shape[axis] / groups };
        return value.Reshape(new Shape([.. shape.Take(axis), .. split, .. shape.Skip(axis + 1)]));
    }
}
