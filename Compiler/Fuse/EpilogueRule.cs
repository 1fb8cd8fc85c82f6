using Sinter.Compiler.Kernels;
using Sinter.Compiler.Kernels.Schedules;

namespace Sinter.Compiler.Fuse;

/// <summary>What a product can compute from its registers: values that have a form in lanes.</summary>
internal static class EpilogueRule
{
    /// <summary>Whether an item may join: a lane must remain along which all items have a form.</summary>
    public static bool Fits(ProductGroup group, Item joining) => Lanes(group, group.Epilogue.Append(joining)).Any();

    /// <summary>The loops of a product along which vectors may run.</summary>
    public static IEnumerable<LoopVariable> Lanes(ProductGroup group) => Lanes(group, group.Epilogue);

    private static IEnumerable<LoopVariable> Lanes(ProductGroup group, IEnumerable<Item> items) =>
        group.Left.Concat(group.Right).Where(lane => items.All(item => Fits(item, lane)));

    private static bool Fits(Item item, LoopVariable lane)
    {
        Index target = Evaluator.Linear(item.Position, item.Node.Shape);
        return DTypes.SizeOf(item.Node.DType) == 4 && IsPlain(target, lane) && Fits(item.Value, lane);
    }

    private static bool Fits(Value value, LoopVariable lane)
    {
        // Reads as loads; the sum is read at its own position, which the lanes are part of.
        Value memory = value.Replace(v => v is Access access
            ? new Load(new Buffer("read", v.Type, access.Node.Shape.ElementCount), Evaluator.Linear(access.Position, access.Node.Shape))
            : null);
        return IndexCollector.Of([memory]).All(index => IsPlain(index, lane)) && Vectorizer.Penalty(memory, lane) is not null;
    }

    // Tiles start anywhere: a lane must lie at a constant distance from the next.
    private static bool IsPlain(Index index, LoopVariable lane) => !index.HasNested(lane) && index.CoefficientOf(lane).IsStatic;
}
