using Sinter.Compiler.Values;

namespace Sinter.Compiler.Kernels;

/// <summary>Values that are computed alike from the same memory are equal, whichever copy of a loop body they came
/// from.</summary>
internal sealed class SameValue : IEqualityComparer<Value>
{
    public static SameValue Comparer { get; } = new();

    public bool Equals(Value? a, Value? b) => Equals(a, b, null);

    // Pairs met before are not compared again: values share operands, and the paths to them may be very many. A pair
    // that differs ends the whole comparison.
    private static bool Equals(Value? a, Value? b, HashSet<(Value, Value)>? seen) =>
        ReferenceEquals(a, b) || (a is not null && b is not null && a.Type == b.Type
        && a.Lanes == b.Lanes && (a, b) switch
        {
            (Local x, Local y) => x.Name == y.Name,
            (Literal x, Literal y) => x.Bits == y.Bits,
            (Load x, Load y) =>
                x.Buffer == y.Buffer && x.Index.Equals(y.Index) && x.Stride == y.Stride && x.Repeat == y.Repeat
                && Equals(x.Count, y.Count),
            (Splat x, Splat y) => Equals(x.Operands[0], y.Operands[0], seen),
            (IndexValue x, IndexValue y) => x.Index.Equals(y.Index) && x.Lanes == 1,
            (CheckedIndex x, CheckedIndex y) =>
                x.Extent == y.Extent && Equals(x.Report, y.Report) && Equals(x.Operands[0], y.Operands[0], seen),
            (Apply x, Apply y) => x.Op == y.Op && x.Operands.Count == y.Operands.Count
                && AllEqual(x, y, seen ?? []),
            _ => false,
        });

    private static bool AllEqual(Apply x, Apply y, HashSet<(Value, Value)> seen)
    {
        if (!seen.Add((x, y)))
        {
            return true;
        }

        for (int i = 0; i < x.Operands.Count; i++)
        {
            if (!Equals(x.Operands[i], y.Operands[i], seen))
            {
                return false;
            }
        }

        return true;
    }

    // Cheap and coarse: operands one level down.
    public int GetHashCode(Value value) =>
        value.Operands.Aggregate(Own(value), (hash, operand) => (hash * 31) + Own(operand));

    private static int Own(Value value) => value switch
    {
        Local local => local.Name.GetHashCode(),
        Literal literal => literal.Bits.GetHashCode(),
        Apply apply => (int)apply.Op,
        _ => value.GetType().GetHashCode(),
    };
}
