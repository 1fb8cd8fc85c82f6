namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    private static ReferenceRow[] Blocks() =>
    [
        .. new[] { "block_residual_downsample", "block_residual_identity", "block_residual_eval", "block_bottleneck" }
            .Select(name => Case(name, m => m.Output(Residual(m, m.Input(0), "")))),
        Case("block_inception", m => m.Output(Inception(m, m.Input(0), ""))),
        Network("model_inception", InceptionNetwork, CrossEntropy) with { IsHeavy = true },
        Case("block_mbconv", m => m.Output(InvertedResidual(m, m.Input(0)))),
        Case("block_aspp", m => m.Output(SpatialPyramid(m, m.Input(0)))),
        Case("block_tcn", m => m.Output(Causal(m, m.Input(0)))),
        .. new[] { "model_resnet18", "model_resnet50", "model_resnet18_eval" }
            .Select(name => Network(name, ResNet, CrossEntropy) with { IsHeavy = true }),
        Network("model_unet_seed001", UNet, BinaryCrossEntropyWithLogits)
            with { IsHeavy = true },
        Network("model_unet_deep", DeepUNet, CrossEntropy) with { IsHeavy = true },
        Case("model_vae", VariationalAutoencoder),
    ];

    private static string At(string path, string name) => path.Length == 0 ? name : path + "." + name;

    // He et al. 2015: an activation behind each convolution but the last; two of them, or three in a bottleneck.
    private static Tensor<F32> Residual(ReferenceModel m, Tensor<F32> x, string path)
    {
        int count = m.Below(path).Count(name => name.StartsWith(At(path, "conv"), StringComparison.Ordinal));
        Tensor<F32> y = x;
        for (int i = 1; i <= count; i++)
        {
            y = m.Layer(At(path, $"bn{i}")).Call(m.Layer(At(path, $"conv{i}")).Call(y));
            y = i < count ? y.Relu() : y;
        }

        return (y + m.Layer(At(path, "shortcut")).Call(x)).Relu();
    }

    private static Tensor<F32> ResNet(ReferenceModel m)
    {
        Tensor<F32> x = m.Layer("bn1").Call(m.Layer("conv1").Call(m.Input(0))).Relu();

        // The stem for large images halves them twice.
        x = m.Settings("conv1").Pair("stride") == Size2d.One ? x : m.Layer("pool").Call(x);
        foreach (string block in m.Below("stages").SelectMany(m.Below))
        {
            x = Residual(m, x, block);
        }

        return m.Layer("fc").Call(x.Mean([2, 3]));
    }

    private static Tensor<F32> Inception(ReferenceModel m, Tensor<F32> x, string path) =>
        Tensor.Concat(1, [.. m.Below(path).Select(branch => m.Layer(branch).Call(x))]).Relu();

    private static Tensor<F32> InceptionNetwork(ReferenceModel m)
    {
        Tensor<F32> x = m.Below("blocks").Aggregate(
            m.Layer("stem").Call(m.Input(0)), (value, block) => Inception(m, value, block));
        return m.Layer("fc").Call(x.Mean([2, 3]));
    }

    // Tan and Le 2019: expand, depthwise, squeeze and excite, project.
    private static Tensor<F32> InvertedResidual(ReferenceModel m, Tensor<F32> x)
    {
        Tensor<F32> y = m.Layer("dw").Call(m.Layer("expand").Call(x));
        Tensor<F32> squeezed = m.Layer("se1").Call(y.Mean([2, 3], keepDims: true)).Silu();
        y = m.Layer("project").Call(y * m.Layer("se2").Call(squeezed).Sigmoid());
        return y.Shape.Equals(x.Shape) ? x + y : y;
    }

    // Chen et al. 2017. One pixel, interpolated, is the same everywhere.
    private static Tensor<F32> SpatialPyramid(ReferenceModel m, Tensor<F32> x)
    {
        Tensor<F32> image = m.Layer("pool").Call(x.Mean([2, 3], keepDims: true)).Relu();
        Tensor<F32>[] branches = [.. m.Below("convs").Select(path => m.Layer(path).Call(x).Relu())];
        Tensor<F32> wide = image.Expand(branches[0].Shape);
        return m.Layer("project").Call(Tensor.Concat(1, [.. branches, wide]));
    }

    // Bai et al. 2018: padded in front only, nothing sees what comes later.
    private static Tensor<F32> Causal(ReferenceModel m, Tensor<F32> x)
    {
        Tensor<F32> y = Convolution1d(m, Padded(x, "conv1"), "conv1").Relu();
        y = Convolution1d(m, Padded(y, "conv2"), "conv2").Relu();
        return (y + Convolution1d(m, x, "down")).Relu();

        Tensor<F32> Padded(Tensor<F32> value, string path)
        {
            LayerSettings settings = m.Settings(path);
            return value.Pad(2, (settings.Integer("kernel_size") - 1) * settings.Integer("dilation"), 0);
        }
    }

    // Ronneberger et al. 2015, one level.
    private static Tensor<F32> UNet(ReferenceModel m)
    {
        Tensor<F32> fine = m.Layer("enc1").Call(m.Input(0));
        Tensor<F32> coarse = m.Layer("enc2").Call(m.Layer("pool").Call(fine));
        Tensor<F32> rows = Interpolation(coarse.Shape[2].Value, fine.Shape[2].Value, alignCorners: false);
        Tensor<F32> columns = Interpolation(coarse.Shape[3].Value, fine.Shape[3].Value, alignCorners: false);
        Tensor<F32> up = rows.MatMul(coarse.MatMul(columns.Transposed));
        return m.Layer("final").Call(m.Layer("dec1").Call(Tensor.Concat(1, up, fine)));
    }

    private static Tensor<F32> DeepUNet(ReferenceModel m)
    {
        Tensor<F32> first = m.Layer("e1").Call(m.Input(0));
        Tensor<F32> second = m.Layer("e2").Call(Pooled(m, first, 0));
        Tensor<F32> middle = m.Layer("mid").Call(Pooled(m, second, 1));
        Tensor<F32> up = Tensor.Concat(1, second, TransposedConvolution(m, middle, "up2"));
        up = Tensor.Concat(1, first, TransposedConvolution(m, m.Layer("d2").Call(up), "up1"));
        return m.Layer("final").Call(m.Layer("d1").Call(up));
    }

    // Kingma and Welling 2014, with given noise.
    private static void VariationalAutoencoder(ReferenceModel m)
    {
        Tensor<F32> hidden = m.Layer("encoder").Call(m.Input("x"));
        Tensor<F32> mean = m.Layer("fc_mu").Call(hidden);
        Tensor<F32> logVariance = m.Layer("fc_var").Call(hidden);
        Tensor<F32> drawn = mean + (m.Input("eps") * (logVariance * 0.5).Exp());
        Tensor<F32> result = m.Layer("decoder").Call(drawn);
        m.Output(result, mean, logVariance);
        m.Loss = (BinaryCrossEntropy(m, result) + GaussianKl(m, mean, logVariance)) / result.Shape[0].Value;
    }
}
