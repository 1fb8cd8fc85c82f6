using Sinter.Compiler.Kernels.Schedules;

namespace Sinter.Compiler.Kernels.Blocks;

/// <summary>A stage of a row whose inner loops the threads of a block share out by one counter.</summary>
/// <param name="Items">What it computes.</param>
/// <param name="Step">The counter, the same for stages of the same extent; null where there are no inner loops.</param>
/// <param name="Counters">The inner loops' counters.</param>
/// <param name="Values">The items' values in terms of the counter.</param>
internal sealed record BlockStage(
    IReadOnlyList<NestItem> Items, LoopVariable? Step, Dictionary<LoopVariable, Index> Counters,
    Dictionary<NestItem, Value> Values)
{
    /// <summary>What every step does first.</summary>
    public List<Statement> Front { get; } = [];

    /// <summary>The stage.</summary>
    /// <param name="stage">Its loops and items.</param>
    /// <param name="steps">The counters so far, by extent.</param>
    /// <param name="settled">Values with their reads where they are now.</param>
    public static BlockStage Of(
        NestStage stage, Dictionary<Dimension, LoopVariable> steps, Func<Value, Value> settled)
    {
        if (stage.Inner.Count == 0)
        {
            return new BlockStage(stage.Items, null, [], stage.Items.ToDictionary(i => i, i => settled(i.Value)));
        }

        Dimension extent = Flat.Extent(stage.Inner);
        if (!steps.TryGetValue(extent, out LoopVariable? step))
        {
            step = new LoopVariable("t", extent);
            steps.Add(extent, step);
        }

        Dictionary<LoopVariable, Index> counters = Flat.Counters(step, stage.Inner);
        var done = new Dictionary<Value, Value>();
        var values = stage.Items.ToDictionary(
            item => item,
            item => settled(item.Value).Map(index => Loops.Apply(index, counters), _ => null, done));
        return new BlockStage(stage.Items, step, counters, values);
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
}
