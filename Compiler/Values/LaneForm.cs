namespace Sinter.Compiler.Values;

/// <summary>
/// How an index moves from lane to lane along a loop: by a stride, every second lane only (i / 2), or back and forth
/// (i % 2), as pooling's windows make it. Loops step by whole vectors from a multiple of a vector, so pairs start at
/// even lanes.
/// </summary>
/// <param name="Stride">The difference of neighbouring lanes, or of groups of lanes.</param>
/// <param name="Repeat">How many neighbouring lanes share a position.</param>
/// <param name="Modulus">After how many lanes the positions start again; 0 for never.</param>
internal sealed record LaneForm(long Stride, int Repeat, int Modulus)
{
    // Pairs are what pooling makes, and what registers shuffle in one step.
    private const long Pair = 2;

    /// <summary>How badly loads of this form fit the processor: 0 is best.</summary>
    public int Penalty => Repeat != 1 ? 1 : Stride is 0 or 1 ? 0 : Stride == 2 ? 1 : 8;

    /// <summary>The form of an index along a loop, or null where lanes follow no simple rule.</summary>
    public static LaneForm? Of(Index index, LoopVariable variable)
    {
        Term[] nested = index.Terms.Where(t => t.Atom is not VariableAtom && Index.FromTerms([t]).DependsOn(variable))
            .ToArray();
        Dimension stride = index.CoefficientOf(variable);
        if (nested.Length == 0)
        {
            return stride.IsStatic ? new LaneForm(stride.Coefficient, 1, 0) : null;
        }

        if (nested.Length > 1 || stride != 0 || !nested[0].Coefficient.IsStatic)
        {
            return null;
        }

        return nested[0].Atom switch
        {
            QuotientAtom q when q.Divisor == Pair && q.Dividend.AsVariable == variable =>
                new LaneForm(nested[0].Coefficient.Value, (int)Pair, 0),
            RemainderAtom r when r.Divisor == Pair && r.Dividend.AsVariable == variable =>
                new LaneForm(nested[0].Coefficient.Value, 1, (int)Pair),
            _ => null,
        };
    }

    /// <summary>Whether a value of this kind can be read in this form.</summary>
    public bool Fits(Value value) => value switch
    {
        RandomWord => this is { Stride: 1, Repeat: 1, Modulus: 0 },
        Load => Modulus == 0 && (Repeat == 1 || Stride == 1),
        _ => Repeat == 1,
    };
}
