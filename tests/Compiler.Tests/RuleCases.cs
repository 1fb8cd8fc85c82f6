namespace Sinter.Compiler.Tests;

/// <summary>The operands that rule cases are built from.</summary>
public sealed class Operands
{
    public GraphBuilder Graph { get; } = new();

    public Tensor<F32> X => Input<F32>("x", 2, 3);

    public Tensor<F32> Y => Input<F32>("y", 2, 3);

    public Tensor<F32> Row => Input<F32>("row", 1, 3);

    public Tensor<F32> Scalar => Input<F32>("scalar");

    public Tensor<I32> I => Input<I32>("i", 2, 3);

    public Tensor<I32> J => Input<I32>("j", 2, 3);

    public Tensor<Bool> P => Input<Bool>("p", 2, 3);

    public Tensor<F32> Elements => Tensor<F32>.Of([1, 2, 3, 4, 5, 6], 2, 3);

    public Tensor<T> Input<T>(string name, params Dimension[] shape)
        where T : struct, IElement
    {
        Node? known = Graph.Inputs.FirstOrDefault(input => input.Get<InputAttributes>().Name == name);
        return known is null ? Graph.Input<T>(name, shape) : new Tensor<T>(known);
    }

    public Tensor<F32> Make(Op op, Attributes attributes, params Tensor<F32>[] operands) =>
        new(Graph.Make(op, attributes, operands.Select(operand => operand.Node).ToArray()));
}

/// <summary>A rule, a graph to which it applies, and one that only looks like it.</summary>
public sealed record RuleCase(string Rule, Func<Operands, Node> Hit, Func<Operands, Node> Miss)
{
    public static RuleCase Of<T>(string rule, Func<Operands, Tensor<T>> hit, Func<Operands, Tensor<T>> miss)
        where T : struct, IElement => new(rule, o => hit(o).Node, o => miss(o).Node);
}

/// <summary>At least one case for every rule of the simplifier.</summary>
public static partial class RuleCases
{
    public static IReadOnlyList<RuleCase> All { get; } =
    [
        .. Algebra(), .. Merging(), .. Logic(), .. Conversions(),
        .. Movement(), .. Chains(), .. Reductions(), .. Folding(), .. Branches(),
    ];

    private static Tensor<F32> Number(double value) => Tensor<F32>.Full(value, 2, 3);

    private static Tensor<I32> Whole(double value) => Tensor<I32>.Full(value, 2, 3);

    private static Tensor<Bool> Truth(bool value) => Tensor<Bool>.Full(value ? 1 : 0, 2, 3);

    private static RuleCase[] Branches() =>
    [
        RuleCase.Of("cond(true, a, b) → a", o => Chosen(o, Scalar(true)), o => Chosen(o, Given(o))),
        RuleCase.Of("cond(false, a, b) → b", o => Chosen(o, Scalar(false)), o => Chosen(o, Scalar(true))),
        RuleCase.Of("cond(p, a, a) → a",
            o => Functional.Cond(Given(o), () => o.X + 1, () => 1 + o.X),
            o => Functional.Cond(Given(o), () => o.X + 1, () => o.X + 2)),
        RuleCase.Of("a result that both branches only pass on → it",
            o => Passing(o, o.X), o => Passing(o, o.Y)),
    ];

    private static Tensor<F32> Chosen(Operands o, Tensor<Bool> predicate) =>
        Functional.Cond(predicate, o.X, x => x * o.Y, x => x - o.Y);

    private static Tensor<F32> Passing(Operands o, Tensor<F32> other)
    {
        Tensor<F32> x = o.X;
        var (first, second) = Functional.Cond(Given(o), () => (x, x.Sin()), () => (other, x.Exp()));
        return first * second;
    }

    private static Tensor<Bool> Given(Operands o) => o.Input<Bool>("given");

    private static Tensor<Bool> Scalar(bool value) => Tensor<Bool>.Scalar(value ? 1 : 0);

    private static RuleCase[] Algebra() =>
    [
        RuleCase.Of("a + x → x + a", o => 3 + o.X, o => o.X + 3),
        RuleCase.Of("a * x → x * a", o => 3 * o.X, o => o.X * 3),
        RuleCase.Of("max(a, x) → max(x, a)", o => Number(0).Maximum(o.X), o => o.X.Maximum(Number(0))),
        RuleCase.Of("min(a, x) → min(x, a)", o => Number(0).Minimum(o.X), o => o.X.Minimum(Number(0))),
        RuleCase.Of("x - a → x + -a", o => o.X - 3, o => 3 - o.X),
        RuleCase.Of("x / a → x * (1 / a), a = 2^n", o => o.X / 4, o => o.X / 3),
        RuleCase.Of("1 / x → reciprocal(x)", o => 1 / o.X, o => 2 / o.X),
        RuleCase.Of("1 / x → reciprocal(x)", o => (1 / o.X).Cast<I32>(), o => 1 / o.I),
        RuleCase.Of("x + 0 → x", o => (o.I + 0).Cast<F32>(), o => o.X + 0),
        RuleCase.Of("x * 1 → x", o => o.X * 1, o => o.X * 1.0000001),
        RuleCase.Of("x / 1 → x", o => o.I / 1, o => o.I / 2),
        RuleCase.Of("x * -1 → -x", o => o.X * -1, o => o.X * -2),
        RuleCase.Of("0 - x → -x", o => (0 - o.I).Cast<F32>(), o => 0 - o.X),
        RuleCase.Of("1 / (1 + exp(-x)) → sigmoid(x)", o => 1 / (1 + (-o.X).Exp()), o => 1 / (2 + (-o.X).Exp())),
        RuleCase.Of("--x → x", o => -(-o.X), o => -o.X),
        RuleCase.Of("x + -y → x - y", o => (-o.X) + o.Y, o => o.X + o.Y),
        RuleCase.Of("x - -y → x + y", o => o.X - (-o.Y), o => (-o.X) - o.Y),
        RuleCase.Of("-(x - y) → y - x", o => -(o.X - o.Y), o => -(o.X + o.Y)),
        RuleCase.Of("-(x * a) → x * -a", o => -(o.X * 3), o => -(o.X * o.Y)),
        RuleCase.Of("-x * -y → x * y", o => (-o.X) * (-o.Y), o => (-o.X) * o.Y),
        RuleCase.Of("-x * a → x * -a", o => (-o.X) * 3, o => (-o.X) * o.Y),
        RuleCase.Of("-x * y → -(x * y)", o => o.Y * (-o.X), o => o.X * o.Y),
        RuleCase.Of("-x / y → -(x / y)", o => ((-o.X) / o.Y).Cast<I32>(), o => (-o.I) / o.J),
        RuleCase.Of("x / -y → -(x / y)", o => (o.X / (-o.Y)).Cast<I32>(), o => o.I / (-o.J)),
        RuleCase.Of("abs(-x) → abs(x)", o => (-o.X).Abs(), o => (o.X - o.Y).Abs()),
        RuleCase.Of("abs(-x) → abs(x)", o => (-o.I).Abs(), o => (-o.I.Cast<U8>()).Abs().Cast<I32>()),
        RuleCase.Of("abs(abs(x)) → abs(x)", o => o.X.Abs().Abs(), o => o.X.Abs().Sign()),
        RuleCase.Of("cos(-x) → cos(x)", o => (-o.X).Cos(), o => (-o.X).Sin()),
    ];

    private static RuleCase[] Merging() =>
    [
        RuleCase.Of("(x + a) + b → x + (a + b)", o => o.X + 0.5 - 3, o => o.X + 0.1 + 1e9),
        RuleCase.Of("(x * a) * b → x * (a * b)", o => o.X * 0.1 * 4, o => o.X * 0.1 * 0.1),
        RuleCase.Of("(x * a) * b → x * (a * b)", o => o.X * 1e30 * 0.5, o => o.X * 1e30 * 1e30),
        RuleCase.Of("x ^ 0 → 1", o => o.X.Pow(0), o => o.X.Pow(0.25)),
        RuleCase.Of("x ^ 1 → x", o => o.X.Pow(1), o => o.X.Pow(1.25)),
        RuleCase.Of("x ^ 2 → x * x", o => o.X.Pow(2), o => o.X.Pow(o.Y)),
        RuleCase.Of("x ^ 3 → x * x * x", o => o.X.Pow(3), o => Number(3).Pow(o.X)),
        RuleCase.Of("x ^ 4 → (x * x) * (x * x)", o => o.X.Pow(4), o => o.X.Pow(5)),
        RuleCase.Of("x ^ -1 → reciprocal(x)", o => o.X.Pow(-1), o => o.X.Pow(-1.25)),
        RuleCase.Of("x ^ -2 → reciprocal(x * x)", o => o.X.Pow(-2), o => o.X.Pow(-3)),
        RuleCase.Of("x ^ 0.5 → sqrt(x)", o => o.X.Pow(Number(0.5)), o => o.X.Pow(0.75)),
        RuleCase.Of("x ^ -0.5 → rsqrt(x)", o => o.X.Pow(Number(-0.5)), o => o.X.Pow(-0.75)),
        RuleCase.Of("x ^ 1.5 → x * sqrt(x)", o => o.X.Pow(1.5), o => o.X.Pow(2.5)),
        RuleCase.Of("reciprocal(sqrt(x)) → rsqrt(x)", o => 1 / o.X.Sqrt(), o => 2 / o.X.Sqrt()),
        RuleCase.Of("max(x, x) → x", o => o.X.Maximum(o.X), o => o.X.Maximum(o.Y)),
        RuleCase.Of("min(x, x) → x", o => o.X.Minimum(o.X), o => o.X.Minimum(o.Y)),
        RuleCase.Of("max(x, -inf) → x",
            o => o.X.Maximum(Number(double.NegativeInfinity)), o => o.X.Maximum(Number(-1e30))),
        RuleCase.Of("min(x, inf) → x",
            o => o.X.Minimum(Number(double.PositiveInfinity)), o => o.X.Minimum(Number(1e30))),
        RuleCase.Of("max(max(x, a), b) → max(x, max(a, b))",
            o => o.X.Maximum(Number(0)).Maximum(Number(1)), o => o.X.Maximum(o.Y).Maximum(Number(1))),
        RuleCase.Of("min(min(x, a), b) → min(x, min(a, b))",
            o => o.X.Minimum(Number(0)).Minimum(Number(1)), o => o.X.Maximum(Number(0)).Minimum(Number(1))),
        RuleCase.Of("x * 0 → 0 (integers)", o => (o.I * 0).Cast<F32>(), o => o.X * 0),
        RuleCase.Of("x - x → 0 (integers)", o => (o.I - o.I).Cast<F32>(), o => o.X - o.X),
        RuleCase.Of("x << 0 → x", o => o.I.ShiftLeft(Whole(0)), o => o.I.ShiftLeft(Whole(1))),
        RuleCase.Of("x >> 0 → x", o => o.I.ShiftRight(Whole(0)), o => o.I.ShiftRight(Whole(1))),
    ];

    private static RuleCase[] Logic() =>
    [
        RuleCase.Of("where(true, x, y) → x",
            o => Tensor.Where(Truth(true), o.X, o.Y), o => Tensor.Where(o.P, o.X, o.Y)),
        RuleCase.Of("where(false, x, y) → y",
            o => Tensor.Where(Truth(false), o.X, o.Y), o => Tensor.Where(o.P, o.X, o.Y)),
        RuleCase.Of("where(p, x, x) → x", o => Tensor.Where(o.P, o.X, o.X), o => Tensor.Where(o.P, o.X, o.Y)),
        RuleCase.Of("where(!p, x, y) → where(p, y, x)",
            o => Tensor.Where(~o.P, o.X, o.Y), o => Tensor.Where(o.P, o.X, o.Y)),
        RuleCase.Of("where(p, where(p, x, y), z) → where(p, x, z)",
            o => Tensor.Where(o.P, Tensor.Where(o.P, o.X, o.Y), o.X * o.Y),
            o => Tensor.Where(o.P, Tensor.Where(o.X > o.Y, o.X, o.Y), o.X * o.Y)),
        RuleCase.Of("where(p, x, where(p, y, z)) → where(p, x, z)",
            o => Tensor.Where(o.P, o.X * o.Y, Tensor.Where(o.P, o.X, o.Y)),
            o => Tensor.Where(o.P, o.X * o.Y, Tensor.Where(o.X > o.Y, o.X, o.Y))),
        RuleCase.Of("a < x → x > a", o => Number(0) < o.X, o => o.X < Number(0)),
        RuleCase.Of("a <= x → x >= a", o => Number(0) <= o.X, o => o.X <= Number(0)),
        RuleCase.Of("a > x → x < a", o => Number(0) > o.X, o => o.X > Number(0)),
        RuleCase.Of("a >= x → x <= a", o => Number(0) >= o.X, o => o.X >= Number(0)),
        RuleCase.Of("a == x → x == a", o => Whole(0).EqualTo(o.I), o => o.I.EqualTo(Whole(0))),
        RuleCase.Of("a != x → x != a", o => Whole(0).NotEqualTo(o.I), o => o.I.NotEqualTo(Whole(0))),
        RuleCase.Of("!(x == y) → x != y", o => ~o.X.EqualTo(o.Y), o => o.X.EqualTo(o.Y)),
        RuleCase.Of("!(x != y) → x == y", o => ~o.X.NotEqualTo(o.Y), o => o.X.NotEqualTo(o.Y)),
        RuleCase.Of("!(x < y) → x >= y (integers)", o => ~(o.I < o.J), o => ~(o.X < o.Y)),
        RuleCase.Of("!(x <= y) → x > y (integers)", o => ~(o.I <= o.J), o => ~(o.X <= o.Y)),
        RuleCase.Of("!(x > y) → x <= y (integers)", o => ~(o.I > o.J), o => ~(o.X > o.Y)),
        RuleCase.Of("!(x >= y) → x < y (integers)", o => ~(o.I >= o.J), o => ~(o.X >= o.Y)),
        RuleCase.Of("x == x → true (integers)", o => o.I.EqualTo(o.I), o => o.X.EqualTo(o.X)),
        RuleCase.Of("x != x → false (integers)", o => o.I.NotEqualTo(o.I), o => o.X.NotEqualTo(o.X)),
        RuleCase.Of("x < x → false", o => o.X < o.X, o => o.X < o.Y),
        RuleCase.Of("x > x → false", o => o.X > o.X, o => o.X > o.Y),
        RuleCase.Of("~~x → x", o => ~~o.I, o => ~o.I),
        RuleCase.Of("x & x → x", o => o.I & o.I, o => o.I & o.J),
        RuleCase.Of("x | x → x", o => o.I | o.I, o => o.I | o.J),
        RuleCase.Of("x ^ x → 0", o => o.I ^ o.I, o => o.I ^ o.J),
        RuleCase.Of("x & 0 → 0", o => o.I & Whole(0), o => o.I & Whole(1)),
        RuleCase.Of("x | 0 → x", o => o.I | Whole(0), o => o.I | Whole(1)),
        RuleCase.Of("x ^ 0 → x", o => o.I ^ Whole(0), o => o.I ^ Whole(1)),
        RuleCase.Of("x & true → x", o => (o.P & Truth(true)).Cast<I32>(), o => o.I & Whole(1)),
        RuleCase.Of("x | true → true", o => (o.P | Truth(true)).Cast<I32>(), o => o.I | Whole(1)),
        RuleCase.Of("x ^ true → !x", o => (o.P ^ Truth(true)).Cast<I32>(), o => o.I ^ Whole(1)),
    ];

    private static RuleCase[] Conversions() =>
    [
        RuleCase.Of("cast(x) of its own type → x", o => o.X.Cast<F32>(), o => o.I.Cast<F32>()),
        RuleCase.Of("cast(cast(x)) → cast(x), where nothing was lost",
            o => o.X.Cast<F64>().Cast<F32>(), o => o.X.Cast<I32>().Cast<F32>()),
        RuleCase.Of("cast(cast(x)) → cast(x), where nothing was lost",
            o => o.P.Cast<F32>().Cast<F64>(), o => o.I.Cast<F32>().Cast<F64>()),
    ];
}
