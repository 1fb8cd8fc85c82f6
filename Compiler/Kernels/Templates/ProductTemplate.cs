using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Templates;

/// <summary>
/// Kernels of products: a tile of results in registers, the rows operand broadcast, the lanes operand read in vectors,
/// and the epilogue computed from the registers. Convolutions and their gradients come here as products that read
/// windows of an array; their operands are read in place, never copied out. An operand is packed only where its lanes
/// do not lie side by side, or where a large product would read it in strides that caches handle badly.
/// </summary>
internal static class ProductTemplate
{
    /// <summary>Multiplications that one piece should have: a few microseconds.</summary>
    public const double PieceWork = 1 << 18;
    private const int LongRows = 96;
    private const int DeepSum = 96;

    /// <summary>The kernels of a product, packing first. What reads whole rows of it is done in the same kernel where
    /// the product has them whole, and in one behind it elsewhere.</summary>
    public static IReadOnlyList<Kernel> Build(ProductGroup group, KernelContext context, string name)
    {
        if (group.WholeRows is null)
        {
            return Build(group, context, name, null)!;
        }

        var rows = new WholeRows(group, context);
        IReadOnlyList<Kernel>? together = Build(group, context, name, rows);
        context.Take(together is null ? SchedulePath.RowsBehind : SchedulePath.RowsWhole);
        return together ?? [
            .. Build(group, rows.Apart, name, null)!, LoopSchedule.Build(rows.Behind, rows.Apart, name + "_rows")];
    }

    // Null where rows are to be whole and are not.
    private static IReadOnlyList<Kernel>? Build(
        ProductGroup group, KernelContext context, string name, WholeRows? rows)
    {
        var placement = new OperandPlacement(context, name);
        ProductShape shape = ProductShape.Of(group, context, placement.Place, rows: rows);
        if (rows?.Fit(shape) == false)
        {
            return null;
        }

        int lanes = context.Target.Lanes;
        bool packs = MustPack(shape, lanes);
        bool groupLanes = !packs
            && (shape.AroundLane is not { } outside || shape.LanesScratch?.DependsOn(outside) != true);
        bool groupRows = rows is null
            && (shape.AroundRow is not { } around || shape.RowsScratch?.DependsOn(around) != true);
        Tile tile = Tile.Choose(shape, context.Target, groupLanes, groupRows);
        int width = tile.Vectors * lanes;
        long panels = (shape.Lane.Extent.Max + width - 1) / width;
        if (shape.LanesScratch is { IsPart: true } part)
        {
            // As many panels as fit, in parts of one size; then as much scratch as those need.
            panels = Loops.Cut(panels, part.Panels(shape.LaneLoop, width)).Grain.Value;
            placement = new OperandPlacement(context, name, part.Rows(shape.LaneLoop, panels * width));
            shape = ProductShape.Of(group, context, placement.Place, shape.LaneLoop);
        }

        List<Kernel> kernels = [.. placement.Front(shape)];
        context.Take(SchedulePath.OperandInFront, kernels.Count > 0);
        Buffer? packed = null;
        if (packs)
        {
            (Kernel kernel, packed) = Packing.Lanes(shape, width, lanes, name + "_pack");
            kernels.Add(kernel);
        }

        bool packsRows = PacksRows(shape, tile, packed);
        var emitter = new ProductEmitter(shape, tile, lanes, packed, group.Sum, packsRows, panels, rows, context);
        if (rows is not null && Cut(emitter, shape, tile).Way == SchedulePath.ProductByPanels)
        {
            return null;
        }

        Node[] nodes = [.. (rows is null ? group.Epilogue : group.Items).Select(item => item.Node)];
        kernels.Add(Kernel(emitter, shape, tile, nodes, context, name));
        Note(shape, tile, packed, lanes, context);
        return kernels;
    }

    // Which ways the product takes, as far as its shape says.
    private static void Note(ProductShape shape, Tile tile, Buffer? packed, int lanes, KernelContext context)
    {
        context.Take(packed is null ? SchedulePath.LanesInPlace : SchedulePath.LanesPacked);
        context.Take(SchedulePath.LanesScratch, shape.LanesScratch is not null);
        context.Take(SchedulePath.RowsScratch, shape.RowsScratch is not null);
        context.Take(SchedulePath.RowsScratchBlocks, shape.RowsScratch is { IsOfBlocks: true });
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
        if (shape.LanesScratch is not null || shape.LanesValue is not Load load)
        {
            return shape.LanesScratch is null;
        }

        bool sideBySide = load.Index.CoefficientOf(shape.Lane) == 1 || shape.Lane.Extent == 1;
        if (!sideBySide || shape.Contracted.Count != 1 || shape.Lanes.Count != 1)
        {
            return !sideBySide;
        }

        Dimension stride = load.Index.CoefficientOf(shape.Contracted[0]);
        bool straddles = stride.IsStatic && stride.Value % lanes != 0 && shape.Lane.Extent.Max > lanes;
        bool deep = shape.Row.Extent.Max >= LongRows && shape.Contracted[0].Extent.Max >= DeepSum;
        return deep && (straddles || shape.Lane.Extent.Max >= LongRows);
    }

    // Rows are copied where many lanes share them and their strides are long: from row to row, or, where they are
    // neighbours, from one contracted element to the next.
    private static bool PacksRows(ProductShape shape, Tile tile, Buffer? packed)
    {
        bool contiguous = shape.Contracted.Count == 1
            && (shape.RowsLoad.Index.CoefficientOf(shape.Contracted[0]) == 1 || Packing.RowsAreSideBySide(shape));
        return packed is not null && shape.RowsScratch is null
            && contiguous && shape.Contracted[0].Extent.IsStatic && tile.Rows > 4
            && shape.Row.Extent.Max >= LongRows && shape.Contracted[0].Extent.Max >= DeepSum
            && shape.Lane.Extent.Max >= LongRows;
    }

    // Chooses the loop whose iterations are shared out: an outer one, rows, or panels.
    private static (SchedulePath Way, LoopVariable? Loop) Cut(ProductEmitter emitter, ProductShape shape, Tile tile)
    {
        IReadOnlyList<LoopVariable> outer = emitter.Outer;
        int cut = outer.ToList().FindIndex(loop => loop.Extent.Max > 1);
        bool pays = cut >= 0
            && !(outer[cut].Extent.Max < 4 && Math.Max(shape.Row.Extent.Max, shape.Lane.Extent.Max) > 256);
        if (pays && emitter.SharesScratch(outer[cut]))
        {
            return (SchedulePath.ProductByOuterLoop, outer[cut]);
        }

        bool cutRows = (shape.LanesScratch is null || emitter.PanelCount == 1)
            && shape.Row.Extent.Max / tile.Rows >= emitter.PanelCount.Max;
        return (cutRows ? SchedulePath.ProductByRows : SchedulePath.ProductByPanels, null);
    }

    // How many iterations make a piece.
    private static Kernel Kernel(
        ProductEmitter emitter, ProductShape shape, Tile tile, Node[] nodes, KernelContext context, string name)
    {
        long operations = (long)(2 * shape.Work);
        var (way, loop) = Cut(emitter, shape, tile);
        context.Take(way);
        if (loop is not null)
        {
            int step = emitter.StepOf(loop);
            double work = Math.Max(shape.Work, 1) / (loop.Extent.Max / (double)step);
            long grain = Math.Max(1, (long)(PieceWork / work)) * step;
            Share share = Loops.Cut(loop.Extent, grain, step);
            return emitter.OuterPieces(name, nodes, operations, loop, share);
        }

        double perRow = Math.Max(shape.Work, 1) / shape.Row.Extent.Max;
        double perPanel = Math.Max(shape.Work, 1) / emitter.PanelCount.Max;
        if (way == SchedulePath.ProductByRows)
        {
            long rows = Math.Max(1, (long)(PieceWork / perRow / tile.Rows)) * tile.Rows;
            rows = emitter.BlockRows(rows);
            return emitter.RowPieces(name, nodes, operations, rows);
        }

        long panels = Math.Max(1, (long)(PieceWork / perPanel));
        return emitter.PanelPieces(name, nodes, operations, panels);
    }
}
