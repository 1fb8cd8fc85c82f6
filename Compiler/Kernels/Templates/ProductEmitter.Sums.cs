using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Templates;

/// <content>Sums of more products than one register may hold, and what follows the sums.</content>
internal sealed partial class ProductEmitter
{
    // A block's sums stay in registers, blocks are joined in scratch. Where a run says how many products there are, few
    // stay in the registers to the end.
    private List<Statement> Blocked(
        int rows, IReadOnlyList<Statement> start, IReadOnlyList<Statement> step, IReadOnlyList<Condition> many)
    {
        Buffer[] buffers = [TileScratch("tile", rows), TileScratch("whole", rows), TileScratch("lost", rows)];
        For Over(Func<Index, IReadOnlyList<Statement>> body)
        {
            var at = new LoopVariable("cell", buffers[0].Size);
            return new For(at, 0, buffers[0].Size.Value, lanes, body(at));
        }

        IEnumerable<Statement> scratch = buffers.Select(buffer => new Scratch(buffer));
        For clear = Over(at => [.. buffers.Skip(1).Select(buffer => new Store(buffer, at, Zero))]);
        Statement[] join =
            [.. Spill(rows, buffers[0]), Over(at => LongSum.Add(buffers[1], buffers[2], buffers[0], at, lanes))];
        Value Whole(Index at) => LongSum.Whole(new Load(buffers[1], at, lanes), new Load(buffers[2], at, lanes));
        if (many.Count == 0)
        {
            return
            [
                .. scratch, clear, .. InBlocks(step, start, join),
                Over(at => [new Store(buffers[0], at, Whole(at))]),
                .. ByPanel(masks => LoopedEpilogue(rows, buffers[0], masks)),
            ];
        }

        IEnumerable<Statement> ToRegisters(Func<int, Value> value) =>
            Registers(rows).Select((at, i) => new Assign(Accumulator(at.Row, at.Column), value(i * lanes)));
        return
        [
            .. scratch, .. start, new If(many, [clear], isCommon: true),
            .. InBlocks(step, [], [new If(many, [.. join, .. ToRegisters(_ => Zero)], isCommon: true)]),
            new If(many, [.. ToRegisters(at => Whole(at))], isCommon: true),
            .. Epilogue(rows),
        ];
    }

    private IReadOnlyList<Statement> InBlocks(
        IReadOnlyList<Statement> step, IEnumerable<Statement> before, IEnumerable<Statement> after)
    {
        LoopVariable last = shape.Contracted[shape.Contracted.Count - 1];
        return LongSum.Blocks(
            shape.Contracted, 1, BlockTerms, (from, to) => [new For(last, from, to, 1, step)], before, after,
            shape.RowsScratch is { IsOfBlocks: true } scratch ? scratch.Fill(0, null, context) : null);
    }

    private Buffer TileScratch(string name, int rows) =>
        new(name, DType.F32, rows * tile.RowGroups * tile.Columns * lanes);

    private IEnumerable<Statement> Spill(int rows, Buffer scratch) => Registers(rows)
        .Select(at => new Store(
            scratch, ((at.Row * tile.Columns) + at.Column) * lanes, Accumulator(at.Row, at.Column)));

    // Long epilogues run as a loop over the tile in scratch, short ones from the registers.
    private IReadOnlyList<Statement> Epilogue(int rows)
    {
        bool isInline = EpilogueLanes() == lanes && EpilogueSize() <= InlineEpilogue;
        context.Take(isInline ? SchedulePath.EpilogueInline : SchedulePath.EpilogueLooped);
        return ByPanel(masks =>
        {
            if (isInline && !(masks && PanelsDiffer))
            {
                return InlinedEpilogue(rows, masks);
            }

            Buffer scratch = TileScratch("tile", rows);
            return [new Scratch(scratch), .. Spill(rows, scratch), .. LoopedEpilogue(rows, scratch, masks)];
        });
    }

    // Whether some panels are filled and the last may not be.
    private bool PanelsDiffer => !shape.Lane.Extent.IsMultipleOf(Width) && PanelCount != 1;

    // What a tile does at its end, with masks where its panel may end inside. Whole panels have text without, and the
    // last one a loop: a mask for each register is more than the runtime's compiler compiles well.
    private IReadOnlyList<Statement> ByPanel(Func<bool, IReadOnlyList<Statement>> body)
    {
        Dimension extent = shape.Lane.Extent;
        if (!PanelsDiffer)
        {
            return body(!extent.IsMultipleOf(Width));
        }

        Index end = ((Index)panel * Width) + Width;
        Index all = Index.Of(extent) + 1;
        return
        [
            new If([new Condition(end, 0, all)], body(false), isCommon: true),
            new If([new Condition(end, all, all + Width)], body(true), isCommon: true),
        ];
    }

    private List<Statement> InlinedEpilogue(int rows, bool masks)
    {
        var body = new List<Statement>();
        for (int r = 0; r < rows * tile.RowGroups; r++)
        {
            for (int c = 0; c < tile.Columns; c++)
            {
                var place = new Place((Index)row + (r % rows), r / rows, c / tile.Vectors, c % tile.Vectors * lanes);
                body.AddRange(Results(Accumulator(r, c), place, lanes, masks));
            }
        }

        return body;
    }

    // Long epilogues (an optimizer's update) run over the tile in scratch: a page of text instead of one for each
    // register. So do those of wider elements than a sum's, of which a vector has fewer.
    private List<Statement> LoopedEpilogue(int rows, Buffer scratch, bool masks)
    {
        int own = EpilogueLanes();
        var body = new List<Statement>();
        for (int group = 0; group < tile.RowGroups * tile.LaneGroups; group++)
        {
            int rowGroup = group / tile.LaneGroups;
            int laneGroup = group % tile.LaneGroups;
            var r = new LoopVariable("r", rows);
            var c = new LoopVariable("c", Width);
            Index from = (((Index)r + (rowGroup * rows)) * (tile.Columns * lanes)) + (laneGroup * Width) + c;
            var place = new Place((Index)row + r, rowGroup, laneGroup, c);
            List<Statement> results = Results(new Load(scratch, from, own), place, own, masks);
            body.Add(new For(r, 0, rows, 1, [new For(c, 0, Width, own, results)]));
        }

        return body;
    }

    // Where a vector of sums lies: its row, the groups it belongs to, and its offset into the panel.
    private sealed record Place(Index Row, int RowGroup, int LaneGroup, Index Offset);

    // The epilogue of one vector of sums.
    private List<Statement> Results(Value sums, Place place, int own, bool masks)
    {
        var axis = new LoopVariable("lane", own);
        Index start = ((Index)panel * Width) + place.Offset;
        Index Move(Index index) => index.Substitute(v =>
            v == shape.Row ? place.Row
            : v == shape.Lane ? start + (Index)axis
            : Grouped(v, shape.AroundRow, place.RowGroup) ?? Grouped(v, shape.AroundLane, place.LaneGroup));
        var body = new List<Statement>();
        Index? count = masks ? Index.Of(shape.Lane.Extent) - start : null;
        if (count?.Constant <= 0)
        {
            return body;
        }

        count = count?.Constant >= own ? null : count;
        var vectorizer = new Vectorizer(axis, own, localsAreLanes: true, count);
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
            target = item.IsKept ? target + ((place.Row - firstKept) * whole!.Stride) : target;
            long stride = shape.Lane.Extent == 1 ? 1 : target.CoefficientOf(axis).Value;
            body.Add(new Store(item.Store!, First(target), vector, count, stride));
        }

        return body;
    }

    // Lanes are counted by the widest elements that are computed or written.
    private int EpilogueLanes()
    {
        int widest = shape.Epilogue.Select(item => Math.Max(
            DTypes.SizeOf(item.Store!.Type),
            Vectorizer.Fit(item.Value, shape.Lane, value => value is Local)?.Widest ?? sizeof(double)))
            .Append(sizeof(float)).Max();
        return context.Target.LanesOf(widest);
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
}
