namespace Sinter.Reference;

/// <summary>Operations whose result at an index depends on the operands at that index.</summary>
internal static class Elementwise
{
    public static IReadOnlyList<(Op Op, Evaluator Evaluate)> Rows { get; } =
    [
        Unary(Op.Negate, x => -x, x => -x),
        Unary(Op.Abs, Math.Abs, x => x < 0 ? -x : x),
        Unary(Op.Sign, x => (x > 0 ? 1 : 0) - (x < 0 ? 1 : 0), x => Math.Sign(x)),
        Unary(Op.Exp, Math.Exp),
        Unary(Op.Expm1, SpecialFunctions.Expm1),
        Unary(Op.Log, Math.Log),
        Unary(Op.Log1p, SpecialFunctions.Log1p),
        Unary(Op.Sqrt, Math.Sqrt),
        Unary(Op.Rsqrt, x => 1 / Math.Sqrt(x)),
        Unary(Op.Reciprocal, x => 1 / x),
        Unary(Op.Sin, Math.Sin),
        Unary(Op.Cos, Math.Cos),
        Unary(Op.Tanh, Math.Tanh),
        Unary(Op.Sigmoid, x => 1 / (1 + Math.Exp(-x))),
        Unary(Op.Erf, SpecialFunctions.Erf),
        Unary(Op.Floor, Math.Floor),
        Unary(Op.Ceil, Math.Ceiling),
        Unary(Op.Round, x => Math.Round(x, MidpointRounding.ToEven)),
        Unary(Op.Truncate, Math.Truncate),
        (Op.Not, (node, operands, _) => MapIntegers(node, operands[0], x => node.DType == DType.Bool ? 1 - x : ~x)),
        (Op.Cast, Cast),
        (Op.CheckIndex, CheckIndex),
        Unary(Op.StopGradient, x => x, x => x),

        Binary(Op.Add, (a, b) => a + b, (a, b) => a + b),
        Binary(Op.Subtract, (a, b) => a - b, (a, b) => a - b),
        Binary(Op.Multiply, (a, b) => a * b, (a, b) => a * b),
        Binary(Op.Divide, (a, b) => a / b, Divide),
        Binary(Op.Remainder, Remainder, Remainder),
        Binary(Op.Power, Math.Pow),
        Binary(Op.Maximum, Maximum, Math.Max),
        Binary(Op.Minimum, Minimum, Math.Min),
        Bits(Op.And, (a, b) => a & b),
        Bits(Op.Or, (a, b) => a | b),
        Bits(Op.Xor, (a, b) => a ^ b),
        (Op.ShiftLeft, (node, operands, _) => Shift(node, operands, (a, count) => a << count)),
        (Op.ShiftRight, (node, operands, _) => Shift(node, operands, (a, count) => a >> count)),
        Comparison(Op.Equal, (a, b) => a == b, (a, b) => a == b),
        Comparison(Op.NotEqual, (a, b) => a != b, (a, b) => a != b),
        Comparison(Op.Less, (a, b) => a < b, (a, b) => a < b),
        Comparison(Op.LessEqual, (a, b) => a <= b, (a, b) => a <= b),
        Comparison(Op.Greater, (a, b) => a > b, (a, b) => a > b),
        Comparison(Op.GreaterEqual, (a, b) => a >= b, (a, b) => a >= b),
        (Op.Where, Where),
    ];

    private static (Op, Evaluator) Unary(Op op, Func<double, double> floats, Func<long, long>? integers = null) =>
        (op, (node, operands, _) => node.DType.IsFloat()
            ? new TensorValue(node.DType, operands[0].Shape, Array.ConvertAll(operands[0].Floats, x => floats(x)))
            : MapIntegers(node, operands[0], integers!));

    private static (Op, Evaluator) Binary(
        Op op, Func<double, double, double> floats, Func<long, long, long>? integers = null) =>
        (op, (node, operands, _) => node.DType.IsFloat()
            ? new TensorValue(node.DType, operands[0].Shape, Zip(operands[0].Floats, operands[1].Floats, floats))
            : ZipIntegers(node, operands, integers!));

    private static (Op, Evaluator) Bits(Op op, Func<long, long, long> combine) =>
        (op, (node, operands, _) => ZipIntegers(node, operands, combine));

    private static (Op, Evaluator) Comparison(
        Op op, Func<double, double, bool> floats, Func<long, long, bool> integers) =>
        (op, (node, operands, _) =>
        {
            long[] results = operands[0].Type.IsFloat()
                ? Zip(operands[0].Floats, operands[1].Floats, (a, b) => floats(a, b) ? 1L : 0L)
                : Zip(operands[0].Integers, operands[1].Integers, (a, b) => integers(a, b) ? 1L : 0L);
            return new TensorValue(DType.Bool, operands[0].Shape, results);
        }
    );

    private static TensorValue MapIntegers(Node node, TensorValue operand, Func<long, long> map) =>
        new(node.DType, operand.Shape, Array.ConvertAll(operand.Integers, x => Rounding.Wrap(node.DType, map(x))));

    private static TensorValue ZipIntegers(
        Node node, IReadOnlyList<TensorValue> operands, Func<long, long, long> combine)
    {
        long[] results =
            Zip(operands[0].Integers, operands[1].Integers, (a, b) => Rounding.Wrap(node.DType, combine(a, b)));
        return new TensorValue(node.DType, operands[0].Shape, results);
    }

    private static TResult[] Zip<T, TResult>(T[] left, T[] right, Func<T, T, TResult> combine)
    {
        var results = new TResult[left.Length];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = combine(left[i], right[i]);
        }

        return results;
    }

    private static TensorValue Cast(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        TensorValue from = operands[0];
        return (from.Type.IsFloat(), node.DType.IsFloat()) switch
        {
            (true, true) => new TensorValue(node.DType, from.Shape, from.Floats),
            (true, false) => new TensorValue(
                node.DType, from.Shape, Array.ConvertAll(from.Floats, x => ToInteger(node.DType, x))),
            (false, true) => new TensorValue(
                node.DType, from.Shape, Array.ConvertAll(from.Integers, x => ToFloat(node.DType, x))),
            (false, false) => MapIntegers(node, from, x => x),
        };
    }

    /// <summary>The larger; NaN where one is; of two zeros the first.</summary>
    public static double Maximum(double a, double b) => a >= b || double.IsNaN(a) ? a : b;

    /// <summary>The smaller; NaN where one is; of two zeros the first.</summary>
    public static double Minimum(double a, double b) => a <= b || double.IsNaN(a) ? a : b;

    private static long ToInteger(DType type, double value) =>
        type == DType.Bool ? value != 0 ? 1 : 0 : DTypes.Saturate(type, value);

    // Rounded once: by way of a double, 64 bits would be rounded twice.
    private static double ToFloat(DType type, long value) => type == DType.F64 ? (double)value : (float)value;

    private static TensorValue CheckIndex(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        var check = node.Get<CheckIndexAttributes>();
        long extent = context.Extent(check.Extent);
        foreach (long index in operands[0].Integers)
        {
            if (index < 0 || index >= extent)
            {
                string where = node.ModulePath.Length == 0 ? "" : node.ModulePath + ": ";
                throw new RunException($"{where}{check.What} {index} is out of range [0, {extent})");
            }
        }

        return operands[0];
    }

    private static TensorValue Where(Node node, IReadOnlyList<TensorValue> operands, RunContext context)
    {
        long[] condition = operands[0].Integers;
        long[] shape = operands[0].Shape;
        return node.DType.IsFloat()
            ? new TensorValue(node.DType, shape, Choose(condition, operands[1].Floats, operands[2].Floats))
            : new TensorValue(node.DType, shape, Choose(condition, operands[1].Integers, operands[2].Integers));
    }

    private static T[] Choose<T>(long[] condition, T[] whenTrue, T[] whenFalse) =>
        condition.Select((truth, i) => truth != 0 ? whenTrue[i] : whenFalse[i]).ToArray();

    // Only I64's smallest value divided by -1 leaves 64 bits; like every other overflow it wraps.
    private static long Divide(long a, long b) => b switch
    {
        0 => 0,
        -1 => -a,
        _ => a / b,
    };

    // By zero: 0, as the quotient. Otherwise the truncated remainder is moved over to the divisor's side of zero.
    private static long Remainder(long a, long b)
    {
        if (b is 0 or -1)
        {
            return 0;
        }

        long remainder = a % b;
        bool otherSide = remainder != 0 && (remainder < 0) != (b < 0);
        return otherSide ? remainder + b : remainder;
    }

    private static double Remainder(double a, double b)
    {
        double remainder = a % b;
        bool otherSide = remainder != 0 && (remainder < 0) != (b < 0);
        return otherSide ? remainder + b : remainder;
    }

    // Counts beyond the width are taken modulo 32 (modulo 64 for I64), as in C#.
    private static TensorValue Shift(Node node, IReadOnlyList<TensorValue> operands, Func<long, int, long> shift)
    {
        int mask = node.DType == DType.I64 ? 63 : 31;
        return ZipIntegers(node, operands, (a, count) => shift(a, (int)count & mask));
    }
}
