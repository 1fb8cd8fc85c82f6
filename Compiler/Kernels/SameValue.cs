namespace Sinter.Compiler.Kernels;

/// <summary>Values that are computed alike from the same memory are equal, whichever copy of a loop body they came
/// from.</summary>
internal sealed class SameValue : IEqualityComparer<Value>
{
    public static SameValue Comparer { get; } = new();

    public bool Equals(Value? a, Value? b) =>
        ReferenceEquals(a, b) || (a is not null && b is not null && a.Type == b.Type
        && a.Lanes == b.Lanes && (a, b) switch
        {
            (Local x, Local y) => x.Name == y.Name,
            (Literal x, Literal y) => x.Bits == y.Bits,
            (Load x, Load y) =>
                x.Buffer == y.Buffer && x.Index.Equals(y.Index) && x.Stride == y.Stride && x.Repeat == y.Repeat
                && Equals(x.Count, y.Count),
            (Splat x, Splat y) => Equals(x.Operands[0], y.Operands[0]),
            (IndexValue x, IndexValue y) => x.Index.Equals(y.Index) && x.Lanes == 1,
            (CheckedIndex x, CheckedIndex y) =>
                x.Extent == y.Extent && Equals(x.Report, y.Report) && Equals(x.Operands[0], y.Operands[0]),
            (Apply x, Apply y) => x.Op == y.Op && x.Operands.Count == y.Operands.Count
                && Enumerable.Range(0, x.Operands.Count).All(i => Equals(x.Operands[i], y.Operands[i])),
            _ => false,
        });

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
