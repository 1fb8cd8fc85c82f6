using Sinter.Compiler.Kernels.Schedules;
using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels.Templates;

/// <summary>The stretch of a loop in which no guard of a value fails, and the value without those guards.</summary>
/// <param name="Value">The value inside.</param>
/// <param name="First">The first iteration of the stretch.</param>
/// <param name="Last">The first one behind it.</param>
internal sealed record Interior(Value Value, long First, long Last)
{
    /// <summary>The interior of a value along a loop; null where it is not one stretch known beforehand.</summary>
    public static Interior? Of(Value value, LoopVariable loop)
    {
        if (!loop.Extent.IsStatic)
        {
            return null;
        }

        long first = 0;
        long last = loop.Extent.Value;
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
                    first = Math.Max(first, from);
                    last = Math.Min(last, to);
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
        if (!isKnown || first >= last)
        {
            return null;
        }

        bool isBare = ReferenceEquals(inside, value);
        Interior? deeper = isBare ? new(value, first, last) : Of(inside, loop);
        return deeper is null ? null
            : new Interior(deeper.Value, Math.Max(first, deeper.First), Math.Min(last, deeper.Last));
    }

    // The iterations for which low ≤ step * i + begin < high.
    private static (long From, long To)? Stretch(Condition condition, LoopVariable loop)
    {
        Dimension step = condition.Index.CoefficientOf(loop);
        Index begin = condition.Index - ((Index)loop * step);
        if (condition.Step != 1 || !step.IsStatic || step.Value < 1 || begin.Constant is not { } at
            || condition.Low.Constant is not { } low || condition.High.Constant is not { } high)
        {
            return null;
        }

        return (Up(low - at, step.Value), Up(high - at, step.Value));
    }

    // Rounded up; of what is negative, nothing below 0 is needed.
    private static long Up(long value, long divisor) => value <= 0 ? 0 : (value + divisor - 1) / divisor;
}
