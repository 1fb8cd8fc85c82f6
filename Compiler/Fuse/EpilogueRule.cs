using Sinter.Compiler.Values;

namespace Sinter.Compiler.Fuse;

/// <summary>What a product can compute from its registers: values that have a form in lanes.</summary>
internal static class EpilogueRule
{
    /// <summary>Whether an item may join: a lane must remain along which all items have a form, and along the rows that
    /// are read whole where some are.</summary>
    public static bool Fits(ProductGroup group, Item joining) => Lanes(group, group.Epilogue.Append(joining))
        .Any(lane => group.WholeRows is null || group.WholeRows.Stages[0].Inner.Contains(lane));

    /// <summary>The loops of a product along which vectors may run.</summary>
    public static IEnumerable<LoopVariable> Lanes(ProductGroup group) => Lanes(group, group.Epilogue);

    private static IEnumerable<LoopVariable> Lanes(ProductGroup group, IEnumerable<Item> items)
    {
        var own = new HashSet<Node>(items.Select(item => item.Node));
        return group.Left.Concat(group.Right).Where(lane => items.All(item => Fits(item, own, lane)));
    }

    private static bool Fits(Item item, HashSet<Node> own, LoopVariable lane)
    {
        Index target = Evaluator.Linear(item.Position, item.Node.Shape);
        return IsPlain(target, lane) && Fits(item.Value, own, lane);
    }

    private static bool Fits(Value value, HashSet<Node> own, LoopVariable lane)
    {
        Value memory = value.Replace(v => v is Access access ? InLanes(access, own) : null);
        return IndexCollector.Of([memory]).All(index => IsPlain(index, lane))
            && Vectorizer.Fit(memory, lane) is { WantsLoop: false };
    }

    // Reads are loads; the product's own values vary with the lanes too, but are in registers.
    private static Value InLanes(Access access, HashSet<Node> own)
    {
        Index offset = Evaluator.Linear(access.Position, access.Node.Shape);
        return own.Contains(access.Node)
            ? new IndexValue(offset, access.Type)
            : new Load(new Buffer("read", access.Type, access.Node.Shape.ElementCount), offset);
    }

    // Tiles start anywhere: a lane must lie at a constant distance from the next.
    private static bool IsPlain(Index index, LoopVariable lane) =>
        !index.HasNested(lane) && index.CoefficientOf(lane).IsStatic;
}
