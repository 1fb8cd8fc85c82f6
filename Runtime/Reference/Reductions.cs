using System.Numerics;

namespace Sinter.Reference;

/// <summary>Operations that combine many elements into one.</summary>
internal static class Reductions
{
    public static IReadOnlyList<(Op Op, Evaluator Evaluate)> Rows { get; } =
    [
        Row(Op.Sum, _ => 0, context => context.Add, (a, b) => a + b),
        Row(Op.Product, _ => 1, _ => (a, b) => a * b, (a, b) => a * b),
        Row(Op.Max, Smallest, _ => Elementwise.Maximum, Math.Max),
        Row(Op.Min, Largest, _ => Elementwise.Minimum, Math.Min),
        (Op.ArgMax, (node, operands, context) => ArgReduce(node, operands[0], context, sign: 1)),
        (Op.ArgMin, (node, operands, context) => ArgReduce(node, operands[0], context, sign: -1)),
        (Op.Fold, Fold),
        (Op.MaxPool, MaxPool),
    ];

    /// <summary>The smallest value of a type: what the maximum of nothing is.</summary>
    public static double Smallest(DType type) => type.IsFloat() ? double.NegativeInfinity : type.Facts().Lowest;

    /// <summary>The largest value of a type: what the minimum of nothing is; of 64 bits 2^63 as a double, whose
    /// conversion back saturates at the right value.</summary>
    public static double Largest(DType type) => type.IsFloat() ? double.PositiveInfinity : type.Facts().Highest;

    private static (Op, Evaluator) Row(
        Op op, Func<DType, double> start, Func<RunContext, Func<double, double, double>> floats,
        Func<long, long, long> integers) =>
        (op, (node, operands, context) =>
        {
            long[] shape = context.Extents(node.Shape);
            long[] targets = Targets(operands[0].Shape, shape, node.Get<ReduceAttributes>());
            if (node.DType.IsFloat())
            {
                double[] results = Accumulate(operands[0].Floats, targets, shape, start(node.DType), floats(context));
                return new TensorValue(node.DType, shape, results);
            }

            long[] sums = Accumulate(operands[0].Integers, targets, shape, (long)start(node.DType), integers);
            return new TensorValue(node.DType, shape, Array.ConvertAll(sums, sum => Rounding.Wrap(node.DType, sum)));
        }
    );

    /// <summary>The position in the result to which each element of the operand goes.</summary>
    private static long[] Targets(long[] from, long[] shape, ReduceAttributes reduce)
    {
        int[] kept = Enumerable.Range(0, from.Length).Where(axis => !reduce.Axes.Contains(axis)).ToArray();
        return Indices.Positions(from, shape, (index, target) =>
        {
            for (int i = 0; i < kept.Length; i++)
            {
                target[i] = index[kept[i]];
            }

            return true;
        });
    }

    private static T[] Accumulate<T>(T[] values, long[] targets, long[] shape, T start, Func<T, T, T> combine)
    {
        var results = new T[Indices.Count(shape)];
        Array.Fill(results, start);
        for (int i = 0; i < values.Length; i++)
        {
            results[targets[i]] = combine(results[targets[i]], values[i]);
        }

        return results;
    }

    private static TensorValue ArgReduce(Node node, TensorValue operand, RunContext context, int sign)
    {
        int axis = node.Get<ReduceAttributes>().Axes[0];
        long[] shape = context.Extents(node.Shape);
        long[] targets = Targets(operand.Shape, shape, node.Get<ReduceAttributes>());
        long[] best = operand.Type.IsFloat()
            ? Best(operand.Floats, targets, Indices.Count(shape), sign)
            : Best(operand.Integers, targets, Indices.Count(shape), sign);
        long inner = Indices.Count(operand.Shape.AsSpan(axis + 1));
        return new TensorValue(node.DType, shape, Array.ConvertAll(best, p => p / inner % operand.Shape[axis]));
    }

    /// <summary>The position of the first best element of each group; a NaN is better than any number.</summary>
    private static long[] Best<T>(T[] values, long[] targets, long count, int sign)
        where T : INumber<T>
    {
        var best = new long[count];
        Array.Fill(best, -1);
        for (int i = 0; i < values.Length; i++)
        {
            long holder = best[targets[i]];
            if (holder < 0 || IsBetter(values[i], values[holder], sign))
            {
                best[targets[i]] = i;
            }
        }

        return best;
    }

    private static bool IsBetter<T>(T value, T holder, int sign)
        where T : INumber<T>
    {
        if (T.IsNaN(value) || T.IsNaN(holder))
        {
            return T.IsNaN(value) && !T.IsNaN(holder);
        }

        return sign > 0 ? value > holder : value < holder;
    }

    private static TensorValue Fold(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        var fold = node.Get<FoldAttributes>();
        long[] shape = context.Extents(node.Shape);
        long[] from = operands[0].Shape;
        int lead = shape.Length - fold.Size.Count;
        long[] targets = Indices.Positions(from, shape, (index, target) =>
        {
            Movement.WindowIndex(fold.Window, lead, index, target);
            return true;
        });
        if (node.DType.IsFloat())
        {
            return new TensorValue(node.DType, shape,
                Accumulate(operands[0].Floats, targets, shape, 0, context.Add));
        }

        long[] sums = Accumulate(operands[0].Integers, targets, shape, 0, (a, b) => a + b);
        return new TensorValue(node.DType, shape, Array.ConvertAll(sums, sum => Rounding.Wrap(node.DType, sum)));
    }

    // Padding is minus infinity: it never wins against a number, and a window of padding alone gives it.
    private static TensorValue MaxPool(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        var pool = node.Get<PoolAttributes>();
        long[] shape = context.Extents(node.Shape);
        int lead = shape.Length - pool.Window.Kernel.Count;
        long[] kernel = context.Extents(pool.Window.Kernel);
        long[] low = context.Extents(pool.Low);
        long[] windows = [.. shape, .. kernel];
        long[] sources = Indices.Positions(windows, operands[0].Shape, (index, source) =>
        {
            Movement.WindowIndex(pool.Window, lead, index, source);
            for (int i = 0; i < low.Length; i++)
            {
                source[lead + i] -= low[i];
            }

            return true;
        });

        long perWindow = Indices.Count(kernel);
        double[] results = new double[Indices.Count(shape)];
        Array.Fill(results, double.NegativeInfinity);
        for (int i = 0; i < sources.Length; i++)
        {
            double value = sources[i] < 0 ? double.NegativeInfinity : operands[0].Floats[sources[i]];
            results[i / perWindow] = Math.Max(results[i / perWindow], value);
        }

        return new TensorValue(node.DType, shape, results);
    }
}
