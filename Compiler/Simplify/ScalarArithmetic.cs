namespace Sinter.Compiler.Simplify;

/// <summary>
/// Elementwise operations on single values, as programs compute them: floats rounded to their type after each
/// operation, integers wrapped. What two machines could compute differently is not computed here.
/// </summary>
internal static class ScalarArithmetic
{
    /// <summary>The bits of the result, as constants hold them; null where the program has to compute it.</summary>
    /// <param name="op">An elementwise operation.</param>
    /// <param name="operandType">The type of the last operand.</param>
    /// <param name="type">The type of the result.</param>
    /// <param name="values">The operands' bits.</param>
    public static long? Evaluate(Op op, DType operandType, DType type, long[] values)
    {
        if (operandType.IsStorage() || type.IsStorage())
        {
            return null;
        }

        if (op == Op.Where)
        {
            return values[0] != 0 ? values[1] : values[2];
        }

        if (op == Op.Cast)
        {
            return Cast(operandType, type, values[0]);
        }

        long second = values.Length > 1 ? values[1] : 0;
        if (!operandType.IsFloat())
        {
            return Integer(op, operandType, values[0], second) is { } integer ? DTypes.Wrap(type, integer) : null;
        }

        double a = BitConverter.Int64BitsToDouble(values[0]);
        double b = BitConverter.Int64BitsToDouble(second);
        if (Comparison(op, a, b) is { } truth)
        {
            return truth ? 1 : 0;
        }

        // The functions of the mathematics library differ between hosts in a double's last bit, which rounding to
        // single hides.
        double? result = Float(op, a, b) ?? (type == DType.F32 ? Transcendental(op, a, b) : null);
        return result is { } number ? Constants.Bits(type, number) : null;
    }

    private static double? Float(Op op, double a, double b) => op switch
    {
        Op.Negate => -a,
        Op.Abs => Math.Abs(a),
        Op.Sign => (a > 0 ? 1 : 0) - (a < 0 ? 1 : 0),
        Op.Sqrt => Math.Sqrt(a),
        Op.Reciprocal => 1 / a,
        Op.Floor => Math.Floor(a),
        Op.Ceil => Math.Ceiling(a),
        Op.Round => Math.Round(a, MidpointRounding.ToEven),
        Op.Truncate => Math.Truncate(a),
        Op.Add => a + b,
        Op.Subtract => a - b,
        Op.Multiply => a * b,
        Op.Divide => a / b,
        Op.Remainder => Remainder(a, b),
        Op.Maximum => a >= b || double.IsNaN(a) ? a : b,
        Op.Minimum => a <= b || double.IsNaN(a) ? a : b,
        _ => null,
    };

    private static double? Transcendental(Op op, double a, double b) => op switch
    {
        Op.Exp => Math.Exp(a),
        Op.Log => Math.Log(a),
        Op.Rsqrt => 1 / Math.Sqrt(a),
        Op.Sin => Math.Sin(a),
        Op.Cos => Math.Cos(a),
        Op.Tanh => Math.Tanh(a),
        Op.Sigmoid => 1 / (1 + Math.Exp(-a)),
        Op.Power => Math.Pow(a, b),
        _ => null,
    };

    private static bool? Comparison(Op op, double a, double b) => op switch
    {
        Op.Equal => a == b,
        Op.NotEqual => a != b,
        Op.Less => a < b,
        Op.LessEqual => a <= b,
        Op.Greater => a > b,
        Op.GreaterEqual => a >= b,
        _ => null,
    };

    private static long? Integer(Op op, DType type, long a, long b) => unchecked(op switch
    {
        Op.Negate => -a,
        Op.Abs => a < 0 ? -a : a,
        Op.Sign => Math.Sign(a),
        Op.Not => type == DType.Bool ? 1 - a : ~a,
        Op.Add => a + b,
        Op.Subtract => a - b,
        Op.Multiply => a * b,
        Op.Divide => b == 0 ? 0 : b == -1 ? -a : a / b,
        Op.Remainder => b is 0 or -1 ? 0 : Remainder(a, b),
        Op.Maximum => Math.Max(a, b),
        Op.Minimum => Math.Min(a, b),
        Op.And => a & b,
        Op.Or => a | b,
        Op.Xor => a ^ b,
        Op.ShiftLeft => a << ShiftCount(type, b),
        Op.ShiftRight => a >> ShiftCount(type, b),
        Op.Equal => a == b ? 1 : 0,
        Op.NotEqual => a != b ? 1 : 0,
        Op.Less => a < b ? 1 : 0,
        Op.LessEqual => a <= b ? 1 : 0,
        Op.Greater => a > b ? 1 : 0,
        Op.GreaterEqual => a >= b ? 1 : 0,
        _ => null,
    });

    private static int ShiftCount(DType type, long count) => unchecked((int)count) & (type == DType.I64 ? 63 : 31);

    // With the sign of the divisor.
    private static long Remainder(long a, long b)
    {
        long remainder = a % b;
        bool otherSide = remainder != 0 && (remainder < 0) != (b < 0);
        return otherSide ? remainder + b : remainder;
    }

    // With the sign of the divisor.
    private static double Remainder(double a, double b)
    {
        double remainder = a % b;
        bool otherSide = remainder != 0 && (remainder < 0) != (b < 0);
        return otherSide ? remainder + b : remainder;
    }

    private static long? Cast(DType from, DType to, long bits)
    {
        if (!from.IsFloat())
        {
            return Constants.Bits(to, bits);
        }

        double value = BitConverter.Int64BitsToDouble(bits);
        if (to.IsFloat() || to == DType.Bool)
        {
            return Constants.Bits(to, value);
        }

        return DTypes.Saturate(to, value);
    }
}
