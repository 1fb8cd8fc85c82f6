using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Schedules;

/// <summary>Writes the statements of a loop nest: scalar, with vectors along rows, or with vectors along inner
/// loops.</summary>
/// <param name="lanesOf">The lanes of a stage along its innermost loop; 1 for none.</param>
/// <param name="unrollLimit">Inner loops of at most so many iterations are written out where vectors run along
/// rows.</param>
/// <param name="context">The processor, and who is told which ways were taken.</param>
internal sealed class LoopEmitter(
    Func<NestStage, int> lanesOf, long unrollLimit, KernelContext context)
{
    private const int Accumulators = 4;

    // What the memory delivers in the time of a round trip.
    private const int ReadAheadBytes = 2048;

    // Results of at least so many bytes are written past the caches.
    private readonly long streamBytes = context.Target.StreamBytes;

    // Row scratch of vectors of rows, by the scratch of one row.
    private readonly WideScratch wide = new();

    /// <summary>The scratch that one piece needs, once its statements are written.</summary>
    public IEnumerable<Statement> ScratchOf(LoopNest nest) =>
        nest.ScratchBuffers.Select(buffer => new Scratch(wide.GetValueOrNull(buffer) ?? buffer));

    /// <summary>One row's stages.</summary>
    public IReadOnlyList<Statement> Rows(LoopNest nest)
    {
        var body = new List<Statement>();
        foreach (NestStage stage in nest.Stages)
        {
            if (lanesOf(stage) is var lanes && lanes > 1)
            {
                body.AddRange(VectorStage(stage, lanes, ReadSoon(nest, stage)));
            }
            else
            {
                body.AddRange(ScalarStage(stage, Form.Scalar, null));
            }
        }

        return body;
    }

    /// <summary>All rows along <paramref name="axis"/>, a vector of rows at a time.</summary>
    public Statement VectorRows(LoopNest nest, LoopVariable axis, Index begin, Index end, int rowLanes)
    {
        var whole = new List<Statement>();
        var partial = new List<Statement>();
        context.Take(SchedulePath.RowVectors);
        context.Take(SchedulePath.RowVectorScratch, nest.ScratchBuffers.Count > 0);
        foreach (Buffer buffer in nest.ScratchBuffers)
        {
            wide.Add(buffer, rowLanes);
        }

        foreach (NestStage stage in nest.Stages)
        {
            var all = new Vectorizer(axis, rowLanes, localsAreLanes: true, null, wide.GetValueOrNull);
            var some = new Vectorizer(axis, rowLanes, localsAreLanes: true, end - axis, wide.GetValueOrNull);
            whole.AddRange(ScalarStage(stage, new Form(rowLanes, all.Vector, axis, wide, streamBytes, context), null));
            partial.AddRange(ScalarStage(stage, new Form(rowLanes, some.Vector, axis, wide), end - axis));
        }

        // Pieces begin and end at whole vectors, but for the last.
        Strip[] strips = [new Strip(rowLanes, whole), new Strip(rowLanes, partial, Once: true)];
        return new StripLoop(axis, begin, end, Loops.Needed(strips, axis.Extent));
    }

    // How values are written: as they are, or in lanes along rows.
    private sealed record Form(
        int Lanes, Func<Value, Value> Of, LoopVariable? Axis, WideScratch? Wide = null,
        long StreamBytes = long.MaxValue, KernelContext? Context = null)
    {
        public static Form Scalar { get; } = new(1, value => value, null);

        public Local Local(NestItem item, string suffix = "") => new(item.Local.Name + suffix, item.Local.Type, Lanes);

        public Store Store(NestItem item, Value value, Index? count) => Wide?.GetValueOrNull(item.Store!) is { } scratch
            ? new(scratch, item.Target * Lanes, value)
            : Streaming.Store(item, item.Target, value, count, Axis, StreamBytes, Context);
    }

    // count limits the rows stored.
    private IReadOnlyList<Statement> ScalarStage(NestStage stage, Form form, Index? count)
    {
        Dimension iterations = stage.Inner.Aggregate((Dimension)1, (n, v) => n * v.Extent);
        if (iterations.IsStatic && iterations.Value > 0 && iterations.Value <= unrollLimit
            && stage.Items.All(item => item.Reduction is not null))
        {
            context.Take(SchedulePath.ReductionUnrolled);
            return Unrolled(stage, form, count);
        }

        context.Take(SchedulePath.Elements, form.Lanes == 1);

        var before = new List<Statement>();
        var inside = new List<Statement>();
        var after = new List<Statement>();
        var blocks = new SumBlocks(stage.Inner, 1, item => form.Local(item));
        foreach (NestItem item in stage.Items)
        {
            if (item.Reduction is Op.ArgMax or Op.ArgMin)
            {
                context.Take(SchedulePath.BestInLoop);
                EmitArg(item, stage.Inner[0], form, before, inside);
            }
            else if (item.Reduction is { } reduction)
            {
                Local accumulator = blocks.Running(item);
                Value neutral = form.Of(Reductions.Neutral(reduction, item.Value.Type));
                blocks.Start(item, new Declare(accumulator, neutral), neutral, before);
                inside.Add(new Assign(accumulator, Combine(reduction, accumulator, form.Of(item.Value))));
                blocks.Join(item, []);
            }
            else
            {
                EmitElement(item, form, stage.Inner.Count == 0, count, inside);
            }

            if (item.Reduction is not null && item.Store is not null)
            {
                after.Add(form.Store(item, form.Local(item), count));
            }
        }

        context.Take(SchedulePath.SumBlocked, blocks.Any);
        before.AddRange(blocks.Around(
            (begin, end) => [new For(stage.Inner[stage.Inner.Count - 1], begin, end, 1, inside)],
            () => Loops.Nest(stage.Inner, inside)));
        before.AddRange(after);
        return before;
    }

    private static void EmitElement(
        NestItem item, Form form, bool isRowResult, Index? count, List<Statement> body)
    {
        Value value = form.Of(item.Value);
        if (isRowResult)
        {
            Local local = form.Local(item);
            body.Add(new Declare(local, value));
            value = local;
        }

        if (item.Store is not null)
        {
            body.Add(form.Store(item, value, count));
        }
    }

    // The reduction as one expression, a balanced order that is the same for every row.
    private static List<Statement> Unrolled(NestStage stage, Form form, Index? count)
    {
        var body = new List<Statement>();
        foreach (NestItem item in stage.Items)
        {
            if (item.Reduction is Op.ArgMax or Op.ArgMin)
            {
                UnrollArg(item, stage.Inner[0], form, count, body);
                continue;
            }

            List<Value> values = [item.Value];
            foreach (LoopVariable loop in stage.Inner)
            {
                values = values.SelectMany(value => Enumerable.Range(0, (int)loop.Extent.Value)
                    .Select(i => value.Substitute(v => v == loop ? (Index)i : null))).ToList();
            }

            Value result = values.Select(form.Of).Aggregate((a, b) => Combine(item.Reduction!.Value, a, b));
            Local local = form.Local(item);
            body.Add(new Declare(local, result));
            if (item.Store is not null)
            {
                body.Add(form.Store(item, local, count));
            }
        }

        return body;
    }

    private static void UnrollArg(NestItem item, LoopVariable loop, Form form, Index? count, List<Statement> body)
    {
        ArgLocals locals = StartArg(item, form, body);
        for (int i = 0; i < loop.Extent.Value; i++)
        {
            Value element = item.Value.Substitute(v => v == loop ? (Index)i : null);
            StepArg(item, locals, form.Of(element), form.Of(new Literal(item.Local.Type, i)), body);
        }

        if (item.Store is not null)
        {
            body.Add(form.Store(item, form.Local(item), count));
        }
    }

    private static void EmitArg(
        NestItem item, LoopVariable loop, Form form, List<Statement> before, List<Statement> inside)
    {
        ArgLocals locals = StartArg(item, form, before);
        StepArg(item, locals, form.Of(item.Value), form.Of(new IndexValue(loop, item.Local.Type)), inside);
    }

    private sealed record ArgLocals(Local Element, Local Best, Local Position);

    private static ArgLocals StartArg(NestItem item, Form form, List<Statement> body)
    {
        DType type = item.Value.Type;
        var best = new Local(item.Local.Name + "Best", type, form.Lanes);
        var element = new Local(item.Local.Name + "Element", type, form.Lanes);
        Value neutral = form.Of(Reductions.Neutral(item.Reduction!.Value, type));
        body.Add(new Declare(element, neutral));
        body.Add(new Declare(best, neutral));
        body.Add(new Declare(form.Local(item), form.Of(new Literal(item.Local.Type, 0))));
        return new ArgLocals(element, best, form.Local(item));
    }

    // The first best element and its position; NaN counts as best, as in PyTorch.
    private static void StepArg(NestItem item, ArgLocals locals, Value value, Value here, List<Statement> body)
    {
        var (element, best, position) = locals;
        Op compare = item.Reduction == Op.ArgMax ? Op.Greater : Op.Less;
        body.Add(new Assign(element, value));
        Value better = new Apply(compare, DType.Bool, element, best);
        if (element.Type.IsFloat())
        {
            Value isNan = new Apply(Op.NotEqual, DType.Bool, element, element);
            Value wasNumber = new Apply(Op.Equal, DType.Bool, best, best);
            better = new Apply(Op.Or, DType.Bool, better, new Apply(Op.And, DType.Bool, isNan, wasNumber));
        }

        body.Add(new Assign(position, new Apply(Op.Where, position.Type, better, here, position)));
        body.Add(new Assign(best, new Apply(Op.Where, best.Type, better, element, best)));
    }

    // What is asked for while a stage runs: a lone reduction reads on in its row; while a second stage computes, the
    // first stage of the next row waits for memory.
    private List<Load> ReadSoon(LoopNest nest, NestStage stage)
    {
        bool onlyReads = stage.Items.All(item => item.Reduction is not null);
        if (nest.Stages.Count == 1 && onlyReads)
        {
            LoopVariable axis = stage.Inner[stage.Inner.Count - 1];
            return Streams(stage, axis)
                .Select(load => new Load(load.Buffer, load.Index + (ReadAheadBytes / DTypes.SizeOf(load.Type))))
                .ToList();
        }

        bool isSecond = nest.Stages.Count > 1 && stage == nest.Stages[1];
        if (!isSecond || nest.Outer.Count == 0 || nest.Stages[0].Inner.Count != 1 || stage.Inner.Count != 1
            || !nest.Stages[0].Inner[0].Extent.Equals(stage.Inner[0].Extent))
        {
            return [];
        }

        LoopVariable row = nest.Outer[nest.Outer.Count - 1];
        LoopVariable from = nest.Stages[0].Inner[0];
        LoopVariable to = stage.Inner[0];
        Index Move(Index index) => index.Substitute(v => v == row ? (Index)row + 1 : v == from ? (Index)to : null);
        return Streams(nest.Stages[0], from).Where(load => load.Index.DependsOn(row))
            .Select(load => new Load(load.Buffer, Move(load.Index))).ToList();
    }

    // The loads of a stage that walk through more memory than the caches hold.
    private IEnumerable<Load> Streams(NestStage stage, LoopVariable axis) =>
        Loads(stage.Items.Select(item => item.Value)).Where(load => load.Buffer.Size.IsStatic
            && load.Buffer.Size.Value * DTypes.SizeOf(load.Type) >= streamBytes && load.Index.CoefficientOf(axis) == 1
            && !load.Index.HasData());

    private static HashSet<Load> Loads(IEnumerable<Value> values)
    {
        var seen = new HashSet<Value>();
        var loads = new HashSet<Load>();
        void Walk(Value value)
        {
            if (seen.Add(value) && value is not Guard)
            {
                value.Operands.ToList().ForEach(Walk);
                if (value is Load load)
                {
                    loads.Add(load);
                }
            }
        }

        values.ToList().ForEach(Walk);
        return loads;
    }

    private List<Statement> VectorStage(NestStage stage, int lanes, IReadOnlyList<Load> next)
    {
        LoopVariable axis = stage.Inner[stage.Inner.Count - 1];
        bool reduces = stage.Items.Any(item => item.Reduction is not null);
        int copies = reduces && axis.Extent.Max >= 2 * Accumulators * lanes ? Accumulators : 1;
        var reductions = stage.Items.Where(item => item.Reduction is not null).ToArray();
        var before = new List<Statement>();
        var blocks = new SumBlocks(stage.Inner, copies * lanes, item => item.Local);
        foreach (NestItem item in reductions)
        {
            Literal neutral = Reductions.Neutral(item.Reduction!.Value, item.Value.Type);
            for (int copy = 0; copy < copies; copy++)
            {
                blocks.Start(item, new Declare(Partial(item, copy, lanes), new Splat(neutral, lanes)), before);
            }

            blocks.Start(item, new Declare(blocks.Running(item), neutral), neutral, before);
        }

        var strips = new List<Strip>();
        if (copies > 1)
        {
            var ahead = Enumerable.Range(0, copies).SelectMany(c => next.Select(load =>
                new Prefetch(load.Buffer, load.Index.Substitute(v => v == axis ? (Index)axis + (c * lanes) : null))));
            var whole = Enumerable.Range(0, copies).SelectMany(c => VectorBody(stage, axis, lanes, c, null));
            strips.Add(new Strip(lanes * copies, [.. ahead, .. whole]));
        }

        strips.Add(new Strip(lanes, VectorBody(stage, axis, lanes, 0, null)));
        strips.Add(Rest(stage, axis, lanes, reduces, blocks));
        StripLoop Walk(Index begin, Index end) =>
            new(axis, begin, end, Loops.Needed(strips, axis.Extent));
        var after = new List<Statement>();
        foreach (NestItem item in reductions)
        {
            blocks.Join(item, [JoinLanes(item, blocks.Running(item), lanes, copies)], after);
            if (item.Store is not null)
            {
                after.Add(new Store(item.Store, item.Target, item.Local));
            }
        }

        context.Take(SchedulePath.SumBlockedInner, blocks.Any);
        context.Take(SchedulePath.InnerVectors);
        context.Take(SchedulePath.InnerAccumulators, copies > 1);
        context.Take(SchedulePath.ReadAhead, copies > 1 && next.Count > 0);
        bool isEven = axis.Extent.IsMultipleOf(lanes);
        context.Take(reduces ? SchedulePath.InnerRest : SchedulePath.InnerPartial, !isEven);
        before.AddRange(blocks.Around(
            (begin, end) => [Walk(begin, end)],
            () => Loops.Nest(stage.Inner.Take(stage.Inner.Count - 1), [Walk(0, Index.Of(axis.Extent))])));
        before.AddRange(after);
        return before;
    }

    private List<Statement> VectorBody(
        NestStage stage, LoopVariable axis, int lanes, int copy, Index? count)
    {
        // One map for all items, so that what they share is computed once.
        var vectorizer = new Vectorizer(axis, lanes, count: count);
        var moved = new Dictionary<Value, Value>();
        Index Move(Index index) =>
            copy == 0 ? index : index.Substitute(v => v == axis ? (Index)axis + (copy * lanes) : null);
        var body = new List<Statement>();
        foreach (NestItem item in stage.Items)
        {
            Value value = item.Value.Map(Move, _ => null, moved);
            Value vector = vectorizer.Vector(value);
            if (item.Reduction is { } reduction)
            {
                Local partial = Partial(item, copy, lanes);
                body.Add(new Assign(partial, Combine(reduction, partial, vector)));
            }
            else if (item.Store is not null)
            {
                body.Add(Streaming.Store(item, Move(item.Target), vector, count, axis, streamBytes, context));
            }
        }

        return body;
    }

    // What is left of a row: reductions take it one by one; elements as one vector of which some lanes are stored.
    private Strip Rest(NestStage stage, LoopVariable axis, int lanes, bool reduces, SumBlocks blocks)
    {
        if (!reduces)
        {
            return new Strip(lanes, VectorBody(stage, axis, lanes, 0, Index.Of(axis.Extent) - axis), Once: true);
        }

        var body = new List<Statement>();
        foreach (NestItem item in stage.Items)
        {
            if (item.Reduction is { } reduction)
            {
                Local running = blocks.Running(item);
                body.Add(new Assign(running, Combine(reduction, running, item.Value)));
            }
            else if (item.Store is not null)
            {
                body.Add(new Store(item.Store, item.Target, item.Value));
            }
        }

        return new Strip(1, body);
    }

    private static Assign JoinLanes(NestItem item, Local running, int lanes, int copies)
    {
        Op reduction = item.Reduction!.Value;
        Value vector = Enumerable.Range(0, copies).Select(copy => (Value)Partial(item, copy, lanes))
            .Aggregate((a, b) => Combine(reduction, a, b));
        Value lanesJoined = new Horizontal(Reductions.Combine(reduction), vector);
        return new Assign(running, Combine(reduction, lanesJoined, running));
    }

    private static Local Partial(NestItem item, int copy, int lanes) =>
        new(item.Local.Name + "Lanes" + copy, item.Local.Type, lanes);

    /// <summary>Two partial results joined; a product is added with one rounding.</summary>
    public static Value Combine(Op reduction, Value a, Value b)
    {
        bool product = reduction == Op.Sum && b is Apply { Op: Op.Multiply, Type: DType.F32 };
        return product
            ? new MultiplyAdd(b.Operands[0], b.Operands[1], a)
            : new Apply(Reductions.Combine(reduction), b.Type, a, b);
    }

    /// <summary>Scratch that holds a vector, one lane for each row, where the plain one holds an element.</summary>
    private sealed class WideScratch
    {
        private readonly Dictionary<Buffer, Buffer> buffers = [];

        public void Add(Buffer buffer, int lanes) =>
            buffers[buffer] = new Buffer(buffer.Name, buffer.Type, buffer.Size * lanes);

        public Buffer? GetValueOrNull(Buffer buffer) => buffers.TryGetValue(buffer, out Buffer? wider) ? wider : null;
    }
}
