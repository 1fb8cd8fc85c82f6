namespace Sinter.Compiler.Kernels.Schedules;

/// <summary>The blocks of one stage: its long sums run in a local of the block, everything else as without
/// blocks.</summary>
/// <param name="loops">The stage's loops.</param>
/// <param name="width">Neighbours along the innermost loop that have running sums of their own.</param>
/// <param name="result">The local of an item's result.</param>
internal sealed class SumBlocks(IReadOnlyList<LoopVariable> loops, long width, Func<NestItem, Local> result)
{
    private readonly double terms = LongSum.Count(loops, width);
    private readonly List<Statement> start = [];
    private readonly List<Statement> end = [];
    private readonly List<Statement> whole = [];

    /// <summary>Whether the stage has long sums.</summary>
    public bool Any => end.Count > 0;

    /// <summary>The local that terms are added to.</summary>
    public Local Running(NestItem item) => IsLong(item) ? Of(item, "Block") : result(item);

    /// <summary>Declares what a running sum needs, for each block or once.</summary>
    public void Start(NestItem item, Declare declare, List<Statement> once) =>
        (IsLong(item) ? start : once).Add(declare);

    /// <summary>Declares the running sum itself, and the sum of blocks.</summary>
    public void Start(NestItem item, Declare declare, Value zero, List<Statement> once)
    {
        Start(item, declare, once);
        if (IsLong(item))
        {
            once.Add(new Declare(result(item), zero));
            once.Add(new Declare(Of(item, "Lost"), zero));
        }
    }

    /// <summary>Joins partial sums, at the end of each block or once.</summary>
    public void Join(NestItem item, IEnumerable<Statement> joins, List<Statement>? once = null)
    {
        if (!IsLong(item))
        {
            once?.AddRange(joins);
            return;
        }

        end.AddRange(joins);
        end.AddRange(LongSum.Add(result(item), Of(item, "Lost"), Of(item, "Block")));
        whole.Add(new Assign(result(item), LongSum.Whole(result(item), Of(item, "Lost"))));
    }

    /// <summary>The stage's loops.</summary>
    /// <param name="innermost">The innermost loop over a range.</param>
    /// <param name="plain">All loops, without blocks.</param>
    public IReadOnlyList<Statement> Around(
        Func<Index, Index, IReadOnlyList<Statement>> innermost, Func<IReadOnlyList<Statement>> plain) =>
        Any ? [.. LongSum.Blocks(loops, width, LongSum.Terms, innermost, start, end), .. whole] : plain();

    private bool IsLong(NestItem item) => LongSum.IsLong(item.Reduction, item.Local.Type, terms);

    private Local Of(NestItem item, string suffix)
    {
        Local local = result(item);
        return new Local(local.Name + suffix, local.Type, local.Lanes);
    }
}
