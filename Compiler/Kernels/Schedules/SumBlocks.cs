using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Schedules;

/// <summary>The blocks of one stage: its long sums run in a local of the block, everything else as without
/// blocks. Where a run says how many terms there are, few run through all blocks as if there were none.</summary>
/// <param name="loops">The stage's loops.</param>
/// <param name="width">Neighbours along the innermost loop that have running sums of their own.</param>
/// <param name="result">The local of an item's result.</param>
internal sealed class SumBlocks(IReadOnlyList<LoopVariable> loops, long width, Func<NestItem, Local> result)
{
    private readonly IReadOnlyList<Condition>? many = LongSum.Exceeds(loops, width, LongSum.MostTerms);
    private readonly List<Statement> start = [];
    private readonly List<Statement> end = [];
    private readonly List<Statement> again = [];
    private readonly List<Statement> whole = [];

    /// <summary>Whether the stage has long sums.</summary>
    public bool Any => end.Count > 0;

    /// <summary>The local that terms are added to.</summary>
    public Local Running(NestItem item) => IsLong(item) ? Of(item, "Block") : result(item);

    /// <summary>Declares what a running sum needs, for each block or once.</summary>
    public void Start(NestItem item, Declare declare, List<Statement> once)
    {
        (IsLong(item) && IsCertain ? start : once).Add(declare);
        if (IsLong(item))
        {
            again.Add(new Assign(declare.Local, declare.Value));
        }
    }

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
    public void Join(NestItem item, IReadOnlyList<Statement> joins, List<Statement>? once = null)
    {
        if (!IsLong(item))
        {
            once?.AddRange(joins);
            return;
        }

        end.AddRange(joins);
        end.AddRange(LongSum.Add(result(item), Of(item, "Lost"), Of(item, "Block")));
        Value all = LongSum.Whole(result(item), Of(item, "Lost"));
        if (!IsCertain)
        {
            // Of many, the last block has left nothing behind; of few, all that there is.
            whole.AddRange(joins);
            all = LongSum.Sum(all, Of(item, "Block"));
        }

        whole.Add(new Assign(result(item), all));
    }

    /// <summary>The stage's loops.</summary>
    /// <param name="innermost">The innermost loop over a range.</param>
    /// <param name="plain">All loops, without blocks.</param>
    public IReadOnlyList<Statement> Around(
        Func<Index, Index, IReadOnlyList<Statement>> innermost, Func<IReadOnlyList<Statement>> plain)
    {
        if (!Any)
        {
            return plain();
        }

        IReadOnlyList<Statement> after = IsCertain ? end : [new If(many!, [.. end, .. again])];
        return [.. LongSum.Blocks(loops, width, LongSum.Terms, innermost, start, after), .. whole];
    }

    // Whether there are always so many terms that blocks are needed.
    private bool IsCertain => many is { Count: 0 };

    private bool IsLong(NestItem item) =>
        many is not null && item.Reduction == Op.Sum && item.Local.Type.IsFloat();

    private Local Of(NestItem item, string suffix)
    {
        Local local = result(item);
        return new Local(local.Name + suffix, local.Type, local.Lanes);
    }
}
