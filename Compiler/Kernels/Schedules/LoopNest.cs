using Sinter.Compiler.Fuse;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Schedules;

/// <summary>An item whose reads are resolved to memory, locals or values of the same iteration.</summary>
/// <param name="Node">The node.</param>
/// <param name="Value">The element, or what is reduced.</param>
/// <param name="Reduction">How the inner loops combine, or null.</param>
/// <param name="Target">The element's position in memory.</param>
/// <param name="Store">The memory it is written to, or null where only this kernel needs it.</param>
/// <param name="Local">The row's result, for later stages.</param>
internal sealed record NestItem(Node Node, Value Value, Op? Reduction, Index Target, Buffer? Store, Local Local);

/// <summary>The inner loops of a stage after joining.</summary>
/// <param name="Inner">The loops, outermost first.</param>
/// <param name="Items">What each iteration computes.</param>
internal sealed record NestStage(IReadOnlyList<LoopVariable> Inner, IReadOnlyList<NestItem> Items);

/// <summary>A loop group with every read resolved and loops joined where they walk memory as one.</summary>
internal sealed class LoopNest
{
    private LoopNest(IReadOnlyList<LoopVariable> outer, IReadOnlyList<NestStage> stages, IReadOnlyList<Buffer> scratch)
    {
        Outer = outer;
        Stages = stages;
        ScratchBuffers = scratch;
    }

    /// <summary>The loops over rows.</summary>
    public IReadOnlyList<LoopVariable> Outer { get; }

    /// <summary>What happens for each row.</summary>
    public IReadOnlyList<NestStage> Stages { get; }

    /// <summary>Memory for one row of values that no other kernel needs.</summary>
    public IReadOnlyList<Buffer> ScratchBuffers { get; }

    /// <summary>Roughly how much dearer an element is than a simple operation.</summary>
    public double Complexity =>
        Stages.SelectMany(stage => stage.Items).Any(item => HasTranscendental(item.Value, [])) ? 8 : 1;

    public static LoopNest Resolve(LoopGroup group, KernelContext context)
    {
        var resolver = new Resolver(group, context);
        var stages = group.Stages.Select(resolver.Resolve).ToList();
        var outer = Join(group.Outer, stages, stage => true);
        for (int i = 0; i < stages.Count; i++)
        {
            int current = i;
            var inner = Join(stages[i].Inner, stages, stage => ReferenceEquals(stage, stages[current]));
            stages[i] = stages[i] with { Inner = inner };
        }

        return new LoopNest(outer, stages, resolver.Scratch);
    }

    /// <summary>The nest without outer loops, whose counters are known elsewhere.</summary>
    public LoopNest Substitute(Dictionary<LoopVariable, Index> outer)
    {
        var done = new Dictionary<Value, Value>();
        Index Moved(Index index) => Loops.Apply(index, outer);
        var stages = Stages.Select(stage => stage with
        {
            Items = stage.Items.Select(item => item with
            {
                Value = item.Value.Map(Moved, _ => null, done),
                Target = Moved(item.Target),
            }).ToArray(),
        });
        return new LoopNest([], stages.ToArray(), ScratchBuffers);
    }

    /// <summary>The nest without its first stage, whose row scratch is elsewhere.</summary>
    /// <param name="moved">The scratch of the first stage.</param>
    /// <param name="replace">What stands for values of the other stages; null for the same.</param>
    public LoopNest Behind(IEnumerable<Buffer> moved, Func<Value, Value?> replace)
    {
        var done = new Dictionary<Value, Value>();
        var stages = Stages.Skip(1).Select(stage => stage with
        {
            Items = stage.Items.Select(
                item => item with { Value = item.Value.Map(index => index, replace, done) }).ToArray(),
        });
        return new LoopNest(Outer, stages.ToArray(), ScratchBuffers.Except(moved).ToArray());
    }

    // Takes loops apart where positions do, joins what walks memory as one, and rewrites the chosen stages in place.
    private static List<LoopVariable> Join(
        IReadOnlyList<LoopVariable> loops, List<NestStage> stages, Func<NestStage, bool> concerns)
    {
        var (apart, counters) = Loops.Split(loops, Indices(stages.Where(concerns)));
        Rewrite(stages, concerns, counters);
        var (result, map) = Loops.Coalesce(apart, Indices(stages.Where(concerns)));
        Rewrite(stages, concerns, map);
        return result;
    }

    private static List<Index> Indices(IEnumerable<NestStage> stages)
    {
        var items = stages.SelectMany(stage => stage.Items).ToList();
        List<Index> indices = IndexCollector.Of(items.Select(item => item.Value));
        indices.AddRange(
            items.Where(item => item.Store is not null || item.Reduction is null).Select(item => item.Target));
        return indices;
    }

    private static void Rewrite(
        List<NestStage> stages, Func<NestStage, bool> concerns, Dictionary<LoopVariable, Index> map)
    {
        if (map.Count == 0)
        {
            return;
        }

        // One map for all values, so that what stages share stays shared.
        var done = new Dictionary<Value, Value>();
        for (int i = 0; i < stages.Count; i++)
        {
            if (concerns(stages[i]))
            {
                stages[i] = stages[i] with
                {
                    Items = stages[i].Items.Select(item => item with
                    {
                        Value = item.Value.Map(index => Loops.Apply(index, map), _ => null, done),
                        Target = Loops.Apply(item.Target, map),
                    }).ToArray(),
                };
            }
        }
    }

    private static bool HasTranscendental(Value value, HashSet<Value> seen) => seen.Add(value)
        && (value is RandomWord || (value is Apply apply && OpTable.Row(apply.Op).IsTranscendental)
            || value.Operands.Any(operand => HasTranscendental(operand, seen)));
}
