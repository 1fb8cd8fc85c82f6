using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Templates;

/// <summary>
/// Where a thread reads the operands of a product: in place, from scratch that the piece fills, from panels that are
/// packed, or, where none of these can be, from memory that a kernel in front writes.
/// </summary>
/// <param name="context">The processor, and memory.</param>
/// <param name="name">The product's name.</param>
/// <param name="rows">Iterations of the loop around the lanes, or of the lanes, in scratch; null for as many as fit.
/// </param>
internal sealed class OperandPlacement(KernelContext context, string name, long? rows = null)
{
    // The least lanes of a part: the widest panel.
    private const long WidestPanel = 128;

    // With fewer rows, copying windows that could be read in place is not paid back by full vectors.
    private const double LeastFeatures = 8;

    // The least rows of a part.
    private const long HighestTile = 16;

    private readonly Dictionary<ProductOperand, Buffer> front = [];

    // Half the cache: the other operand and the results pass by beside.
    private long Budget => context.Target.SecondLevelCache / 2;

    /// <summary>Decides for both operands of a shape whose loops are not yet joined.</summary>
    public void Place(ProductShape shape)
    {
        PlaceRows(shape);
        PlaceLanes(shape);
    }

    /// <summary>The kernels in front that a shape needs.</summary>
    public IEnumerable<Kernel> Front(ProductShape shape) =>
        front.Where(pair => pair.Value == (shape.RowsValue as Load)?.Buffer
            || pair.Value == (shape.LanesValue as Load)?.Buffer).Select(pair => Compute(pair.Key, pair.Value));

    private void PlaceRows(ProductShape shape)
    {
        if (shape.RowsOperand.IsStored)
        {
            return;
        }

        ScratchOperand? scratch = ProductShape.IsInvariant(shape.RowsValue, context)
            ? null : Largest(shape.Row.Extent.Max, rows => ScratchOperand.OfRows(shape, rows));
        scratch = scratch is { IsPart: true } && scratch.Length < HighestTile ? null : scratch;
        scratch ??= OfBlocks(shape);
        shape.ReadRows(scratch?.Load ?? InFront(shape.RowsOperand), scratch);
    }

    // A gradient of weights sums over images: one of them at a time.
    private ScratchOperand? OfBlocks(ProductShape shape)
    {
        bool fits = !ProductShape.IsInvariant(shape.RowsValue, context) && ProductEmitter.BlocksInside(shape.Contracted)
            && shape.RowsOperand.Position.Any(position => position.DependsOn(shape.Contracted[0]));
        ScratchOperand? scratch = fits ? ScratchOperand.OfRows(shape, shape.Row.Extent.Max, ofBlocks: true) : null;
        return scratch?.Elements * sizeof(float) <= Budget ? scratch : null;
    }

    private void PlaceLanes(ProductShape shape)
    {
        // Without windows, what is computed is packed in front, in the order in which the product reads it.
        bool isFew = ProductShape.Size(shape.Rows) < LeastFeatures;
        if (!Windows(shape) || (isFew && shape.LanesOperand.IsStored))
        {
            return;
        }

        ScratchOperand? scratch = null;
        if (!ProductShape.IsInvariant(shape.LanesValue, context))
        {
            scratch = isFew ? null : Lanes(shape);
            scratch ??= shape.LanesOperand.IsStored ? null : Image(shape);
        }

        if (scratch is not null)
        {
            shape.ReadLanes(scratch.Load, scratch);
        }
        else if (!shape.LanesOperand.IsStored)
        {
            shape.ReadLanes(InFront(shape.LanesOperand), null);
        }
    }

    private ScratchOperand? Lanes(ProductShape shape)
    {
        if (rows is { } known)
        {
            return ScratchOperand.OfLanes(shape, known);
        }

        ScratchOperand? scratch = Largest(MostRows(shape), count => ScratchOperand.OfLanes(shape, count));
        return scratch is not null && IsFit(scratch, shape) ? scratch : null;
    }

    private ScratchOperand? Image(ProductShape shape) =>
        ScratchOperand.OfImage(shape) is { } scratch && scratch.Elements * sizeof(float) <= Budget ? scratch : null;

    // What cannot be computed in vectors (the holes between a strided gradient's elements) is computed once, in front.
    private bool IsFit(ScratchOperand scratch, ProductShape shape) =>
        (!scratch.IsPart || scratch.Length >= LeastRows(shape, scratch)) && scratch.IsInVectors(context);

    // Whether lanes share an axis of the source with what is contracted.
    private static bool Windows(ProductShape shape) => shape.LanesOperand.Position.Any(
        position => position.DependsOn(shape.Lane) && shape.Contracted.Any(position.DependsOn));

    private static long MostRows(ProductShape shape) =>
        (shape.JoinsLane ? shape.AroundLane! : shape.Lane).Extent.Max;

    // A part begins inside a row, and has a whole panel.
    private static long LeastRows(ProductShape shape, ScratchOperand scratch) =>
        scratch.Range == shape.Lane ? WidestPanel : ((WidestPanel - 2) / shape.Lane.Extent.Max) + 2;

    private ScratchOperand? Largest(long most, Func<long, ScratchOperand?> make)
    {
        long rows = most;
        while (make(rows) is { } scratch)
        {
            double bytes = scratch.Elements * sizeof(float);
            if (bytes <= Budget)
            {
                return scratch;
            }

            long fewer = Math.Min(rows - 1, (long)(rows * Budget / bytes));
            if (fewer < 1 || scratch.Length < rows)
            {
                return null;
            }

            rows = fewer;
        }

        return null;
    }

    private Load InFront(ProductOperand operand)
    {
        if (!front.TryGetValue(operand, out Buffer? buffer))
        {
            buffer = new Buffer($"{name}_operand{front.Count}", DType.F32, operand.Source.Shape.ElementCount);
            front.Add(operand, buffer);
        }

        return new Load(buffer, Evaluator.Linear(operand.Position, operand.Source.Shape));
    }

    private Kernel Compute(ProductOperand operand, Buffer buffer)
    {
        var axes = new EquatableArray<Index>(operand.Axes.Select(axis => (Index)axis));
        var group = new LoopGroup { Outer = [.. operand.Axes.Where(axis => axis.Extent != 1)] };
        var stage = new Stage([]);
        stage.Items.Add(new Item(operand.Source, axes, operand.Element, null));
        group.Stages.Add(stage);
        KernelContext own = context with
        {
            BufferOf = node => node == operand.Source ? buffer : context.BufferOf(node),
            IsLive = node => node == operand.Source || context.IsLive(node),
        };
        return LoopSchedule.Build(group, own, buffer.Name) with { Nodes = [] };
    }
}
