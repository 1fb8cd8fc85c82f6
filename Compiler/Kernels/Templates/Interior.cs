using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Templates;

/// <summary>The stretch of a loop in which no guard of a value fails, and the value without those guards.</summary>
/// <param name="Value">The value inside.</param>
/// <param name="First">The first iteration of the stretch.</param>
/// <param name="Last">The first one behind it.</param>
internal sealed record Interior(Value Value, Dimension First, Dimension Last)
{
    /// <summary>The interior of a value along a loop; null where it is not one stretch known beforehand.</summary>
    public static Interior? Of(Value value, LoopVariable loop)
    {
        Dimension first = 0;
        Dimension last = loop.Extent;
        bool isKnown = true;
        Value inside = value.Replace(part =>
        {
            if (part is not Guard guard || guard.Conditions.All(condition => !condition.Index.DependsOn(loop)))
            {
                return null;
            }

            var others = new List<Condition>();
            foreach (Condition condition in guard.Conditions)
            {
                if (!condition.Index.DependsOn(loop))
                {
                    others.Add(condition);
                }
                else if (Stretch(condition, loop) is var (from, to))
                {
                    first = Dimension.Maximum(first, from);
                    last = Dimension.Minimum(last, to);
                }
                else
                {
                    isKnown = false;
                }
            }

            // Guards inside this one are of no use to look for: the value as a whole is taken once more.
            return others.Count == 0
                ? guard.Operands[0] : new Guard(others, guard.Operands[0], guard.Operands[1]);
        });
        if (!isKnown || last.IsAtMost(first))
        {
            return null;
        }

        // A short symbolic loop may end in front of the stretch.
        first = Dimension.Minimum(first, loop.Extent);

        bool isBare = ReferenceEquals(inside, value);
        Interior? deeper = isBare ? new(value, first, last) : Of(inside, loop);
        return deeper is null ? null
            : new Interior(
                deeper.Value, Dimension.Maximum(first, deeper.First), Dimension.Minimum(last, deeper.Last));
    }

    // The iterations for which low ≤ step * i + begin < high.
    private static (Dimension From, Dimension To)? Stretch(Condition condition, LoopVariable loop)
    {
        Dimension step = condition.Index.CoefficientOf(loop);
        Index begin = condition.Index - ((Index)loop * step);
        if (condition.Step != 1 || !step.IsStatic || step.Value < 1 || begin.AsSize is not { } at
            || condition.Low.AsSize is not { } low || condition.High.AsSize is not { } high)
        {
            return null;
        }

        return (Up(low - at, step.Value), Up(high - at, step.Value));
    }

    // Rounded up; of what is negative, nothing below 0 is needed.
    private static Dimension Up(Dimension value, long divisor) =>
        Dimension.Maximum(0, Dimension.Ceiling(value, divisor));
}
