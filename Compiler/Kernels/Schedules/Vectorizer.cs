namespace Sinter.Compiler.Kernels.Schedules;

/// <summary>
/// Turns scalar values into vectors along one loop: lane l is the value at counter + l. What does not depend on the
/// counter stays scalar and is copied into all lanes where it meets a vector.
/// </summary>
/// <param name="variable">The loop whose iterations become lanes.</param>
/// <param name="lanes">How many.</param>
/// <param name="localsAreLanes">Whether the kernel's locals already hold a vector, one lane for each iteration.</param>
/// <param name="count">How many lanes count, where the loop may end in between; null for all.</param>
/// <param name="scratchOf">The scratch that holds a vector where the given one holds an element; null for other
/// memory.</param>
public sealed class Vectorizer(
    LoopVariable variable, int lanes, bool localsAreLanes = false, Index? count = null,
    Func<Buffer, Buffer?>? scratchOf = null)
{
    private readonly Dictionary<Value, Value> done = [];
    private readonly Dictionary<Value, bool> varies = [];

    /// <summary>Whether a value can run in lanes along a loop at all, and how badly its loads fit: 0 is best.</summary>
    /// <param name="value">The value.</param>
    /// <param name="variable">The loop.</param>
    /// <param name="isLanes">Whether a local or read already holds a vector, one lane for each iteration.</param>
    public static int? Penalty(Value value, LoopVariable variable, Func<Value, bool>? isLanes = null)
    {
        int total = 0;
        var known = new Dictionary<Value, bool>();
        bool HoldsLanes(Value v) => isLanes is not null && isLanes(v);
        bool Varies(Value v)
        {
            if (!known.TryGetValue(v, out bool result))
            {
                result = HoldsLanes(v) || v.DependsOn(variable) || v.Operands.Any(Varies)
                    || v.Indices.Any(index => index.DataValues().Any(Varies));
                known.Add(v, result);
            }

            return result;
        }

        return Penalty(value, variable, v => !HoldsLanes(v) && Varies(v), Varies, ref total, []) ? total : null;
    }

    /// <summary>The value in lanes; values that do not depend on the counter are copied into all lanes.</summary>
    public Value Vector(Value value)
    {
        Value result = Convert(value);
        return result.Lanes == 1 ? new Splat(result, lanes) : result;
    }

    private static bool Penalty(
        Value value, LoopVariable variable, Func<Value, bool> converts, Func<Value, bool> varies, ref int total,
        HashSet<Value> seen)
    {
        if (!converts(value) || !seen.Add(value))
        {
            return true;
        }

        // Index checks report one element at a time; eight-byte elements would need another lane count.
        bool fits = DTypes.SizeOf(value.Type) == 4 || (value.Type == DType.Bool && value is Apply);
        if (!fits || value is CheckedIndex)
        {
            return false;
        }

        // One lane cannot choose another row than its neighbours.
        if (value.Indices.Any(index => index.DataValues().Any(varies)))
        {
            return false;
        }

        if (value is Load or RandomWord or IndexValue)
        {
            if (LaneForm.Of(value.Indices.First(), variable) is not { } form || !form.Fits(value))
            {
                return false;
            }

            total += value is Load ? form.Penalty : 0;
            return true;
        }

        if (value.Indices.Any(index => index.HasNested(variable)))
        {
            return false;
        }

        if (value is Apply apply && !HasVectorForm(apply, variable))
        {
            return false;
        }

        if (value is Guard guard && !CanGuard(guard, variable))
        {
            return false;
        }

        foreach (Value operand in value.Operands)
        {
            if (!Penalty(operand, variable, converts, varies, ref total, seen))
            {
                return false;
            }
        }

        return true;
    }

    // Integers have no vector division; shifts move all lanes by the same constant.
    private static bool HasVectorForm(Apply apply, LoopVariable variable)
    {
        DType from = apply.Operands[0].Type;
        bool castFits = DTypes.SizeOf(from) == 4 || (from == DType.Bool && apply.Operands[0] is Apply);
        return apply.Op switch
        {
            Op.ShiftLeft or Op.ShiftRight => apply.Operands[1] is Literal,
            Op.Divide or Op.Remainder or Op.Sign => apply.Type == DType.F32,
            Op.Cast => castFits,
            Op.Where => apply.Operands[0].DependsOn(variable) || apply.Operands[0].Type == DType.Bool,
            _ => apply.Operands.All(operand => operand.Type != DType.Bool || operand is Apply),
        };
    }

    // Lane-wise conditions are supported where they limit neighbouring lanes of one plain load.
    private static bool CanGuard(Guard guard, LoopVariable variable)
    {
        var lanewise = guard.Conditions.Where(c => c.Index.DependsOn(variable)).ToArray();
        if (lanewise.Length == 0)
        {
            return guard.Conditions.All(c => !c.Low.DependsOn(variable) && !c.High.DependsOn(variable));
        }

        bool plain = guard.Operands[0] is Load load && load.Index.CoefficientOf(variable) == 1
            && guard.Operands[1] is Literal;
        return plain && lanewise.Length == 1 && lanewise[0].Step == 1 && lanewise[0].Index.CoefficientOf(variable) == 1
            && !lanewise[0].Index.HasNested(variable);
    }

    private Value Convert(Value value)
    {
        if (done.TryGetValue(value, out Value? result))
        {
            return result;
        }

        result = Varies(value) ? ConvertDependent(value) : value;
        done.Add(value, result);
        return result;
    }

    private bool Varies(Value value)
    {
        if (!varies.TryGetValue(value, out bool result))
        {
            bool own = value.LocalNames.Count > 0 || Wide(value) is not null;
            result = value.DependsOn(variable) || (localsAreLanes && (own || value.Operands.Any(Varies)));
            varies.Add(value, result);
        }

        return result;
    }

    private Buffer? Wide(Value value) => value is Load load ? scratchOf?.Invoke(load.Buffer) : null;

    private Value ConvertDependent(Value value)
    {
        switch (value)
        {
            case Local local:
                return new Local(local.Name, local.Type, lanes);
            case Load load when Wide(load) is { } scratch:
                return new Load(scratch, load.Index * lanes, lanes);
            case Load load:
                LaneForm form = LaneForm.Of(load.Index, variable)!;
                return new Load(
                    load.Buffer, load.Index, lanes, form.Stride, form.Repeat, ReachesFar(form) ? count : null);
            case IndexValue index:
                LaneForm steps = LaneForm.Of(index.Index, variable)!;
                return new IndexValue(index.Index, index.Type, lanes, steps.Stride, steps.Modulus);
            case RandomWord word:
                return new RandomWord(word.Operands[0], word.Operands[1], word.Stream, word.Element, lanes);
            case Guard guard:
                return ConvertGuard(guard);
            case Apply apply:
                return new Apply(apply.Op, apply.Type, apply.Operands.Select(Vector).ToArray());
            case MultiplyAdd fused:
                return new MultiplyAdd(Vector(fused.Operands[0]), Vector(fused.Operands[1]), Vector(fused.Operands[2]));
            default:
                throw new InvalidOperationException($"{value.GetType().Name} has no vector form");
        }
    }

    // Lanes behind the last one may be read where they lie close by: each buffer is followed by slack.
    private static bool ReachesFar(LaneForm form) => form.Stride is < 0 or > 2;

    private Value ConvertGuard(Guard guard)
    {
        var uniform = guard.Conditions.Where(c => !c.Index.DependsOn(variable)).ToArray();
        Condition? lanewise = guard.Conditions.FirstOrDefault(c => c.Index.DependsOn(variable));
        Value inside;
        if (lanewise is null)
        {
            inside = Vector(guard.Operands[0]);
        }
        else
        {
            // Lane l is at index + l of the tested range.
            var load = (Load)guard.Operands[0];
            Index low = lanewise.Low - lanewise.Index;
            Index high = lanewise.High - lanewise.Index;
            inside = new GuardedLoad(load.Buffer, load.Index, low, high, ((Literal)guard.Operands[1]).Bits, lanes);
        }

        return uniform.Length == 0 ? inside : new Guard(uniform, inside, Vector(guard.Operands[1]));
    }
}
