using Sinter.Compiler.Fuse;
using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Templates;

/// <summary>What follows the sum of one element: where it goes and what it becomes.</summary>
/// <param name="Value">In terms of the sum and of memory at the element's position.</param>
/// <param name="Target">Position in memory.</param>
/// <param name="Store">The memory, or null where only a later item needs the value.</param>
/// <param name="IsKept">Whether it is scratch for a block of rows, and the position one in the row.</param>
internal sealed record EpilogueItem(Value Value, Index Target, Buffer? Store, bool IsKept = false);

/// <summary>
/// A product brought to batch × rows × lanes × contracted: the rows operand is broadcast element by element, the lanes
/// operand is read a vector at a time. Loops that walk memory as one are joined.
/// </summary>
internal sealed class ProductShape
{
    private readonly Dictionary<LoopVariable, Index> origins = [];

    public IReadOnlyList<LoopVariable> Batch { get; private set; } = [];

    /// <summary>Loops of the rows operand's free axes; tiles run along the last.</summary>
    public IReadOnlyList<LoopVariable> Rows { get; private set; } = [];

    /// <summary>Loops of the lanes operand's free axes; vectors run along the last.</summary>
    public IReadOnlyList<LoopVariable> Lanes { get; private set; } = [];

    public IReadOnlyList<LoopVariable> Contracted { get; private set; } = [];

    /// <summary>The operand of the rows.</summary>
    public ProductOperand RowsOperand { get; private set; } = null!;

    /// <summary>The operand of the lanes.</summary>
    public ProductOperand LanesOperand { get; private set; } = null!;

    /// <summary>The rows operand's element.</summary>
    public Value RowsValue { get; private set; } = null!;

    /// <summary>The lanes operand's element.</summary>
    public Value LanesValue { get; private set; } = null!;

    /// <summary>The rows operand's element where it is read from memory or scratch.</summary>
    public Load RowsLoad => (Load)RowsValue;

    /// <summary>The lanes operand's element where it is read from memory or scratch.</summary>
    public Load LanesLoad => (Load)LanesValue;

    /// <summary>Set where pieces compute the rows operand into scratch.</summary>
    public ScratchOperand? RowsScratch { get; private set; }

    /// <summary>Set where pieces compute the lanes operand into scratch.</summary>
    public ScratchOperand? LanesScratch { get; private set; }

    public IReadOnlyList<EpilogueItem> Epilogue { get; private set; } = [];

    /// <summary>The loop of the product that vectors run along, before any was joined.</summary>
    public LoopVariable LaneLoop { get; private set; } = null!;

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

    /// <summary>What the work grows with: the product of symbolic extents; null where there are none, or it could leave
    /// 63 bits.</summary>
    public Dimension? OpenWork
    {
        get
        {
            Dimension[] open = [.. Batch.Concat(Rows).Concat(Lanes).Concat(Contracted)
                .Select(loop => loop.Extent).Where(extent => !extent.IsStatic)];
            return open.Length == 0 || Work >= 1L << 60
                ? (Dimension?)null : open.Aggregate((Dimension)1, (product, extent) => product * extent);
        }
    }

    public static double Size(IEnumerable<LoopVariable> loops) => loops.Aggregate(1.0, (n, v) => n * v.Extent.Max);

    /// <summary>The best shape of a product.</summary>
    /// <param name="group">The product.</param>
    /// <param name="context">The processor, and memory.</param>
    /// <param name="place">Decides where operands are read from, before loops are joined; null where they stay
    /// values.</param>
    /// <param name="along">The loop that vectors run along; null for the best.</param>
    /// <param name="rows">What reads whole rows in the same kernel; null where nothing does.</param>
    public static ProductShape Of(
        ProductGroup group, KernelContext context, Action<ProductShape>? place = null, LoopVariable? along = null,
        WholeRows? rows = null)
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
            items.Add(rows?.Place(item, value) ?? new EpilogueItem(
                value, Evaluator.Linear(item.Position, item.Node.Shape), live ? context.BufferOf(item.Node) : null));
        }

        items.RemoveAll(item => item.Store is null);
        Value left = Resolver.ToMemory(group.LeftOperand.Value, context, _ => null);
        Value right = Resolver.ToMemory(group.RightOperand.Value, context, _ => null);

        ProductShape? best = null;
        IEnumerable<LoopVariable> candidates = along is null
            ? EpilogueRule.Lanes(group).DefaultIfEmpty(new LoopVariable("one", 1)) : [along];
        foreach (LoopVariable lane in candidates)
        {
            bool leftIsLanes = group.Left.Contains(lane);
            var side = leftIsLanes ? group.Left : group.Right;
            var shape = new ProductShape
            {
                Batch = group.Batch,
                Rows = OneOrMore(leftIsLanes ? group.Right : group.Left),
                Lanes = [.. side.Where(loop => loop != lane), lane],
                Contracted = group.Contracted,
                RowsOperand = leftIsLanes ? group.RightOperand : group.LeftOperand,
                LanesOperand = leftIsLanes ? group.LeftOperand : group.RightOperand,
                RowsValue = leftIsLanes ? right : left,
                LanesValue = leftIsLanes ? left : right,
                Epilogue = items,
                LaneLoop = lane,
            };
            place?.Invoke(shape);
            shape.JoinLoops();
            if (best is null || shape.Cost(context) < best.Cost(context))
            {
                best = shape;
            }
        }

        return best!;
    }

    /// <summary>Reads an operand from elsewhere than its own memory; before loops are joined.</summary>
    public void ReadRows(Load load, ScratchOperand? scratch)
    {
        RowsValue = load;
        RowsScratch = scratch;
    }

    /// <inheritdoc cref="ReadRows"/>
    public void ReadLanes(Load load, ScratchOperand? scratch)
    {
        LanesValue = load;
        LanesScratch = scratch;
    }

    /// <summary>Whether results along the loop around the lanes follow on those along the lanes.</summary>
    public bool JoinsLane => AroundLane is { } around && Results().All(index => !index.HasNested(around)
        && !index.HasNested(Lane) && index.CoefficientOf(around) == index.CoefficientOf(Lane) * Lane.Extent);

    /// <summary>A loop as the product had it, in terms of the loops left.</summary>
    public Index Origin(LoopVariable loop) => origins.TryGetValue(loop, out Index? index) ? index : loop;

    /// <summary>The same product of operands that were copied elsewhere.</summary>
    /// <param name="rows">The rows operand's element.</param>
    /// <param name="lanes">The lanes operand's element.</param>
    /// <param name="contracted">The loops over what is contracted there.</param>
    public ProductShape WithOperands(Load rows, Load lanes, IReadOnlyList<LoopVariable> contracted)
    {
        var shape = (ProductShape)MemberwiseClone();
        shape.RowsValue = rows;
        shape.LanesValue = lanes;
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
        double copies = AreSideBySide || IsInvariant(LanesValue, context)
            ? 0 : Size(Batch) * Size(Lanes) * Size(Contracted) * 0.7;
        bool ordered = Epilogue.All(item => item.Target.CoefficientOf(Lane) == 1);
        double stores = ordered ? 0 : Size(Batch) * Size(Rows) * Size(Lanes) * Epilogue.Count * 1.5;
        return products + copies + stores;
    }

    /// <summary>Whether lanes are neighbours where they are read.</summary>
    public bool AreSideBySide => LanesValue is Load load && load.Index.CoefficientOf(Lane) == 1;

    /// <summary>Whether an operand is made of nothing but state that no run changes.</summary>
    public static bool IsInvariant(Value value, KernelContext context)
    {
        var use = BufferUse.Of([new Store(new Buffer("none", value.Type, 1), 0, value)]);
        return use.Read.Count > 0 && use.Read.All(context.IsInvariant);
    }

    private void JoinLoops()
    {
        List<Index> rows = IndexCollector.Of([RowsValue]);
        List<Index> lanes = IndexCollector.Of([LanesValue]);
        Batch = Join(Batch, [.. Results(), .. rows, .. lanes]);
        Rows = Join(Rows, [.. Results(), .. IndexCollector.Of([RowsValue])]);
        Lanes = Join(Lanes, [.. Results(), .. IndexCollector.Of([LanesValue])]);
        Contracted = Join(Contracted, IndexCollector.Of([RowsValue, LanesValue]));
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
            RowsValue = Moved(RowsValue);
            LanesValue = Moved(LanesValue);
            Epilogue = Epilogue.Select(
                item => item with { Value = Moved(item.Value), Target = Loops.Apply(item.Target, map) }).ToArray();
            NoteOrigins(loops, map);
        }

        return result;
    }

    // Of loops that became one, the last is mapped to it, the others to 0.
    private void NoteOrigins(IReadOnlyList<LoopVariable> loops, Dictionary<LoopVariable, Index> map)
    {
        var joined = new List<LoopVariable>();
        foreach (LoopVariable loop in loops.Where(map.ContainsKey))
        {
            joined.Add(loop);
            if (map[loop].Terms.Count > 0)
            {
                foreach (var counter in Loops.Counters(map[loop], joined))
                {
                    origins.Add(counter.Key, counter.Value);
                }

                joined.Clear();
            }
        }
    }
}
