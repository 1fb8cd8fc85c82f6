namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    private static ReferenceRow[] Convolutions() =>
    [
        .. OneLayer(
            "layer_conv2d_basic", "layer_conv2d_padding", "layer_conv2d_stride", "layer_conv2d_dilation",
            "layer_conv2d_groups", "layer_conv2d_depthwise", "layer_conv2d_pointwise", "layer_conv2d_same",
            "layer_conv2d_kernel_is_image", "layer_conv2d_all", "layer_conv2d_large_kernel"),
        Case("layer_conv2d_reflect", PaddedConvolution),
        Case("layer_conv1d_basic", m => m.Output(Convolution1d(m, m.Input(0), ""))),
        Case("layer_conv1d_stride_dilation", m => m.Output(Convolution1d(m, m.Input(0), ""))),
        .. new[]
        {
            "layer_conv_transpose2d_basic", "layer_conv_transpose2d_stride", "layer_conv_transpose2d_output_padding",
            "layer_conv_transpose2d_groups_dilation", "layer_conv_transpose1d",
        }.Select(name => Case(name, m => m.Output(TransposedConvolution(m, m.Input(0), "")))),
        Case("conv2d_naive", m =>
        {
            Tensor<F32> image = m.Input("image").Unsqueeze(0).Unsqueeze(0);
            Tensor<F32> kernel = m.Input("kernel").Unsqueeze(0).Unsqueeze(0);
            PythonCall call = m.Case.Call("conv2d");
            m.Output(image.Conv2d(
                kernel, stride: PairOf(call, 3, "stride", 1), padding: PairOf(call, 4, "padding", 0),
                dilation: PairOf(call, 5, "dilation", 1)).Squeeze(0).Squeeze(0));
        }),
    ];

    private static Size2d PairOf(PythonCall call, int position, string name, int fallback)
    {
        long[] numbers = call.Integers(position, name, $"{fallback}");
        return new Size2d((int)numbers[0], (int)numbers[^1]);
    }

    private static LayerSettings Root(ReferenceModel m) => m.Settings("");

    private static Tensor<F32>? Bias(ReferenceModel m, LayerSettings settings) =>
        settings.Flag("bias") ? m.Parameter(At(settings.Path, "bias")) : null;

    // padding_mode: the image continued beyond its edges, then no zeros.
    private static void PaddedConvolution(ReferenceModel m)
    {
        LayerSettings settings = Root(m);
        Tensor<F32> x = m.Input(0);
        Size2d padding = settings.Pair("padding");
        string sides = $"({padding.Width}, {padding.Width}, {padding.Height}, {padding.Height})";
        string mode = settings.Text("padding_mode")!.Replace("zeros", "constant", StringComparison.Ordinal);
        x = Padded(x, new PythonCall("pad", ["", sides, mode], new Dictionary<string, string>()));
        m.Output(x.Conv2d(
            m.Parameter("weight"), Bias(m, settings), settings.Pair("stride"), 0, settings.Pair("dilation"),
            settings.Integer("groups")));
    }

    // A line is an image of height 1.
    private static Tensor<F32> Convolution1d(ReferenceModel m, Tensor<F32> x, string path)
    {
        LayerSettings settings = m.Settings(path);
        Tensor<F32> result = x.Unsqueeze(2).Conv2d(
            m.Parameter(At(path, "weight")).Unsqueeze(2), Bias(m, settings), (1, settings.Integer("stride")),
            (0, settings.Integer("padding")), (1, settings.Integer("dilation")), settings.Integer("groups"));
        return result.Squeeze(2);
    }

    /// <summary>
    /// Each input element spreads the kernel: a convolution of the input with zeros between its elements, with the
    /// kernel turned over and its two channel axes exchanged inside each group.
    /// </summary>
    private static Tensor<F32> TransposedConvolution(ReferenceModel m, Tensor<F32> x, string path)
    {
        LayerSettings settings = m.Settings(path);
        int spatial = x.Rank - 2;
        long[] stride = Spread(settings, "stride", spatial);
        long[] padding = Spread(settings, "padding", spatial);
        long[] extra = Spread(settings, "output_padding", spatial);
        long[] dilation = Spread(settings, "dilation", spatial);
        long groups = settings.Integer("groups");
        Tensor<F32> weight = Exchanged(m.Parameter(At(path, "weight")), groups);

        // Where an element lands first: the kernel's reach in front, less the padding cut away.
        long[] reach = [.. Enumerable.Range(0, spatial).Select(i => dilation[i] * (weight.Shape[i + 2].Value - 1))];
        long[] low = [.. reach.Select((span, i) => span - padding[i])];
        long[] high = [.. reach.Select((span, i) => span - padding[i] + extra[i])];
        var between = new PadAttributes(
            new long[x.Rank], new long[x.Rank], (long[])[0, 0, .. stride.Select(step => step - 1)], 0);
        var spread = new Tensor<F32>(m.Graph.Make(Op.Pad, between, x.Node));
        long[] ones = [.. stride.Select(_ => 1L)];
        var attributes = new ConvolutionAttributes(ones, low, high, dilation, (int)groups);
        var result = new Tensor<F32>(m.Graph.Make(Op.Convolution, attributes, spread.Node, weight.Node));
        Dimension[] channels = [-1, .. Enumerable.Repeat((Dimension)1, spatial)];
        return Bias(m, settings) is { } bias ? result + bias.Reshape(channels) : result;
    }

    // (in, out / groups, kernel) -> (out, in / groups, kernel), the kernel turned over.
    private static Tensor<F32> Exchanged(Tensor<F32> weight, long groups)
    {
        Dimension[] kernel = [.. weight.Shape.Skip(2)];
        Dimension inputs = weight.Shape[0].Value / groups;
        Dimension outputs = weight.Shape[1];
        int[] turned = [.. Enumerable.Range(2, kernel.Length)];
        return weight.Flip(turned).Reshape([groups, inputs, outputs, .. kernel]).Transpose(1, 2)
            .Reshape([groups * outputs, inputs, .. kernel]);
    }

    private static long[] Spread(LayerSettings settings, string name, int spatial)
    {
        int[] numbers = settings.Integers(name);
        return [.. Enumerable.Range(0, spatial).Select(i => (long)numbers[Math.Min(i, numbers.Length - 1)])];
    }
}
