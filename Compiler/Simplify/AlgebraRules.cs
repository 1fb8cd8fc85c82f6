using Sinter.Compiler.Rewriting;

namespace Sinter.Compiler.Simplify;

/// <summary>
/// Rules of arithmetic. Floats keep NaN and infinity: x * 0 and x - x stay as they are, because they are NaN where x
/// is, and -0 + 0 is 0. The sign of a zero is not kept where a difference turns around (-(x - y) is y - x), and neither
/// is what pow makes of -infinity. A rule that merges constants applies only where the merged constant is exact, so
/// that the result has one rounding where it had two.
/// </summary>
internal static class AlgebraRules
{
    private static readonly Pattern X = Pattern.Any("x");
    private static readonly Pattern Y = Pattern.Any("y");
    private static readonly Pattern A = Pattern.Constant("a");
    private static readonly Pattern B = Pattern.Constant("b");

    public static IReadOnlyList<Rule> Table { get; } =
        [.. Canonical(), .. Identities(), .. Signs(), .. MergedConstants(), .. Powers(), .. Extremes(), .. Integers()];

    // Constants stand right, so that every other rule needs to look at one side only.
    private static Rule[] Canonical() =>
    [
        new("a + x → x + a", A + X, X + A, LeftIsConstant),
        new("a * x → x * a", A * X, X * A, LeftIsConstant),
        new("max(a, x) → max(x, a)", Max(A, X), Max(X, A), LeftIsConstant),
        new("min(a, x) → min(x, a)", Min(A, X), Min(X, A), LeftIsConstant),
        new("x - a → x + -a", X - A, m => Negatable(m) ? Add(m, X, -m.Number(A)).Node : null),
        new("x / a → x * (1 / a), a = 2^n", X / A, Reciprocal),
        new("1 / x → reciprocal(x)", 1 / X, Unary(Op.Reciprocal, X), IsFloat),
    ];

    private static Rule[] Identities() =>
    [
        new("x + 0 → x", X + 0, X, match => IsInteger(match) || IsNegativeZero(match.Root.Inputs[1])),
        new("x * 1 → x", X * 1, X),
        new("x / 1 → x", X / 1, X),
        new("x * -1 → -x", X * -1, -X),
        new("0 - x → -x", 0 - X, -X, match => IsInteger(match) || IsNegativeZero(match.Root.Inputs[0])),
        new("1 / (1 + exp(-x)) → sigmoid(x)", Unary(Op.Reciprocal, Unary(Op.Exp, -X) + 1), Unary(Op.Sigmoid, X)),
    ];

    private static Rule[] Signs() =>
    [
        new("--x → x", -(-X), X),
        new("x + -y → x - y", X + (-Y), X - Y),
        new("x - -y → x + y", X - (-Y), X + Y),
        new("-(x - y) → y - x", -(X - Y), Y - X),
        new("-(x * a) → x * -a", -(X * A), m => Negatable(m) ? Multiply(m, X, -m.Number(A)).Node : null),
        new("-x * -y → x * y", (-X) * (-Y), X * Y),
        new("-x * a → x * -a", (-X) * A, m => Negatable(m) ? Multiply(m, X, -m.Number(A)).Node : null),
        new("-x * y → -(x * y)", (-X) * Y, -(X * Y)),
        new("-x / y → -(x / y)", (-X) / Y, -(X / Y), IsFloat),
        new("x / -y → -(x / y)", X / (-Y), -(X / Y), IsFloat),
        new("abs(-x) → abs(x)", Unary(Op.Abs, -X), Unary(Op.Abs, X), m => m.Root.DType is not (DType.U8 or DType.U32)),
        new("abs(abs(x)) → abs(x)", Unary(Op.Abs, Unary(Op.Abs, X)), Unary(Op.Abs, X)),
        new("cos(-x) → cos(x)", Unary(Op.Cos, -X), Unary(Op.Cos, X)),
    ];

    private static Rule[] MergedConstants() =>
    [
        new("(x + a) + b → x + (a + b)", (X + A) + B, SumOfConstants),
        new("(x * a) * b → x * (a * b)", (X * A) * B, ProductOfConstants),
    ];

    // exp(log(x)) and log(exp(x)) stay: neither is x for every x, and a model that writes them means something by it.
    private static Rule[] Powers() =>
    [
        new("x ^ 0 → 1", Power(X, 0), 1),
        new("x ^ 1 → x", Power(X, 1), X),
        new("x ^ 2 → x * x", Power(X, 2), X * X),
        new("x ^ 3 → x * x * x", Power(X, 3), X * X * X),
        new("x ^ 4 → (x * x) * (x * x)", Power(X, 4), (X * X) * (X * X)),
        new("x ^ -1 → reciprocal(x)", Power(X, -1), Unary(Op.Reciprocal, X)),
        new("x ^ -2 → reciprocal(x * x)", Power(X, -2), Unary(Op.Reciprocal, X * X)),
        new("x ^ 0.5 → sqrt(x)", Power(X, 0.5), Unary(Op.Sqrt, X)),
        new("x ^ -0.5 → rsqrt(x)", Power(X, -0.5), Unary(Op.Rsqrt, X)),
        new("x ^ 1.5 → x * sqrt(x)", Power(X, 1.5), X * Unary(Op.Sqrt, X)),
        new("reciprocal(sqrt(x)) → rsqrt(x)", Unary(Op.Reciprocal, Unary(Op.Sqrt, X)), Unary(Op.Rsqrt, X)),
    ];

    private static Rule[] Extremes() =>
    [
        new("max(x, x) → x", Max(X, X), X),
        new("min(x, x) → x", Min(X, X), X),
        new("max(x, -inf) → x", Max(X, double.NegativeInfinity), X),
        new("min(x, inf) → x", Min(X, double.PositiveInfinity), X),
        new("max(max(x, a), b) → max(x, max(a, b))", Max(Max(X, A), B), Max(X, Max(A, B))),
        new("min(min(x, a), b) → min(x, min(a, b))", Min(Min(X, A), B), Min(X, Min(A, B))),
    ];

    // What holds for integers only: they have no NaN and no infinity.
    private static Rule[] Integers() =>
    [
        new("x * 0 → 0 (integers)", X * 0, 0, IsInteger),
        new("x - x → 0 (integers)", X - X, 0, IsInteger),
        new("x << 0 → x", Pattern.Of(Op.ShiftLeft, X, 0), X),
        new("x >> 0 → x", Pattern.Of(Op.ShiftRight, X, 0), X),
    ];

    private static Pattern Unary(Op op, Pattern x) => Pattern.Of(op, x);

    private static Pattern Max(Pattern x, Pattern y) => Pattern.Of(Op.Maximum, x, y);

    private static Pattern Min(Pattern x, Pattern y) => Pattern.Of(Op.Minimum, x, y);

    private static Pattern Power(Pattern x, Pattern exponent) => Pattern.Of(Op.Power, x, exponent);

    private static bool IsFloat(Match match) => match.Root.DType.IsFloat();

    // What changes no number when it is added: 0 makes 0 of -0.
    private static bool IsNegativeZero(Node node) => Constants.SplatValue(node) is { } value && 1 / value < 0;

    private static bool IsInteger(Match match) => match.Root.DType.IsInteger();

    // Two constants are for folding, whichever side they stand on.
    private static bool LeftIsConstant(Match match) =>
        match.Root.Inputs[0] == match[A] && Constants.SplatValue(match[X]) is null;

    // Beyond this, integers have lost digits on their way through a double.
    private static bool Negatable(Match match) => IsFloat(match) || Math.Abs(match.Number(A)) < 1L << 53;

    private static Expression Add(Match match, Pattern x, double constant) => match.Expression(match[x]) + constant;

    private static Expression Multiply(Match match, Pattern x, double constant) => match.Expression(match[x]) * constant;

    private static Node? Reciprocal(Match match)
    {
        double inverse = 1 / match.Number(A);
        return IsFloat(match) && Exact.IsPowerOfTwo(match.Number(A), match.Root.DType)
            ? Multiply(match, X, inverse).Node
            : null;
    }

    private static Node? SumOfConstants(Match match)
    {
        double sum = match.Number(A) + match.Number(B);
        return Exact.Sum(match.Root.DType, match.Number(A), match.Number(B)) ? Add(match, X, sum).Node : null;
    }

    private static Node? ProductOfConstants(Match match)
    {
        double product = match.Number(A) * match.Number(B);
        return Exact.Product(match.Root.DType, match.Number(A), match.Number(B))
            ? Multiply(match, X, product).Node
            : null;
    }
}
