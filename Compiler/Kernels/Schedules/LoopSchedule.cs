using Sinter.Compiler.Fuse;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Schedules;

/// <summary>
/// Kernels of loop groups. Loops that walk memory as one are joined, the vector axis is the one whose loads are
/// contiguous, and the outermost loop is cut into pieces of similar work.
/// </summary>
public static class LoopSchedule
{
    // Elements of simple work that one piece should have: some microseconds, so that waking a thread pays.
    private const long PieceWork = 32768;

    // Inner loops of at most this many iterations are written out.
    private const long UnrollLimit = 16;

    /// <summary>The kernel of a group.</summary>
    public static Kernel Build(LoopGroup group, KernelContext context, string name)
    {
        var nest = LoopNest.Resolve(group, context);
        Choice choice = Choose(nest, context.Target);
        if (choice.Axis == Axis.Rows && ColumnReduction.Fits(nest, choice.Lanes))
        {
            return ColumnReduction.Build(group, nest, choice.Lanes, context, name);
        }

        return Emit(group, nest, choice, context, name);
    }

    /// <summary>Whether vectors run along rows: neighbouring rows are computed side by side.</summary>
    internal static bool RunsAlongRows(LoopNest nest, Target target) => Choose(nest, target).Axis == Axis.Rows;

    /// <summary>Writes rows one by one, with vectors along their inner loops.</summary>
    internal static LoopEmitter AlongInner(LoopNest nest, KernelContext context) =>
        new(stage => InnerLanes(nest, stage, context.Target), UnrollLimit, context);

    private enum Axis
    {
        Scalar,
        Rows,
        Inner,
    }

    private sealed record Choice(Axis Axis, int Lanes);

    // Compares vectors along the innermost row loop with vectors along each stage's innermost loop, in estimated steps.
    private static Choice Choose(LoopNest nest, Target target)
    {
        double scalar = nest.Stages.Sum(stage => Work(stage));
        double rows = double.PositiveInfinity;
        int lanes = 1;
        if (nest.Outer.Count > 0 && Rows(nest) is { } fit)
        {
            LoopVariable axis = nest.Outer[nest.Outer.Count - 1];
            lanes = target.LanesOf(fit.Widest);
            double fill = Math.Min(1, axis.Extent.Max / (double)lanes);
            bool isWorth = lanes > 1 && axis.Extent.Max >= Math.Min(lanes / 2, 4);
            rows = isWorth ? fit.Steps / fill / lanes : double.PositiveInfinity;
        }

        double inner = nest.Stages.Sum(stage => InnerSteps(nest, stage, target));
        if (rows <= inner && rows < scalar)
        {
            return new Choice(Axis.Rows, lanes);
        }

        return new Choice(inner < scalar ? Axis.Inner : Axis.Scalar, 1);
    }

    // All stages share the lanes of rows.
    private static (double Steps, int Widest)? Rows(LoopNest nest)
    {
        LoopVariable axis = nest.Outer[nest.Outer.Count - 1];
        bool HoldsRows(Value value) =>
            value is Local || (value is Load load && nest.ScratchBuffers.Contains(load.Buffer));
        double steps = 0;
        int widest = 1;
        foreach (NestStage stage in nest.Stages)
        {
            if (Fit(nest, stage, axis, HoldsRows) is not { } fit)
            {
                return null;
            }

            steps += fit.Steps;
            widest = Math.Max(widest, fit.Widest);
        }

        return (steps, widest);
    }

    private static double Work(NestStage stage) =>
        stage.Inner.Aggregate(1.0, (n, v) => n * v.Extent.Max) * stage.Items.Count;

    private static (double Steps, int Widest)? Fit(
        LoopNest nest, NestStage stage, LoopVariable axis, Func<Value, bool>? isLanes = null)
    {
        double penalty = 0;
        int widest = 1;
        foreach (NestItem item in stage.Items)
        {
            if (Vectorizer.Fit(item.Value, axis, isLanes) is not { } fit)
            {
                return null;
            }

            // Reductions along inner loops leave one element, which is no vector store.
            Dimension stride = item.Target.CoefficientOf(axis);
            bool reducesHere = item.Reduction is not null && stage.Inner.Contains(axis);
            bool isScratch = item.Store is not null && nest.ScratchBuffers.Contains(item.Store);
            bool scattered = item.Store is not null && !isScratch && !reducesHere && stride != 1;
            if (item.Target.HasNested(axis) || (scattered && !stride.IsStatic))
            {
                return null;
            }

            penalty += fit.Penalty + (scattered ? 8 : 0);
            int result = Math.Max(DTypes.SizeOf(item.Value.Type), DTypes.SizeOf(item.Local.Type));
            widest = Math.Max(widest, Math.Max(fit.Widest, result));
        }

        return (Work(stage) * (1 + penalty), widest);
    }

    private static double InnerSteps(LoopNest nest, NestStage stage, Target target)
    {
        int lanes = InnerLanes(nest, stage, target);
        return lanes == 1
            ? Work(stage)
            : Fit(nest, stage, stage.Inner[stage.Inner.Count - 1])!.Value.Steps / lanes;
    }

    // The lanes of a stage along its innermost loop; 1 where it has none.
    private static int InnerLanes(LoopNest nest, NestStage stage, Target target)
    {
        if (stage.Inner.Count == 0 || stage.Items.Any(item => item.Reduction is Op.ArgMax or Op.ArgMin))
        {
            return 1;
        }

        LoopVariable axis = stage.Inner[stage.Inner.Count - 1];
        if (Fit(nest, stage, axis) is not { } fit)
        {
            return 1;
        }

        int lanes = target.LanesOf(fit.Widest);
        bool reduces = stage.Items.Any(item => item.Reduction is not null);
        return axis.Extent.Max >= (reduces ? lanes : 4) ? lanes : 1;
    }

    private static Kernel Emit(LoopGroup group, LoopNest nest, Choice choice, KernelContext context, string name)
    {
        var emitter = new LoopEmitter(
            stage => choice.Axis == Axis.Inner ? InnerLanes(nest, stage, context.Target) : 1, UnrollLimit, context);
        IReadOnlyList<LoopVariable> outer = nest.Outer;
        double rowWork = Math.Max(1, nest.Stages.Sum(Work));
        LoopVariable first = outer.Count > 0 ? outer[0] : new LoopVariable("row", 1);
        bool firstIsVector = choice.Axis == Axis.Rows && outer.Count == 1;
        double work = rowWork * outer.Skip(1).Aggregate(1.0, (n, v) => n * v.Extent.Max) * nest.Complexity;
        long grain = Math.Max(1, (long)(PieceWork / work));
        if (firstIsVector)
        {
            grain = Math.Max(choice.Lanes, grain / choice.Lanes * choice.Lanes);
        }

        Share share = Loops.Cut(first.Extent, grain, firstIsVector ? choice.Lanes : 1);
        var (begin, end) = (share.First, share.Last);
        IReadOnlyList<Statement> body;
        if (choice.Axis == Axis.Rows)
        {
            LoopVariable axis = outer[outer.Count - 1];
            Index from = firstIsVector ? begin : Index.Zero;
            Index to = firstIsVector ? end : Index.Of(axis.Extent);
            body = [emitter.VectorRows(nest, axis, from, to, choice.Lanes)];
            body = Loops.Nest(outer.Skip(1).Take(outer.Count - 2), body);
        }
        else
        {
            body = Loops.Nest(outer.Skip(1), emitter.Rows(nest));
        }

        if (!firstIsVector)
        {
            body = outer.Count == 0 ? body : [new For(first, begin, end, 1, body)];
        }

        List<Statement> all = [.. emitter.ScratchOf(nest)];
        if (outer.Count > 0)
        {
            all.Add(share);
        }

        all.AddRange(body);
        long operations = (long)(rowWork * outer.Aggregate(1.0, (n, v) => n * v.Extent.Max) * nest.Complexity);
        return new Kernel(name, group.Items.Select(item => item.Node).ToArray(), share.Piece, all, operations);
    }
}
