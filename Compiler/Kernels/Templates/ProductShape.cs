using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;

namespace Sinter.Compiler.Kernels.Templates;

/// <summary>What follows the sum of one element: where it goes and what it becomes.</summary>
/// <param name="Value">In terms of the sum and of memory at the element's position.</param>
/// <param name="Target">Position in memory.</param>
/// <param name="Store">The memory, or null where only a later item needs the value.</param>
internal sealed record EpilogueItem(Value Value, Index Target, Buffer? Store);

/// <summary>
/// A product brought to batch × rows × lanes × contracted: the rows operand is broadcast element by element, the lanes
/// operand is read a vector at a time. Loops that walk memory as one are joined.
/// </summary>
internal sealed class ProductShape
{
    public IReadOnlyList<LoopVariable> Batch { get; private set; } = [];

    /// <summary>Loops of the rows operand's free axes; tiles run along the last.</summary>
    public IReadOnlyList<LoopVariable> Rows { get; private set; } = [];

    /// <summary>Loops of the lanes operand's free axes; vectors run along the last.</summary>
    public IReadOnlyList<LoopVariable> Lanes { get; private set; } = [];

    public IReadOnlyList<LoopVariable> Contracted { get; private set; } = [];

    /// <summary>The rows operand's element.</summary>
    public Load RowsLoad { get; private set; } = null!;

    /// <summary>The lanes operand's element.</summary>
    public Load LanesLoad { get; private set; } = null!;

    public IReadOnlyList<EpilogueItem> Epilogue { get; private set; } = [];

    /// <summary>The loop that vectors run along.</summary>
    public LoopVariable Lane => Lanes[Lanes.Count - 1];

    /// <summary>The loop that tiles of rows run along.</summary>
    public LoopVariable Row => Rows[Rows.Count - 1];

    /// <summary>The loop around the lanes, or null.</summary>
    public LoopVariable? AroundLane => Lanes.Count > 1 ? Lanes[Lanes.Count - 2] : null;

    /// <summary>The loop around the rows, or null.</summary>
    public LoopVariable? AroundRow => Rows.Count > 1 ? Rows[Rows.Count - 2] : null;

    /// <summary>Multiplications of the whole product, at the symbols' largest values.</summary>
    public double Work => Size(Batch) * Size(Rows) * Size(Lanes) * Size(Contracted);

    public static double Size(IEnumerable<LoopVariable> loops) => loops.Aggregate(1.0, (n, v) => n * v.Extent.Max);

    public static ProductShape Of(ProductGroup group, KernelContext context)
    {
        var own = new Dictionary<Node, Value>();
        var loads = new Dictionary<(Buffer, Index), Load>();
        var items = new List<EpilogueItem>();
        foreach (Item item in group.Epilogue)
        {
            Value value = Resolver.ToMemory(
                item.Value, context, access => own.TryGetValue(access.Node, out Value? v) ? v : null, loads);
            own.Add(item.Node, value);
            bool live = context.IsLive(item.Node);
            items.Add(new EpilogueItem(
                value, Evaluator.Linear(item.Position, item.Node.Shape), live ? context.BufferOf(item.Node) : null));
        }

        items.RemoveAll(item => item.Store is null);
        var left = (Load)Resolver.ToMemory(group.LeftValue, context, _ => null);
        var right = (Load)Resolver.ToMemory(group.RightValue, context, _ => null);

        ProductShape? best = null;
        foreach (LoopVariable lane in EpilogueRule.Lanes(group).DefaultIfEmpty(new LoopVariable("one", 1)))
        {
            bool leftIsLanes = group.Left.Contains(lane);
            var side = leftIsLanes ? group.Left : group.Right;
            var shape = new ProductShape
            {
                Batch = group.Batch,
                Rows = OneOrMore(leftIsLanes ? group.Right : group.Left),
                Lanes = [.. side.Where(loop => loop != lane), lane],
                Contracted = group.Contracted,
                RowsLoad = leftIsLanes ? right : left,
                LanesLoad = leftIsLanes ? left : right,
                Epilogue = items,
            };
            shape.JoinLoops();
            if (best is null || shape.Cost(context) < best.Cost(context))
            {
                best = shape;
            }
        }

        return best!;
    }

    /// <summary>The same product of operands that were copied elsewhere.</summary>
    /// <param name="rows">The rows operand's element.</param>
    /// <param name="lanes">The lanes operand's element.</param>
    /// <param name="contracted">The loops over what is contracted there.</param>
    public ProductShape WithOperands(Load rows, Load lanes, IReadOnlyList<LoopVariable> contracted)
    {
        var shape = (ProductShape)MemberwiseClone();
        shape.RowsLoad = rows;
        shape.LanesLoad = lanes;
        shape.Contracted = contracted;
        return shape;
    }

    private static IReadOnlyList<LoopVariable> OneOrMore(IReadOnlyList<LoopVariable> loops) =>
        loops.Count == 0 ? [new LoopVariable("one", 1)] : loops;

    // Estimated cycles with vectors along the chosen lane: multiply-adds in filled and unfilled lanes, copies of an
    // operand whose lanes do not lie side by side, and stores one by one where results do not.
    private double Cost(KernelContext context)
    {
        Target target = context.Target;
        long extent = Lane.Extent.Max;
        double filled = Math.Ceiling(extent / (double)target.Lanes) * target.Lanes;
        double products = Work / extent * filled / target.Lanes;
        bool sideBySide = LanesLoad.Index.CoefficientOf(Lane) == 1;
        double copies = sideBySide || context.IsSettled(LanesLoad.Buffer)
            ? 0 : Size(Batch) * Size(Lanes) * Size(Contracted) * 0.7;
        bool ordered = Epilogue.All(item => item.Target.CoefficientOf(Lane) == 1);
        double stores = ordered ? 0 : Size(Batch) * Size(Rows) * Size(Lanes) * Epilogue.Count * 1.5;
        return products + copies + stores;
    }

    private void JoinLoops()
    {
        List<Index> results = IndexCollector.Of(Epilogue.Select(item => item.Value));
        results.AddRange(Epilogue.Select(item => item.Target));
        Batch = Join(Batch, [.. results, RowsLoad.Index, LanesLoad.Index]);
        results = Results();
        Rows = Join(Rows, [.. results, RowsLoad.Index]);
        results = Results();
        Lanes = Join(Lanes, [.. results, LanesLoad.Index]);
        Contracted = Join(Contracted, [RowsLoad.Index, LanesLoad.Index]);
    }

    private List<Index> Results() =>
        [.. IndexCollector.Of(Epilogue.Select(item => item.Value)), .. Epilogue.Select(item => item.Target)];

    private IReadOnlyList<LoopVariable> Join(IReadOnlyList<LoopVariable> loops, IReadOnlyList<Index> indices)
    {
        var (result, map) = Loops.Coalesce(loops, indices);
        if (map.Count > 0)
        {
            var done = new Dictionary<Value, Value>();
            Value Moved(Value value) => value.Map(index => Loops.Apply(index, map), _ => null, done);
            RowsLoad = (Load)Moved(RowsLoad);
            LanesLoad = (Load)Moved(LanesLoad);
            Epilogue = Epilogue.Select(
                item => item with { Value = Moved(item.Value), Target = Loops.Apply(item.Target, map) }).ToArray();
        }

        return result;
    }
}
