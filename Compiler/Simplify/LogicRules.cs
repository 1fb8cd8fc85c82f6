using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Simplify;

/// <summary>
/// Rules of conditions, comparisons and conversions. Floats keep NaN: x == x is not true for it, and !(x &lt; y) is not
/// x >= y.
/// </summary>
internal static class LogicRules
{
    private static readonly Pattern X = Pattern.Any("x");
    private static readonly Pattern Y = Pattern.Any("y");
    private static readonly Pattern Z = Pattern.Any("z");
    private static readonly Pattern P = Pattern.Any("p");
    private static readonly Pattern A = Pattern.Constant("a");

    public static IReadOnlyList<Rule> Table { get; } = [.. Conditions(), .. Comparisons(), .. Bits(), .. Conversions()];

    private static Rule[] Conditions() =>
    [
        new("where(true, x, y) → x", Where(1, X, Y), X),
        new("where(false, x, y) → y", Where(0, X, Y), Y),
        new("where(p, x, x) → x", Where(P, X, X), X),
        new("where(!p, x, y) → where(p, y, x)", Where(~P, X, Y), Where(P, Y, X)),
        new("where(p, where(p, x, y), z) → where(p, x, z)", Where(P, Where(P, X, Y), Z), Where(P, X, Z)),
        new("where(p, x, where(p, y, z)) → where(p, x, z)", Where(P, X, Where(P, Y, Z)), Where(P, X, Z)),
    ];

    private static Rule[] Comparisons() =>
    [
        Mirrored("a < x → x > a", Op.Less, Op.Greater),
        Mirrored("a <= x → x >= a", Op.LessEqual, Op.GreaterEqual),
        Mirrored("a > x → x < a", Op.Greater, Op.Less),
        Mirrored("a >= x → x <= a", Op.GreaterEqual, Op.LessEqual),
        Mirrored("a == x → x == a", Op.Equal, Op.Equal),
        Mirrored("a != x → x != a", Op.NotEqual, Op.NotEqual),
        Negated("!(x == y) → x != y", Op.Equal, Op.NotEqual, floatsToo: true),
        Negated("!(x != y) → x == y", Op.NotEqual, Op.Equal, floatsToo: true),
        Negated("!(x < y) → x >= y (integers)", Op.Less, Op.GreaterEqual, floatsToo: false),
        Negated("!(x <= y) → x > y (integers)", Op.LessEqual, Op.Greater, floatsToo: false),
        Negated("!(x > y) → x <= y (integers)", Op.Greater, Op.LessEqual, floatsToo: false),
        Negated("!(x >= y) → x < y (integers)", Op.GreaterEqual, Op.Less, floatsToo: false),
        new("x == x → true (integers)", Pattern.Of(Op.Equal, X, X), 1, ComparesIntegers),
        new("x != x → false (integers)", Pattern.Of(Op.NotEqual, X, X), 0, ComparesIntegers),
        new("x < x → false", Pattern.Of(Op.Less, X, X), 0),
        new("x > x → false", Pattern.Of(Op.Greater, X, X), 0),
    ];

    private static Rule[] Bits() =>
    [
        new("~~x → x", ~~X, X),
        new("x & x → x", X & X, X),
        new("x | x → x", X | X, X),
        new("x ^ x → 0", X ^ X, 0),
        new("x & 0 → 0", X & 0, 0),
        new("x | 0 → x", X | 0, X),
        new("x ^ 0 → x", X ^ 0, X),
        new("x & true → x", X & 1, X, IsBool),
        new("x | true → true", X | 1, 1, IsBool),
        new("x ^ true → !x", X ^ 1, ~X, IsBool),
    ];

    private static Rule[] Conversions() =>
    [
        new("cast(x) of its own type → x", Op.Cast, m =>
            m.Root.Inputs[0] is var x && x.DType == m.Root.DType
                ? x
                : null),
        new("cast(cast(x)) → cast(x), where nothing was lost", Op.Cast, CastOfCast),
    ];

    private static Pattern Where(Pattern condition, Pattern yes, Pattern no) =>
        Pattern.Of(Op.Where, condition, yes, no);

    private static Rule Mirrored(string name, Op op, Op mirrored) => new(
        name,
        Pattern.Of(op, A, X),
        Pattern.Of(mirrored, X, A),
        match => match.Root.Inputs[0] == match[A] && Constants.SplatValue(match[X]) is null);

    private static Rule Negated(string name, Op op, Op negated, bool floatsToo) => new(
        name,
        ~Pattern.Of(op, X, Y),
        Pattern.Of(negated, X, Y),
        match => floatsToo || !match[X].DType.IsFloat());

    private static bool IsBool(Match match) => match.Root.DType == DType.Bool;

    private static bool ComparesIntegers(Match match) => !match[X].DType.IsFloat();

    // Through a wider type and back, or to a third one: the detour changes nothing. A float between two integers is
    // left alone, because machines differ in how they convert what is out of range.
    private static Node? CastOfCast(Match match)
    {
        Node inner = match.Root.Inputs[0];
        if (inner.Op != Op.Cast || !Exact.Widens(inner.Inputs[0].DType, inner.DType))
        {
            return null;
        }

        Expression x = match.Expression(inner.Inputs[0]);
        DType target = match.Root.DType;
        bool sameKind = x.DType == target || target.IsFloat() || x.DType.IsFloat() || !inner.DType.IsFloat();
        return sameKind ? x.Cast(target).Node : null;
    }
}
