namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    private static ReferenceRow[] Pools() =>
    [
        .. OneLayer(
            "pool_max2d", "pool_max2d_overlap", "pool_max2d_padding", "pool_max2d_stride1", "pool_max2d_ceil",
            "pool_max2d_dilation", "pool_max2d_ties", "pool_avg2d", "pool_avg2d_padding",
            "pool_avg2d_padding_excluded", "pool_avg2d_ceil"),
        Case("pool_max1d", MaxPool1d),
        Case("pool_avg1d", AvgPool1d),
        Adaptive("pool_adaptive_avg_1x1", window => window.Mean([2, 3], keepDims: true)),
        Adaptive("pool_adaptive_avg", window => window.Mean([2, 3], keepDims: true)),
        Adaptive("pool_adaptive_avg_upsizing", window => window.Mean([2, 3], keepDims: true)),

        // Not Max, which shares the gradient among ties: a pool over the whole window gives it to the first.
        Adaptive("pool_adaptive_max", window =>
            window.MaxPool2d(new Size2d((int)window.Shape[2].Value, (int)window.Shape[3].Value))),
        Case("pool_adaptive_avg1d", m =>
        {
            Tensor<F32> image = m.Input(0).Unsqueeze(2);
            int size = Root(m).Integer("output_size");
            m.Output(Adapted(image, 1, size, window => window.Mean([2, 3], keepDims: true)).Squeeze(2));
        }),
    ];

    private static ReferenceRow[] Resampling() =>
    [
        .. new[]
        {
            "upsample_nearest", "upsample_nearest_size", "upsample_bilinear", "upsample_bilinear_align",
            "upsample_bilinear_size", "upsample_bilinear_size_align",
        }.Select(name => Case(name, Interpolated)),
        Called("upsample_pixel_shuffle", "pixel_shuffle", (x, call) =>
            PixelShuffled(x, call.Integer(1, "upscale_factor"))),
    ];

    private static void MaxPool1d(ReferenceModel m)
    {
        LayerSettings settings = Root(m);
        Tensor<F32> image = m.Input(0).Unsqueeze(2);
        m.Output(image.MaxPool2d(
            (1, settings.Integer("kernel_size")), (1, settings.Integer("stride")), (0, settings.Integer("padding")),
            (1, settings.Integer("dilation")), settings.Flag("ceil_mode")).Squeeze(2));
    }

    private static void AvgPool1d(ReferenceModel m)
    {
        LayerSettings settings = Root(m);
        Tensor<F32> image = m.Input(0).Unsqueeze(2);
        m.Output(image.AvgPool2d(
            (1, settings.Integer("kernel_size")), (1, settings.Integer("stride")), (0, settings.Integer("padding")),
            settings.Flag("ceil_mode"), settings.Flag("count_include_pad")).Squeeze(2));
    }

    private static ReferenceRow Adaptive(string name, Func<Tensor<F32>, Tensor<F32>> reduce) => Case(name, m =>
    {
        Size2d size = Root(m).Pair("output_size");
        m.Output(Adapted(m.Input(0), size.Height, size.Width, reduce));
    });

    // Position i takes the elements from floor(i * extent / size) to ceil((i + 1) * extent / size).
    private static Tensor<F32> Adapted(
        Tensor<F32> x, int height, int width, Func<Tensor<F32>, Tensor<F32>> reduce) =>
        Tensor.Concat(2, [.. Parts(x, 2, height).Select(row =>
            Tensor.Concat(3, [.. Parts(row, 3, width).Select(reduce)]))]);

    private static IEnumerable<Tensor<F32>> Parts(Tensor<F32> x, int axis, int size)
    {
        long extent = x.Shape[axis].Value;
        for (long i = 0; i < size; i++)
        {
            yield return x.Slice(axis, i * extent / size, (((i + 1) * extent) + size - 1) / size);
        }
    }

    // Position i takes element floor(i * extent / size).
    private static Tensor<F32> Nearest(Tensor<F32> x, long height, long width)
    {
        return Chosen(Chosen(x, 2, height), 3, width);

        static Tensor<F32> Chosen(Tensor<F32> x, int axis, long size)
        {
            long extent = x.Shape[axis].Value;
            double[] positions = [.. Enumerable.Range(0, (int)size).Select(i => (double)(i * extent / size))];
            return x.IndexSelect(axis, Tensor<I64>.Of(positions, size));
        }
    }

    // torch.nn.functional.interpolate, to a size or by whole factors.
    private static void Interpolated(ReferenceModel m)
    {
        PythonCall call = m.Case.Call("interpolate");
        Tensor<F32> x = m.Input(0);
        long[] size = call.Has(1, "size")
            ? call.Integers(1, "size")
            : [.. new[] { 2, 3 }.Select((axis, i) =>
                x.Shape[axis].Value
                    * call.Integers(2, "scale_factor")[call.Text(2, "scale_factor")[0] == '(' ? i : 0])];
        switch (call.Text(3, "mode", "nearest"))
        {
            case "nearest":
                m.Output(Nearest(x, size[0], size[^1]));
                break;
            case "bilinear":
                bool aligns = call.Flag(4, "align_corners", false);
                Tensor<F32> rows = Interpolation(x.Shape[2].Value, size[0], aligns);
                Tensor<F32> columns = Interpolation(x.Shape[3].Value, size[^1], aligns);
                m.Output(rows.MatMul(x.MatMul(columns.Transposed)));
                break;
            case string other:
                throw new NotComparedException($"there is no interpolation {other} yet");
        }
    }

    // (size, extent): each position's shares of the two elements beside it.
    private static Tensor<F32> Interpolation(long extent, long size, bool alignCorners)
    {
        double[] shares = new double[size * extent];
        for (long i = 0; i < size; i++)
        {
            double centred = Math.Max(0, ((i + 0.5) * extent / size) - 0.5);
            double aligned = size == 1 ? 0 : (double)i * (extent - 1) / (size - 1);
            double at = alignCorners ? aligned : centred;
            long below = Math.Min((long)at, extent - 1);
            long above = Math.Min(below + 1, extent - 1);
            shares[(i * extent) + below] += 1 - (at - below);
            shares[(i * extent) + above] += at - below;
        }

        return Tensor<F32>.Of(shares, size, extent);
    }

    // (batch, channels * factor * factor, height, width) -> (batch, channels, height * factor, width * factor)
    private static Tensor<F32> PixelShuffled(Tensor<F32> x, long factor)
    {
        long channels = x.Shape[1].Value / (factor * factor);
        Dimension height = x.Shape[2];
        Dimension width = x.Shape[3];
        return x.Reshape(x.Shape[0], channels, factor, factor, height, width).Permute(0, 1, 4, 2, 5, 3)
            .Reshape(x.Shape[0], channels, height * factor, width * factor);
    }
}
