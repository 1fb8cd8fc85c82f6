using System.Globalization;
using Microsoft.CodeAnalysis.Operations;

namespace Sinter.Generators.Interpretation;

/// <summary>Built-in operators and conversions of numbers, as C# defines them.</summary>
internal static class Arithmetic
{
    /// <summary>Both operands have the same type, as the compiler has converted them; shifts take an int on the
    /// right.</summary>
    /// <returns>The result, or null where the operator is none of numbers.</returns>
    public static object? Binary(BinaryOperatorKind kind, object left, object right, bool isChecked) =>
        (left, right) switch
        {
            (int a, int b) => Integer(kind, a, b, isChecked),
            (long a, int b) when IsShift(kind) => kind == BinaryOperatorKind.LeftShift ? a << b : a >> b,
            (uint a, int b) when IsShift(kind) => kind == BinaryOperatorKind.LeftShift ? a << b : a >> b,
            (ulong a, int b) when IsShift(kind) => kind == BinaryOperatorKind.LeftShift ? a << b : a >> b,
            (long a, long b) => Long(kind, a, b, isChecked),
            (uint a, uint b) => Unsigned(kind, a, b, isChecked),
            (ulong a, ulong b) => UnsignedLong(kind, a, b, isChecked),
            (double a, double b) => Double(kind, a, b),
            (float a, float b) => Single(kind, a, b),
            (decimal a, decimal b) => Decimal(kind, a, b),
            (bool a, bool b) => Logic(kind, a, b),
            _ => null,
        };

    /// <summary>A unary operator of numbers and truth values.</summary>
    public static object Unary(UnaryOperatorKind kind, object value, bool isChecked) => (kind, value) switch
    {
        (UnaryOperatorKind.Plus, _) => value,
        (UnaryOperatorKind.Not, bool a) => !a,
        (UnaryOperatorKind.Minus, int a) => isChecked ? checked(-a) : unchecked(-a),
        (UnaryOperatorKind.Minus, long a) => isChecked ? checked(-a) : unchecked(-a),
        (UnaryOperatorKind.Minus, double a) => -a,
        (UnaryOperatorKind.Minus, float a) => -a,
        (UnaryOperatorKind.Minus, decimal a) => -a,
        (UnaryOperatorKind.BitwiseNegation, int a) => ~a,
        (UnaryOperatorKind.BitwiseNegation, uint a) => ~a,
        (UnaryOperatorKind.BitwiseNegation, long a) => ~a,
        (UnaryOperatorKind.BitwiseNegation, ulong a) => ~a,
        _ => throw new InvalidOperationException($"the operator {kind} of {value.GetType().Name}"),
    };

    /// <summary>A numeric conversion; enumerations are converted by their numbers.</summary>
    public static object Convert(object value, Type target, bool isChecked)
    {
        if (value.GetType().IsEnum)
        {
            value =
                System.Convert.ChangeType(value, Enum.GetUnderlyingType(value.GetType()), CultureInfo.InvariantCulture);
        }

        if (target.IsEnum)
        {
            return Enum.ToObject(target, Convert(value, Enum.GetUnderlyingType(target), isChecked));
        }

        if (value.GetType() == target)
        {
            return value;
        }

        return value switch
        {
            float or double =>
                FromDouble(System.Convert.ToDouble(value, CultureInfo.InvariantCulture), target, isChecked),
            decimal number => System.Convert.ChangeType(number, target, CultureInfo.InvariantCulture),
            ulong number when target == typeof(double) => (double)number,
            ulong number when target == typeof(float) => (float)number,
            ulong number when target == typeof(decimal) => (decimal)number,
            ulong number =>
                isChecked ? FromLong(checked((long)number), target, true)
                : FromLong(unchecked((long)number), target, false),
            char letter => FromLong(letter, target, isChecked),
            _ => FromLong(System.Convert.ToInt64(value, CultureInfo.InvariantCulture), target, isChecked),
        };
    }

    private static bool IsShift(BinaryOperatorKind kind) =>
        kind is BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift;

    private static object? Integer(BinaryOperatorKind kind, int a, int b, bool isChecked) => kind switch
    {
        BinaryOperatorKind.Add => isChecked ? checked(a + b) : unchecked(a + b),
        BinaryOperatorKind.Subtract => isChecked ? checked(a - b) : unchecked(a - b),
        BinaryOperatorKind.Multiply => isChecked ? checked(a * b) : unchecked(a * b),
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => a % b,
        BinaryOperatorKind.LeftShift => a << b,
        BinaryOperatorKind.RightShift => a >> b,
        BinaryOperatorKind.UnsignedRightShift => a >>> b,
        BinaryOperatorKind.And => a & b,
        BinaryOperatorKind.Or => a | b,
        BinaryOperatorKind.ExclusiveOr => a ^ b,
        _ => Compare(kind, a, b),
    };

    private static object? Long(BinaryOperatorKind kind, long a, long b, bool isChecked) => kind switch
    {
        BinaryOperatorKind.Add => isChecked ? checked(a + b) : unchecked(a + b),
        BinaryOperatorKind.Subtract => isChecked ? checked(a - b) : unchecked(a - b),
        BinaryOperatorKind.Multiply => isChecked ? checked(a * b) : unchecked(a * b),
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => a % b,
        BinaryOperatorKind.And => a & b,
        BinaryOperatorKind.Or => a | b,
        BinaryOperatorKind.ExclusiveOr => a ^ b,
        _ => Compare(kind, a, b),
    };

    private static object? Unsigned(BinaryOperatorKind kind, uint a, uint b, bool isChecked) => kind switch
    {
        BinaryOperatorKind.Add => isChecked ? checked(a + b) : unchecked(a + b),
        BinaryOperatorKind.Subtract => isChecked ? checked(a - b) : unchecked(a - b),
        BinaryOperatorKind.Multiply => isChecked ? checked(a * b) : unchecked(a * b),
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => a % b,
        BinaryOperatorKind.And => a & b,
        BinaryOperatorKind.Or => a | b,
        BinaryOperatorKind.ExclusiveOr => a ^ b,
        _ => Compare(kind, a, b),
    };

    private static object? UnsignedLong(BinaryOperatorKind kind, ulong a, ulong b, bool isChecked) => kind switch
    {
        BinaryOperatorKind.Add => isChecked ? checked(a + b) : unchecked(a + b),
        BinaryOperatorKind.Subtract => isChecked ? checked(a - b) : unchecked(a - b),
        BinaryOperatorKind.Multiply => isChecked ? checked(a * b) : unchecked(a * b),
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => a % b,
        BinaryOperatorKind.And => a & b,
        BinaryOperatorKind.Or => a | b,
        BinaryOperatorKind.ExclusiveOr => a ^ b,
        _ => Compare(kind, a, b),
    };

    private static object? Double(BinaryOperatorKind kind, double a, double b) => kind switch
    {
        BinaryOperatorKind.Add => a + b,
        BinaryOperatorKind.Subtract => a - b,
        BinaryOperatorKind.Multiply => a * b,
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => a % b,
        BinaryOperatorKind.Equals => a == b,
        BinaryOperatorKind.NotEquals => a != b,
        BinaryOperatorKind.LessThan => a < b,
        BinaryOperatorKind.LessThanOrEqual => a <= b,
        BinaryOperatorKind.GreaterThan => a > b,
        BinaryOperatorKind.GreaterThanOrEqual => a >= b,
        _ => null,
    };

    // Each result is rounded to a float, as IEEE arithmetic in float gives it.
    private static object? Single(BinaryOperatorKind kind, float a, float b) => kind switch
    {
        BinaryOperatorKind.Add => a + b,
        BinaryOperatorKind.Subtract => a - b,
        BinaryOperatorKind.Multiply => a * b,
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => a % b,
        _ => Double(kind, a, b),
    };

    private static object? Decimal(BinaryOperatorKind kind, decimal a, decimal b) => kind switch
    {
        BinaryOperatorKind.Add => a + b,
        BinaryOperatorKind.Subtract => a - b,
        BinaryOperatorKind.Multiply => a * b,
        BinaryOperatorKind.Divide => a / b,
        BinaryOperatorKind.Remainder => a % b,
        _ => Compare(kind, a, b),
    };

    private static object? Logic(BinaryOperatorKind kind, bool a, bool b) => kind switch
    {
        BinaryOperatorKind.And => a & b,
        BinaryOperatorKind.Or => a | b,
        BinaryOperatorKind.ExclusiveOr or BinaryOperatorKind.NotEquals => a ^ b,
        BinaryOperatorKind.Equals => a == b,
        _ => null,
    };

    private static object? Compare<T>(BinaryOperatorKind kind, T a, T b)
        where T : IComparable<T>
    {
        int order = a.CompareTo(b);
        return kind switch
        {
            BinaryOperatorKind.Equals => order == 0,
            BinaryOperatorKind.NotEquals => order != 0,
            BinaryOperatorKind.LessThan => order < 0,
            BinaryOperatorKind.LessThanOrEqual => order <= 0,
            BinaryOperatorKind.GreaterThan => order > 0,
            BinaryOperatorKind.GreaterThanOrEqual => order >= 0,
            _ => null,
        };
    }

    private static object FromLong(long value, Type target, bool isChecked) => Type.GetTypeCode(target) switch
    {
        TypeCode.SByte => (object)(isChecked ? checked((sbyte)value) : unchecked((sbyte)value)),
        TypeCode.Byte => isChecked ? checked((byte)value) : unchecked((byte)value),
        TypeCode.Int16 => isChecked ? checked((short)value) : unchecked((short)value),
        TypeCode.UInt16 => isChecked ? checked((ushort)value) : unchecked((ushort)value),
        TypeCode.Int32 => isChecked ? checked((int)value) : unchecked((int)value),
        TypeCode.UInt32 => isChecked ? checked((uint)value) : unchecked((uint)value),
        TypeCode.UInt64 => isChecked ? checked((ulong)value) : unchecked((ulong)value),
        TypeCode.Char => isChecked ? checked((char)value) : unchecked((char)value),
        TypeCode.Single => (float)value,
        TypeCode.Double => (double)value,
        TypeCode.Decimal => (decimal)value,
        _ => value,
    };

    private static object FromDouble(double value, Type target, bool isChecked) => Type.GetTypeCode(target) switch
    {
        TypeCode.Single => (float)value,
        TypeCode.Double => value,
        TypeCode.Decimal => (decimal)value,
        TypeCode.UInt64 => isChecked ? checked((ulong)value) : unchecked((ulong)value),
        TypeCode.UInt32 => isChecked ? checked((uint)value) : unchecked((uint)value),
        _ => FromLong(isChecked ? checked((long)value) : unchecked((long)value), target, isChecked),
    };
}
