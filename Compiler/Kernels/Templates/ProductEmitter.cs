using Sinter.Compiler.Kernels.Schedules;

namespace Sinter.Compiler.Kernels.Templates;

/// <summary>Writes the loops over panels and tiles of a product, and the tile itself.</summary>
internal sealed class ProductEmitter
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

    // How much larger than usual a symbol's largest value is taken to be.
    private const long Room = 10;

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
    private Buffer? packedRows;
    private Index firstRow = Index.Zero;

    public ProductEmitter(ProductShape shape, Tile tile, int lanes, Buffer? packed, Local sum, bool packsRows,
        KernelContext context)
    {
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
            shape.LanesLoad.Index, shape.Batch.Concat(shape.Lanes.Take(shape.Lanes.Count - 1)));
    }

    /// <summary>Lanes of one panel.</summary>
    public int Width => tile.Vectors * lanes;

    /// <summary>Panels along the lanes, the last one perhaps partly empty.</summary>
    public Dimension PanelCount => Dimension.Ceiling(shape.Lane.Extent, Width);

    /// <summary>The loops around the lanes.</summary>
    public IEnumerable<LoopVariable> OuterLanes => shape.Lanes.Take(shape.Lanes.Count - 1);

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
        if (!packsRows)
        {
            return rows;
        }

        long fit = PackedRowsBytes / (4 * Packing.Depth(shape).Value);
        // Of a symbol, values far below the largest shall leave pieces for every thread, too.
        Dimension all = shape.Row.Extent;
        long usual = all.IsStatic ? all.Value : Math.Max(all.Min, all.Max / Room);
        long share = Math.Max(BlockedRows, usual / Blocks);
        return Math.Max(tile.Rows, Math.Min(fit, Math.Max(rows, share)) / tile.Rows * tile.Rows);
    }

    /// <summary>A kernel whose pieces are blocks of rows.</summary>
    public Kernel RowPieces(string name, Node[] nodes, long operations, long rows, List<LoopVariable> outer)
    {
        rows = Math.Min(rows, ((shape.Row.Extent.Max + tile.Rows - 1) / tile.Rows) * tile.Rows);
        Share share = Loops.Cut(shape.Row.Extent, rows, tile.Rows);
        var (begin, end) = (share.First, share.Last);
        var all = new List<Statement>();
        IReadOnlyList<Statement> inside;
        if (packsRows)
        {
            bool isStatic = shape.Row.Extent.IsStatic;
            context.Take(isStatic ? SchedulePath.RowsPacked : SchedulePath.RowsPackedSymbolic);
            rows = (share.Grain + tile.Rows - 1) / tile.Rows * tile.Rows;
            packedRows = new Buffer("rows", DType.F32, (rows * Packing.Depth(shape).Value) + Packing.Overhang);
            firstRow = begin;
            all.Add(new Scratch(packedRows));
            inside =
            [
                .. Packing.Rows(shape, begin, (Index)end - begin, tile.Rows, packedRows),
                .. Panels(0, Index.Of(PanelCount), begin, end),
            ];
        }
        else
        {
            inside = Panels(0, Index.Of(PanelCount), begin, end);
        }

        all.Add(share);
        all.AddRange(Around(outer, inside));
        return new Kernel(name, nodes, share.Piece, all, operations);
    }

    /// <summary>A kernel whose pieces are ranges of panels.</summary>
    public Kernel PanelPieces(string name, Node[] nodes, long operations, long panels, List<LoopVariable> outer)
    {
        Share share = Loops.Cut(PanelCount, panels);
        var inside = Around(outer, Panels(share.First, share.Last, 0, Index.Of(shape.Row.Extent)));
        return new Kernel(name, nodes, share.Piece, [share, .. inside], operations);
    }

    /// <summary>All tiles of a range of panels and rows.</summary>
    public IReadOnlyList<Statement> Panels(Index beginPanel, Index endPanel, Index beginRow, Index endRow)
    {
        var strips = new List<Strip> { new(tile.Rows, TileBody(tile.Rows)) };
        if (!shape.Row.Extent.IsStatic)
        {
            // What is left behind whole tiles: ever shorter ones, so that few rows are computed alone.
            for (int rows = PowerBelow(tile.Rows); rows > 0; rows /= 2)
            {
                context.Take(SchedulePath.RowsOneByOne);
                strips.Add(new Strip(rows, TileBody(rows, isWhole: false)));
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

    // isWhole: whether the first row is the first of a tile.
    private List<Statement> TileBody(int rows, bool isWhole = true)
    {
        var start = Registers(rows)
            .Select(at => new Declare(Accumulator(at.Row, at.Column), new Splat(new Literal(DType.F32, 0), lanes)));
        List<Statement> step = Step(rows, isWhole);
        if (LongSum.Count(shape.Contracted, 1) > LongestSum)
        {
            context.Take(SchedulePath.DepthBlocked);
            return Blocked(rows, start, step);
        }

        List<Statement> body = [.. start, .. Loops.Nest(shape.Contracted, step)];
        if (EpilogueSize() <= InlineEpilogue)
        {
            context.Take(SchedulePath.EpilogueInline);
            return [.. body, .. InlinedEpilogue(rows)];
        }

        context.Take(SchedulePath.EpilogueLooped);
        Buffer scratch = TileScratch("tile", rows);
        return [new Scratch(scratch), .. body, .. Spill(rows, scratch), .. LoopedEpilogue(rows, scratch)];
    }

    // Sums of many products: a block's stay in registers, blocks are joined in scratch.
    private List<Statement> Blocked(int rows, IEnumerable<Statement> start, IReadOnlyList<Statement> step)
    {
        Buffer[] buffers = [TileScratch("tile", rows), TileScratch("whole", rows), TileScratch("lost", rows)];
        LoopVariable last = shape.Contracted[shape.Contracted.Count - 1];
        For Over(Func<Index, IReadOnlyList<Statement>> body)
        {
            var at = new LoopVariable("cell", buffers[0].Size);
            return new For(at, 0, buffers[0].Size.Value, lanes, body(at));
        }

        return
        [
            .. buffers.Select(buffer => new Scratch(buffer)),
            Over(at => buffers.Skip(1)
                .Select(buffer => new Store(buffer, at, new Splat(new Literal(DType.F32, 0), lanes))).ToArray()),
            .. LongSum.Blocks(
                shape.Contracted, 1, BlockTerms, (from, to) => [new For(last, from, to, 1, step)],
                start,
                [.. Spill(rows, buffers[0]),
                    Over(at => LongSum.Add(buffers[1], buffers[2], buffers[0], at, lanes))]),
            Over(at =>
            [
                new Store(buffers[0], at, LongSum.Whole(
                    new Load(buffers[1], at, lanes), new Load(buffers[2], at, lanes))),
            ]),
            .. LoopedEpilogue(rows, buffers[0]),
        ];
    }

    private IEnumerable<(int Row, int Column)> Registers(int rows) =>
        Enumerable.Range(0, rows * tile.RowGroups)
            .SelectMany(r => Enumerable.Range(0, tile.Columns).Select(c => (r, c)));

    private Buffer TileScratch(string name, int rows) =>
        new(name, DType.F32, rows * tile.RowGroups * tile.Columns * lanes);

    private IEnumerable<Statement> Spill(int rows, Buffer scratch) => Registers(rows)
        .Select(at => new Store(
            scratch, ((at.Row * tile.Columns) + at.Column) * lanes, Accumulator(at.Row, at.Column)));

    // One contracted element: every row times every vector.
    private List<Statement> Step(int rows, bool isWhole)
    {
        var body = new List<Statement>();
        for (int c = 0; c < tile.Columns; c++)
        {
            body.Add(new Declare(Column(c), new Load(packed ?? shape.LanesLoad.Buffer, LanesIndex(c), lanes)));
        }

        for (int r = 0; r < rows * tile.RowGroups; r++)
        {
            Value element = new Splat(RowElement(r % rows, r / rows, isWhole), lanes);
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

    private Load RowElement(int r, int group, bool isWhole)
    {
        if (packedRows is not null)
        {
            // [tile, contracted, row]: a tile's rows lie side by side; the last, shorter tile has the same layout. Rows
            // that are taken one by one begin inside a tile.
            Index from = (Index)row - firstRow;
            Index within = isWhole ? Index.Zero : from % tile.Rows;
            Index start = (from - within) * Packing.Depth(shape);
            return new Load(packedRows, start + ((Index)shape.Contracted[0] * tile.Rows) + within + r);
        }

        return new Load(shape.RowsLoad.Buffer,
            shape.RowsLoad.Index.Substitute(v => v == shape.Row ? (Index)row + r : Grouped(v, shape.AroundRow, group)));
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
        return shape.LanesLoad.Index.Substitute(v => v == shape.Lane ? lane : Grouped(v, shape.AroundLane, group));
    }

    private static Index? Grouped(LoopVariable variable, LoopVariable? around, int group) =>
        variable == around && group > 0 ? (Index)variable + group : null;

    private List<Statement> InlinedEpilogue(int rows)
    {
        var body = new List<Statement>();
        for (int r = 0; r < rows * tile.RowGroups; r++)
        {
            for (int c = 0; c < tile.Columns; c++)
            {
                var place = new Place((Index)row + (r % rows), r / rows, c / tile.Vectors, c % tile.Vectors * lanes);
                body.AddRange(Results(Accumulator(r, c), place));
            }
        }

        return body;
    }

    // Long epilogues (an optimizer's update) run over the tile in scratch: a page of text instead of one for each
    // register.
    private List<Statement> LoopedEpilogue(int rows, Buffer scratch)
    {
        var body = new List<Statement>();
        for (int group = 0; group < tile.RowGroups * tile.LaneGroups; group++)
        {
            int rowGroup = group / tile.LaneGroups;
            int laneGroup = group % tile.LaneGroups;
            var r = new LoopVariable("r", rows);
            var c = new LoopVariable("c", Width);
            Index from = (((Index)r + (rowGroup * rows)) * (tile.Columns * lanes)) + (laneGroup * Width) + c;
            var results = Results(new Load(scratch, from, lanes), new Place((Index)row + r, rowGroup, laneGroup, c));
            body.Add(new For(r, 0, rows, 1, [new For(c, 0, Width, lanes, results)]));
        }

        return body;
    }

    // Where a vector of sums lies: its row, the groups it belongs to, and its offset into the panel.
    private sealed record Place(Index Row, int RowGroup, int LaneGroup, Index Offset);

    // The epilogue of one vector of sums.
    private List<Statement> Results(Value sums, Place place)
    {
        var axis = new LoopVariable("lane", lanes);
        Index start = ((Index)panel * Width) + place.Offset;
        Index Move(Index index) => index.Substitute(v =>
            v == shape.Row ? place.Row
            : v == shape.Lane ? start + (Index)axis
            : Grouped(v, shape.AroundRow, place.RowGroup) ?? Grouped(v, shape.AroundLane, place.LaneGroup));
        var body = new List<Statement>();
        bool partial = !shape.Lane.Extent.IsStatic || shape.Lane.Extent.Value % Width != 0;
        Index? count = partial ? Index.Of(shape.Lane.Extent) - start : null;
        var vectorizer = new Vectorizer(axis, lanes, localsAreLanes: true, count);
        var done = new Dictionary<Value, Value>();
        var dropped = new Dictionary<Value, Value>();
        Index First(Index index) => index.Substitute(v => v == axis ? Index.Zero : null);
        Value? Sum(Value value) => value is Local local && local.Name == sum.Name ? sums : null;
        foreach (EpilogueItem item in shape.Epilogue)
        {
            // The axis stands for the lane number; after becoming lanes it is 0.
            Value scalar = item.Value.Map(Move, _ => null, done);
            Value vector = scalar == sum ? sums : vectorizer.Vector(scalar).Map(First, Sum, dropped);
            Index target = Move(item.Target);
            long stride = shape.Lane.Extent == 1 ? 1 : target.CoefficientOf(axis).Value;
            body.Add(new Store(item.Store!, First(target), vector, count, stride));
        }

        return body;
    }

    private int EpilogueSize()
    {
        var seen = new HashSet<Value>();
        void Walk(Value value)
        {
            if (seen.Add(value))
            {
                foreach (Value operand in value.Operands)
                {
                    Walk(operand);
                }
            }
        }

        foreach (EpilogueItem item in shape.Epilogue)
        {
            Walk(item.Value);
        }

        return seen.Count(value => value is Apply);
    }

    private Local Accumulator(int r, int c) => new($"c{r}_{c}", DType.F32, lanes);

    private Local Column(int c) => new("b" + c, DType.F32, lanes);
}
