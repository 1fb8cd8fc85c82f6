namespace Sinter.Conformance.Tests.Reference;

public static partial class ReferenceModels
{
    private static ReferenceRow[] Movements() =>
    [
        Called("op_permute", "permute", (x, call) => x.Permute([.. call.Integers().Select(axis => (int)axis)])),
        Called("op_transpose_reshape", "transpose", (x, call) =>
            x.Transpose(call.Integer(0, "dim0"), call.Integer(1, "dim1")).Reshape(x.Shape[0], -1)),
        Case("op_squeeze_unsqueeze", m => m.Output(
            (m.Input(0).Unsqueeze(m.Case.Call("unsqueeze").Integer(0, "dim")) * m.Case.Number(@"\* ([0-9.]+)\)"))
                .Squeeze(m.Case.Call("squeeze").Integer(0, "dim")))),
        Case("op_expand_repeat", m => m.Output(
            Expanded(m.Input(0), m.Case.Call("expand").Integers()),
            m.Input(0).Repeat([.. m.Case.Call("repeat").Integers().Select(times => (int)times)]))),
        Case("op_cat", m => m.Output(Tensor.Concat(m.Case.Call("cat").Integer(1, "dim"), AllInputs(m)))),
        Case("op_stack", m => m.Output(Tensor.Stack(m.Case.Call("stack").Integer(1, "dim"), AllInputs(m)))),
        Case("op_split_chunk", m => m.Output(
        [
            .. Parts(m.Input(0), m.Case.Call("split")),
            .. m.Input(0).Chunk(m.Case.Call("chunk").Integer(0, "chunks"), m.Case.Call("chunk").Integer(1, "dim", 0)),
        ])),
        Case("op_slice_step", m => m.Output(Chosen(m.Input(0), m.Case.Written(Brackets)))),
        Case("op_select_index", m => m.Output(Chosen(m.Input(0), m.Case.Written(Brackets)))),
        Called("op_flip", "flip", (x, call) => x.Flip([.. call.Integers(1, "dims").Select(axis => (int)axis)])),
        Called("op_roll", "roll", (x, call) => call.Integers(2, "dims").Zip(call.Integers(1, "shifts"))
            .Aggregate(x, (value, turn) => value.Roll(turn.Second, (int)turn.First))),
        Called("op_rot90", "rot90", (x, call) => Turned(x, call.Integer(1, "k", 1), call.Integers(2, "dims", "0, 1"))),
        Case("op_pad_crop", m => m.Output(Chosen(
            Padded(m.Input(0), m.Case.Call("pad")), m.Case.Written(Brackets), m.Input(0).Shape))),
        Called("op_pad_constant", "pad", Padded),
        Called("op_pad_reflect", "pad", Padded),
        Called("op_pad_replicate", "pad", Padded),
        Case("op_tril_triu", m => m.Output(
            m.Input(0).Tril(m.Case.Call("tril").Integer(0, "diagonal", 0)),
            m.Input(0).Triu(m.Case.Call("triu").Integer(0, "diagonal", 0)),
            m.Input(0).Tril(m.Case.Call("tril", 1).Integer(0, "diagonal", 0)))),
        Called("op_unfold_im2col", "unfold", Columns),
        .. OneLayer("layer_flatten"),
    ];

    // What stands in brackets at the end.
    private const string Brackets = @"\[([^\[\]]*:[^\[\]]*)\]$";

    private static Tensor<F32>[] AllInputs(ReferenceModel m) => [.. m.Case.Under("input").Select(m.Input)];

    // -1 keeps an extent.
    private static Tensor<F32> Expanded(Tensor<F32> x, long[] extents) => x.Expand([.. extents.Select((extent, i) =>
        extent == -1 ? x.Shape[i - (extents.Length - x.Rank)] : (Dimension)extent)]);

    private static Tensor<F32>[] Parts(Tensor<F32> x, PythonCall call)
    {
        int axis = call.Integer(1, "dim", 0);
        long[] extents = call.Integers(0, "split_size");
        return call.Text(0, "split_size").StartsWith('[') ? x.Split(extents, axis) : x.Split(extents[0], axis);
    }

    // As x[1:, ::2, -1] in Python; H and W are extents of the shape given.
    private static Tensor<F32> Chosen(Tensor<F32> x, string text, Shape? named = null)
    {
        int axis = 0;
        foreach (string part in PythonCall.Split(text))
        {
            string[] bounds = part.Split(':');
            if (bounds.Length == 1)
            {
                x = x.Select(axis, Sum(part));
                continue;
            }

            x = x.Slice(
                axis, Sum(bounds[0], 0), Sum(bounds[1], long.MaxValue), bounds.Length > 2 ? Sum(bounds[2], 1) : 1);
            axis++;
        }

        return x;

        long Sum(string sum, long empty = 0) => sum.Length == 0 ? empty : sum.Split('+').Select(term => term switch
        {
            "H" => named![^2].Value,
            "W" => named![^1].Value,
            _ => (long)PythonCall.Parse(term),
        }).Sum();
    }

    // A quarter turn takes the first axis to the second.
    private static Tensor<F32> Turned(Tensor<F32> x, int times, long[] axes)
    {
        for (int i = 0; i < ((times % 4) + 4) % 4; i++)
        {
            x = x.Transpose((int)axes[0], (int)axes[1]).Flip((int)axes[0]);
        }

        return x;
    }

    // torch.nn.functional.pad: two numbers for each axis, from the last one on.
    private static Tensor<F32> Padded(Tensor<F32> x, PythonCall call)
    {
        long[] widths = call.Integers(1, "pad");
        string mode = call.Text(2, "mode", "constant");
        double value = call.Number(3, "value", 0);
        for (int i = 0; i < widths.Length / 2; i++)
        {
            var (axis, low, high) = (x.Rank - 1 - i, widths[2 * i], widths[(2 * i) + 1]);
            x = mode switch
            {
                "constant" => x.Pad(axis, low, high, value),
                "reflect" => Reflected(x, axis, low, high),
                "replicate" => Replicated(x, axis, (int)low, (int)high),
                "circular" => Circular(x, axis, low, high),
                _ => throw new NotComparedException($"there is no padding {mode} yet"),
            };
        }

        return x;
    }

    private static ReferenceRow[] Indexed() =>
    [
        Case("op_index_select", m => m.Output(
            m.Input(0).IndexSelect(m.Case.Call("index_select").Integer(0, "dim"), m.Input<I64>("1")))),
        Case("op_gather", m => m.Output(AlongLast(m.Case.Call("gather"), axis => Gathered(
            m.Input(0).Transpose(axis, -1), m.Input<I64>("1").Transpose(axis, -1))))),
        Case("op_scatter_add", m => m.Output(AlongLast(m.Case.Call("scatter_add"), axis => Scattered(
            m.Input(0).Transpose(axis, -1), m.Input<I64>("1").Transpose(axis, -1), m.Input(2).Transpose(axis, -1))))),
        Case("op_one_hot", m => m.Output(
            m.Input<I64>("0").OneHot<F32>(m.Case.Call("one_hot").Integer(1, "num_classes")))),
        Called("op_cumsum", "cumsum", (x, call) =>
            CumulativeSum(x.Transpose(call.Integer(1, "dim"), -1)).Transpose(call.Integer(1, "dim"), -1)),
        Called("op_cumprod", "cumprod", (x, call) =>
            CumulativeProduct(x.Transpose(call.Integer(1, "dim"), -1)).Transpose(call.Integer(1, "dim"), -1)),
    ];

    // What works along the last axis along the one that a call names.
    private static Tensor<F32> AlongLast(PythonCall call, Func<int, Tensor<F32>> apply)
    {
        int axis = call.Integer(0, "dim");
        return apply(axis).Transpose(axis, -1);
    }

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
    private static Tensor<F32> Columns(Tensor<F32> x, PythonCall call)
    {
        long[] padding = Pair(3, "padding", 0);
        long[] sides = [0, 0, .. padding];
        Tensor<F32> windows = x.Pad(sides, sides)
            .Window(Pair(1, "kernel_size", 1), Pair(4, "stride", 1), Pair(2, "dilation", 1));
        Tensor<F32> columns = windows.Permute(0, 1, 4, 5, 2, 3);
        return columns.Flatten(4, 5).Flatten(1, 3);

        long[] Pair(int position, string name, long fallback)
        {
            long[] numbers = call.Integers(position, name, $"{fallback}");
            return [numbers[0], numbers[^1]];
        }
    }

    // A comparison with every position: (…, chosen, columns), summed over columns.
    private static Tensor<F32> Gathered(Tensor<F32> x, Tensor<I64> indices) =>
        (indices.OneHot<F32>(x.Shape[^1].Value) * Within(x, indices).Unsqueeze(-2)).Sum(-1);

    private static Tensor<F32> Scattered(Tensor<F32> x, Tensor<I64> indices, Tensor<F32> values)
    {
        Tensor<F32> used = Within(values, indices).Slice(-1, 0, indices.Shape[^1].Value);
        Tensor<F32> sums = (indices.OneHot<F32>(x.Shape[^1].Value) * used.Unsqueeze(-1)).Sum(-2);
        long[] zero = new long[x.Rank];
        long[] rest = [.. x.Shape.Select((extent, axis) => extent.Value - sums.Shape[axis].Value)];
        return x + sums.Pad(zero, rest);
    }

    // Indices may have fewer rows than what they choose from; the last axis stays whole.
    private static Tensor<F32> Within(Tensor<F32> x, Tensor<I64> indices)
    {
        for (int axis = 0; axis < x.Rank - 1; axis++)
        {
            x = x.Slice(axis, 0, indices.Shape[axis].Value);
        }

        return x;
    }

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
