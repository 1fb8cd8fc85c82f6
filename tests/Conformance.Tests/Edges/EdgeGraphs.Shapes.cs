namespace Sinter.Conformance.Tests.Edges;

public static partial class EdgeGraphs
{
    private const long Ignored = -100;

    private static Node Reduced(EdgeModel m)
    {
        int axis = (int)m.Number("along axis", 1);
        Tensor<F32> x = m.X;
        Tensor<Bool> isTrue = x.NotEqualTo(0);
        string name = m.Case.Expression.Split(' ')[0];
        return name switch
        {
            "argmax" => x.ArgMax(axis).Node,
            "argmin" => x.ArgMin(axis).Node,
            "any" => isTrue.Any(axis).Node,
            "all" => isTrue.All(axis).Node,
            "norm_0" => isTrue.Cast<F32>().Sum(axis).Node,
            _ when name.StartsWith("norm_", StringComparison.Ordinal) => x.Norm(m.Numbers()[0], [axis]).Node,
            _ => Reduced(name, x, axis).Node,
        };
    }

    private static Tensor<F32> Reduced(string name, Tensor<F32> x, int axis) => name switch
    {
        "sum" => x.Sum(axis),
        "mean" => x.Mean(axis),
        "prod" => x.Product(axis),
        "amax" => x.Max(axis),
        "amin" => x.Min(axis),
        "logsumexp" => x.LogSumExp(axis),
        "softmax" => x.Softmax(axis),
        "log_softmax" => x.LogSoftmax(axis),
        "var" => x.Variance(axis),
        "var_0" => x.Variance(axis, correction: 0),
        "std" => x.Std(axis),
        "cumsum" => CumulativeSum(x, axis),
        _ => throw new NotSupportedException(name),
    };

    // Zeros in front, and the sum of each window as long as the axis, which is the last one.
    private static Tensor<F32> CumulativeSum(Tensor<F32> x, int axis)
    {
        long extent = x.Shape[axis].Value;
        return extent == 0 ? x : x.Pad(axis, extent - 1, 0).Window([extent], [1], [1]).Sum(-1);
    }

    private static Tensor<F32> Loss(EdgeModel m)
    {
        Reduction reduction = m.Setting("reduction") switch
        {
            "sum" => Reduction.Sum,
            "none" => Reduction.None,
            _ => Reduction.Mean,
        };
        return Name(m) switch
        {
            "binary_cross_entropy" => Losses.BinaryCrossEntropy(m.X, m.Y, reduction),
            "binary_cross_entropy_with_logits" => Losses.BinaryCrossEntropyWithLogits(m.X, m.Y, reduction),
            "mse" => Losses.MseLoss(m.X, m.Y, reduction),
            "l1" => Losses.L1Loss(m.X, m.Y, reduction),
            "smooth_l1" => Losses.SmoothL1Loss(m.X, m.Y, reduction: reduction),
            "huber" => Losses.HuberLoss(m.X, m.Y, reduction: reduction),
            "kl_div" => Losses.KlDiv(m.X, m.Y, reduction),
            "cross_entropy" => Losses.CrossEntropy(
                m.X, m.Input<I64>(1), reduction, Ignored, m.Number("label_smoothing", 0)),
            "cosine_similarity" => Losses.CosineSimilarity(m.X, m.Y, (int)m.Number("dim", 1)),
            var name => throw new NotSupportedException(name),
        };
    }

    // kernel, stride, padding; the names without numbers mean windows that hang over the end.
    private static Tensor<F32> Pool(EdgeModel m)
    {
        string name = m.Case.Expression;
        int[] numbers = [.. m.Numbers().Select(number => (int)number)];
        bool isLarger = name.Contains("larger", StringComparison.Ordinal);
        bool ceil = name.Contains("ceil", StringComparison.Ordinal);
        int kernel = numbers.ElementAtOrDefault(0) is > 0 and var size ? size : 3;
        int stride = numbers.Length == 1 ? kernel : numbers.Length == 0 ? isLarger ? 5 : 2 : numbers[1];
        int padding = numbers.Length switch { 0 when !isLarger => 1, > 2 => numbers[2], _ => 0 };
        if (name.StartsWith("adaptive", StringComparison.Ordinal))
        {
            return Adapted(Adapted(m.X, 2, numbers[0]), 3, numbers[0]);
        }

        return name.StartsWith("max", StringComparison.Ordinal)
            ? m.X.MaxPool2d((kernel, kernel), (stride, stride), (padding, padding), ceilMode: ceil)
            : m.X.AvgPool2d((kernel, kernel), (stride, stride), (padding, padding), ceil,
                countIncludePad: !name.Contains("excl", StringComparison.Ordinal));
    }

    // Position i is the mean of the elements from floor(i * extent / size) to ceil((i + 1) * extent / size).
    private static Tensor<F32> Adapted(Tensor<F32> x, int axis, int size)
    {
        long extent = x.Shape[axis].Value;
        return Tensor.Concat(axis, [.. Enumerable.Range(0, size).Select(i =>
            x.Slice(axis, i * extent / size, (((i + 1) * extent) + size - 1) / size).Mean(axis, keepDims: true))]);
    }

    private static Tensor<F32> Convolution(EdgeModel m)
    {
        int stride = (int)m.Number("'stride'", 1);
        int padding = (int)m.Number("'padding'", 0);
        int dilation = (int)m.Number("'dilation'", 1);
        return m.X.Conv2d(m.Y, null, (stride, stride), (padding, padding), (dilation, dilation),
            (int)m.Number("'groups'", 1));
    }

    // What the other operand is, PyTorch's ones, shows in no element: the shape of the result tells its extents.
    private static Tensor<F32> Zero(EdgeModel m)
    {
        Tensor<F32> x = m.X;
        Dimension[] wanted = [.. m.Case.Tensors["output.0"].Shape.Select(extent => (Dimension)extent)];
        return m.Case.Expression switch
        {
            "permute_sin" => x.Permute(2, 0, 1).Sin(),
            "matmul" => x.MatMul(Tensor<F32>.Full(1, x.Shape[2], wanted[2])),
            "inner_0" => x.Contract(Tensor<F32>.Full(1, x.Shape[0], x.Shape[2], wanted[1]), [], [], [0, 2], [0, 1]),
            "cat" => Tensor.Concat(0, x, Tensor<F32>.Full(1, wanted)),
            "reshape" => x.Reshape(wanted),
            "softmax" => x.Softmax(-1),
            "layer_norm" => (x - x.Mean(-1, keepDims: true))
                * (x.Variance(-1, keepDims: true, correction: 0) + 1e-5).Rsqrt(),
            "expand_sum" => x.Unsqueeze(0).Expand([2, .. x.Shape]).Sum(),
            var name => throw new NotSupportedException(name),
        };
    }
}
