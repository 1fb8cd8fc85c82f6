using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;

namespace Sinter.Compiler.Kernels.Templates;

/// <summary>
/// Kernels of products: a tile of results in registers, the rows operand broadcast, the lanes operand read in vectors,
/// and the epilogue computed from the registers. Convolutions and their gradients come here as products that read
/// windows of an array; their operands are read in place, never copied out. An operand is packed only where its lanes
/// do not lie side by side, or where a large product would read it in strides that caches handle badly.
/// </summary>
internal static class ProductTemplate
{
    // Multiplications that one piece should have: a few microseconds.
    private const double PieceWork = 1 << 18;
    private const int LongRows = 96;
    private const int DeepSum = 96;

    /// <summary>The kernels of a product, packing first.</summary>
    public static IReadOnlyList<Kernel> Build(ProductGroup group, KernelContext context, string name)
    {
        ProductShape shape = ProductShape.Of(group, context);
        bool packs = MustPack(shape, context.Target.Lanes);
        Tile tile = Tile.Choose(shape, context.Target, groupLanes: !packs);
        int lanes = context.Target.Lanes;
        var kernels = new List<Kernel>();
        Buffer? packed = null;
        if (packs)
        {
            (Kernel kernel, packed) = Packing.Lanes(shape, tile.Vectors * lanes, lanes, name + "_pack");
            kernels.Add(kernel);
        }

        bool packsRows = PacksRows(shape, tile, packed);
        var emitter = new ProductEmitter(shape, tile, lanes, packed, group.Sum, packsRows, context);
        kernels.Add(Cut(emitter, shape, tile, group, context, name));
        Note(shape, tile, packed, lanes, context);
        return kernels;
    }

    // Which ways the product takes, as far as its shape says.
    private static void Note(ProductShape shape, Tile tile, Buffer? packed, int lanes, KernelContext context)
    {
        context.Take(packed is null ? SchedulePath.LanesInPlace : SchedulePath.LanesPacked);
        context.Take(SchedulePath.LanesTransposed, packed is not null && Packing.Transposes(shape, lanes));
        context.Take(SchedulePath.RowGroups, tile.RowGroups > 1);
        context.Take(SchedulePath.LaneGroups, tile.LaneGroups > 1);
        context.Take(SchedulePath.DepthSymbolic, shape.Contracted.Any(loop => !loop.Extent.IsStatic));
        Dimension extent = shape.Lane.Extent;
        context.Take(SchedulePath.LanesSymbolic, !extent.IsStatic);
        context.Take(SchedulePath.LanesPartial, extent.IsStatic && extent.Value % (tile.Vectors * lanes) != 0);
    }

    // Lanes are packed where they do not lie side by side, where strides are long, and where rows begin between
    // vectors, so that many reads would straddle cache lines.
    private static bool MustPack(ProductShape shape, int lanes)
    {
        bool sideBySide = shape.LanesLoad.Index.CoefficientOf(shape.Lane) == 1 || shape.Lane.Extent == 1;
        if (!sideBySide || shape.Contracted.Count != 1 || shape.Lanes.Count != 1)
        {
            return !sideBySide;
        }

        Dimension stride = shape.LanesLoad.Index.CoefficientOf(shape.Contracted[0]);
        bool straddles = stride.IsStatic && stride.Value % lanes != 0 && shape.Lane.Extent.Max > lanes;
        bool deep = shape.Row.Extent.Max >= LongRows && shape.Contracted[0].Extent.Max >= DeepSum;
        return deep && (straddles || shape.Lane.Extent.Max >= LongRows);
    }

    // Rows are copied where many lanes share them and their strides are long.
    private static bool PacksRows(ProductShape shape, Tile tile, Buffer? packed)
    {
        bool contiguous = shape.Contracted.Count == 1 && shape.RowsLoad.Index.CoefficientOf(shape.Contracted[0]) == 1;
        return packed is not null && contiguous && shape.Contracted[0].Extent.IsStatic && tile.Rows > 4
            && shape.Row.Extent.Max >= LongRows && shape.Contracted[0].Extent.Max >= DeepSum
            && shape.Lane.Extent.Max >= LongRows;
    }

    // Chooses the loop whose iterations are shared out, and how many make a piece.
    private static Kernel Cut(
        ProductEmitter emitter, ProductShape shape, Tile tile, ProductGroup group, KernelContext context, string name)
    {
        var nodes = group.Items.Select(item => item.Node).ToArray();
        long operations = (long)(2 * shape.Work);
        var outer = shape.Batch.Concat(shape.Rows.Take(shape.Rows.Count - 1)).Concat(emitter.OuterLanes).ToList();
        int cut = outer.FindIndex(loop => loop.Extent.Max > 1);
        if (cut >= 0 && !(outer[cut].Extent.Max < 4 && Math.Max(shape.Row.Extent.Max, shape.Lane.Extent.Max) > 256))
        {
            context.Take(SchedulePath.ProductByOuterLoop);
            LoopVariable loop = outer[cut];
            int step = emitter.StepOf(loop);
            double work = shape.Work / (loop.Extent.Max / (double)step);
            long grain = Math.Max(1, (long)(PieceWork / work)) * step;
            var inside = emitter.Around(
                outer.Skip(cut + 1), emitter.Panels(0, Index.Of(emitter.PanelCount), 0, Index.Of(shape.Row.Extent)));
            return Pieces(name, nodes, operations, loop, loop.Extent, grain, step, inside);
        }

        double perRow = shape.Work / shape.Row.Extent.Max;
        double perPanel = shape.Work / emitter.PanelCount.Max;
        bool cutRows = shape.Row.Extent.Max / tile.Rows >= emitter.PanelCount.Max;
        context.Take(cutRows ? SchedulePath.ProductByRows : SchedulePath.ProductByPanels);
        if (cutRows)
        {
            long rows = Math.Max(1, (long)(PieceWork / perRow / tile.Rows)) * tile.Rows;
            rows = emitter.BlockRows(rows);
            return emitter.RowPieces(name, nodes, operations, rows, outer);
        }

        long panels = Math.Max(1, (long)(PieceWork / perPanel));
        return emitter.PanelPieces(name, nodes, operations, panels, outer);
    }

    private static Kernel Pieces(
        string name, Node[] nodes, long operations, LoopVariable loop, Dimension extent, long grain, int step,
        IReadOnlyList<Statement> inside)
    {
        Share share = Loops.Cut(extent, grain, step);
        return new Kernel(
            name, nodes, share.Piece, [share, new For(loop, share.First, share.Last, step, inside)], operations);
    }
}
