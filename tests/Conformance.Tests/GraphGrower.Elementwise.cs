namespace Sinter.Conformance.Tests;

internal sealed partial class GraphGrower
{
    // Operation, largest operand, slope, size of the result; a result as large as its operand stays exact.
    private static readonly (Op Op, double Reach, Func<double, double> Slope, Func<double, double> Bound)[] Smooth =
    [
        (Op.Negate, AnyBound, _ => 1, b => b),
        (Op.Abs, AnyBound, _ => 1, b => b),
        (Op.StopGradient, AnyBound, _ => 1, b => b),
        (Op.Sin, 100, _ => 1, _ => 1),
        (Op.Cos, 100, _ => 1, _ => 1),
        (Op.Tanh, AnyBound, _ => 1, _ => 1),
        (Op.Sigmoid, AnyBound, _ => 0.25, _ => 1),
        (Op.Erf, AnyBound, _ => 1.13, _ => 1),
        (Op.Exp, 3, Math.Exp, Math.Exp),
        (Op.Expm1, 3, Math.Exp, Math.Exp),
    ];

    // The same for operations that need an operand of at least Offset: they get |x| + Offset.
    private static readonly (Op Op, double Offset, double Slope, Func<double, double> Bound)[] Guarded =
    [
        (Op.Log, 0.5, 2, b => Math.Max(0.7, Math.Log(b))),
        (Op.Log1p, 0, 1, b => Math.Log(1 + b)),
        (Op.Sqrt, 0.25, 1, Math.Sqrt),
        (Op.Rsqrt, 0.25, 4, _ => 2),
        (Op.Reciprocal, 0.5, 4, _ => 2),
    ];

    private static readonly Op[] Exactness = [Op.Negate, Op.Abs, Op.StopGradient];

    private static readonly Op[] IntegerOps =
    [
        Op.Add, Op.Subtract, Op.Multiply, Op.Divide, Op.Remainder, Op.Maximum, Op.Minimum, Op.And, Op.Or, Op.Xor,
        Op.ShiftLeft, Op.ShiftRight,
    ];

    private bool GrowUnary()
    {
        Grown? x = PickFloat();
        return x is not null && Keep(ApplySmooth(Any(Smooth).Op, x));
    }

    private Grown? ApplySmooth(Op op, Grown x)
    {
        var row = Array.Find(Smooth, candidate => candidate.Op == op);
        if (x.Bound > row.Reach)
        {
            return null;
        }

        int bits = Exactness.Contains(op) ? x.FractionBits : -1;
        return Emit(op, NoAttributes.Instance, row.Bound(x.Bound), row.Slope(x.Bound) * x.Error, bits, x.Node);
    }

    private bool GrowGuarded()
    {
        Grown? x = PickFloat();
        if (x is null)
        {
            return false;
        }

        return random.Next(3) switch
        {
            0 => GrowQuotient(x),
            1 => GrowPower(x),
            _ => GrowGuardedUnary(x),
        };
    }

    private bool GrowGuardedUnary(Grown x)
    {
        var row = Any(Guarded);
        return AtLeast(x, row.Offset) is { } safe
            && Keep(Emit(row.Op, NoAttributes.Instance, row.Bound(safe.Bound), row.Slope * safe.Error, -1, safe.Node));
    }

    /// <summary>|x| + offset.</summary>
    private Grown? AtLeast(Grown x, double offset) =>
        ApplySmooth(Op.Abs, x) is { } size
            ? Combine(Op.Add, size, Splat(size.Node.DType, size.Shape, offset, 2)) : null;

    private bool GrowQuotient(Grown x)
    {
        Grown? y = PickCompatible(x);
        if (y is null || AtLeast(y, 0.5) is not { } divisor || Align(x, divisor) is not var (a, b))
        {
            return false;
        }

        double error = (2 * a.Error) + (4 * a.Bound * b.Error);
        return Keep(Emit(Op.Divide, NoAttributes.Instance, 2 * a.Bound, error, -1, a.Node, b.Node));
    }

    private bool GrowPower(Grown x)
    {
        if (AtLeast(x, 0.5) is not { Bound: < 20 } safe)
        {
            return false;
        }

        // Slope in the base: at most exponent * base^(exponent - 1), and 4 where the exponent is -1 and the base 0.5.
        double exponent = Any(-1.0, 0, 0.5, 1, 2);
        double bound = Math.Max(2, Math.Pow(safe.Bound, exponent));
        double slope = Math.Max(4, 2 * safe.Bound);
        Grown power = Splat(safe.Node.DType, safe.Shape, exponent, 1);
        return Keep(Emit(Op.Power, NoAttributes.Instance, bound, slope * safe.Error, -1, safe.Node, power.Node));
    }

    private bool GrowJump()
    {
        Op op = Any(Op.Sign, Op.Floor, Op.Ceil, Op.Round, Op.Truncate);
        return Pick(grown => grown.IsFloat && grown.IsExact) is { } x
            && Keep(Emit(op, NoAttributes.Instance, op == Op.Sign ? 1 : x.Bound + 1, 0, 0, x.Node));
    }

    private bool GrowBinary()
    {
        Grown? x = PickFloat();
        Grown? y = x is null ? null : PickCompatible(x);
        return y is not null && Align(x!, y) is var (a, b)
            && Keep(Combine(Any(Op.Add, Op.Subtract, Op.Multiply, Op.Multiply, Op.Maximum, Op.Minimum), a, b));
    }

    private bool GrowConstantOperand()
    {
        if (PickFloat() is not { } x)
        {
            return false;
        }

        Op op = Any(Op.Add, Op.Subtract, Op.Multiply, Op.Maximum, Op.Minimum, Op.Divide);
        if (op == Op.Divide)
        {
            Grown divisor = Splat(x.Node.DType, x.Shape, Any(1.0, 2, 3, -4, 0.5), 1);
            return Keep(Emit(op, NoAttributes.Instance, 2 * x.Bound, 2 * x.Error, -1, x.Node, divisor.Node));
        }

        Grown constant = Constant(x.Node.DType, x.Shape);
        return Keep(random.Next(2) == 0 ? Combine(op, x, constant) : Combine(op, constant, x));
    }

    /// <summary>Arithmetic on two values of one shape.</summary>
    private Grown? Combine(Op op, Grown a, Grown b)
    {
        bool areExact = a.IsExact && b.IsExact;
        int same = areExact ? Math.Max(a.FractionBits, b.FractionBits) : -1;
        int summed = areExact ? a.FractionBits + b.FractionBits : -1;
        var (bound, error, bits) = op switch
        {
            Op.Add or Op.Subtract => (a.Bound + b.Bound, a.Error + b.Error, same),
            Op.Multiply => (a.Bound * b.Bound, (a.Error * b.Bound) + (b.Error * a.Bound), summed),
            _ => (Math.Max(a.Bound, b.Bound), Math.Max(a.Error, b.Error), same),
        };
        return Emit(op, NoAttributes.Instance, bound, error, bits, a.Node, b.Node);
    }

    private bool GrowWhere()
    {
        Grown? condition = Pick(grown => grown.Node.DType == DType.Bool);
        Grown? x = condition is null
            ? null
            : Pick(grown => grown.IsFloat && AreCompatible(condition.Shape, grown.Shape));
        if (x is null || Align(condition!, x) is not var (c, a))
        {
            return false;
        }

        Grown b = Pick(grown => grown.Node.Type == a.Node.Type && grown != a) ?? Constant(a.Node.DType, a.Shape);
        int bits = a.IsExact && b.IsExact ? Math.Max(a.FractionBits, b.FractionBits) : -1;
        double bound = Math.Max(a.Bound, b.Bound);
        double error = Math.Max(a.Error, b.Error);
        return Keep(Emit(Op.Where, NoAttributes.Instance, bound, error, bits, c.Node, a.Node, b.Node));
    }

    private bool GrowCompare()
    {
        Op op = Any(Op.Equal, Op.NotEqual, Op.Less, Op.LessEqual, Op.Greater, Op.GreaterEqual);
        if (Pick(grown => grown.IsExact && (grown.IsFloat || grown.IsInteger)) is not { } x)
        {
            return false;
        }

        Grown? other = Pick(grown => grown.IsExact
            && grown != x
            && grown.Node.DType == x.Node.DType
            && AreCompatible(x.Shape, grown.Shape));
        Grown y = other ?? Splat(x.Node.DType, x.Shape, Any(0, 1, -1), 0);
        return Align(x, y) is var (a, b) && Keep(Emit(op, NoAttributes.Instance, 1, 0, 0, a.Node, b.Node));
    }

    private bool GrowLogical()
    {
        Grown? x = Pick(grown => grown.Node.DType == DType.Bool);
        Grown? y = x is null
            ? null
            : Pick(grown => grown.Node.DType == DType.Bool && AreCompatible(x.Shape, grown.Shape));
        if (y is null || Align(x!, y) is not var (a, b))
        {
            return false;
        }

        return random.Next(4) == 0
            ? Keep(Emit(Op.Not, NoAttributes.Instance, 1, 0, 0, a.Node))
            : Keep(Emit(Any(Op.And, Op.Or, Op.Xor), NoAttributes.Instance, 1, 0, 0, a.Node, b.Node));
    }

    private bool GrowCast()
    {
        if (Pick(grown => grown.IsExact) is not { } x)
        {
            return false;
        }

        // Fractions vanish towards integers; the bound stays.
        DType type = x.IsSingle
            ? Any(DType.I32, DType.I64, DType.I16, DType.I8, DType.U8, DType.Bool, DType.F64, DType.F16, DType.BF16)
            : Any(DType.F32, DType.F32, DType.F32, DType.I32, DType.I8, DType.F16, DType.F64);
        int bits = type.IsFloat() ? x.FractionBits : 0;
        return Keep(Emit(Op.Cast, new CastAttributes(type), type == DType.Bool ? 1 : x.Bound, 0, bits, x.Node));
    }

    private bool GrowInteger()
    {
        if (Pick(grown => grown.IsInteger) is not { } x)
        {
            return false;
        }

        Grown? other = Pick(grown => grown != x
            && grown.Node.DType == x.Node.DType
            && AreCompatible(x.Shape, grown.Shape));
        Op op = Any(IntegerOps);
        bool isShift = op is Op.ShiftLeft or Op.ShiftRight;
        Grown y = other is null || isShift ? Splat(x.Node.DType, x.Shape, random.Next(0, 4), 0) : other;
        if (Align(x, y) is not var (a, b))
        {
            return false;
        }

        double bound = op switch
        {
            Op.Add or Op.Subtract => a.Bound + b.Bound,
            Op.Multiply => a.Bound * b.Bound,
            Op.ShiftLeft => a.Bound * 8,
            _ => (2 * Math.Max(a.Bound, b.Bound)) + 1,
        };
        return Keep(Emit(op, NoAttributes.Instance, bound, 0, 0, a.Node, b.Node));
    }

    private bool GrowRemainder()
    {
        if (Pick(grown => grown.IsFloat && grown.IsExact) is not { } x)
        {
            return false;
        }

        Grown divisor = Splat(x.Node.DType, x.Shape, Any(0.5, 1, -1, 2, -3), 1);
        return Keep(Emit(
            Op.Remainder, NoAttributes.Instance, divisor.Bound, 0, Math.Max(x.FractionBits, 1), x.Node, divisor.Node));
    }

    private Grown? PickCompatible(Grown x) =>
        Pick(grown => grown.Node.DType == x.Node.DType && AreCompatible(x.Shape, grown.Shape));

    private bool AreCompatible(Shape a, Shape b)
    {
        Dimension count = 1;
        for (int i = 1; i <= Math.Max(a.Rank, b.Rank); i++)
        {
            Dimension left = i <= a.Rank ? a[a.Rank - i] : 1;
            Dimension right = i <= b.Rank ? b[b.Rank - i] : 1;
            if (left != right && left != 1 && right != 1)
            {
                return false;
            }

            count *= left == 1 ? right : left;
        }

        return count.Max <= options.MaxElements;
    }

    /// <summary>Both values broadcast to their common shape.</summary>
    private (Grown Left, Grown Right)? Align(Grown left, Grown right)
    {
        Shape shape = Broadcasting.CommonShape(builder, Op.Broadcast, left.Node, right.Node);
        return Expand(left, shape) is { } a && Expand(right, shape) is { } b ? (a, b) : null;
    }

    private Grown? Expand(Grown x, Shape shape)
    {
        int missing = shape.Rank - x.Shape.Rank;
        Grown? padded = x;
        if (missing > 0)
        {
            Shape ones = new(Enumerable.Repeat((Dimension)1, missing));
            padded = Move(Op.Reshape, new ShapeAttributes(ones.Concat(x.Shape)), x);
        }

        bool isDone = padded is null || padded.Shape.Equals(shape);
        return isDone ? padded : Move(Op.Broadcast, new ShapeAttributes(shape), padded!);
    }
}
