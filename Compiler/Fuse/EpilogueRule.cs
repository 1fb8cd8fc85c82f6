using Sinter.Compiler.Kernels;
using Sinter.Compiler.Kernels.Schedules;

namespace Sinter.Compiler.Fuse;

/// <summary>
/// Which values a product can compute from its registers: those that have a form in lanes along the axis in which the result's
/// elements lie side by side.
/// </summary>
internal static class EpilogueRule
{
    /// <summary>Whether all items of a product have a vector form once <paramref name="last"/> decides the lanes.</summary>
    public static bool Fits(ProductGroup group, Item last)
    {
        LoopVariable lane = Lane(group, last);
        return group.Epilogue.Skip(1).Append(last).All(item => Fits(item, lane));
    }

    private static bool Fits(Item item, LoopVariable lane)
    {
        if (DTypes.SizeOf(item.Node.DType) != 4 || item.Position.Any(index => index.HasData()))
        {
            return false;
        }

        Index target = Evaluator.Linear(item.Position, item.Node.Shape);
        return Vectorizer.Penalty(Memory(item.Value), lane) is not null
            && !target.HasNested(lane) && target.CoefficientOf(lane).IsStatic;
    }

    // Reads as loads; the sum is read at its own position, which the lanes are part of.
    private static Value Memory(Value value) => value.Replace(v => v is Access access
        ? new Load(new Buffer("read", v.Type, access.Node.Shape.ElementCount), Evaluator.Linear(access.Position, access.Node.Shape))
        : null);

    // As the template chooses: the free axis of stride 1, else the last one of the right operand.
    private static LoopVariable Lane(ProductGroup group, Item last)
    {
        Index target = Evaluator.Linear(last.Position, last.Node.Shape);
        return group.Left.Concat(group.Right).FirstOrDefault(loop => target.CoefficientOf(loop) == 1)
            ?? (group.Right.Count > 0 ? group.Right : group.Left).Last();
    }
}
