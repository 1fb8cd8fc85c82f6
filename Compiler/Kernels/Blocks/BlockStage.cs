using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>A stage of a row whose inner loops the threads of a block share out as one.</summary>
/// <param name="Items">What it computes.</param>
/// <param name="Step">How they share, the same for stages of the same extent; null where there are no inner
/// loops.</param>
/// <param name="Counters">The inner loops' counters.</param>
/// <param name="Values">The items' values in terms of the step.</param>
internal sealed record BlockStage(
    IReadOnlyList<NestItem> Items, BlockStep? Step, Dictionary<LoopVariable, Index> Counters,
    Dictionary<NestItem, Value> Values)
{
    /// <summary>What every step does first.</summary>
    public List<Statement> Front { get; } = [];

    /// <summary>The stages of a row, those of the same extent with the same step: of four elements where that
    /// pays.</summary>
    /// <param name="stages">Their loops and items.</param>
    /// <param name="located">Values with their reads where they are now.</param>
    public static IReadOnlyList<BlockStage> Of(IReadOnlyList<NestStage> stages, Func<Value, Value> located)
    {
        var result = new Dictionary<NestStage, BlockStage>();
        foreach (var alike in stages.GroupBy(stage => (stage.Inner.Count > 0, FlattenedLoops.Extent(stage.Inner))))
        {
            var (isShared, extent) = alike.Key;
            BlockStep? four = isShared ? BlockStep.OfVectors(extent) : null;
            BlockStage[] inFours = four is null ? [] : [.. alike.Select(stage => Of(stage, four, located))];
            bool pays = four is not null && VectorAccess.Pays(
                four.Lane!, [.. inFours.SelectMany(stage => stage.Values.Values)],
                inFours.SelectMany(stage => stage.Targets));
            BlockStep? step = pays ? four : isShared ? BlockStep.OfElements(extent) : null;
            foreach (NestStage stage in alike)
            {
                result.Add(stage, Of(stage, step, located));
            }
        }

        return [.. stages.Select(stage => result[stage])];
    }

    /// <summary>Replaces reads in all values, sharing kept.</summary>
    public void Replace(Func<Value, Value?> replacement)
    {
        var done = new Dictionary<Value, Value>();
        foreach (NestItem item in Items)
        {
            Values[item] = Values[item].Map(index => index, replacement, done);
        }
    }

    // Where the steps write elements.
    private IEnumerable<Index> Targets => Items.Where(item => item.Store is not null && item.Reduction is null)
        .Select(item => Loops.Apply(item.Target, Counters));

    private static BlockStage Of(NestStage stage, BlockStep? step, Func<Value, Value> located)
    {
        Dictionary<LoopVariable, Index> counters = step is null ? [] : Loops.Counters(step.Element, stage.Inner);
        var done = new Dictionary<Value, Value>();
        var values = stage.Items.ToDictionary(
            item => item,
            item => located(item.Value).Map(index => Loops.Apply(index, counters), _ => null, done));
        return new BlockStage(stage.Items, step, counters, values);
    }
}
