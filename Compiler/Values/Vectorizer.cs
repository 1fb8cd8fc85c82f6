namespace Sinter.Compiler.Values;

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

    /// <summary>How a value runs in lanes along a loop; null where it cannot.</summary>
    /// <param name="value">The value.</param>
    /// <param name="variable">The loop.</param>
    /// <param name="isLanes">Whether a local or read already holds a vector, one lane for each iteration.</param>
    public static VectorFit? Fit(Value value, LoopVariable variable, Func<Value, bool>? isLanes = null)
    {
        var fit = new FitWalk(variable, isLanes ?? (_ => false));
        return fit.Fits(value) ? new VectorFit(fit.Penalty, fit.Widest, fit.WantsLoop) : null;
    }

    /// <summary>The value in lanes; values that do not depend on the counter are copied into all lanes.</summary>
    public Value Vector(Value value)
    {
        Value result = Convert(value);
        return result.Lanes == 1 ? new Splat(result, lanes) : result;
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
