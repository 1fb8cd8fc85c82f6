using System.Numerics;

namespace Sinter.Reference;

/// <summary>Sums of products.</summary>
internal static class Products
{
    public static IReadOnlyList<(Op Op, Evaluator Evaluate)> Rows { get; } =
    [
        (Op.Contraction, Contraction),
        (Op.Convolution, Convolution),
    ];

    private static TensorValue Contraction(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        var attributes = node.Get<ContractionAttributes>();
        long[] shape = context.Extents(node.Shape);
        long[] left = operands[0].Shape;
        long[] right = operands[1].Shape;
        int[] leftFree = ContractionAttributes.FreeAxes(left.Length, attributes.LeftBatch, attributes.LeftContracted);
        int[] rightFree =
            ContractionAttributes.FreeAxes(right.Length, attributes.RightBatch, attributes.RightContracted);
        int batch = attributes.LeftBatch.Count;
        long[] summed = attributes.LeftContracted.Select(axis => left[axis]).ToArray();
        long[] leftPositions = Indices.Positions([.. shape, .. summed], left, (index, source) =>
        {
            Scatter(source, attributes.LeftBatch, index, 0);
            Scatter(source, leftFree, index, batch);
            return Scatter(source, attributes.LeftContracted, index, shape.Length);
        });
        long[] rightPositions = Indices.Positions([.. shape, .. summed], right, (index, source) =>
        {
            Scatter(source, attributes.RightBatch, index, 0);
            Scatter(source, rightFree, index, batch + leftFree.Length);
            return Scatter(source, attributes.RightContracted, index, shape.Length);
        });
        return SumOfProducts(node.DType, shape, operands, leftPositions, rightPositions, context);
    }

    /// <summary>Writes the coordinates from <paramref name="start"/> on to the given axes.</summary>
    private static bool Scatter(long[] source, IReadOnlyList<int> axes, long[] index, int start)
    {
        for (int i = 0; i < axes.Count; i++)
        {
            source[axes[i]] = index[start + i];
        }

        return true;
    }

    // image: (batch, channel, spatial…), weight: (output, channel in group, tap…), result: (batch, output, position…)
    private static TensorValue Convolution(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        var attributes = node.Get<ConvolutionAttributes>();
        long[] shape = context.Extents(node.Shape);
        long[] image = operands[0].Shape;
        long[] weight = operands[1].Shape;
        long outputsInGroup = weight[0] / attributes.Groups;
        int rank = shape.Length;
        long[] low = context.Extents(attributes.Low);

        // The summed index is (channel in group, tap…), which follows the result's index.
        long[] all = [.. shape, .. weight.Skip(1)];
        long[] imagePositions = Indices.Positions(all, image, (index, source) =>
        {
            source[0] = index[0];
            source[1] = (index[1] / outputsInGroup * weight[1]) + index[rank];
            for (int axis = 2; axis < rank; axis++)
            {
                long tap = index[rank + axis - 1] * attributes.Dilation[axis - 2];
                source[axis] = (index[axis] * attributes.Stride[axis - 2]) + tap - low[axis - 2];
            }

            return true;
        });
        long[] weightPositions = Indices.Positions(all, weight, (index, source) =>
        {
            source[0] = index[1];
            Array.Copy(index, rank, source, 1, rank - 1);
            return true;
        });
        return SumOfProducts(node.DType, shape, operands, imagePositions, weightPositions, context);
    }

    /// <summary>
    /// Sums, for each element of the result, the products of the elements at its run of positions; -1 is padding.
    /// </summary>
    private static TensorValue SumOfProducts(
        DType type, long[] shape, IReadOnlyList<TensorValue> operands, long[] leftPositions, long[] rightPositions,
        RunContext context)
    {
        if (type.IsFloat())
        {
            return new TensorValue(type, shape, SumOfProducts(
                shape, operands[0].Floats, operands[1].Floats, leftPositions, rightPositions, context.Add));
        }

        long[] sums = SumOfProducts(
            shape, operands[0].Integers, operands[1].Integers, leftPositions, rightPositions, (a, b) => a + b);
        return new TensorValue(type, shape, Array.ConvertAll(sums, sum => Rounding.Wrap(type, sum)));
    }

    private static T[] SumOfProducts<T>(
        long[] shape, T[] left, T[] right, long[] leftPositions, long[] rightPositions, Func<T, T, T> add)
        where T : INumber<T>
    {
        var results = new T[Indices.Count(shape)];
        long perResult = results.Length == 0 ? 0 : leftPositions.Length / results.Length;
        for (int i = 0; i < leftPositions.Length; i++)
        {
            if (leftPositions[i] >= 0)
            {
                ref T sum = ref results[i / perResult];
                sum = add(sum, left[leftPositions[i]] * right[rightPositions[i]]);
            }
        }

        return results;
    }
}
