namespace Sinter;

/// <summary>
/// What layers compute, as functions of tensors: PyTorch's <c>torch.nn.functional</c> without parameters of its own.
/// </summary>
public static partial class Functional
{
    /// <summary>max(x, 0); the gradient at 0 is 0.</summary>
    public static Tensor<F32> Relu(this Tensor<F32> x) => x.Given().Maximum(Tensor<F32>.Scalar(0));

    /// <summary>x where x > 0, else slope * x (Maas et al. 2013); the gradient at 0 is the slope.</summary>
    public static Tensor<F32> LeakyRelu(this Tensor<F32> x, double slope = 0.01) =>
        Tensor.Where(x.Given() > Zero, x, x * slope);

    /// <summary>x where x > 0, else alpha * (e^x - 1) (Clevert et al. 2015).</summary>
    public static Tensor<F32> Elu(this Tensor<F32> x, double alpha = 1)
    {
        // The inner choice keeps the branch that is not taken finite, and with it its gradient. A minimum would do the
        // same, but its slope at the tie is 0, where this function's is alpha.
        Tensor<Bool> positive = x.Given() > Zero;
        Tensor<F32> negative = Tensor.Where(positive, Zero, x).Expm1();
        return Tensor.Where(positive, x, alpha == 1 ? negative : negative * alpha);
    }

    /// <summary>x * P(a standard normal variable is below x) (Hendrycks and Gimpel 2016).</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="approximateTanh">Whether to take the paper's approximation by tanh, PyTorch's
    /// <c>approximate='tanh'</c>.</param>
    public static Tensor<F32> Gelu(this Tensor<F32> x, bool approximateTanh = false)
    {
        // Beyond ±10 the tangent is ±1 to the last bit, and a cube that overflows would have the gradient 0 * infinity.
        Tensor<F32> near = x.Given().Clamp(-10, 10);
        Tensor<F32> twice = approximateTanh
            ? ((near + (near * near * near * 0.044715)) * Math.Sqrt(2 / Math.PI)).Tanh() + 1
            : (x * Math.Sqrt(0.5)).Erf() + 1;
        return x * 0.5 * twice;
    }

    /// <summary>x * sigmoid(x) (Elfwing et al. 2017), also called swish.</summary>
    public static Tensor<F32> Silu(this Tensor<F32> x) => x.Given() * x.Sigmoid();

    /// <summary>log(1 + e^x), safe for large values; its gradient is sigmoid(x) everywhere.</summary>
    public static Tensor<F32> Softplus(this Tensor<F32> x)
    {
        // Both choices fall on the same side at 0, where the slopes of |x| and of the maximum would be lost.
        Tensor<Bool> positive = x.Given() >= Zero;
        Tensor<F32> minusAbsolute = Tensor.Where(positive, -x, x);
        return Tensor.Where(positive, x, Zero) + minusAbsolute.Exp().Log1p();
    }

    /// <summary>
    /// While training, each element becomes 0 with probability p and is divided by 1 - p otherwise (Srivastava et al.
    /// 2014);
    /// the same tensor when not training.
    /// </summary>
    /// <param name="x">Any shape.</param>
    /// <param name="p">In [0, 1].</param>
    /// <exception cref="GraphException">p is no probability.</exception>
    public static Tensor<F32> Dropout(this Tensor<F32> x, double p = 0.5)
    {
        CheckProbability(p);
        GraphBuilder graph = x.Given().Graph;
        if (p == 0 || !(graph.IsTraining || graph.IsImplicit))
        {
            return x;
        }

        Tensor<F32> dropped = p == 1 ? x * 0 : Dropped(graph, x, p);
        return graph.IsImplicit ? Tensor.Where(graph.TrainingFlag, dropped, x) : dropped;
    }

    private static Tensor<F32> Dropped(GraphBuilder graph, Tensor<F32> x, double p)
    {
        Tensor<Bool> kept = Tensor.Uniform(graph, x.Shape) >= Tensor<F32>.Scalar(p);
        return Tensor.Where(kept, x * (1 / (1 - p)), Zero);
    }

    /// <summary>x · weightᵀ + bias: (…, in features) becomes (…, out features).</summary>
    /// <param name="x">(…, in features).</param>
    /// <param name="weight">(out features, in features).</param>
    /// <param name="bias">(out features), or null.</param>
    /// <exception cref="GraphException">The features do not fit.</exception>
    public static Tensor<F32> Linear(this Tensor<F32> x, Tensor<F32> weight, Tensor<F32>? bias = null)
    {
        _ = weight.Given();
        if (x.Given().Rank == 0 || weight.Rank != 2)
        {
            throw Error(x, "linear", "wants input (…, in features) and weight (out features, in features)", weight);
        }

        if (x.Shape[x.Rank - 1] != weight.Shape[1])
        {
            string reason = $"input has {x.Shape[x.Rank - 1]} features, the layer wants {weight.Shape[1]}";
            throw Error(x, "linear", reason, weight);
        }

        Tensor<F32> product = x.Contract(weight, [], [], [-1], [1]);
        return bias is null ? product : product + bias;
    }

    /// <summary>Cross-correlation, as torch.nn.functional.conv2d.</summary>
    /// <param name="x">(batch, in channels, height, width).</param>
    /// <param name="weight">(out channels, in channels / groups, kernel height, kernel width).</param>
    /// <param name="bias">(out channels), or null.</param>
    /// <param name="stride">Distance of neighbouring windows; 1 where null.</param>
    /// <param name="padding">Zeros around the image.</param>
    /// <param name="dilation">Distance of neighbouring elements of a window; 1 where null.</param>
    /// <param name="groups">Channels are cut into this many independent groups.</param>
    /// <returns>(batch, out channels, positions, positions).</returns>
    /// <exception cref="GraphException">Channels do not fit, or the kernel is larger than the padded image.</exception>
    public static Tensor<F32> Conv2d(
        this Tensor<F32> x, Tensor<F32> weight, Tensor<F32>? bias = null, Size2d? stride = null,
        Padding2d padding = default, Size2d? dilation = null, int groups = 1)
    {
        _ = weight.Given();
        if (x.Given().Rank != 4 || weight.Rank != 4)
        {
            string reason = "wants input (batch, channels, height, width) and weight (out, in / groups, height, width)";
            throw Error(x, "conv2d", reason, weight);
        }

        if (x.Shape[1] != weight.Shape[1] * groups)
        {
            string grouped = groups == 1 ? "" : $" in {groups} groups";
            string reason = $"input has {x.Shape[1]} channels, the layer wants {weight.Shape[1] * groups}{grouped}";
            throw Error(x, "conv2d", reason, weight);
        }

        var kernel = new Size2d((int)weight.Shape[2].Value, (int)weight.Shape[3].Value);
        Size2d step = stride ?? Size2d.One;
        Size2d spread = dilation ?? Size2d.One;
        if (padding.KeepsSize && step != Size2d.One)
        {
            throw Error(x, "conv2d", $"padding 'same' with the stride {step}: only stride 1 keeps the size", weight);
        }

        (long[] low, long[] high) = padding.Resolve(kernel, spread);
        var attributes = new ConvolutionAttributes(step.ToArray(), low, high, spread.ToArray(), groups);
        GraphBuilder graph = GraphBuilder.Of(x.Node, weight.Node);
        var result = new Tensor<F32>(graph.MakeOf(Op.Convolution, attributes, [x.Node, weight.Node]));
        return bias is null ? result : result + bias.Reshape(1, -1, 1, 1);
    }

    /// <summary>Zero.</summary>
    private static Tensor<F32> Zero => Tensor<F32>.Scalar(0);

    /// <summary>Refuses what is no probability.</summary>
    internal static void CheckProbability(double p)
    {
        bool valid = p >= 0 && p <= 1;
        if (!valid)
        {
            string text = FormattableString.Invariant($"dropout with the probability {p}, which is not in [0, 1]");
            throw new GraphException(text);
        }
    }

    /// <summary>An error of a composed operation, told as if it were a single one.</summary>
    internal static GraphException Error(Tensor<F32> x, string operation, string reason, params Tensor<F32>[] others)
    {
        Node[] operands = [x.Node, .. others.Select(other => other.Node)];
        return GraphBuilder.Of(operands).Error(reason, operation, operands);
    }
}
