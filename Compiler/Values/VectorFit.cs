namespace Sinter.Compiler.Values;

/// <summary>How a value runs in lanes.</summary>
/// <param name="Penalty">How badly it fits: 0 is best, 1 is twice the time.</param>
/// <param name="Widest">Bytes of the widest elements that become lanes: they fill a vector, narrower ones a part of
/// it.</param>
/// <param name="WantsLoop">Whether it had better have a loop of its own than share a product's registers: random
/// words take a whole loop's registers, and small elements are slow to read where a product's lanes lie apart in
/// memory.</param>
public sealed record VectorFit(int Penalty, int Widest, bool WantsLoop);

/// <summary>Walks a value once and finds whether, and how well, all of it that varies along a loop has a form in
/// lanes.</summary>
/// <param name="variable">The loop.</param>
/// <param name="isLanes">Whether a local or read already holds a vector, one lane for each iteration.</param>
internal sealed class FitWalk(LoopVariable variable, Func<Value, bool> isLanes)
{
    // Lanes taken one by one, and put together again.
    private const int OneByOne = 8;

    private readonly HashSet<Value> seen = [];
    private readonly Dictionary<Value, bool> varies = [];

    /// <summary>How badly what was walked fits.</summary>
    public int Penalty { get; private set; }

    /// <summary>Whether it had better have a loop of its own.</summary>
    public bool WantsLoop { get; private set; }

    /// <summary>Bytes of the widest elements.</summary>
    public int Widest { get; private set; } = 1;

    /// <summary>Whether a value has a form.</summary>
    public bool Fits(Value value)
    {
        if (isLanes(value))
        {
            Widest = Math.Max(Widest, DTypes.SizeOf(value.Type));
        }

        if (isLanes(value) || !Varies(value) || !seen.Add(value))
        {
            return true;
        }

        Widest = Math.Max(Widest, Bytes(value));

        // Index checks report one element at a time, and one lane cannot choose another row than its neighbours.
        if (value is CheckedIndex || value.Indices.Any(index => index.DataValues().Any(Varies)))
        {
            return false;
        }

        bool own = value switch
        {
            Load or RandomWord or IndexValue => FitsForm(value),
            _ when value.Indices.Any(index => index.HasNested(variable)) => false,
            Apply apply => FitsOperation(apply),
            Guard guard => CanGuard(guard),
            _ => true,
        };
        return own && (value is Load or RandomWord or IndexValue || value.Operands.All(Fits));
    }

    // Conversions from and to types for memory only pass through what these compute in.
    private static int Bytes(Value value)
    {
        bool converts = value is Apply { Op: Op.Cast };
        int own = DTypes.SizeOf(converts ? value.Type.Facts().Computes : value.Type);
        return converts ? Math.Max(own, DTypes.SizeOf(value.Operands[0].Type.Facts().Computes)) : own;
    }

    private bool Varies(Value value)
    {
        if (!varies.TryGetValue(value, out bool result))
        {
            result = isLanes(value) || value.DependsOn(variable) || value.Operands.Any(Varies)
                || value.Indices.Any(index => index.DataValues().Any(Varies));
            varies.Add(value, result);
        }

        return result;
    }

    private bool FitsForm(Value value)
    {
        if (LaneForm.Of(value.Indices.First(), variable) is not { } form || !form.Fits(value))
        {
            return false;
        }

        Penalty += value is Load ? form.Penalty : 0;
        WantsLoop |= value is RandomWord || (value is Load && DTypes.SizeOf(value.Type) < sizeof(float));
        return true;
    }

    // Every operation has a form; some are done lane by lane.
    private bool FitsOperation(Apply apply)
    {
        bool isInteger = apply.Type.IsInteger();
        bool oneByOne = apply.Op switch
        {
            Op.Divide => isInteger,
            Op.Remainder => true,
            Op.ShiftLeft or Op.ShiftRight => apply.Operands[1] is not Literal,
            _ => apply.Type == DType.F64 && OpTable.Row(apply.Op).IsTranscendental,
        };
        Penalty += oneByOne ? OneByOne : 0;
        return true;
    }

    // Lane-wise conditions are supported where they limit neighbouring lanes of one plain load.
    private bool CanGuard(Guard guard)
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
}
