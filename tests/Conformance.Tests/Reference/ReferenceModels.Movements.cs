namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    private static ReferenceRow[] Movements() =>
    [
        Unary("op_permute", x => x.Permute(3, 1, 0, 2)),
        Unary("op_transpose_reshape", x => x.Transpose(1, 2).Reshape(x.Shape[0], -1)),
        Unary("op_squeeze_unsqueeze", x => (x.Unsqueeze(1) * 2).Squeeze(0)),
        Unary("op_expand_repeat", x => [x.Expand(4, x.Shape[1], 5), x.Repeat(2, 1, 3)]),
        Case("op_cat", m => m.Output(Tensor.Concat(1, m.Input(0), m.Input(1), m.Input(2)))),
        Binary("op_stack", (a, b) => Tensor.Stack(1, a, b)),
        Unary("op_split_chunk", x => [.. x.Split([1, 4, 2], 1), .. x.Chunk(3, 1)]),
        Unary("op_slice_step", x => x.Slice(0, 1).Slice(1, 0, step: 2).Slice(2, -3)),
        Unary("op_select_index", x => x.Select(1, -1)),
        Unary("op_flip", x => x.Flip(0, 1)),
        Unary("op_roll", x => x.Roll(2, -1)),

        // A quarter turn takes the first axis to the second.
        Unary("op_rot90", x => x.Transpose(1, 2).Flip(1)),
        Unary("op_pad_crop", x => x.Pad([0, 0, 2, 2], [0, 0, 2, 2])
            .Slice(2, 1, 1 + x.Shape[2].Value).Slice(3, 3, 3 + x.Shape[3].Value)),
        Unary("op_pad_constant", x => x.Pad([0, 0, 1], [0, 3, 2], 0.5)),
        Unary("op_pad_reflect", x => Reflected(Reflected(x, 2, 1, 2), 3, 2, 1)),
        Unary("op_pad_replicate", x => Replicated(Replicated(x, 2, 1, 2), 3, 2, 1)),
        Unary("op_tril_triu", x => [x.Tril(), x.Triu(1), x.Tril(-1)]),
        Unary("op_unfold_im2col", x => Columns(x.Pad([0, 0, 1, 1], [0, 0, 1, 1]), [2, 3], [1, 2])),
        Unary("layer_flatten", x => x.Flatten(1)),
    ];

    private static ReferenceRow[] Indexed() =>
    [
        Case("op_index_select", m => m.Output(m.Input(0).IndexSelect(1, m.Input<I64>("1")))),
        Case("op_gather", m => m.Output(GatherAlong1(m.Input(0), m.Input<I64>("1")))),
        Case("op_scatter_add", m => m.Output(ScatterAlong1(m.Input(0), m.Input<I64>("1"), m.Input(2)))),
        Case("op_one_hot", m => m.Output(m.Input<I64>("0").OneHot<F32>(6))),
        Unary("op_cumsum", CumulativeSum),
        Unary("op_cumprod", CumulativeProduct),
    ];

    // The rows next to an edge mirrored beyond it, the edge itself not repeated.
    private static Tensor<F32> Reflected(Tensor<F32> x, int axis, long low, long high)
    {
        long extent = x.Shape[axis].Value;
        Tensor<F32> front = x.Slice(axis, 1, 1 + low).Flip(axis);
        Tensor<F32> back = x.Slice(axis, extent - 1 - high, extent - 1).Flip(axis);
        return Tensor.Concat(axis, front, x, back);
    }

    // The far rows again in front, the near ones again behind.
    private static Tensor<F32> Circular(Tensor<F32> x, int axis, long low, long high)
    {
        long extent = x.Shape[axis].Value;
        return Tensor.Concat(axis, x.Slice(axis, extent - low), x, x.Slice(axis, 0, high));
    }

    private static Tensor<F32> Replicated(Tensor<F32> x, int axis, int low, int high)
    {
        Tensor<F32> front = x.Slice(axis, 0, 1);
        Tensor<F32> back = x.Slice(axis, -1);
        return Tensor.Concat(axis, [.. Enumerable.Repeat(front, low), x, .. Enumerable.Repeat(back, high)]);
    }

    // (batch, channels, height, width) -> (batch, channels * kernel, positions)
    private static Tensor<F32> Columns(Tensor<F32> x, long[] kernel, long[] stride)
    {
        Tensor<F32> windows = x.Window(kernel, stride, [1, 1]);
        Tensor<F32> columns = windows.Permute(0, 1, 4, 5, 2, 3);
        return columns.Flatten(4, 5).Flatten(1, 3);
    }

    // A comparison with every position: (rows, chosen, columns), summed over columns.
    private static Tensor<F32> GatherAlong1(Tensor<F32> x, Tensor<I64> indices) =>
        (indices.OneHot<F32>(x.Shape[1].Value) * x.Unsqueeze(1)).Sum(2);

    private static Tensor<F32> ScatterAlong1(Tensor<F32> x, Tensor<I64> indices, Tensor<F32> values) =>
        x + (indices.OneHot<F32>(x.Shape[1].Value) * values.Unsqueeze(2)).Sum(1);

    // Each element with all before it: a product with ones on and above the diagonal.
    private static Tensor<F32> CumulativeSum(Tensor<F32> x)
    {
        Dimension extent = x.Shape[x.Rank - 1];
        return x.MatMul(Tensor<F32>.Full(1, extent, extent).Triu());
    }

    // (…, n) spread to (…, n, n) with ones above the diagonal: row i holds the elements up to i.
    private static Tensor<F32> CumulativeProduct(Tensor<F32> x)
    {
        Dimension extent = x.Shape[x.Rank - 1];
        Tensor<Bool> isUpTo = Tensor<F32>.Full(1, extent, extent).Tril() > 0;
        return Tensor.Where(isUpTo, x.Unsqueeze(-2), 1).Product(-1);
    }
}
