using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Templates;

/// <summary>Writes the loops over panels and tiles of a product, and the tile itself.</summary>
internal sealed partial class ProductEmitter
{
    // Above this many simple values an epilogue runs as a loop over the tile in scratch instead of once for each
    // register.
    private const int InlineEpilogue = 6;

    // Bytes of packed rows that stay in the second cache beside a panel.
    private const long PackedRowsBytes = 384 << 10;

    // Products that one register may sum, and those of a block where there are more: joining blocks costs some hundred
    // instructions for each tile.
    private const long LongestSum = 1024;
    private const long BlockTerms = 512;

    private const long BlockedRows = 36;
    private const long Blocks = 24;

    // Pieces for each of a few threads, of which some come late.
    private const long EnoughPieces = 8;

    private readonly ProductShape shape;
    private readonly Tile tile;
    private readonly int lanes;
    private readonly Buffer? packed;
    private readonly Local sum;
    private readonly bool packsRows;
    private readonly KernelContext context;
    private readonly LoopVariable row;
    private readonly LoopVariable panel;
    private readonly IReadOnlyList<LoopVariable> packedOuter;
    private readonly long partPanels;
    private readonly WholeRows? whole;
    private Buffer? packedRows;
    private Index firstRow = Index.Zero;

    // Where scratch begins, of lanes and of rows.
    private Index lanesOrigin = Index.Zero;
    private Index rowsOrigin = Index.Zero;

    // The first row of the block that scratch keeps.
    private Index firstKept = Index.Zero;

    public ProductEmitter(ProductShape shape, Tile tile, int lanes, Buffer? packed, Local sum, bool packsRows,
        long partPanels, WholeRows? whole, KernelContext context)
    {
        this.whole = whole;
        this.partPanels = partPanels;
        this.context = context;
        this.shape = shape;
        this.tile = tile;
        this.lanes = lanes;
        this.packed = packed;
        this.sum = sum;
        this.packsRows = packsRows;
        row = new LoopVariable("row", shape.Row.Extent);
        panel = new LoopVariable("panel", PanelCount);
        packedOuter = Packing.OperandLoops(
            shape.LanesValue, shape.Batch.Concat(shape.Lanes.Take(shape.Lanes.Count - 1)));
    }

    /// <summary>Lanes of one panel.</summary>
    public int Width => tile.Vectors * lanes;

    /// <summary>Panels along the lanes, the last one perhaps partly empty.</summary>
    public Dimension PanelCount => Dimension.Ceiling(shape.Lane.Extent, Width);

    /// <summary>All tiles of a range of panels and rows.</summary>
    public IReadOnlyList<Statement> Panels(Index beginPanel, Index endPanel, Index beginRow, Index endRow)
    {
        var strips = new List<Strip> { new(tile.Rows, TileBody(tile.Rows)) };
        if (!shape.Row.Extent.IsStatic)
        {
            // What is left behind whole tiles: ever shorter ones, so that few rows are computed alone. They are read
            // where they lie: packing would fill a tile.
            int above = tile.Rows;
            for (int rows = PowerBelow(above); rows > 0 && !row.Extent.IsMultipleOf(above); rows /= 2)
            {
                context.Take(SchedulePath.RowsOneByOne);
                strips.Add(new Strip(rows, TileBody(rows, isPacked: false)));
                above = rows;
            }
        }
        else if (shape.Row.Extent.Value % tile.Rows is var rest and not 0)
        {
            context.Take(SchedulePath.RowsRest);
            strips.Add(new Strip(rest, TileBody((int)rest), Once: true));
        }

        var walked = new StripLoop(row, beginRow, endRow, Loops.Needed(strips, row.Extent));
        return PanelCount == 1 ? [walked] : [new For(panel, beginPanel, endPanel, 1, [walked])];
    }

    // The largest power of two below a number of rows; 0 below 1.
    private static int PowerBelow(int rows)
    {
        int power = rows > 1 ? 1 : 0;
        while (power > 0 && power * 2 < rows)
        {
            power *= 2;
        }

        return power;
    }

    // isPacked: whether its rows are read where they were packed, if they were.
    private List<Statement> TileBody(int rows, bool isPacked = true)
    {
        Statement[] start =
        [
            .. Registers(rows).Select(at => new Declare(Accumulator(at.Row, at.Column), Zero)),
        ];
        List<Statement> step = Step(rows, isPacked);
        IReadOnlyList<Condition>? many = LongSum.Exceeds(shape.Contracted, 1, LongestSum);
        if (many is null)
        {
            return [.. start, .. Loops.Nest(shape.Contracted, step), .. Epilogue(rows)];
        }

        context.Take(SchedulePath.DepthBlocked);
        context.Take(SchedulePath.DepthBlockedOrNot, many.Count > 0);
        return Blocked(rows, start, step, many);
    }

    private Splat Zero => new(new Literal(DType.F32, 0), lanes);

    private IEnumerable<(int Row, int Column)> Registers(int rows) =>
        Enumerable.Range(0, rows * tile.RowGroups)
            .SelectMany(r => Enumerable.Range(0, tile.Columns).Select(c => (r, c)));

    // One contracted element: every row times every vector.
    private List<Statement> Step(int rows, bool isPacked)
    {
        var body = new List<Statement>();
        for (int c = 0; c < tile.Columns; c++)
        {
            body.Add(new Declare(Column(c), new Load(packed ?? shape.LanesLoad.Buffer, LanesIndex(c), lanes)));
        }

        for (int r = 0; r < rows * tile.RowGroups; r++)
        {
            Value element = new Splat(RowElement(r % rows, r / rows, isPacked), lanes);
            if (tile.Columns > 1)
            {
                var broadcast = new Local("a" + r, DType.F32, lanes);
                body.Add(new Declare(broadcast, element));
                element = broadcast;
            }

            for (int c = 0; c < tile.Columns; c++)
            {
                body.Add(new Assign(Accumulator(r, c), new MultiplyAdd(element, Column(c), Accumulator(r, c))));
            }
        }

        return body;
    }

    private Load RowElement(int r, int group, bool isPacked)
    {
        if (packedRows is not null && isPacked)
        {
            // [tile, contracted, row]: a tile's rows lie side by side; the last, shorter tile has the same layout.
            Index start = ((Index)row - firstRow) * Packing.Depth(shape);
            return new Load(packedRows, start + ((Index)shape.Contracted[0] * tile.Rows) + r);
        }

        Index at = shape.RowsLoad.Index.Substitute(
            v => v == shape.Row ? (Index)row + r : Grouped(v, shape.AroundRow, group));
        return new Load(shape.RowsLoad.Buffer, at - rowsOrigin);
    }

    private Index LanesIndex(int column)
    {
        int group = column / tile.Vectors;
        int vector = column % tile.Vectors;
        if (packed is not null)
        {
            return Packing.PackedIndex(shape, packedOuter, panel, Width) + (vector * lanes);
        }

        Index lane = ((Index)panel * Width) + (vector * lanes);
        return shape.LanesLoad.Index.Substitute(v => v == shape.Lane ? lane : Grouped(v, shape.AroundLane, group))
            - lanesOrigin;
    }

    private static Index? Grouped(LoopVariable variable, LoopVariable? around, int group) =>
        variable == around && group > 0 ? (Index)variable + group : null;

    private Local Accumulator(int r, int c) => new($"c{r}_{c}", DType.F32, lanes);

    private Local Column(int c) => new("b" + c, DType.F32, lanes);
}
