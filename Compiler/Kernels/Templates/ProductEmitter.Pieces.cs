using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Templates;

/// <content>The loops around tiles: pieces, and the parts whose operands scratch holds.</content>
internal sealed partial class ProductEmitter
{
    /// <summary>The loops around the innermost ones of rows and lanes: first those that scratch depends on, lanes
    /// before rows, so that it is filled as rarely as may be.</summary>
    public IReadOnlyList<LoopVariable> Outer
    {
        get
        {
            var all = shape.Batch.Concat(shape.Rows.Take(shape.Rows.Count - 1))
                .Concat(shape.Lanes.Take(shape.Lanes.Count - 1)).ToArray();
            return
            [
                .. all.OrderBy(loop => shape.LanesScratch?.DependsOn(loop) == true ? 0
                    : shape.RowsScratch?.DependsOn(loop) == true ? 1 : 2),
            ];
        }
    }

    /// <summary>Whether pieces of a loop fill scratch of their own: otherwise each would fill the same.</summary>
    public bool SharesScratch(LoopVariable loop) =>
        (shape.LanesScratch is null && shape.RowsScratch is null) || shape.LanesScratch?.DependsOn(loop) == true
        || (shape.LanesScratch is null && shape.RowsScratch?.DependsOn(loop) == true);

    /// <summary>How far a tile steps along a loop around rows or lanes.</summary>
    public int StepOf(LoopVariable loop) =>
        loop == shape.AroundLane ? tile.LaneGroups : loop == shape.AroundRow ? tile.RowGroups : 1;

    /// <summary>Loops around statements, in steps of whole tiles.</summary>
    public IReadOnlyList<Statement> Around(IEnumerable<LoopVariable> loops, IReadOnlyList<Statement> body)
    {
        foreach (LoopVariable loop in loops.Reverse().Where(loop => loop.Extent != 1))
        {
            body = [new For(loop, 0, Index.Of(loop.Extent), StepOf(loop), body)];
        }

        return body;
    }

    /// <summary>
    /// The number of rows of a piece. Where rows are packed, all panels pass by once for each piece, so a piece has as
    /// many rows as make that cheap, but no more than stay in the second cache and leave pieces for every thread.
    /// </summary>
    public long BlockRows(long rows)
    {
        // One block of whole rows.
        if (whole is not null)
        {
            rows = Math.Min(rows, whole.RowsOf(tile));
        }

        if (!packsRows)
        {
            return shape.RowsScratch is { IsPart: true } ? Math.Min(rows, RowsOfPart) : rows;
        }

        long fit = PackedRowsBytes / (4 * Packing.Depth(shape).Value);
        // Of a symbol, values far below the largest shall leave pieces for every thread, too.
        long share = Math.Max(BlockedRows, Usual.Of(shape.Row.Extent) / Blocks);
        long most = Math.Min(fit, whole?.RowsOf(tile) ?? fit);
        return Math.Max(tile.Rows, Math.Min(most, Math.Max(rows, share)) / tile.Rows * tile.Rows);
    }

    // Whole tiles, so that only the last part has a rest.
    private long RowsOfPart => shape.RowsScratch!.Length / tile.Rows * tile.Rows;

    /// <summary>A kernel whose pieces are blocks of rows, and where a run has few of them, of panels too.</summary>
    public Kernel RowPieces(string name, Node[] nodes, long operations, long rows)
    {
        rows = Math.Min(rows, ((shape.Row.Extent.Max + tile.Rows - 1) / tile.Rows) * tile.Rows);
        Share share = Loops.Cut(shape.Row.Extent, rows, tile.Rows);
        Share? panels = PanelsToo(share);
        var all = new List<Statement>();
        if (packsRows)
        {
            bool isStatic = shape.Row.Extent.IsStatic;
            context.Take(isStatic ? SchedulePath.RowsPacked : SchedulePath.RowsPackedSymbolic);
            context.Take(SchedulePath.RowsPackedSideBySide, Packing.RowsAreSideBySide(shape));
            rows = (share.Grain.Max + tile.Rows - 1) / tile.Rows * tile.Rows;
            packedRows = new Buffer("rows", DType.F32, (rows * Packing.Depth(shape).Value) + Packing.Overhang);
            firstRow = share.First;
            all.Add(new Scratch(packedRows));
        }

        return Kernel(
            name, nodes, operations, share, panels,
            Around(Outer, RangeOf(panels), (share.First, share.Last), isOneRowPart: true), all);
    }

    // How panels are cut as well where a run has few pieces of a symbolic loop; null where they never are. Each piece
    // reads, and may pack, its rows anew, so there are no more pieces than a few threads need.
    private Share? PanelsToo(Share pieces)
    {
        bool isOpen = !pieces.Extent.IsStatic && Usual.IsCounted(pieces.Extent) && Usual.IsCounted(PanelCount);
        if (!isOpen || whole is not null || shape.LanesScratch is not null || shape.RowsScratch is not null)
        {
            return null;
        }

        // Counted with the longest pieces, not with those of the run, whose sizes are long to write.
        long most = pieces.Grain.Max;
        double each = Math.Max(1, shape.Work / pieces.Extent.Max / PanelCount.Max);
        long worth = Math.Max(1, (long)(ProductTemplate.PieceWork / each));
        Dimension least = Parts(worth, Dimension.Minimum(pieces.Extent, most));
        Dimension wanted = Parts(EnoughPieces, Dimension.Ceiling(pieces.Extent, most));
        Dimension grain = Dimension.Maximum(least, Parts(PanelCount, wanted));
        bool cuts = !PanelCount.IsAtMost(grain);
        context.Take(SchedulePath.ProductByPanelsToo, cuts);
        return cuts ? Loops.Cut(PanelCount, grain) : null;
    }

    // How many parts of a length make a whole that is not empty: certainly one.
    private static Dimension Parts(Dimension whole, Dimension length) =>
        ((whole - 1) / Dimension.Maximum(1, length)) + 1;

    private (Index First, Index Last) RangeOf(Share? panels) =>
        panels is null ? (0, Index.Of(PanelCount)) : (panels.First, panels.Last);

    /// <summary>A kernel whose pieces are ranges of panels.</summary>
    public Kernel PanelPieces(string name, Node[] nodes, long operations, long panels)
    {
        bool isPart = shape.LanesScratch is { IsPart: true };
        Share share = isPart ? Loops.Cut(PanelCount, partPanels, "part") : Loops.Cut(PanelCount, panels);
        return Kernel(
            name, nodes, operations, share, null,
            Around(Outer, (share.First, share.Last), (0, Index.Of(shape.Row.Extent)), isOneLanePart: isPart));
    }

    /// <summary>A kernel whose pieces are ranges of an outer loop, and where a run has few of them, of panels
    /// too.</summary>
    public Kernel OuterPieces(string name, Node[] nodes, long operations, LoopVariable loop, Share share)
    {
        Share? panels = PanelsToo(share);
        var inside = Around(Outer.Where(other => other != loop), RangeOf(panels), (0, Index.Of(shape.Row.Extent)));
        return Kernel(
            name, nodes, operations, share, panels, [new For(loop, share.First, share.Last, StepOf(loop), inside)]);
    }

    // Of two shares, a piece is one of each: those of the first share step faster, so that panels stay in caches.
    private Kernel Kernel(
        string name, Node[] nodes, long operations, Share share, Share? panels, IEnumerable<Statement> body,
        IEnumerable<Statement>? scratch = null)
    {
        var own = new[] { shape.LanesScratch, shape.RowsScratch }.OfType<ScratchOperand>()
            .Select(operand => new Scratch(operand.Buffer)).Concat(whole?.Scratch ?? []);
        LoopVariable piece = share.Piece;
        Statement[] shares = [share];
        if (panels is not null)
        {
            piece = new LoopVariable("piece", share.Piece.Extent * panels.Piece.Extent);
            shares =
            [
                new Let(share.Piece, (Index)piece % share.Piece.Extent),
                new Let(panels.Piece, (Index)piece / share.Piece.Extent),
                share,
                panels,
            ];
        }

        return new Kernel(name, nodes, piece, [.. own, .. scratch ?? [], .. shares, .. body], operations)
        {
            Extent = shape.OpenWork ?? piece.Extent,
        };
    }

    // The outer loops, scratch filled inside those that it depends on.
    private IReadOnlyList<Statement> Around(
        IEnumerable<LoopVariable> outer, (Index First, Index Last) panels, (Index First, Index Last) rows,
        bool isOneLanePart = false, bool isOneRowPart = false)
    {
        LoopVariable[] own = outer.Where(loop => shape.LanesScratch?.DependsOn(loop) == true).ToArray();
        LoopVariable[] others = outer.Except(own).ToArray();
        return Around(own, LaneParts(panels, isOneLanePart, part => AroundRows(others, part, rows, isOneRowPart)));
    }

    private IReadOnlyList<Statement> AroundRows(
        IReadOnlyList<LoopVariable> outer, (Index First, Index Last) panels, (Index First, Index Last) rows,
        bool isOnePart)
    {
        LoopVariable[] own = outer.Where(loop => shape.RowsScratch?.DependsOn(loop) == true).ToArray();
        return Around(own, RowParts(rows, isOnePart, part => Around(outer.Except(own),
            [.. PackRows(part), .. RowBlocks(panels, part, isOnePart)])));
    }

    // All panels of a block of rows, then what reads the rows whole.
    private IReadOnlyList<Statement> RowBlocks(
        (Index First, Index Last) panels, (Index First, Index Last) rows, bool isOneBlock)
    {
        if (whole is null)
        {
            return Panels(panels.First, panels.Last, rows.First, rows.Last);
        }

        Dimension extent = shape.Row.Extent;
        long length = whole.RowsOf(tile);
        Share? share = isOneBlock || extent.Max <= length ? null : new Share(
            new LoopVariable("from", extent), new LoopVariable("to", extent * 2),
            new LoopVariable("block", Dimension.Ceiling(extent, length)), length, extent);
        (Index first, Index last) = share is null ? rows : (share.First, share.Last);
        firstKept = first;
        IReadOnlyList<Statement> block =
            [.. Panels(panels.First, panels.Last, first, last), .. whole.Stages(shape, first, last)];
        return share is null ? block
            : [new For(share.Piece, 0, Index.Of(share.Piece.Extent), 1, [share, .. block])];
    }

    private IReadOnlyList<Statement> PackRows((Index First, Index Last) rows) => packedRows is null
        ? [] : Packing.Rows(shape, rows.First, rows.Last - rows.First, tile.Rows, lanes, packedRows);

    // Panels in parts whose operand fits scratch.
    private IReadOnlyList<Statement> LaneParts(
        (Index First, Index Last) panels, bool isOnePart,
        Func<(Index First, Index Last), IReadOnlyList<Statement>> body)
    {
        if (shape.LanesScratch is not { } scratch)
        {
            return body(panels);
        }

        if (!scratch.IsPart)
        {
            return [.. scratch.Fill(0, null, context), .. body(panels)];
        }

        context.Take(SchedulePath.LanesScratchParts);
        Share? share = isOnePart ? null : Loops.Cut(PanelCount, partPanels, "part");
        Index first = share is null ? panels.First : share.First;
        Index last = share is null ? panels.Last : share.Last;
        var origin = new LoopVariable("from", scratch.Range.Extent);
        lanesOrigin = (Index)origin * scratch.RangeStride;
        IReadOnlyList<Statement> part =
        [
            new Let(origin, scratch.Origin(shape.LaneLoop, first * Width)),
            .. scratch.Fill(origin, null, context),
            .. body((first, last)),
        ];
        return share is null ? part : [new For(share.Piece, 0, Index.Of(share.Piece.Extent), 1, [share, .. part])];
    }

    /// <summary>Whether sums are joined from blocks inside the first of contracted loops: no sum is in registers
    /// between its iterations.</summary>
    public static bool BlocksInside(IReadOnlyList<LoopVariable> contracted) => contracted.Count > 1
        && contracted[0].Extent.Max > 1 && LongSum.Count([.. contracted.Skip(1)], 1) > BlockTerms
        && LongSum.Count(contracted, 1) > LongestSum;

    // Rows in parts whose operand fits scratch.
    private IReadOnlyList<Statement> RowParts(
        (Index First, Index Last) rows, bool isOnePart,
        Func<(Index First, Index Last), IReadOnlyList<Statement>> body)
    {
        if (shape.RowsScratch is not { IsOfBlocks: false } scratch)
        {
            return body(rows);
        }

        if (!scratch.IsPart)
        {
            return [.. scratch.Fill(0, null, context), .. body(rows)];
        }

        context.Take(SchedulePath.RowsScratchParts);
        Share? share = isOnePart ? null : Loops.Cut(shape.Row.Extent, RowsOfPart, "part");
        (Index First, Index Last) part = share is null ? rows : (share.First, share.Last);
        rowsOrigin = part.First * scratch.RangeStride;
        IReadOnlyList<Statement> inside =
            [.. scratch.Fill(part.First, part.Last - part.First, context), .. body(part)];
        return share is null
            ? inside : [new For(share.Piece, 0, Index.Of(share.Piece.Extent), 1, [share, .. inside])];
    }
}
