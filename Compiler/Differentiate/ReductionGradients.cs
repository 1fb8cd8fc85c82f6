using Sinter.Compiler.Decompose;
using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Differentiate;

/// <summary>Gradient rules of reductions.</summary>
internal static class ReductionGradients
{
    /// <summary>
    /// The product of the other elements, exact for any number of zeros: with none it is y / x, with one it is the
    /// product of the rest at the zero and 0 elsewhere, with more it is 0.
    /// </summary>
    public static Expression Product(GradientContext c)
    {
        var axes = c.Get<ReduceAttributes>().Axes;
        Shape shape = c.A.Shape;
        Expression zero = c.A.EqualTo(0);
        Expression zeros = zero.Cast(c.A.DType).Sum(axes);
        Expression rest = zero.Where(1, c.A).Reduce(Op.Product, axes) * c.G;
        Expression atOthers = zeros.EqualTo(0).Where(rest, 0).Unreduce(axes, shape) / c.A;
        Expression atZero = zeros.EqualTo(1).Where(rest, 0).Unreduce(axes, shape);
        return zero.Where(atZero, atOthers);
    }

    /// <summary>Max and Min: equal extremes share evenly, as torch.amax.</summary>
    public static Expression Extreme(GradientContext c)
    {
        var axes = c.Get<ReduceAttributes>().Axes;
        Expression chosen = c.A.EqualTo(c.Y.Unreduce(axes, c.A.Shape));
        Expression share = c.G / chosen.Cast(c.A.DType).Sum(axes);
        return chosen.Where(share.Unreduce(axes, c.A.Shape), 0);
    }

    /// <summary>The gradient of each window goes to its first largest element in row-major order.</summary>
    public static Expression MaxPool(GradientContext c)
    {
        var pool = c.Get<PoolAttributes>();
        // Windows that tile the input are a reshape, whose indices cost nothing; others overlap, and their sums need a
        // fold.
        bool tiles = PoolWindows.Tiles(pool, c.A.Shape);
        Expression windows = tiles ? PoolWindows.Tile(c.A, pool) : PoolWindows.Slide(c.A, pool);
        Expression gradient = ToFirstLargest(windows, c.G, pool.Window.Kernel.Count);
        return tiles ? PoolWindows.Untile(gradient, pool, c.A.Shape) : PoolWindows.Unslide(gradient, pool, c.A.Shape);
    }

    // windows: (..., positions, kernel axes), gradient: (..., positions); zero except at the first largest of each
    // window.
    private static Expression ToFirstLargest(Expression windows, Expression gradient, int spatial)
    {
        int last = windows.Rank - spatial;
        Dimension kernel = windows.Shape.Range(last, spatial).ElementCount;
        Shape flat = gradient.Shape.Concat(new Shape(kernel));
        Expression first = windows.Reshape(flat).Reduce(Op.ArgMax, [last]);
        var iota = new IotaAttributes(new TensorType(first.DType, flat), last);
        Expression position = gradient with { Node = gradient.Builder.Make(Op.Iota, iota) };
        Expression chosen = first.Unreduce([last], flat).EqualTo(position);
        return chosen.Where(gradient.Unreduce([last], flat), 0).Reshape(windows.Shape);
    }
}
